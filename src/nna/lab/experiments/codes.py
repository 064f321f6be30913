"""Codes of digits: principal components, a linear autoencoder and a deep one, by their size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

SIZES, TRAIN, PIXELS = (2, 4, 8, 16), 1000, 64
HIDDEN = (128, 64)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Fit all three to the same digits, for each size of code; errors on unseen digits."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.lab.pictures import digits, scores
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    train, test = (part.x.flatten(1) for part in digits(seed, TRAIN))
    middle = train.mean(0)
    train, test = train - middle, test - middle
    axes = torch.linalg.svd(train, full_matrices=False).Vh
    total = test.square().mean().item()
    recipe = Recipe(
        objective="reconstruction",
        epochs=1 if quick else 60,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    numbers: dict[str, float] = {}
    for code in SIZES:
        plane = axes[:code]
        numbers[f"components_{code}"] = 100 * _error(test @ plane.T @ plane, test) / total
        for name, hidden in (("linear", ()), ("deep", HIDDEN)):
            torch.manual_seed(seed)
            model = registry.build(
                "autoencoder", features=PIXELS, hidden=hidden, code=code, activation="relu"
            )
            learn(model, recipe, Tensors.pair(train, None), seed=seed)
            numbers[f"{name}_{code}"] = 100 * _error(scores(model, test), test) / total
            if name == "linear":
                spanned = model.get_submodule("decoder.0").get_parameter("weight").detach()
                out = torch.linalg.qr(spanned)[0]
                numbers[f"angle_{code}"] = torch.linalg.svdvals(plane @ out).min().item()
    numbers["excess"] = max(numbers[f"linear_{c}"] / numbers[f"components_{c}"] for c in SIZES)
    numbers["angle"] = min(numbers[f"angle_{code}"] for code in SIZES)
    numbers["share"] = max(numbers[f"deep_{c}"] / numbers[f"components_{c}"] for c in SIZES)
    return numbers


def _error(given: Tensor, wanted: Tensor) -> float:
    return (given - wanted).square().mean().item()


def figure(columns: Columns) -> Figure:
    """What is lost by each, by the size of the code."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (axis,) = new(5.6, 3.5)
    rows = [
        (label, [columns[f"{name}_{code}"] for code in SIZES], colour, style)
        for name, label, colour, style in (
            ("components", "principal components", GREY, "-"),
            ("linear", "linear autoencoder", ORANGE, "--"),
            ("deep", "deep autoencoder", BLUE, "-"),
        )
    ]
    curves(axis, SIZES, rows)
    axis.set_xscale("log", base=2)
    axis.set_xticks(SIZES, [str(code) for code in SIZES])
    axis.set(
        xlabel="numbers in the code",
        ylabel="variance lost (%), unseen digits",
        title="64 pixels through a narrow code",
        ylim=0,
    )
    return drawing


EXPERIMENT = Experiment(
    title="What an autoencoder gains over principal components",
    scope="on 1,000 digits of 8x8, 1,200 steps",
    claims=(
        Claim(
            row="AE-02",
            says="An autoencoder reduces dimensions non-linearly, and so keeps more than "
            "principal components.",
            by=(
                "Hinton, Salakhutdinov (2006). Reducing the dimensionality of data with neural "
                "networks. Science 313, doi:10.1126/science.1127647",
            ),
            conditions=(
                Condition(
                    says="variance lost by the deep one over that by components, the worst size",
                    of="share",
                    at_most=0.9,
                ),
                Condition(
                    says="without hidden layers: loss over that by components, the worst size",
                    of="excess",
                    at_most=1.05,
                ),
                Condition(
                    says="and cosine of the greatest angle between the two subspaces",
                    of="angle",
                    at_least=0.9,
                    limit=True,
                ),
            ),
            rather="A deep one does. One without hidden layers can at best find the subspace of "
            "the principal components, and needn't find all of it where components matter "
            "nearly alike, since exchanging them costs next to nothing: Bourlard, Kamp (1988), "
            "doi:10.1007/BF00332918; Baldi, Hornik (1989), doi:10.1016/0893-6080(89)90014-2.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, pixels from 0 to 1 less their mean in training; 1,000 to train "
        "on and 797 to test on, drawn by the seed.",
        models="Principal components; the architecture autoencoder without hidden layers; the "
        "same with hidden layers of 128 and 64 rectified units on either side. Codes of 2, 4, 8 "
        "and 16 numbers.",
        training="Squared error, Adam at rate 0.005 falling as a cosine, batches of 50, 60 epochs "
        "(1,200 steps).",
        measured="Squared error on the test digits over their variance; between the subspace of "
        "the components and that of the linear decoder, the cosine of the greatest angle.",
        quick="One epoch.",
    ),
    quantities={
        **{
            f"{name}_{code}": Quantity(about=f"variance lost, {label}, code of {code}", unit="%")
            for name, label in (
                ("components", "principal components"),
                ("linear", "linear autoencoder"),
                ("deep", "deep autoencoder"),
            )
            for code in SIZES
        },
        **{
            f"angle_{code}": Quantity(
                about=f"cosine of the greatest angle, code of {code}", unit=""
            )
            for code in SIZES
        },
        "share": Quantity(about="deep over components, the worst size", unit="times"),
        "excess": Quantity(about="linear over components, the worst size", unit="times"),
        "angle": Quantity(about="cosine of the greatest angle, the worst size", unit=""),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
