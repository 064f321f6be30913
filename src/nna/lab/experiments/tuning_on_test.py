"""Choosing on the test set: how good the best of 200 useless models looks there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODELS, TEST, FRESH, FEATURES = 200, 100, 10_000, 20


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The best of random models on a test set, and the same model on fresh data."""
    import numpy as np

    draw = np.random.default_rng(seed)
    models = draw.standard_normal((FEATURES, 20 if quick else MODELS))

    def accuracies(rows: int) -> np.ndarray:
        x, label = draw.standard_normal((rows, FEATURES)), draw.integers(2, size=rows)
        return 100 * ((x @ models > 0) == label[:, None]).mean(0)

    test, fresh = accuracies(TEST), accuracies(FRESH)
    best = test.argmax()
    return {
        "test": float(test[best]),
        "fresh": float(fresh[best]),
        "mean": float(test.mean()),
        "off": abs(float(fresh[best]) - 50),
    }


def figure(columns: Columns) -> Figure:
    """The chosen model where it was chosen and elsewhere."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(6.5, 2.4)
    rows = [(columns["test"], ORANGE), (columns["fresh"], BLUE), (columns["mean"], GREY)]
    runs(axis, rows)
    axis.axvline(50, color=GREY, linestyle=":", linewidth=1)
    axis.set_yticks(
        range(3), ["best of 200, where chosen", "the same, fresh data", "mean of all 200"]
    )
    axis.set(
        xlabel="right (%), labels are coin tosses;\ndotted: chance", title="Chosen on the test"
    )
    return drawing


EXPERIMENT = Experiment(
    title="Tuning on the test set",
    scope="on 100 tosses of a coin",
    claims=(
        Claim(
            row="REG-27",
            says="What was chosen on the test set looks better there than it is: training, "
            "validation and test sets are needed.",
            by=(
                "Cawley, Talbot (2010). On over-fitting in model selection and subsequent "
                "selection bias in performance evaluation. Journal of Machine Learning Research 11",
            ),
            conditions=(
                Condition(
                    says="points by which the chosen model looks better than on fresh data",
                    of="test",
                    minus="fresh",
                    at_least=5,
                ),
                Condition(says="points between it and chance on fresh data", of="off", at_most=1),
            ),
        ),
    ),
    protocol=Protocol(
        data="Points of 20 normal numbers with coin tosses for labels: 100 to test on, 10,000 "
        "fresh ones.",
        models="200 linear classifiers with normal weights.",
        training="None; the one with the most test examples right is chosen.",
        measured="The share that the chosen one has right, of the test set and of the fresh data.",
        quick="20 classifiers.",
    ),
    quantities={
        "test": Quantity(about="right on the test set, the best there", unit="%"),
        "fresh": Quantity(about="right on fresh data, the same model", unit="%"),
        "off": Quantity(about="fresh data, distance from chance", unit="points"),
        "mean": Quantity(about="right on the test set, mean of all", unit="%"),
    },
    seeds=20,
    minutes=0.2,
    measure=measure,
    figure=figure,
)
