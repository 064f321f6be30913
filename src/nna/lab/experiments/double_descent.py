"""Double descent: test errors of random features as they pass the number of examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

TRAIN, NOISE, RIDGE = 500, 0.2, 0.1
SIZES = (25, 50, 100, 150, 200, 300, 400, 450, 500, 550, 600, 750, 1000, 2000, 5000)
KINDS = {
    "noisy": "20 % of the labels wrong",
    "clean": "all labels right",
    "ridge": "20 % wrong, with a penalty",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Test errors at each number of features, and how the peak and the far end compare."""
    import numpy as np
    import torch

    from nna.lab.learn import seeded
    from nna.lab.pictures import digits

    train, test = digits(seed, 50 if quick else TRAIN)
    assert train.target is not None
    assert test.target is not None
    draw = seeded(seed, "features")
    right = train.target
    wrong = (right + torch.randint(1, 10, right.shape, generator=draw)) % 10
    noisy = torch.where(torch.rand(right.shape, generator=draw) < NOISE, wrong, right)
    x, x_test = (part.x.flatten(1).double().numpy() for part in (train, test))
    directions = torch.randn(64, max(SIZES), generator=draw, dtype=torch.float64).numpy()
    labels = {"clean": right.numpy(), "noisy": noisy.numpy()}
    numbers: dict[str, float] = {}
    for size in SIZES:
        many = max(2, size // 10) if quick else size
        features, unseen = (
            np.maximum(part @ directions[:, :many], 0) / many**0.5 for part in (x, x_test)
        )
        said = answers(features, unseen, labels)
        for kind, classes in said.items():
            numbers[f"{kind}_{size}"] = 100 * float((classes != test.target.numpy()).mean())
    for kind in KINDS:
        few = min(numbers[f"{kind}_{size}"] for size in SIZES if size < TRAIN / 2)
        under = min(numbers[f"{kind}_{size}"] for size in SIZES if size < TRAIN)
        numbers[f"peak_{kind}"] = numbers[f"{kind}_{TRAIN}"] / max(few, 0.1)
        numbers[f"under_{kind}"] = under
    numbers["end_noisy"] = numbers["noisy_5000"] / numbers[f"noisy_{TRAIN}"]
    return numbers


def answers(
    features: np.ndarray, unseen: np.ndarray, labels: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Classes by least squares on one-hot labels, the shortest solution, and with a penalty."""
    import numpy as np

    left, size, right = np.linalg.svd(features, full_matrices=False)
    free = np.where(size > 1e-10 * size[0], 1 / np.maximum(size, 1e-300), 0)
    held = size / (size**2 + RIDGE)
    fits = {"noisy": ("noisy", free), "clean": ("clean", free), "ridge": ("noisy", held)}
    classes: dict[str, np.ndarray] = {}
    for kind, (given, scale) in fits.items():
        weights = right.T @ (scale[:, None] * (left.T @ np.eye(10)[labels[given]]))
        classes[kind] = (unseen @ weights).argmax(axis=1)
    return classes


def figure(columns: Columns) -> Figure:
    """Test error along the number of features."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(7, 3.8)
    colours = {"noisy": ORANGE, "clean": BLUE, "ridge": GREY}
    curves(
        axis,
        SIZES,
        [
            (label, [columns[f"{kind}_{size}"] for size in SIZES], colours[kind], "-")
            for kind, label in KINDS.items()
        ],
    )
    axis.axvline(TRAIN, color=GREY, linestyle=":", linewidth=1)
    axis.set(
        xscale="log",
        ylim=(0, 100),
        xlabel="random features; dotted: as many as examples",
        ylabel="test digits wrong (%)",
        title="Least squares on random features",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Double descent",
    scope="on 500 digits of 8x8, solved exactly",
    claims=(
        Claim(
            row="REG-31",
            says="As a model grows, its test error rises to a peak where it just fits all "
            "examples, and falls again beyond.",
            by=(
                "Belkin, Hsu, Ma, Mandal (2019). Reconciling modern machine-learning practice and "
                "the classical bias-variance trade-off. PNAS 116(32), arXiv:1812.11118",
                "Nakkiran, Kaplun, Bansal, Yang, Barak, Sutskever (2020). Deep double descent. "
                "ICLR, arXiv:1912.02292",
            ),
            conditions=(
                Condition(
                    says="with wrong labels: error with as many features as examples, over the "
                    "least with fewer than half as many",
                    of="peak_noisy",
                    at_least=2,
                ),
                Condition(
                    says="error with ten times as many features as examples, over that at the peak",
                    of="end_noisy",
                    at_most=0.5,
                ),
                Condition(
                    says="it falls below the least that fewer features than examples reach",
                    of="noisy_5000",
                    minus="under_noisy",
                    at_most=0,
                    limit=True,
                ),
                Condition(
                    says="all labels right: the peak over the least before it",
                    of="peak_clean",
                    at_least=2,
                    limit=True,
                ),
                Condition(
                    says="all labels right: it falls below the least before the peak",
                    of="clean_5000",
                    minus="under_clean",
                    at_most=0,
                    limit=True,
                ),
                Condition(
                    says="with a penalty on the weights: the peak over the least before it",
                    of="peak_ridge",
                    at_least=2,
                    limit=True,
                ),
            ),
            rather="The peak belongs to models without a penalty on their weights; one that is "
            "strong enough removes it (Nakkiran, Venkat, Kakade, Ma, 2021, arXiv:2003.01897).",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels: {TRAIN} to train on, drawn by the seed, "
        "the other 1,297 to test on. A fifth of the labels to train on is wrong, or none.",
        models="25 to 5,000 random features ReLU(w.x), w normal, over the root of their number; on "
        "them ten linear outputs, without a constant.",
        training="Least squares on one-hot labels in double precision, by the singular value "
        f"decomposition: of all exact or best solutions the shortest, or with a penalty of {RIDGE} "
        "times the squared weights.",
        measured="The share of test digits wrong.",
        quick="50 digits to train on and a tenth of the features.",
    ),
    quantities={
        **{
            f"{kind}_{size}": Quantity(
                about=f"test digits wrong, {size} features, {label}", unit="%"
            )
            for kind, label in KINDS.items()
            for size in SIZES
        },
        **{
            f"peak_{kind}": Quantity(
                about=f"error at {TRAIN} features over the least below {TRAIN // 2}, {label}",
                unit="times",
            )
            for kind, label in KINDS.items()
        },
        "end_noisy": Quantity(
            about=f"error at 5,000 features over that at {TRAIN}, {KINDS['noisy']}", unit="times"
        ),
        **{
            f"under_{kind}": Quantity(
                about=f"the least error with fewer than {TRAIN} features, {label}", unit="%"
            )
            for kind, label in KINDS.items()
        },
    },
    seeds=10,
    minutes=3,
    measure=measure,
    figure=figure,
    redrawn=1297 / 500,  # of the split, for each seed
)
