"""Five folds against one hold-out: which estimate of accuracy lies nearer the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS, FOLDS, REPEATS = 120, 5, 60


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Estimate the same accuracies both ways, and compare with the rows that were not drawn."""
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = load_breast_cancer(return_X_y=True)
    draw = np.random.default_rng(seed)

    def accuracy(train: np.ndarray, test: np.ndarray) -> float:
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        return 100 * model.fit(x[train], y[train]).score(x[test], y[test])

    off: dict[str, list[float]] = {"one": [], "folds": []}
    for _ in range(4 if quick else REPEATS):
        order = draw.permutation(len(x))
        mine, rest = order[:ROWS], order[ROWS:]
        truth = accuracy(mine, rest)
        parts = np.array_split(mine, FOLDS)
        scores = [accuracy(np.setdiff1d(mine, part), part) for part in parts]
        off["one"].append(scores[0] - truth)  # its first fold is an 80/20 hold-out
        off["folds"].append(float(np.mean(scores)) - truth)
    errors = {key: float(np.sqrt(np.mean(np.square(values)))) for key, values in off.items()}
    return {
        **{f"error_{key}": value for key, value in errors.items()},
        **{f"bias_{key}": float(np.mean(values)) for key, values in off.items()},
        "ratio": (errors["folds"] / errors["one"]) ** 2,
    }


def figure(columns: Columns) -> Figure:
    """How far either estimate is off."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (axis,) = new(6.5, 2.3)
    runs(axis, [(columns["error_one"], ORANGE), (columns["error_folds"], BLUE)])
    axis.set_yticks((0, 1), ["one hold-out of 24", "five folds of 24"])
    axis.set(
        xlabel="root mean squared distance from the true accuracy (points),\na dot for 60 samples",
        title="How far estimates are off",
        xlim=(0, None),
    )
    return drawing


EXPERIMENT = Experiment(
    title="Cross-validation against a single split",
    scope="on 120 of 569 rows of one table",
    claims=(
        Claim(
            row="REG-26",
            says="k-fold cross-validation estimates accuracy more reliably than a single split.",
            by=(
                "Kohavi (1995). A study of cross-validation and bootstrap for accuracy estimation "
                "and model selection. IJCAI",
            ),
            conditions=(
                Condition(
                    says="mean squared distance from the truth, five folds over one split",
                    of="ratio",
                    at_most=0.7,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data="The dataset breast_cancer (569 rows): 60 times, 120 rows drawn by the seed stand for "
        "the data at hand, the other 449 for the truth.",
        models="Logistic regression on standardised columns (scikit-learn, its defaults).",
        training="To convergence, 1,000 iterations at most.",
        measured="The accuracy of the model of all 120 rows on the other 449, and how far from it "
        "are the accuracy on a fifth held out once, and the mean over five fifths in turn.",
        quick="Four samples.",
    ),
    quantities={
        "error_one": Quantity(about="distance from the truth, one split", unit="points"),
        "error_folds": Quantity(about="distance from the truth, five folds", unit="points"),
        "bias_one": Quantity(about="mean of estimate less truth, one split", unit="points"),
        "bias_folds": Quantity(about="mean of estimate less truth, five folds", unit="points"),
        "ratio": Quantity(about="squared distances, five folds over one split", unit="times"),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
)
