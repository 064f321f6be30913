"""nna.Classifier and nna.Regressor as they come, beside scikit-learn's multilayer perceptrons.

Every estimator is fitted without a word about the data, on five draws of 70 % of the rows, and
asked about the others: nna's multilayer perceptron with the steps and the decay that it chooses by
the number of rows, and scikit-learn's by its defaults, on standardised columns and, for regression,
standardised targets; a linear model stands beside them. None of the tables had a say in what nna
chooses for tables of fewer than 1,500 rows. Figures are shares of right answers for classes, R2
for numbers, means over the draws. A table counts as "not worse" where nna's mean is not behind
scikit-learn's perceptron by more than the standard deviation over the draws of their difference,
and as "not slower" where the median ratio of their times is at most 1. The two are timed one right
after the other, in processor seconds of one thread, so that whatever else the machine does meets
both.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn import datasets
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

import nna

DRAWS = 5
PAGE = Path("docs/measured/estimators.md")
RIVAL = "scikit-learn's MLP"

Table = tuple[np.ndarray, np.ndarray]
Named = tuple[str, bool, Table]  # the name, whether classes are told, the rows and their targets


def real() -> Iterator[Named]:
    """The tables that scikit-learn ships, and some of their columns to be told from the others."""
    loaded = {n: getattr(datasets, f"load_{n}")() for n in ("iris", "wine", "breast_cancer")}
    for name, of in loaded.items():
        yield name, True, (of.data, of.target)
    yield "digits", True, datasets.load_digits(return_X_y=True)
    yield "diabetes", False, datasets.load_diabetes(return_X_y=True)
    for name, column, out in (
        ("iris", 3, [3]),
        ("wine", 0, [0]),
        ("breast_cancer", 1, [1, 11, 21]),
    ):
        of = loaded[name]
        title = f"{name}: {of.feature_names[column]}"
        yield title, False, (np.delete(of.data, out, axis=1), of.data[:, column])


def made() -> Iterator[Named]:
    """Tables drawn by a rule."""
    for rows in (200, 1000):
        yield f"moons, {rows:,} rows", True, datasets.make_moons(rows, noise=0.25, random_state=0)
    circles = datasets.make_circles(500, noise=0.15, factor=0.5, random_state=0)
    yield "circles, 500 rows", True, circles
    noisy = {"n_features": 30, "n_informative": 3, "flip_y": 0.2, "random_state": 1}
    yield "300 noisy rows of 30", True, datasets.make_classification(300, **noisy)
    wide = {"n_features": 100, "n_informative": 10, "random_state": 2}
    yield "400 rows of 100", True, datasets.make_classification(400, **wide)
    many = {"n_informative": 8, "n_classes": 4, "random_state": 0}
    for rows in (800, 5000):
        yield f"four classes, {rows:,} rows", True, datasets.make_classification(rows, **many)
    yield "Hastie's, 1,000 rows", True, datasets.make_hastie_10_2(1000, random_state=0)
    shells = {"n_features": 5, "n_classes": 3, "random_state": 0}
    yield "shells, 600 rows", True, datasets.make_gaussian_quantiles(n_samples=600, **shells)
    for rows in (300, 1000, 5000):
        friedman = datasets.make_friedman1(rows, noise=1.0, random_state=0)
        yield f"Friedman's first, {rows:,} rows", False, friedman
    yield "Friedman's second, 500 rows", False, datasets.make_friedman2(500, random_state=0)
    yield "Friedman's third, 500 rows", False, datasets.make_friedman3(500, random_state=0)
    straight = {"n_features": 20, "n_informative": 10, "noise": 20.0, "random_state": 0}
    yield "linear, 300 rows", False, datasets.make_regression(300, **straight)
    sparse = datasets.make_sparse_uncorrelated(400, random_state=0)
    yield "four of ten columns, 400 rows", False, sparse
    curve = datasets.make_s_curve(500, noise=0.1, random_state=0)
    yield "place on an S, 500 rows", False, curve


def candidates(classes: bool, seed: int) -> dict[str, Callable[[], Any]]:
    """Each by its name, as it comes; nna and its rival one right after the other."""
    kind = nna.Classifier if classes else nna.Regressor
    perceptron = MLPClassifier if classes else MLPRegressor

    def rival() -> Any:
        model = make_pipeline(StandardScaler(), perceptron(random_state=seed))
        return model if classes else TransformedTargetRegressor(model, transformer=StandardScaler())

    return {
        "nna": lambda: kind(random_state=seed),
        RIVAL: rival,
        "linear": lambda: make_pipeline(
            StandardScaler(), LogisticRegression() if classes else RidgeCV()
        ),
    }


@dataclass
class Measured:
    """What was measured on one table: a figure and seconds for each draw of each estimator."""

    figures: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def not_worse(self) -> bool:
        """Whether nna is not behind by more than the spread over the draws."""
        ahead = np.subtract(self.figures["nna"], self.figures[RIVAL])
        return bool(ahead.mean() >= -ahead.std(ddof=1))

    def ratio(self) -> float:
        """The median of nna's time over its rival's."""
        return float(np.median(np.divide(self.seconds["nna"], self.seconds[RIVAL])))


def measure(classes: bool, table: Table, names: tuple[str, ...] = ()) -> Measured:
    """Fit every estimator on every draw.

    Args:
        classes: whether the targets are classes.
        table: rows and targets.
        names: of the estimators; none: all.
    """
    found = Measured()
    for seed in range(DRAWS):
        shares = table[1] if classes else None
        x, held, y, truth = train_test_split(
            *table, test_size=0.3, random_state=seed, stratify=shares
        )
        for name, make in candidates(classes, seed).items():
            if names and name not in names:
                continue
            begun = time.process_time()
            estimator = make().fit(x, y)
            spent = time.process_time() - begun
            found.figures.setdefault(name, []).append(float(estimator.score(held, truth)))
            found.seconds.setdefault(name, []).append(spent)
    return found


def page(rows: dict[str, Measured]) -> str:
    """The table, and on how many tables nna is not worse, not slower, and both."""
    names = [*next(iter(rows.values())).figures]
    lines = [
        "# Estimators as they come",
        "",
        *((__doc__ or "").split("\n\n", 1)[1].strip().splitlines()),
        "",
        "Written by `python benchmarks/estimators.py`.",
        "",
        f"| | {' | '.join(names)} | time of nna / {RIVAL} | not worse | not slower |",
        "|" + "---|" * (len(names) + 4),
    ]
    for title, of in rows.items():
        cells = (
            f"{np.mean(of.figures[name]):.3f} ({np.std(of.figures[name], ddof=1):.3f}; "
            f"{np.median(of.seconds[name]):.2g} s)"
            for name in names
        )
        told = ("yes" if good else "no" for good in (of.not_worse(), of.ratio() <= 1))
        lines.append(f"| {title} | {' | '.join(cells)} | {of.ratio():.2f} | {' | '.join(told)} |")
    worse = [of.not_worse() for of in rows.values()]
    slower = [of.ratio() <= 1 for of in rows.values()]
    both = int(np.logical_and(worse, slower).sum())
    lines += [
        "",
        "In brackets: the standard deviation over the draws, and seconds of a fit (median).",
        "",
        f"Of {len(rows)} tables nna is not worse on {sum(worse)}, not slower on {sum(slower)}, "
        f"both on {both}.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure all, print and write the page."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    threadpool_limits(1)  # also those of NumPy's products, whose waiting counts as processor time
    measure(True, datasets.load_iris(return_X_y=True))  # imports and first calls are nobody's
    rows = {}
    for name, classes, table in (*real(), *made()):
        rows[name] = of = measure(classes, table)
        figures = {k: round(float(np.mean(v)), 3) for k, v in of.figures.items()}
        print(name, figures, f"{of.ratio():.2f}", of.not_worse(), flush=True)
    PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
