"""A comparison is fair, is continued where it stopped, and admits who lost."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from sklearn.linear_model import LogisticRegression

from nna.cli import run as command
from nna.data.catalog import load
from nna.data.examples import Examples
from nna.errors import UserError
from nna.spec import Table
from nna.workbench.comparison import comparison, report
from nna.workbench.comparison.candidates import prepared_by
from nna.workbench.comparison.folds import Rows, into_folds
from nna.workbench.comparison.ranking import standing
from nna.workbench.comparison.results import Refused, from_json


def table(x, y, classes=()):
    task = "classification" if classes else "regression"
    return Examples.of(task=task, port=Table(features=x.shape[1]), x=x, y=y, classes=classes)


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparison") / "wine"
    made = comparison.plan(load("wine"), "wine", folder, models=("rbfn",))
    comparison.hold(made)
    return made


def test_everyone_meets_the_same_rows_and_none_is_learnt_and_asked(held):
    for fold in held.folds:
        assert not set(fold.train) & set(fold.test)
    tested = np.sort(np.concatenate([fold.test for fold in held.folds]))
    np.testing.assert_array_equal(tested, np.arange(178))
    assert not held.missing()
    assert {len(of) for of in held.results().values()} == {5}


def test_mandatory_baselines_take_part_and_the_majority_comes_last(held):
    rows = standing(held).rows
    assert {row.name for row in rows} == {
        "majority", "logistic regression", "gradient boosting", "nearest neighbours", "rbfn",
    }  # fmt: skip
    assert rows[-1].name == "majority"
    assert rows[-1].p < 0.05
    assert all(0 <= row.low <= row.mean <= row.high <= 1 for row in rows)


def test_the_report_says_who_is_ahead_and_stands_alone(held):
    found = report.write(held)
    page = report.path(held).read_text(encoding="utf-8")
    assert found.verdict in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert json.loads((held.folder / "results.json").read_text())["rows"]


def test_a_contest_is_continued_with_the_same_figures(tmp_path, held):
    again = comparison.plan(load("wine"), "wine", tmp_path / "wine", models=("rbfn",))
    with pytest.raises(KeyboardInterrupt):
        comparison.hold(again, said=_stop_after(4))
    assert len(again.missing()) == 21
    again = comparison.plan(load("wine"), "wine", tmp_path / "wine", models=("rbfn",))
    comparison.hold(again)
    for name, fits in held.results().items():
        same = again.results()[name]
        assert [one.figures for one in fits] == [one.figures for one in same]


def _stop_after(count):
    def said(done, total, line):
        if done == count:
            raise KeyboardInterrupt

    return said


def test_a_folder_of_another_contest_is_left_alone(held):
    with pytest.raises(UserError, match=r"another comparison \(folds was 5\)"):
        comparison.plan(load("wine"), "wine", held.folder, models=("rbfn",), folds=4)


@pytest.mark.slow
def test_matches_may_be_played_side_by_side(tmp_path, held):
    made = comparison.plan(load("wine"), "wine", tmp_path / "wine", models=("rbfn",))
    comparison.hold(made, jobs=2)
    assert standing(made).rows[0].folds == standing(held).rows[0].folds


def test_what_is_tested_never_decides_the_preparation(tmp_path):
    """Scaling before the split is a leak: rows that are asked about must not move a model."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 3)), rng.integers(2, size=80)
    examples = table(x, y, ("no", "yes"))
    fitted = prepared_by(examples).fit(x[:60]).transform(x[:60])
    np.testing.assert_allclose(fitted.mean(0), 0, atol=1e-6)
    wild = x.copy()
    wild[60:] *= 1e6
    shares = []
    for name, data in (("plain", x), ("wild", wild)):
        made = comparison.plan(table(data, y, ("no", "yes")), name, tmp_path / name, folds=2)
        fold = comparison.Fold(np.arange(60), np.arange(40, 60))
        one = next(c for c in made.candidates if c.name == "logistic regression")
        model = one.make({}, 0, None).fit(made.field.at(fold.train), y[:60])
        shares.append(model.predict_proba(made.field.at(fold.test)))
    np.testing.assert_array_equal(*shares)


def test_a_copy_of_the_target_is_named_before_the_comparison(tmp_path, capsys):
    """What a comparison can't know, the profile says."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=200)
    frame = pd.DataFrame({"noise": rng.normal(size=200), "copy": y * 3.0 + 1, "y": y})
    frame.to_csv(tmp_path / "leak.csv", index=False)
    assert command(["data", "profile", str(tmp_path / "leak.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["leaks"] == ["copy"]


def test_later_rows_are_never_learnt_from(tmp_path):
    """A walk looks easy where neighbours in time are learnt; forward in time it isn't."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"day": np.arange(300), "x": rng.normal(size=300)})
    y = np.cumsum(rng.normal(size=300)).astype(np.float32)
    made = comparison.plan(table(frame, y), "walk", tmp_path / "walk", time="day", folds=4)
    for fold in made.folds:
        assert fold.train.max() < fold.test.min()
    assert "day" not in made.field.x.columns


def test_rows_of_one_group_stay_together(tmp_path):
    rng = np.random.default_rng(2)
    who = np.repeat([f"p{i}" for i in range(20)], 10)
    frame = pd.DataFrame({"who": who, "x": rng.normal(size=200)})
    made = comparison.plan(
        table(frame, rng.integers(2, size=200), ("no", "yes")), "p", tmp_path / "p", groups="who"
    )
    for fold in made.folds:
        assert not set(who[fold.train]) & set(who[fold.test])


@pytest.mark.slow
def test_a_search_can_not_see_the_tested_rows(tmp_path):
    made = comparison.plan(load("wine"), "wine", tmp_path / "wine", folds=2, trials=3)
    seen = []

    class Spy(LogisticRegression):
        def fit(self, x, y):
            seen.append(len(x))
            return super().fit(x, y)

    from dataclasses import replace

    from nna.workbench.comparison.fold_fit import Terms, fit_fold

    one = next(c for c in made.candidates if c.name == "logistic regression")
    spied = replace(one, make=lambda drawn, seed, seconds: Spy(max_iter=5000, **drawn))
    result = fit_fold(spied, made.field, made.folds[0], Terms(trials=3, seed=0))
    assert seen[-1] == len(made.folds[0].train)
    assert max(seen[:-1]) < len(made.folds[0].train)
    assert len(result.trials) == 3


def test_pure_noise_gives_no_winner(tmp_path):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(120, 4)), rng.integers(2, size=120)
    made = comparison.plan(
        table(x, y, ("no", "yes")), "noise", tmp_path / "noise", models=("rbfn",)
    )
    comparison.hold(made)
    rows = standing(made).rows
    assert all(row.tied for row in rows)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"folds": 1}, "two are the least"),
        ({"folds": 100}, "too few for 100 folds"),
        ({"trials": 0}, "must be at least 1"),
        ({"models": ("mpl",)}, "mlp"),
        ({"models": ("gan",)}, "does generation"),
        ({"groups": "nobody"}, "no column 'nobody'"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_made(tmp_path, options, message):
    with pytest.raises(UserError, match=message):
        comparison.plan(load("wine"), "wine", tmp_path / "wine", **options)
    assert not (tmp_path / "wine").exists()


def test_data_without_a_target_are_refused(tmp_path):
    with pytest.raises(UserError, match="a comparison needs classes or numbers"):
        comparison.plan(load("ring"), "ring", tmp_path / "ring")


@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.integers(5, 8), st.integers(0, 9))
def test_rare_classes_are_always_learnt_and_few_folds_are_no_advice(counts, folds, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    try:
        cut = into_folds(Rows(count=len(y), classes=y), folds, seed)
    except UserError as refused:
        advised = re.findall(r"say --folds (\d+)", str(refused))
        assert all(5 <= int(one) < folds for one in advised)
        return
    assert all(set(y[fold.train]) == set(y) for fold in cut)


def test_results_are_strict_json_whatever_a_fold_lacks(held):
    report.write(held)
    text = (held.folder / "results.json").read_text(encoding="utf-8")
    rows = json.loads(text, parse_constant=pytest.fail)["rows"]
    assert all(row["figures"]["AUC"] for row in rows)


def test_fits_are_kept_as_they_are(held):
    fits = [fit for of in held.results().values() for fit in of]
    for fit in (*fits, Refused("it can't")):
        assert from_json(json.loads(json.dumps(fit.to_json()))) == fit
    path = held.path("majority", 0)
    kept = path.read_text(encoding="utf-8")
    path.write_text(json.dumps({"figures": {}}), encoding="utf-8")
    with pytest.raises(UserError, match="damaged; delete it"):
        held.results()
    path.write_text(kept, encoding="utf-8")


def test_answers_that_are_no_numbers_take_no_part(held):
    fold = held.folds[0]
    with pytest.raises(UserError, match="aren't all finite"):
        held.field.judge(np.full((len(fold.test), 3), np.nan), fold)
