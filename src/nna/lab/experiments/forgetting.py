"""Digits learnt one half after the other: what is left of the first half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

TRAIN, STORED, EPOCHS = 1000, 10, 20  # STORED: digits kept of each class
WAYS = {
    "after": "the first half, then the second",
    "replay": "the same, ten digits of each class kept",
    "joint": "both halves together",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train three perceptrons from the same start, and test each on both halves."""
    import torch

    from nna.lab.dense import dense
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, digits
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    train, test = digits(seed, TRAIN)
    assert train.target is not None
    assert test.target is not None

    def part(of: Tensors, chosen: Tensor) -> Tensors:
        assert of.target is not None
        return Tensors.pair(of.x[chosen], of.target[chosen])

    early, late = part(train, train.target < 5), part(train, train.target >= 5)
    assert early.target is not None
    assert late.target is not None
    store = torch.cat([(early.target == digit).nonzero()[:STORED, 0] for digit in range(5)])
    again = Tensors.pair(
        torch.cat([late.x, early.x[store].repeat(4, 1, 1, 1)]),  # as often as a class of the rest
        torch.cat([late.target, early.target[store].repeat(4)]),
    )
    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else EPOCHS,
        learning_rate=2e-3,
        batch_size=50,
    )
    numbers: dict[str, float] = {}
    for way, tasks in (("after", (early, late)), ("replay", (early, again)), ("joint", (train,))):
        torch.manual_seed(seed)
        model = dense((64, 128, 64, 10), "relu", "he")
        for place, task in enumerate(tasks):
            learn(model, recipe, task, seed=seed)
            if way == "after" and place == 0:
                numbers["before"] = accuracy(model, part(test, test.target < 5))
        numbers[f"first_{way}"] = accuracy(model, part(test, test.target < 5))
        numbers[f"second_{way}"] = accuracy(model, part(test, test.target >= 5))
    numbers["behind"] = numbers["first_joint"] - numbers["first_replay"]
    return numbers


def figure(columns: Columns) -> Figure:
    """Accuracy on both halves, for each way to learn them."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, axes = new(9, 2.9, 2)
    for axis, half, title, colour in (
        (axes[0], "first", "Digits 0 to 4, learnt first", ORANGE),
        (axes[1], "second", "Digits 5 to 9, learnt last", BLUE),
    ):
        runs(axis, [(columns[f"{half}_{way}"], colour) for way in WAYS])
        axis.set(
            xlim=(-4, 104),
            xlabel="test digits right (%), a dot a run,\na bar their mean",
            title=title,
        )
        axis.set_yticks(range(len(WAYS)), list(WAYS.values()) if half == "first" else [])
    return drawing


EXPERIMENT = Experiment(
    title="Learning one half after the other",
    scope="on 1,000 digits of 8x8, two tasks of 20 epochs",
    claims=(
        Claim(
            row="FRONT-10",
            says="A network trained on one task after another forgets the first; showing some of "
            "its examples again mends it.",
            by=(
                "Kirkpatrick et al. (2017). Overcoming catastrophic forgetting in neural "
                "networks. PNAS 114, arXiv:1612.00796 (that it forgets)",
            ),
            conditions=(
                Condition(
                    says="digits 0 to 4 right after learning 5 to 9", of="first_after", at_most=10
                ),
                Condition(
                    says="the same with ten digits of each class shown again",
                    of="first_replay",
                    at_least=70,
                ),
                Condition(
                    says="points that learning all at once is still better by",
                    of="behind",
                    at_most=2,
                    limit=True,
                ),
            ),
            rather="It forgets all of it, and ten examples of each class shown again bring back "
            "most; learning both tasks at once remains better (measured here).",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits; 1,000 to train on and 797 to test on, drawn by the seed; "
        "digits 0 to 4 are one task, 5 to 9 the other.",
        models="A multilayer perceptron of 64-128-64-10 rectified units, one output a digit.",
        training="Cross-entropy, Adam at rate 0.002, batches of 50, 20 epochs a task: one task "
        "after the other; the same with the first ten digits of each class of the first task "
        "among the second's, four times each; both tasks together.",
        measured="Test digits of each half that are named rightly among all ten.",
        quick="One epoch a task.",
    ),
    quantities={
        "before": Quantity(about="digits 0 to 4 right before the second task", unit="points"),
        "behind": Quantity(about="digits 0 to 4, together less shown again", unit="points"),
        **{
            f"{half}_{way}": Quantity(about=f"digits {span} right: {label}", unit="points")
            for way, label in WAYS.items()
            for half, span in (("first", "0 to 4"), ("second", "5 to 9"))
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
