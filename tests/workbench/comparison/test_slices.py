"""Parts that err more are shown only where chance doesn't explain it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from nna.workbench.comparison import slices


def shown(monkeypatch, x, errors):
    comparison = SimpleNamespace(field=SimpleNamespace(x=x))
    monkeypatch.setattr(slices, "_errors", lambda *_: errors)
    return slices.worst(comparison, "any")


def table(rng, rows=400, columns=12):
    return pd.DataFrame({f"c{i}": rng.integers(4, size=rows) for i in range(columns)})


@pytest.mark.parametrize("numbers", [False, True])
def test_of_errors_that_are_spread_evenly_hardly_ever_a_part_is_shown(monkeypatch, numbers):
    rng, any_shown = np.random.default_rng(0), 0
    for _ in range(60):
        errors = rng.exponential(size=400) if numbers else rng.random(400) < 0.2
        any_shown += bool(shown(monkeypatch, table(rng), errors.astype(float)))
    assert any_shown <= 8  # 60 times a twentieth, and three standard errors


@pytest.mark.parametrize("numbers", [False, True])
def test_a_part_that_errs_twice_as_often_is_shown_first(monkeypatch, numbers):
    rng = np.random.default_rng(1)
    x = table(rng)
    bad = (x["c3"] == 2).to_numpy()
    often = rng.random(400) < 0.15 + 0.35 * bad
    errors = rng.exponential(size=400) * (1 + 2 * bad) if numbers else often
    first = shown(monkeypatch, x, errors.astype(float))[0]
    assert (first.column, first.part) == ("c3", "2")
    assert first.chance < 0.05


def test_the_chance_is_that_of_fishers_test():
    rng = np.random.default_rng(2)
    for _ in range(20):
        inside, outside = (rng.random(n) < share for n, share in ((30, 0.4), (80, 0.2)))
        grid = [[inside.sum(), (~inside).sum()], [outside.sum(), (~outside).sum()]]
        expected = fisher_exact(grid, alternative="greater").pvalue
        assert slices._chance(inside.astype(float), outside.astype(float)) == pytest.approx(
            expected
        )


def test_a_column_of_one_value_is_no_part(monkeypatch):
    x = pd.DataFrame({"same": ["a"] * 50})
    assert shown(monkeypatch, x, np.r_[np.ones(10), np.zeros(40)]) == []
