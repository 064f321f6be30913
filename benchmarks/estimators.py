"""nna.Classifier and nna.Regressor as they come, beside scikit-learn's estimators as they come.

Every estimator is fitted without a word about the data, on three draws of 70 % of the rows,
and asked about the others: nna's multilayer perceptron with the steps and the decay that it chooses
by the number of rows, the same network with the recipe of its spec, scikit-learn's own perceptron
of many layers on standardised columns, boosted trees, and a linear model. Figures are shares of
right answers for classes, R2 for numbers; times are processor seconds of one thread a fit.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nna

DRAWS = 3
PAGE = Path("docs/benchmark-estimators.md")
OWN = {
    "batch_size": 64,
    "epochs": 40,
    "optimiser": "adam",
    "weight_decay": 0.0,
}  # the recipe in mlp's spec

Table = tuple[np.ndarray, np.ndarray]


def real() -> Iterator[tuple[str, bool, Table]]:
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


def made() -> Iterator[tuple[str, bool, Table]]:
    """Tables drawn by a rule."""
    yield "moons, 1,000 rows", True, datasets.make_moons(1000, noise=0.25, random_state=0)
    noisy = {"n_features": 30, "n_informative": 3, "flip_y": 0.2, "random_state": 1}
    yield "300 noisy rows of 30", True, datasets.make_classification(300, **noisy)
    many = {"n_informative": 8, "n_classes": 4, "random_state": 0}
    yield "four classes, 5,000 rows", True, datasets.make_classification(5000, **many)
    for rows in (1000, 20_000):
        friedman = datasets.make_friedman1(rows, noise=1.0, random_state=0)
        yield f"Friedman's first, {rows:,} rows", False, friedman


def candidates(classes: bool, seed: int) -> dict[str, Any]:
    """Each by its name, as it comes."""
    kind = nna.Classifier if classes else nna.Regressor
    perceptron = MLPClassifier if classes else MLPRegressor
    trees = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    linear = LogisticRegression() if classes else RidgeCV()
    return {
        "nna": kind(random_state=seed),
        "recipe of the spec": kind(random_state=seed, recipe=OWN, validation=0.0),
        "scikit-learn's MLP": make_pipeline(StandardScaler(), perceptron(random_state=seed)),
        "boosted trees": trees(random_state=seed),
        "linear": make_pipeline(StandardScaler(), linear),
    }


def measure(classes: bool, table: Table) -> dict[str, tuple[float, float]]:
    """The mean figure and the mean time of each."""
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in range(DRAWS):
        shares = table[1] if classes else None
        x, held, y, truth = train_test_split(
            *table, test_size=0.3, random_state=seed, stratify=shares
        )
        for name, estimator in candidates(classes, seed).items():
            begun = time.process_time()
            estimator.fit(x, y)
            spent = time.process_time() - begun
            found.setdefault(name, []).append((estimator.score(held, truth), spent))
    return {name: tuple(np.mean(of, axis=0).tolist()) for name, of in found.items()}  # type: ignore[misc]


def page(rows: dict[str, dict[str, tuple[float, float]]]) -> str:
    """The table, and in how many sets nna's choice does better than each of the others."""
    names = [*next(iter(rows.values()))]
    lines = [
        "# Estimators as they come",
        "",
        *((__doc__ or "").split("\n\n", 1)[1].strip().splitlines()),
        "",
        "Written by `benchmarks/estimators.py`.",
        "",
        f"| | {' | '.join(names)} |",
        "|" + "---|" * (len(names) + 1),
    ]
    for title, of in rows.items():
        best = max(figure for figure, _ in of.values())
        cells = (
            f"{'**' if figure == best else ''}{figure:.3f}{'**' if figure == best else ''}"
            f" ({spent:.2g} s)"
            for figure, spent in of.values()
        )
        lines.append(f"| {title} | {' | '.join(cells)} |")

    def won(name: str) -> int:
        return sum(of["nna"][0] > of[name][0] for of in rows.values())

    told = ", ".join(f"{name} in {won(name)}" for name in names[1:])
    lines += ["", f"nna is ahead, of {len(rows)} tables: of {told}.", ""]
    return "\n".join(lines)


def main() -> None:
    """Measure all, print and write the page."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    rows = {}
    for name, classes, table in (*real(), *made()):
        rows[name] = measure(classes, table)
        print(name, {k: round(v[0], 3) for k, v in rows[name].items()}, flush=True)
    PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
