"""The reader's runs in the atlas: listed, drawn while they grow, and nothing in them runs."""

import re
import shutil

import pytest
from starlette.testclient import TestClient

import nna
from nna.app import run_pages, server

HERE = "http://localhost"  # an address of this machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    nna.train("mlp", "iris", out=folder, name="first", recipe={"epochs": 3}, quiet=True)
    (folder / "notes.txt").write_text("mine")
    return folder


@pytest.fixture
def reader(folder):
    return TestClient(server.application(runs=folder), base_url=HERE)


def test_runs_are_listed_with_what_they_reached(reader):
    page = reader.get("/runs.html").text
    assert 'href="run/first.html"' in page
    assert "mlp/desk" in page
    assert "accuracy" in page
    assert "notes.txt" not in page


def test_a_run_shows_its_curves_and_its_report(reader):
    page = reader.get("/run/first.html").text
    assert "finished, 3 of 3 epochs" in page
    assert "data-live" not in page
    assert len(re.findall(r"<polyline", page)) >= 2
    report = reader.get("/run/first/report.html")
    assert report.status_code == 200
    assert "script-src" not in report.headers["content-security-policy"]
    assert "default-src 'none'" in report.headers["content-security-policy"]


def test_runs_stand_side_by_side_with_what_differs(reader, folder):
    nna.train("mlp", "iris", out=folder, name="second", recipe={"epochs": 4}, quiet=True)
    try:
        assert 'name="run" value="second"' in reader.get("/runs.html").text
        page = reader.get("/compared.html?run=first&run=second").text
        assert '<tr><th scope="row">epochs</th><td>3</td><td>4</td></tr>' in page
        assert '<th scope="row">rate</th>' not in page  # both had the same
        assert '<th scope="row">accuracy</th>' in page
        assert page.count("4 epochs</text>") >= 2
        for wrong in ("", "?run=first", "?run=first&run=first", "?run=first&run=none"):
            assert reader.get(f"/compared.html{wrong}").status_code == 400
    finally:
        shutil.rmtree(folder / "second")


def test_a_run_that_goes_on_is_read_again(reader, folder):
    weights = (folder / "first" / "model.safetensors").rename(folder / "first" / "aside")
    try:
        assert "data-live" in reader.get("/run/first.html").text
    finally:
        weights.rename(folder / "first" / "model.safetensors")


@pytest.mark.parametrize("path", ["/run/none.html", "/run/..%2f..%2fetc.html", "/run/.x.html"])
def test_what_is_no_run_is_said(reader, path):
    assert reader.get(path).status_code == 404


def test_curves_of_training_and_validation_share_a_drawing():
    history = [{"epoch": e, "loss": 1 / e, "validation loss": 2 / e} for e in (1, 2, 4)]
    (drawing,) = run_pages.curves(history)
    one, other = drawing.curves
    assert (drawing.title, drawing.low, drawing.high, drawing.last) == ("loss", 0.25, 2, 4)
    assert (one.name, other.name) == ("loss", "validation loss")
    assert (one.last, other.last) == (0.25, 0.5)
    ends = [curve.points.split()[-1].split(",") for curve in (one, other)]
    assert ends[0][0] == ends[1][0] == f"{run_pages.WIDE - run_pages.RIM:.1f}"
    assert float(ends[0][1]) > float(ends[1][1])  # lower figures stand lower


def test_without_runs_the_page_says_how_to_make_one(tmp_path):
    page = (
        TestClient(server.application(runs=tmp_path / "runs"), base_url=HERE).get("/runs.html").text
    )
    assert "nna train lenet5 digits" in page
