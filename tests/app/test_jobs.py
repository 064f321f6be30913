"""What readers set going: runs and experiments, few at a time, none of them from afar."""

import time

import pytest
from starlette.testclient import TestClient

from nna.app import jobs, server
from nna.errors import UserError

HERE = "http://localhost"  # an address of this machine


@pytest.fixture
def yard():
    yard = jobs.Yard()
    yield yard
    yard.close()


@pytest.fixture
def reader(tmp_path):
    with TestClient(server.application(runs=tmp_path / "runs"), base_url=HERE) as reader:
        yield reader


def ended(yard, name):
    while yard.running(name):
        time.sleep(0.05)
    return yard.said(name)


def settled(reader, path):
    """A page once nothing on it goes on any more."""
    while "data-live" in (page := reader.get(path).text):
        time.sleep(0.2)
    return page


@pytest.mark.slow
def test_one_reader_cannot_take_all_places_nor_all_readers_more_than_there_are(yard):
    yard.begin("first", "Ann", time.sleep, 60)
    with pytest.raises(UserError, match="first is running already"):
        yard.begin("first", "Bob", time.sleep, 60)
    with pytest.raises(UserError, match="set going before"):
        yard.begin("second", "Ann", time.sleep, 60)
    yard.begin("second", "Bob", time.sleep, 60)
    with pytest.raises(UserError, match="try in a minute"):
        yard.begin("third", "Cem", time.sleep, 60)
    yard.stop("first", "Bob")
    assert yard.running("first")
    yard.stop("first", "Ann")
    assert ended(yard, "first") == "stopped"
    yard.begin("third", "Cem", time.sleep, 0)
    assert ended(yard, "third") == ""


@pytest.mark.slow
def test_what_takes_too_long_is_ended(yard, monkeypatch):
    monkeypatch.setattr(jobs, "LONGEST", 0.5)
    yard.begin("long", "Ann", time.sleep, 60)
    assert ended(yard, "long") == "stopped"


@pytest.mark.slow
def test_why_it_failed_is_told(yard):
    yard.begin("odd", "Ann", time.sleep, "no number")
    assert ended(yard, "odd") == "it failed: TypeError"


@pytest.mark.slow
def test_a_run_is_set_going_from_a_card_and_kept(reader, tmp_path):
    assert "begin/run?name=elm" in reader.get("/card/elm.html").text
    answer = reader.post("/begin/run?name=elm", follow_redirects=False)
    assert answer.status_code == 303
    page = settled(reader, answer.headers["location"])
    assert "elm/desk" in page
    assert "finished" in page
    name = answer.headers["location"].rpartition("/")[2].removesuffix(".html")
    assert (tmp_path / "runs" / name / "report.html").is_file()
    assert "nna train elm" in page


@pytest.mark.slow
def test_a_run_is_stopped_and_says_how_to_go_on(reader):
    path = reader.post("/begin/run?name=lenet5", follow_redirects=False).headers["location"]
    job = path.rpartition("/")[2].removesuffix(".html")
    assert f"stop?job={job}" in reader.get(path).text
    answer = reader.post(f"/stop?job={job}&back={path[1:]}", follow_redirects=False)
    assert answer.headers["location"] == path
    yard = reader.app.state.yard
    assert ended(yard, job) == "stopped"
    assert "nna resume" in reader.get(path).text


@pytest.mark.slow
def test_an_experiment_is_measured_again_beside_what_is_stored(reader):
    path = "/lab/noise_escapes.html"
    assert "Run the quick form" in reader.get(path).text
    answer = reader.post("/begin/lab?name=noise_escapes", follow_redirects=False)
    assert answer.headers["location"] == f"{path}#again"
    page = settled(reader, path)
    assert "Quick form here, mean of 5" in page
    assert "Stored, mean" in page


@pytest.mark.parametrize(
    "path", ["/begin/run?name=nope", "/begin/run?name=../x", "/begin/lab?name=nope", "/begin/run"]
)
def test_what_is_not_there_is_said(reader, path):
    answer = reader.post(path)
    assert answer.status_code == 400
    assert "no " in answer.text


def test_other_sites_start_nothing_and_lead_nobody_away(reader):
    for path in ("/begin/run?name=elm", "/begin/lab?name=noise_escapes", "/stop?job=x"):
        assert reader.post(path, headers={"origin": "https://evil.example"}).status_code == 400
    answer = reader.post("/stop?job=x&back=//evil.example/", follow_redirects=False)
    assert answer.headers["location"] == "/evil.example/"
