"""The metric that a user names and the threshold of a class: from training to prediction."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from scipy.special import expit, log_softmax, softmax
from sklearn import metrics as sklearns

import nna
from nna import tasks
from nna.cli import run as command
from nna.errors import UserError
from nna.training.runs import open_run
from nna.workbench.evaluation import scoring
from nna.workbench.evaluation.scoring import Scoring, asked
from nna.workbench.train import finish, material_of

SCIKIT_LEARN = {  # (truth, class named, shares, the positive class): the same figure of theirs
    "f1": lambda y, named, shares, k: sklearns.f1_score(y, named, pos_label=k),
    "precision": lambda y, named, shares, k: sklearns.precision_score(y, named, pos_label=k),
    "recall": lambda y, named, shares, k: sklearns.recall_score(y, named, pos_label=k),
    "average precision": lambda y, named, shares, k: sklearns.average_precision_score(
        y == k, shares[:, k]
    ),
    "f1 macro": lambda y, named, shares, k: sklearns.f1_score(y, named, average="macro"),
    "log loss": lambda y, named, shares, k: sklearns.log_loss(
        y, shares, labels=range(shares.shape[1])
    ),
    "AUC": lambda y, named, shares, k: sklearns.roc_auc_score(
        y, shares[:, 1] if shares.shape[1] == 2 else shares, multi_class="ovr"
    ),
    "accuracy": lambda y, named, shares, k: sklearns.accuracy_score(y, named),
    "balanced accuracy": lambda y, named, shares, k: sklearns.balanced_accuracy_score(y, named),
}


@st.composite
def answers(draw, classes=None, rows=25):
    """Scores, some of them equal, and the truth, every class among it."""
    classes = classes or draw(st.integers(2, 4))
    n = draw(st.integers(classes, rows))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    scores = rng.integers(-4, 5, (n, classes)) / draw(st.sampled_from([1, 2, 7]))
    y = np.concatenate([np.arange(classes), rng.integers(classes, size=n - classes)])
    return scores.astype(np.float32), y


@settings(max_examples=40, deadline=None)
@given(answers(), st.sampled_from(sorted(SCIKIT_LEARN)), st.integers(0, 1))
def test_every_metric_is_scikit_learn_s(given_, name, positive):
    scores, y = given_
    if name in scoring.OF_TWO and scores.shape[1] != 2:
        return
    how = Scoring(metric=name, positive=positive)
    named = how.predicted(scores)
    found = scoring.figures(scores, y, how)
    figure = found[name]
    assert next(iter(found)) == name
    if figure.value is None:
        assert name == "precision"
        assert positive not in named
        return
    shares = softmax(scores.astype(np.float64), axis=1)
    wanted = SCIKIT_LEARN[name](y, named, shares, positive)
    assert figure.value == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(answers(classes=2), st.sampled_from(scoring.CUTTING), st.integers(0, 1))
def test_no_threshold_is_better_on_the_rows_that_it_is_chosen_by(given_, metric, positive):
    scores, y = given_
    how = Scoring(metric=metric, positive=positive)
    chosen = scoring.choose(scores, y, how)
    assert 0 < chosen < 1
    shares = expit((scores[:, positive] - scores[:, 1 - positive]).astype(np.float64))

    def at(cut):
        named = np.where(shares >= cut, positive, 1 - positive)
        return SCIKIT_LEARN[metric](y, named, None, positive)

    every = np.unique(np.concatenate([[1e-9, 0.5, 1 - 1e-9], shares.clip(1e-9, 1 - 1e-9)]))
    best = max(at(cut) for cut in every)
    assert at(chosen) == pytest.approx(best)
    assert at(0.5) < best or chosen == 0.5 or abs(chosen - 0.5) < 1e-9


@settings(max_examples=40, deadline=None)
@given(answers(classes=2), st.floats(0.01, 0.99), st.integers(0, 1))
def test_a_class_is_named_from_its_threshold_on(given_, threshold, positive):
    scores, _ = given_
    named = Scoring(threshold=threshold, positive=positive).predicted(scores)
    shares = np.exp(log_softmax(scores.astype(np.float64), axis=1))[:, positive]
    clear = np.abs(shares - threshold) > 1e-9
    assert ((named == positive) == (shares >= threshold))[clear].all()


def test_one_class_can_not_be_judged_by_what_takes_two():
    y = np.ones(5, int)
    for metric in ("AUC", "average precision"):
        with pytest.raises(UserError, match="class never occurs"):
            scoring.measurable(Scoring(metric=metric), y, ("no", "yes"))
    with pytest.raises(UserError, match="bring more rows"):
        scoring.measurable(Scoring(threshold="auto"), y, ("no", "yes"))
    scoring.measurable(Scoring(metric="precision", threshold=0.999999), np.arange(2), ("a", "b"))
    with pytest.raises(UserError, match="never there"):
        scoring.measurable(Scoring(metric="recall"), 1 - y, ("no", "yes"))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"metric": "fscore"}, "there are: accuracy"),
        ({"metric": "rmse"}, "no metric 'rmse' for classification"),
        ({"positive": "maybe"}, "'maybe'"),
        ({"threshold": "high"}, "between 0 and 1"),
        ({"threshold": 1.5}, "between 0 and 1"),
        ({"threshold": float("nan")}, "between 0 and 1"),
        ({"metric": "roc_auc", "threshold": "auto"}, "not by AUC"),
    ],
)
def test_what_means_nothing_is_refused(said, line):
    with pytest.raises(UserError, match=line):
        asked(tasks.get("classification"), ("no", "yes"), True, **said)


def test_what_takes_two_classes_or_probabilities_is_refused_without():
    three, two = ("a", "b", "c"), ("no", "yes")
    for said in ({"metric": "f1"}, {"threshold": 0.5}, {"positive": "a"}):
        with pytest.raises(UserError, match=r"two classes.*3"):
            asked(tasks.get("classification"), three, True, **said)
    for said in ({"metric": "log_loss"}, {"threshold": "auto"}):
        with pytest.raises(UserError, match="log-likelihood"):
            asked(tasks.get("classification"), two, False, **said)
    with pytest.raises(UserError, match="not for forecasting"):
        asked(tasks.get("forecasting"), (), False, metric="mae")
    assert asked(tasks.get("classification"), two, True, metric="ROC-AUC").metric == "AUC"


# --- a run ----------------------------------------------------------------------------------


def uneven(rows=500, seed=4):
    draw = np.random.default_rng(seed)
    rare = draw.random(rows) < 0.2
    x = draw.normal(size=(rows, 3)) + 0.9 * rare[:, None]
    return pd.DataFrame(x, columns=["a", "b", "c"]).assign(kind=np.where(rare, "bad", "good"))


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "uneven.csv"
    uneven().to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    """One that was judged by f1 of the rarer class, cut where that is best."""
    out = tmp_path_factory.mktemp("runs")
    said = {
        "metric": "f1",
        "positive": "bad",
        "threshold": "auto",
        "recipe": {"epochs": 8, "learning_rate": 1e-3},
    }
    return nna.train("mlp", table, target="kind", out=out, quiet=True, **said)


def test_the_metric_is_told_first_of_everyone_and_chooses_the_epoch(run):
    results, history = run.results(), run.history()
    assert next(iter(results["metrics"])) == "f1"
    assert all(next(iter(of)) == "f1" for of in results["baselines"].values())
    assert all("validation f1" in line for line in history)
    best = max(line["validation f1"] for line in history if line["validation f1"] is not None)
    material = material_of(run)
    from nna.workbench.evaluation import evaluate

    figure, _ = evaluate.on_validation(material)(nna.load(run.folder).model)
    assert figure == pytest.approx(best)


def test_the_threshold_is_chosen_on_validation_and_kept(run):
    kept = run.results()["threshold"]
    assert kept["positive"] == "bad"
    assert kept["by"] == "f1"
    material, trained = material_of(run), nna.load(run.folder)
    assert kept["rows"] == len(material.parts["validation"])
    assert trained.scoring.threshold == kept["value"] != 0.5
    again = finish(run, trained.model, material)
    assert again.to_json()["threshold"] == kept


def test_prediction_and_evaluation_hold_to_the_threshold(run, tmp_path, capsys):
    frame = uneven(200, seed=9)
    frame.to_csv(tmp_path / "new.csv", index=False)
    trained, truth = nna.load(run.folder), frame["kind"].to_numpy()

    def f1(named):
        return sklearns.f1_score(truth, named, pos_label="bad")

    def named(**said):
        return [one.class_ for one in trained.predict(frame, **said)]

    value = trained.scoring.threshold
    assert named() == named(threshold=value) != named(threshold=0.999)
    assert set(named(threshold=1e-9)) == {"bad"}
    ask = [str(run.folder), str(tmp_path / "new.csv"), "--json"]
    for options, wanted in (([], named()), (["--threshold", "0.3"], named(threshold=0.3))):
        assert command(["evaluate", *ask, *options]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["metrics"]["f1"]["value"] == pytest.approx(f1(wanted))
        assert command(["predict", *ask, *options]) == 0
        assert [one["class"] for one in json.loads(capsys.readouterr().out)] == wanted
    out = tmp_path / "answers.csv"
    assert command(["predict", *ask[:2], "--out", str(out), "--threshold", "0.3"]) == 0
    assert pd.read_csv(out)["class"].tolist() == named(threshold=0.3)
    capsys.readouterr()


def test_another_metric_and_threshold_when_evaluated_anew(table, tmp_path, capsys):
    made = nna.train("mlp", table, target="kind", out=tmp_path, recipe={"epochs": 2}, quiet=True)
    assert "threshold" not in made.results()
    ask = ["evaluate", str(made.folder), "--json"]
    assert command([*ask, "--metric", "average_precision", "--threshold", "0.7"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert next(iter(told["metrics"])) == "average precision"
    assert nna.load(made.folder).scoring.threshold == 0.7
    assert command([*ask, "--threshold", "auto"]) == 0
    assert json.loads(capsys.readouterr().out)["threshold"]["by"] == "balanced accuracy"
    assert command(ask) == 0
    assert "threshold" not in json.loads(capsys.readouterr().out)


def test_numbers_have_a_metric_as_well(table, tmp_path):
    made = nna.train(
        "mlp", table, target="a", metric="mae", out=tmp_path, recipe={"epochs": 3}, quiet=True
    )
    assert next(iter(made.results()["metrics"])) == "mae"
    best = min(line["validation mae"] for line in made.history())
    from nna.workbench.evaluation import evaluate

    figure, _ = evaluate.on_validation(material_of(made))(nna.load(made.folder).model)
    assert figure == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--metric", "f2"], "no metric 'f2'"),
        (["--threshold", "2"], "between 0 and 1"),
        (["--positive", "worse"], "'worse'"),
    ],
)
def test_what_can_not_be_is_told_before_there_is_a_run(table, tmp_path, capsys, options, line):
    asked = ["train", "mlp", str(table), "--target", "kind", "--out", str(tmp_path), *options]
    assert command(asked) != 0
    said = capsys.readouterr().err.strip()
    assert line in said
    assert "\n" not in said
    assert not any(tmp_path.iterdir())


def test_an_older_run_has_neither(run, tmp_path):
    path = run.folder / "run.json"
    whole = path.read_text()
    plain = json.loads(whole)
    for name in ("metric", "positive", "threshold"):
        del plain[name]
    try:
        path.write_text(json.dumps(plain))
        assert open_run(run.folder).request.metric is None
        path.write_text(json.dumps(plain | {"threshold": [1]}))
        with pytest.raises(UserError, match="damaged"):
            open_run(run.folder)
    finally:
        path.write_text(whole)


@pytest.mark.parametrize("metric", scoring.OF_CLASSES)
def test_which_way_is_better_is_as_the_figures_of_classes_have_it(metric):
    y = np.array([0, 1, 1, 0])
    scores = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [2.0, 0.0]])
    figure = scoring.figures(scores, y, scoring.Scoring(metric=metric))[metric]
    assert scoring.higher_is_better(metric) == figure.higher_is_better
