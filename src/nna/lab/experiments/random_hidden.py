"""Random hidden units and a solved output layer against back-propagation, at three widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nna.training.in_memory import Tensors

TRAIN, BATCH, EPOCHS, RIDGE = 1200, 60, 40, 1.0
WIDTHS = (20, 50, 600)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Percent of the test digits right at each width, either way, and what learning cost."""
    from nna.lab.pictures import digits
    from nna.training.in_memory import Tensors

    train, test = digits(seed, 120 if quick else TRAIN)
    mean, spread = train.x.mean(), train.x.std()
    flat = [
        Tensors.pair(((part.x - mean) / spread).flatten(1), part.target) for part in (train, test)
    ]
    numbers = {"cost": descent_cost(600) / solution_cost(600)}
    for width in WIDTHS:
        numbers[f"mlp_{width}"] = descended(width, seed, flat, 1 if quick else EPOCHS)
        numbers[f"elm_{width}"] = solved(width, seed, flat)
    return numbers


def descended(width: int, seed: int, parts: list[Tensors], epochs: int) -> float:
    """Percent right after back-propagation through all weights."""
    import torch

    from nna import registry
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe

    torch.manual_seed(seed)
    model = registry.build("mlp", features=64, hidden=(width,), activation="tanh")
    recipe = Recipe(
        objective="cross_entropy",
        epochs=epochs,
        learning_rate=3e-3,
        batch_size=BATCH,
        schedule="cosine",
    )
    learn(model, recipe, parts[0], seed=seed)
    return accuracy(model, parts[1])


def solved(width: int, seed: int, parts: list[Tensors]) -> float:
    """Percent right by random hidden units and ridge regression, by the normal equations."""
    import torch

    from nna import registry
    from nna.learning.models import Hiding, having

    torch.manual_seed(seed)
    model = registry.build("elm", features=64, hidden=width, classes=10).double()
    units = having(model, Hiding)
    fed, unseen = (units.hidden(part.x.double()) for part in parts)
    assert parts[0].target is not None
    wanted = 2.0 * torch.nn.functional.one_hot(parts[0].target, 10).double() - 1
    normal = fed.T @ fed + RIDGE * torch.eye(width, dtype=torch.float64)
    weights = torch.linalg.solve(normal, fed.T @ wanted)
    return 100 * ((unseen @ weights).argmax(1) == parts[1].target).double().mean().item()


def descent_cost(width: int) -> float:
    """Multiply-adds: an answer and two gradients, each as dear, an example and epoch."""
    return 3 * TRAIN * EPOCHS * (64 * width + width * 10)


def solution_cost(width: int) -> float:
    """Multiply-adds: hidden answers, half of a symmetric product, Cholesky, ten right sides."""
    hidden, product = TRAIN * 64 * width, TRAIN * width * (width + 1) / 2
    return hidden + product + width**3 / 6 + 10 * (TRAIN * width + width**2)


def figure(columns: Columns) -> Figure:
    """Accuracy along the number of hidden units."""
    from nna.lab.drawing import BLUE, ORANGE, curves, new

    drawing, (axis,) = new(6.5, 3.6)
    rows = (
        ("mlp", "all weights by back-propagation", BLUE),
        ("elm", "random, then solved", ORANGE),
    )
    curves(
        axis,
        WIDTHS,
        [
            (label, [columns[f"{kind}_{width}"] for width in WIDTHS], colour, "-")
            for kind, label, colour in rows
        ],
    )
    axis.set(
        xscale="log",
        xlabel="hidden units; bands: 95 % interval",
        ylabel="test digits right (%)",
        title="Hidden units that learn, and hidden units that don't",
    )
    axis.set_xticks(WIDTHS, [str(width) for width in WIDTHS])
    axis.minorticks_off()
    return drawing


def _within(width: int, limit: bool) -> Condition:
    return Condition(
        says=f"{width} learnt hidden units are better by no more than a point",
        of=f"mlp_{width}",
        minus=f"elm_{width}",
        at_most=1,
        limit=limit,
    )


EXPERIMENT = Experiment(
    title="A hidden layer left to chance",
    scope="on 1,200 digits of 8x8, 800 steps",
    claims=(
        Claim(
            row="FF-26",
            says="A random hidden layer and least squares are a fast alternative to "
            "back-propagation, and as accurate.",
            by=(
                "Huang, Zhu, Siew (2006). Extreme learning machine: theory and applications. "
                "Neurocomputing 70, 489-501, abstract",
            ),
            conditions=(
                _within(600, limit=False),
                Condition(
                    says="multiply-adds of back-propagation over those of the solution",
                    of="cost",
                    at_least=10,
                ),
                _within(50, limit=True),
                _within(20, limit=True),
            ),
            rather="As accurate if there are many of them, hundreds for these digits; of few "
            "units, learnt ones are far better. What training saves, every answer pays for by the "
            "greater width.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, 8 x 8 pixels scaled to mean 0 and spread 1 as a whole: 1,200 to "
        "train on, drawn by the seed, 597 to test on.",
        models="The architectures mlp (tanh) and elm with 20, 50 and 600 hidden units.",
        training="mlp: cross-entropy, Adam at rate 0.003, which falls as a cosine, batches of 60, "
        "40 epochs. elm: targets +1 and -1, ridge regression with penalty 1 by the normal "
        "equations in double precision. Neither was tuned.",
        measured="Percent of the test digits right. Multiply-adds at 600 units, counted: three "
        "passes an example and epoch for the one; hidden answers, the symmetric product, its "
        "Cholesky factor and ten right sides for the other. Seconds are not compared, since they "
        "depend on the machine.",
        quick="120 digits and one epoch.",
    ),
    quantities={
        "cost": Quantity(about="multiply-adds, back-propagation over solution", unit="times"),
        **{
            f"{kind}_{width}": Quantity(
                about=f"test digits right, {label}, {width} units", unit="%"
            )
            for kind, label in (("mlp", "back-propagation"), ("elm", "random and solved"))
            for width in WIDTHS
        },
    },
    seeds=10,
    minutes=4,
    measure=measure,
    figure=figure,
    redrawn=597 / 1200,  # of the split, for each seed
)
