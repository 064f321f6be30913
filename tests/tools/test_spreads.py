"""Thresholds on trained figures keep a margin to what ten seeds gave; and how that is measured."""

import dataclasses
import importlib
import statistics
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

from nna import ledger, paired, registry
from nna.workbench import signature

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
figures = importlib.import_module("spreading.figures")
results = importlib.import_module("spreading.results")
spreads = importlib.import_module("spreads")

MEASURED = sorted(path.stem for path in spreads.KEPT.glob("*.json"))


@pytest.mark.parametrize("name", MEASURED)
def test_every_measured_threshold_keeps_its_margin(name):
    _, own = spreads.verdicts(name)
    assert [f"{verdict}: {min(verdict.gaps):.3g}" for verdict in own if not verdict.holds] == []


@pytest.mark.parametrize("name", MEASURED)
def test_what_is_kept_belongs_to_something_that_is_there(name):
    store = results.Store(spreads.KEPT, name)
    source = figures.asserted(spreads.tests_of(name).read_text(encoding="utf-8"))
    assert name in registry.names()
    seeds = store.tests["seeds"].values()
    kept = {key for told in seeds for held in told["figures"].values() for key in held}
    assert kept <= source.keys(), f"measure it again: python tools/spreads.py {name}"


SEEDS = sorted(name for name in registry.names() if paired.read(registry.folder(name)))


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_kept_of_the_signature_task_follows_from_its_seeds_and_is_still_computed(name):
    kept, task = paired.read(registry.folder(name)), registry.describe(name).signature
    again = f"measure it again: python tools/spreads.py --signature {name}"
    asked = {"data": task.data, "metric": task.metric, "baseline": task.baseline}
    assert {key: kept[key] for key in asked} == asked, again
    assert signature.of_seeds(kept) == paired.of_seeds(kept)
    assert spreads.stale(kept, signature.hangs_on(name)) is None, again
    signed, _ = spreads.verdicts(name)
    assert signed is None or signed.reached, f"the seeds ask for {signed.suggested:.4g}"


# --- which figures there are ------------------------------------------------------------------

SOURCE = """
import torch
from numpy.random import default_rng


def drawn(seed):
    return float(torch.rand((), generator=torch.Generator().manual_seed(seed)))


def test_it_is_small(tmp_path):
    assert drawn(0) < 0.7 + 0.2  # a comment
    assert drawn(1) == drawn(1)
    assert 0 <= drawn(2) < 1
    assert drawn(3) < drawn(4) + 1
    for place in range(2):
        assert drawn(place) > -1e3
    assert drawn(0) < 5
    assert 1 < 2


def test_nothing_is_drawn():
    assert abs(default_rng(0).normal()) >= 0
"""


def test_figures_are_found_by_what_is_compared_and_constants_read_from_the_source():
    found = figures.asserted(SOURCE)
    small = "test_it_is_small: "
    assert found.keys() == {
        f"{small}drawn(0) < _",
        f"{small}_ <= drawn(2) < _",
        f"{small}drawn(3) < drawn(4) + 1",
        f"{small}drawn(place) > _",
        f"{small}drawn(0) < _ (2)",
        "test_nothing_is_drawn: abs(default_rng(0).normal()) >= _",
    }
    assert found[f"{small}drawn(0) < _"].constants == (None, pytest.approx(0.9))
    assert found[f"{small}drawn(0) < _"].gap([0.4, 77.0]) == pytest.approx(0.5)
    assert found[f"{small}_ <= drawn(2) < _"].gap([0.0, 1.25, 1.0]) == -0.25
    assert found[f"{small}drawn(3) < drawn(4) + 1"].gap([0.25, 1.5]) == 1.25


def test_a_new_threshold_or_comment_leaves_what_was_measured_and_other_code_does_not():
    marked = figures.without_thresholds(SOURCE)
    changed = SOURCE.replace("0.7 + 0.2", "0.6").replace("# a comment", "")
    assert figures.without_thresholds(changed) == marked
    assert figures.asserted(changed).keys() == figures.asserted(SOURCE).keys()
    assert figures.without_thresholds(SOURCE.replace("drawn(1)", "drawn(9)")) != marked


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.sampled_from("<>"), st.booleans())
def test_a_gap_is_below_zero_just_where_the_assertion_fails(value, bound, sign, turned):
    sides = (f"({bound!r})", "x") if turned else ("x", f"({bound!r})")
    written = f"{sides[0]} {sign} {sides[1]}"
    (one,) = figures.asserted(f"def test_it():\n    assert {written}\n").values()
    gap = one.gap([0.0, value] if turned else [value, 0.0])
    assert (gap > 0) == eval(written, {"x": value})
    moved = written.replace(f"({bound!r})", f"({float(one.further(1000.0))!r})")
    assert one.further(1e4) == "" or eval(moved, {"x": value}) or gap < -990


# --- running tests under seeds ----------------------------------------------------------------


@pytest.mark.slow
def test_seeds_shift_figures_and_what_fails_by_size_lets_the_rest_be_seen(tmp_path, monkeypatch):
    path = tmp_path / "test_made_up.py"
    broken = SOURCE + "\n\ndef test_broken():\n    assert drawn(0) < -1\n    assert [] == [1]\n"
    path.write_text(broken, encoding="utf-8")
    monkeypatch.setattr(spreads, "tests_of", lambda name: path)
    monkeypatch.setattr(spreads.registry, "folder", lambda name: tmp_path)
    spreads.measure_tests("made_up", range(2), tmp_path / "kept")
    told = results.Store(tmp_path / "kept", "made_up").tests["seeds"]
    assert told["0"]["failed"].keys() == {"test_broken"}
    small = "test_it_is_small"
    one, other = (told[seed]["figures"][small] for seed in "01")
    assert one[f"{small}: drawn(3) < drawn(4) + 1"][1] - 1 == pytest.approx(
        other[f"{small}: drawn(3) < drawn(4) + 1"][0], abs=1e-5
    )  # seed 4 of the one is seed 3 + 1 of the other
    lowest = min(one[f"{small}: drawn(0) < _"][0], other[f"{small}: drawn(0) < _"][0])
    assert one[f"{small}: drawn(place) > _"][0] == lowest  # of several, the nearest to failing
    assert told["0"]["figures"]["test_broken"]["test_broken: drawn(0) < _"][0] > -1
    before = (tmp_path / "kept" / "made_up.json").read_bytes()
    spreads.measure_tests("made_up", range(2), tmp_path / "kept")  # nothing is left to do
    assert (tmp_path / "kept" / "made_up.json").read_bytes() == before


# --- verdicts ---------------------------------------------------------------------------------


def kept(values, rivals, tested=0.0) -> dict[str, Any]:
    """What is kept of a signature task of such figures."""
    side = {"low": None, "high": None, "higher_is_better": True}
    seeds = {
        str(seed): {
            "figure": {**side, "value": value},
            "rival": {**side, "value": rival, "low": rival - 0.02, "high": rival + 0.02},
        }
        for seed, (value, rival) in enumerate(zip(values, rivals, strict=True))
    }
    held = {"data": "d", "metric": "accuracy", "baseline": "b", "tested": tested, "seeds": seeds}
    verdict = signature.of_seeds(held)
    return held | {"paired": dataclasses.asdict(verdict) if verdict else None}


RISING = [0.95 + 0.001 * k for k in range(10)]


def test_a_threshold_lies_below_the_worst_by_the_spread_and_beyond_the_baseline():
    worst = 0.95 - statistics.stdev(RISING)
    held = kept(RISING, [0.9] * 10)
    low, right, high = filter(None, (results.signed("any", held, t) for t in (0.91, 0.94, 0.949)))
    assert right.suggested == pytest.approx(worst)
    assert [one.reached for one in (low, right, high)] == [True, True, False]
    assert [one.beyond for one in (low, right, high)] == [False, True, True]
    assert results.signed("any", kept(RISING[:9], [0.9] * 9), 0.9) is None


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.sampled_from([0.0, 0.3]), st.integers(0, 99))
def test_the_pairs_are_judged_by_the_t_test_widened_where_rows_are_drawn_anew(
    shift, spread, tested, seed
):
    rng = np.random.default_rng(seed)
    rivals = rng.normal(size=10)
    values = rivals + rng.normal(shift, spread, 10)
    verdict = paired.of_seeds(kept(values, rivals, tested))
    assert verdict is not None
    half = stats.t.ppf(0.975, 9) * np.sqrt((0.1 + tested) * np.var(values - rivals, ddof=1))
    assert verdict.mean == pytest.approx((values - rivals).mean(), rel=1e-4, abs=1e-6)
    assert verdict.high - verdict.low == pytest.approx(2 * half, rel=1e-3)
    assert (verdict.verdict == "ahead") == (verdict.low > 0)
    assert (verdict.verdict == "behind") == (verdict.high < 0)


def test_a_figure_that_is_better_when_lower_counts_the_other_way():
    held = kept([0.1] * 10, [0.5] * 10)
    for one in held["seeds"].values():
        for side in one.values():
            side["higher_is_better"] = False
    verdict = signature.of_seeds(held)
    assert verdict is not None
    assert verdict.verdict == "ahead"
    assert "ahead of logistic regression, by 0.4" in verdict.sentence("logistic regression")


def test_only_data_without_prescribed_parts_are_drawn_anew():
    assert signature.tested("fashion_mnist_part") == 0
    assert signature.tested("moby_dick") == 0  # cut into three stretches
    for drawn in ("iris", "allies"):  # rows; graphs of several arrays each
        assert signature.tested(drawn) == pytest.approx(0.2 / 0.65, abs=0.02)


def test_a_behaviour_is_proven_only_ahead_over_ten_seeds(monkeypatch):
    entry = ledger.Entry("mlp", "behaviour", "accuracy on d", "proven", "97 %", "nna train mlp d")
    for held, state in (
        (kept(RISING, [0.9] * 10), "proven"),
        (kept(RISING, RISING[::-1]), "open"),
        (kept(RISING, [0.99] * 10), "open"),
        ({}, "open"),
    ):
        monkeypatch.setattr(paired, "read", lambda folder, held=held: held)
        judged = ledger.over_seeds(entry)
        assert judged.state == state
        assert judged.paired
        assert ledger.over_seeds(judged) == judged
        broken = dataclasses.replace(entry, state="broken")
        assert ledger.over_seeds(broken) == broken


def test_what_hangs_on_something_else_is_measured_again(tmp_path):
    store = results.Store(tmp_path, "any")
    store.begin("one")["0"] = {}
    store.keep()
    assert results.Store(tmp_path, "any").begin("one") == {"0": {}}
    assert results.Store(tmp_path, "any").begin("other") == {}
    before = {"figure": [1.0, 2.0]}
    assert spreads.stale({"quantities": before}, {"figure": [1.0, 2.0 + 1e-12]}) is None
    assert spreads.stale({"quantities": before}, {"figure": [1.0, 2.001]})
    assert spreads.stale({}, before)


def test_own_figures_that_no_seed_moves_are_not_judged_and_nan_never_holds(tmp_path):
    source = figures.asserted(SOURCE)
    first, second = "test_it_is_small: drawn(0) < _", "test_it_is_small: drawn(place) > _"
    store = results.Store(tmp_path, "any")
    for seed in range(10):
        held = {first: [0.5, 0.9], second: [float("nan") if seed == 3 else 7.0 + seed, -1000.0]}
        store.begin("")[str(seed)] = {"figures": {"test_it_is_small": held}}
    (verdict,) = results.own(store, source)
    assert verdict.asserted.key == second
    assert not verdict.holds


def test_failures_are_judged_over_all_assertions():
    assert not results.bound(0, 500)
    assert not results.bound(8, 500)
    assert results.bound(14, 500)
    assert results.bound(2, 5)
    assert not results.bound(1, 50)


def test_the_page_says_which_are_open():
    ahead = results.signed("one", kept(RISING, [0.9] * 10), 0.94)
    open_ = results.signed("other", kept([0.89, 0.92] * 5, [0.9] * 10), 0.85)
    page = results.page([ahead, open_], [])
    assert "Of 2 measured, 1 are ahead" in page
    assert page.count("**open**") == 1


@pytest.mark.parametrize(
    ("source", "values", "holds"),
    [
        ("assert gap() > 1e-3", [0.004, 0.5, 30.0], True),  # four times, whatever their spread
        ("assert gap() > 1e-3", [0.002, 0.5, 30.0], False),
        ("assert gap() > 0", [1e-9, 0.1, 5.0], True),
        ("assert error() < 1e-3", [1e-9, 1e-5, 3e-4], True),
        ("assert error() < 1e-3", [1e-9, 1e-5, 9e-4], False),
        ("assert 0.9 < right()", [0.95, 0.97, 0.96], True),
        ("assert 0.9 < right()", [0.905, 0.97, 0.96], False),
    ],
)
def test_a_threshold_lies_a_margin_or_a_factor_beyond_the_worst(source, values, holds):
    (one,) = figures.asserted(f"def test_it():\n    {source}\n").values()
    first = one.constants[0] is None
    gaps = tuple(one.gap((v, 0.0) if first else (0.0, v)) for v in values)
    assert results.Verdict("mlp", "test_it", one, gaps).holds == holds
