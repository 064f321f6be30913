"""Whether parts of the data differ: column by column, and all columns together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nna.data.profiling.encoded import Coded
from nna.data.splits import stratified

ROWS = 4000  # of each part, that are compared
CELLS = 4_000_000  # values of each part, that are compared: fewer rows of a wide table
SURE = 0.01  # chance of one false alarm in all columns together
MUCH = 0.1  # least distance between two distributions that is told
WIDE = 300  # columns that the classifier looks at
GAP = -1e30  # stands for a gap before the trees: below all that is likely
FIRST = 400  # tables drawn, where words are too rare for the limit law
DRAWN = 20_000  # tables held at a time
WORDS = 30  # words that are compared, the most frequent; the others as one


def between(table: Coded, first: np.ndarray, second: np.ndarray) -> list[dict[str, Any]]:
    """Columns whose values are spread otherwise in the second part, the most different first.

    Numbers by Kolmogorov and Smirnov's test, words by the chi-squared test (where they are rare, by
    drawing tables of the same margins), p-values corrected for the number of columns as Holm 1979
    does; gaps count as a value of their own. A difference must
    also be large: a tenth of the rows lies elsewhere.

    Args:
        table: the rows of both parts.
        first: numbers of its rows.
        second: numbers of other rows.

    Returns:
        column; distance (0 the same to 1 nothing in common); p (corrected), each.
    """
    first, second = (_drawn(rows, len(table.names)) for rows in (first, second))
    a, b = table.values[first], table.values[second]
    distances, chances = _numbers(a, b)
    for place in np.flatnonzero(table.wordy):
        distances[place], chances[place] = _words(a[:, place], b[:, place], len(distances))
    order = np.argsort(chances, kind="stable")
    corrected = np.maximum.accumulate(chances[order] * np.arange(len(order), 0, -1))
    chances[order] = np.minimum(corrected, 1)
    changed = np.flatnonzero((chances <= SURE) & (distances >= MUCH))
    return [
        {"column": table.names[i], "distance": float(distances[i]), "p": float(chances[i])}
        for i in changed[np.argsort(-distances[changed], kind="stable")]
    ]


def _drawn(rows: np.ndarray, columns: int) -> np.ndarray:
    most = min(ROWS, max(100, CELLS // columns))
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:most])]


def _numbers(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kolmogorov and Smirnov's distances of all columns, and their chances by the limit law."""
    from scipy.stats import kstwobign

    both = np.concatenate([a, b])
    both = np.where(np.isnan(both), -np.inf, both)
    order = np.argsort(both, axis=0, kind="stable")
    steps = np.where(order < len(a), 1 / len(a), -1 / len(b))
    apart = np.abs(np.cumsum(steps, axis=0))
    values = np.take_along_axis(both, order, axis=0)
    apart[:-1][values[:-1] == values[1:]] = 0  # only after the last of equal values
    distances = apart.max(0)
    size = np.sqrt(len(a) * len(b) / len(both))
    return distances, np.asarray(kstwobign.sf(distances * size))


def _words(a: np.ndarray, b: np.ndarray, columns: int) -> tuple[float, float]:
    """The share of rows with another word, and the chance of it, one of so many columns'."""
    from scipy.stats import chi2_contingency
    from scipy.stats.contingency import expected_freq

    codes = np.nan_to_num(np.concatenate([a, b]), nan=-1)
    found, codes, counts = np.unique(codes, return_inverse=True, return_counts=True)
    rank = np.empty(len(found), dtype=int)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(found))
    codes = np.minimum(rank[codes], WORDS)
    grid = np.stack([np.bincount(c, minlength=codes.max() + 1) for c in np.split(codes, [len(a)])])
    if grid.shape[1] < 2:
        return 0.0, 1.0
    shares = grid / grid.sum(1, keepdims=True)
    distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
    if np.mean(np.asarray(expected_freq(grid)) < 5) > 0.2:  # too few for the limit law
        return distance, drawn_chance(grid, columns)
    return distance, float(chi2_contingency(grid, correction=False).pvalue)  # type: ignore[attr-defined]


def drawn_chance(grid: np.ndarray, columns: int) -> float:
    """The chance of so large a chi-squared, by tables drawn with the same margins (seeded).

    A few are drawn first; where they leave it open, so many more that the smallest chance they can
    show is below what Holm's correction asks of the first of all columns.

    Args:
        grid: how often each word stands in each part, `(2, words)`.
        columns: that are tested together.
    """
    rng = np.random.default_rng(0)
    first = _as_far(grid, FIRST, rng)
    if first / (FIRST + 1) > SURE:
        return first / (FIRST + 1)
    many = math.ceil(2 * columns / SURE)
    return _as_far(grid, many, rng) / (many + 1)


def _as_far(grid: np.ndarray, draws: int, rng: np.random.Generator) -> int:
    """How many of some drawn tables are as far from even as `grid`, itself counted in."""
    words, part = grid.sum(0), int(grid[0].sum())
    even = words * part / words.sum()

    def apart(first: np.ndarray) -> np.ndarray:  # chi-squared but for a constant of the margins
        return ((first - even) ** 2 / even).sum(-1)

    least, count = float(apart(grid[0])) * (1 - 1e-9), 1
    for start in range(0, draws, DRAWN):
        size = min(DRAWN, draws - start)
        tables = rng.multivariate_hypergeometric(words, part, size=size, method="marginals")
        count += int((apart(tables) >= least).sum())
    return count


def told_apart(table: Coded, first: np.ndarray, second: np.ndarray) -> dict[str, float] | None:
    """How well trees tell the rows of two parts apart, by all columns together.

    Source: the classifier two-sample test, Lopez-Paz and Oquab 2017; the p-value is Mann and
    Whitney's, of scores that rows get from trees which have not seen them.

    Returns:
        auc (0.5: not at all) and p; None of fewer than twenty rows in a part.
    """
    from scipy.stats import mannwhitneyu
    from sklearn.ensemble import HistGradientBoostingClassifier

    first, second = (_drawn(rows, len(table.names)) for rows in (first, second))
    if min(len(first), len(second)) < 20:
        return None
    x = np.nan_to_num(table.values[np.concatenate([first, second])][:, :WIDE], nan=GAP)
    part = np.arange(len(x)) >= len(first)
    trees = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    scores = np.empty(len(x))
    for learnt, asked in stratified.folds(len(x), 3, seed=0, labels=part):
        scores[asked] = trees.fit(x[learnt], part[learnt]).predict_proba(x[asked])[:, 1]
    found = mannwhitneyu(scores[part], scores[~part], alternative="greater")
    auc = float(found.statistic / (part.sum() * (~part).sum()))
    return {"auc": auc, "p": float(found.pvalue)}
