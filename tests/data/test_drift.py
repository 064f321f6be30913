"""Parts that differ are told, and parts that don't raise no alarm: by simulation."""

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact, hypergeom

from nna.data.profiling import drift
from nna.data.profiling.encoded import Coded


def words(draw, rows: int, columns: int, kinds: int) -> Coded:
    """Columns of words, many of them rare."""
    shares = 1 / np.arange(1, kinds + 1)
    values = draw.choice(kinds, size=(rows, columns), p=shares / shares.sum()).astype(float)
    return Coded([f"c{i}" for i in range(columns)], values, np.ones(columns, dtype=bool))


@pytest.mark.parametrize("columns", [1, 5, 40])
def test_rare_words_that_changed_are_found_among_any_number_of_columns(columns):
    draw = np.random.default_rng(0)
    table = words(draw, 120, columns, 40)
    table.values[60:, 0] += 40  # not a word in common
    found = drift.between(table, np.arange(60), np.arange(60, 120))
    assert [one["column"] for one in found] == ["c0"]
    assert found[0]["distance"] > 0.8


def test_tables_of_equals_raise_an_alarm_in_a_hundredth_at_most():
    """In all columns together: a figure of the whole table."""
    draw, rows = np.random.default_rng(0), np.arange(80)
    alarms = sum(
        bool(drift.between(words(draw, 80, 6, 25), rows[:40], rows[40:])) for _ in range(80)
    )
    assert alarms <= binom.ppf(0.999, 80, drift.SURE)


@pytest.mark.parametrize("grid", [[[9, 1], [2, 8]], [[30, 2], [25, 9]], [[3, 3], [3, 3]]])
def test_drawn_tables_have_the_exact_chance(grid):
    """Of two words the chance is Fisher's, but for which tables count as far: by chi-squared."""
    a = np.array(grid)
    own = drift.drawn_chance(a, 1)
    n, part, word = a.sum(), a[0].sum(), a[:, 0].sum()
    counts = np.arange(max(0, part + word - n), min(part, word) + 1)
    far = abs(counts - part * word / n) >= abs(a[0, 0] - part * word / n) - 1e-9
    exact = hypergeom(n, word, part).pmf(counts)[far].sum()
    assert own == pytest.approx(exact, abs=4 * np.sqrt(exact / 400) + 1 / 400)
    assert exact == pytest.approx(fisher_exact(a).pvalue, abs=0.05)


def test_chances_can_be_as_small_as_the_columns_ask():
    sure = np.array([[0, 20], [20, 0]])
    for columns in (1, 5, 100):
        assert drift.drawn_chance(sure, columns) * columns <= drift.SURE
