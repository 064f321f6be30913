"""A run that a baseline does better than says so, where its figures are, and what to try."""

from types import SimpleNamespace

from hypothesis import given, strategies as st

from nna import cli, registry
from nna.workbench.evaluation import behind
from nna.workbench.evaluation.intervals import Figure
from nna.workbench.evaluation.results import from_json


def results(own, rivals, name="accuracy", higher=True, **more):
    def figure(value, spread=0.01):
        return {name: Figure(value, value - spread, value + spread, higher).to_json()}

    baselines = {who: figure(value) for who, value in rivals.items()}
    metrics = figure(own)
    plain = {"task": "classification", "test examples": 60, "metrics": metrics}
    plain |= {"classes": ["a", "b"], "confusion": [[1, 0], [0, 1]], "baselines": baselines}
    return from_json(plain | more)


def request(architecture="resnet/desk", **data):
    asked = {"data": "pictures", "target": None, **data}
    recipe = {"objective": "cross_entropy", "epochs": 8}
    return SimpleNamespace(architecture=architecture, data=asked, recipe=recipe, start=None)


def said(measured, asked=None):
    return (
        behind.with_advice(measured, registry.describe("resnet"), asked or request()).behind or ""
    )


figures = st.floats(-100, 100, allow_nan=False)


@given(own=figures, rivals=st.lists(figures, min_size=1, max_size=4), higher=st.booleans())
def test_it_is_said_exactly_when_a_baseline_is_better_and_of_the_best(own, rivals, higher):
    named = {f"rival {place}": value for place, value in enumerate(rivals)}
    found = behind.behind(results(own, named, higher=higher))
    best = max(rivals) if higher else min(rivals)
    better = best > own if higher else best < own
    assert (found is not None) == better
    if found:
        assert named[found[0]] == best


def test_what_to_try_can_be_typed():
    text = said(results(0.3, {"majority": 0.1, "logistic regression": 0.8}))
    assert text.startswith("logistic regression does better than this network by accuracy. Try to")
    assert "--epochs 16" in text
    assert "nna train resnet/18@imagenet1k pictures" in text
    assert "nna recommend pictures" in text
    assert "--target y" in said(results(0.3, {"knn": 0.8}), request(target="y"))
    assert "public" not in said(results(0.3, {"knn": 0.8}), request("resnet/18@imagenet1k"))


def test_a_gap_within_the_intervals_is_called_that():
    assert "don't tell the two apart" in said(results(0.80, {"knn": 0.81}))
    assert "tell the two apart" not in said(results(0.70, {"knn": 0.81}))


def test_who_has_a_verdict_or_no_figure_is_left_alone():
    plain = results(0.3, {"knn": 0.8}).to_json()
    ahead = from_json({**plain, "task": "forecasting", "verdict": "the rule is ahead"})
    none = from_json({**plain, "metrics": {}})
    assert said(ahead) == said(none) == ""


def test_the_report_and_the_command_line_show_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(["train", "mlp", "iris", "--epochs", "1", "--lr", "1e-9"]) == 0
    said = capsys.readouterr().out.splitlines()
    (line,) = (line for line in said if "does better than this network" in line)
    assert "--epochs 2" in line
    (report,) = tmp_path.glob("runs/*/report.html")
    assert "does better than this network" in report.read_text(encoding="utf-8")


def test_who_is_ahead_hears_nothing():
    assert said(results(0.9, {"knn": 0.8})) == ""
