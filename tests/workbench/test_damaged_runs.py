"""Whatever stands in a run's folder: it works, or one line says what is wrong."""

import copy
import json
import shutil

import pytest
import torch
from hypothesis import HealthCheck, given, settings, strategies as st
from safetensors.torch import save_file
from starlette.testclient import TestClient

import nna
from nna import plain
from nna.app import run_pages, server
from nna.cli import run as command
from nna.training.run_validation import is_name

HERE = "http://localhost"  # an address of this machine

ODD = [
    None,
    True,
    -1,
    0,
    2,
    10**30,
    1e300,
    -0.5,
    float("nan"),
    "",
    "x",
    "../../etc/passwd",
    "\ud800",
]
ODD += [[], {}, [1], ["a", "b"], {"a": 1}, [[]], "x" * 500, "mlp/desk@x", "lenet5/desk"]
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Two runs on tables with columns of all kinds: one of classes, one of numbers."""
    folder = tmp_path_factory.mktemp("sound")
    lines = ["n,w,d,t,y,z"] + [
        f"{i % 13 or ''},{'abc'[i % 3]},2021-01-{1 + i % 28:02d},{'TRUE' if i % 2 else 'FALSE'},"
        f"{'uv'[i % 2]},{i / 7}"
        for i in range(90)
    ]
    (folder / "t.csv").write_text("\n".join(lines))
    for target in "yz":
        nna.train(
            "mlp",
            folder / "t.csv",
            target=target,
            out=folder / "runs",
            name=target,
            settings={"hidden": (4,)},
            recipe={"epochs": 2},
            quiet=True,
        )
    return folder


def places(of, path=()):
    """Every place in plain data."""
    yield path
    inner = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    for key, value in inner:
        yield from places(value, (*path, key))


@st.composite
def damaged(draw, whole):
    """Plain data with one place changed, gone, or new."""
    path = draw(st.sampled_from(list(places(whole))))
    value = draw(st.sampled_from(ODD))
    if not path:
        return value
    changed = copy.deepcopy(whole)
    inside = changed
    for key in path[:-1]:
        inside = inside[key]
    how = draw(st.sampled_from(["change", "change", "remove", "add"]))
    if how == "remove":
        del inside[path[-1]]
    elif how == "add" and isinstance(inside, dict):
        inside["new"] = value
    else:
        inside[path[-1]] = value
    return changed


def one_line(capsys, status):
    told, warned = capsys.readouterr()
    assert status in (0, 2), (told, warned)
    if status == 2:
        assert len(warned.strip().splitlines()) >= 1
        assert "Traceback" not in warned


@settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_any_change_is_told_in_a_line_or_does_no_harm(sound, tmp_path, capsys, data):
    name = data.draw(st.sampled_from("yz"))
    file = data.draw(st.sampled_from(["run.json"] * 6 + ["results.json", "calibration.json"]))
    run = tmp_path / "runs" / "bad"
    shutil.rmtree(tmp_path / "runs", ignore_errors=True)
    shutil.copytree(sound / "runs" / name, run)
    whole = json.loads((run / file).read_text())
    (run / file).write_text(json.dumps(data.draw(damaged(whole))))
    shutil.copytree(sound / "runs" / "y", tmp_path / "runs" / "good")
    one_line(capsys, command(["predict", str(run), str(sound / "t.csv")]))
    names = [row["name"] for row in run_pages._listed(tmp_path / "runs")["rows"]]
    assert "good" in names


@pytest.mark.slow
@settings(max_examples=4, deadline=None, suppress_health_check=QUIET)
@given(st.data())
def test_so_it_is_when_a_run_is_measured_or_continued(sound, tmp_path, capsys, data):
    run = tmp_path / "bad"
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(sound / "runs" / "y", run)
    (run / "report.html").unlink()
    whole = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(data.draw(damaged(whole))))
    for asked in (["evaluate", str(run)], ["resume", str(run)]):
        one_line(capsys, command(asked))


def test_the_line_names_the_field_as_the_file_does(sound, tmp_path, capsys):
    """What stands at the top has no name to be inside of."""
    whole = json.loads((sound / "runs" / "y" / "run.json").read_text())
    shutil.copytree(sound / "runs" / "y", tmp_path / "y")
    for changed, said in (
        ({**whole, "seed": []}, "('seed' can't be list)"),
        ({**whole, "recipe": {**whole["recipe"], "momentum": "x"}}, "(recipe, 'momentum' can't be"),
    ):
        (tmp_path / "y" / "run.json").write_text(json.dumps(changed))
        assert command(["predict", str(tmp_path / "y"), str(sound / "t.csv")]) == 2
        assert said in capsys.readouterr().err


LINES = [
    "[]",
    "{}",
    '{"epoch": "x"}',
    '{"epoch": 1, "loss": []}',
    "[" * 10**5,
    "nul",
    "\ud800",
    "\0",
]


@pytest.mark.parametrize("line", LINES, ids=range(len(LINES)))
def test_the_page_of_runs_lists_the_others(line, sound, tmp_path, monkeypatch):
    shutil.copytree(sound / "runs", tmp_path / "runs")
    content = line.encode("utf-8", "surrogatepass")
    (tmp_path / "runs" / "y" / "metrics.jsonl").write_bytes(content)
    for file in ("results.json", "calibration.json", "run.json"):
        copied = tmp_path / "runs" / file.partition(".")[0]
        shutil.copytree(sound / "runs" / "y", copied)
        (copied / file).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with TestClient(server.application(), base_url=HERE) as reader:
        page = reader.get("/runs.html")
        assert page.status_code == 200
        for name in "yz":
            assert f"run/{name}.html" in page.text
            assert reader.get(f"/run/{name}.html").status_code == 200
        for name in ("results", "run", "calibration"):
            assert reader.get(f"/run/{name}.html").status_code in (200, 404)


@pytest.mark.parametrize("line", ["\ud800", '{"epoch": 3, "new": 1}'], ids=range(2))
def test_what_the_line_on_damaged_curves_advises_mends_them(line, sound, tmp_path, capsys):
    run = shutil.copytree(sound / "runs" / "y", tmp_path / "y")
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(line.encode("utf-8", "surrogatepass"))
    assert command(["evaluate", str(run)]) == 2
    assert "metrics.jsonl: damaged" in (said := capsys.readouterr().err)
    assert "remove it" in said
    (run / "metrics.jsonl").unlink()
    assert command(["evaluate", str(run)]) == 0


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"single": torch.zeros(3)},
        {"single": torch.zeros(2, 2, dtype=torch.int64)},
        {"other": torch.zeros(3, dtype=torch.int64)},
    ],
    ids=range(4),
)
def test_keys_of_rows_are_keys(kept, sound, tmp_path, capsys):
    shutil.copytree(sound / "runs" / "y", tmp_path / "y")
    save_file(kept, tmp_path / "y" / "rows.safetensors")
    assert command(["evaluate", str(tmp_path / "y"), str(sound / "t.csv")]) == 2
    assert "keys of rows" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "..", ".", ".x", "", "a\\b", "/etc/x", "a\0b", "é" * 120]
)
def test_a_run_lies_where_runs_lie(name, sound, tmp_path, capsys):
    assert not is_name(name)
    asked = ["train", "mlp", str(sound / "t.csv"), "--target", "y", "--out", str(tmp_path / "in")]
    assert command([*asked, "--epochs", "1", "--name", name]) == 2
    assert "--name" in capsys.readouterr().err
    assert [*tmp_path.rglob("run.json")] == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_plain_data_are_held_by_their_types_alone(value):
    for hint in (int, float, str, list[int], dict[str, float], int | None):
        said = plain.fault(value, hint, "it")
        if isinstance(value, str):
            assert (said is None) == (hint is str)
        if isinstance(value, bool):
            assert said
