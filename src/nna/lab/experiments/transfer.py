"""Transfer: what features learnt on five classes are worth for five others, few pictures each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

SHOTS, HALF = 5, 5
SOURCE, STEPS, LONGER = 2000, 100, 300
WAYS = {
    "scratch": "from scratch",
    "tuned": "pretrained, fine-tuned",
    "frozen": "pretrained, frozen",
    "random": "random, frozen",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, a quarter of their pixels."""
    return compared(*clothes(seed, quick), seed, quick, 2 if quick else STEPS)


def on_digits(seed: int, quick: bool) -> dict[str, float]:
    """Digits of 8 x 8."""
    return compared(*digits(seed), seed, quick, 2 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing, three times as many steps on the few."""
    return compared(*clothes(seed, quick), seed, quick, 2 if quick else LONGER)


def compared(  # noqa: PLR0913 - three parts, and how long
    source: Tensors, few: Tensors, rest: Tensors, seed: int, quick: bool, steps: int
) -> dict[str, float]:
    """Learn the five classes, then the others from a few pictures, in four ways."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, scores
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    before = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 8,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    after = Recipe(
        objective="cross_entropy",
        epochs=steps,
        learning_rate=5e-3,
        batch_size=0,
        schedule="cosine",
    )
    side = source.x.shape[-1]
    torch.manual_seed(seed)
    first, _ = network(side)
    learn(first, before, source, seed=seed)
    numbers = {"low": accuracy(first, source)}
    for way in WAYS:
        torch.manual_seed(seed + 1_000_000)  # all four start from the same weights otherwise
        model, (features, head) = network(side)
        if way in ("tuned", "frozen"):
            features.load_state_dict(first[0].state_dict())
        if way in ("tuned", "scratch"):
            learn(model, after, few, seed=seed)
        else:
            learn(head, after, Tensors.pair(scores(features, few.x), few.target), seed=seed)
        numbers[way] = accuracy(model, rest)
    return numbers


def clothes(seed: int, quick: bool) -> tuple[Tensors, Tensors, Tensors]:
    """Of five classes, drawn by the seed, 2,000 pictures; of the others five each, and the test."""
    from nna.lab import pictures
    from nna.training.in_memory import Tensors

    kept, test = pictures.clothes(seed, 6000, side=14)
    (source, few), (_, rest) = split(kept, seed, SHOTS), split(test, seed)
    assert source.target is not None
    taken = 200 if quick else SOURCE
    return Tensors.pair(source.x[:taken], source.target[:taken]), few, rest


def digits(seed: int) -> tuple[Tensors, Tensors, Tensors]:
    """All digits of five classes, drawn by the seed; of the others five each, and the test."""
    from nna.lab import pictures

    kept, test = pictures.digits(seed, 1200, tested=597)
    return *split(kept, seed, SHOTS), split(test, seed)[1]


def split(data: Tensors, seed: int, most: int = 0) -> tuple[Tensors, Tensors]:
    """What is of five classes that the seed draws, and of the other five; of these so many each."""
    import torch

    from nna.lab.learn import seeded
    from nna.training.in_memory import Tensors

    assert data.target is not None
    classes = torch.randperm(2 * HALF, generator=seeded(seed, "classes"))
    place = classes.argsort()[data.target]  # 0 to 4 are of the source, 5 to 9 are not
    of_each = [(place == each).nonzero()[:, 0] for each in range(HALF, 2 * HALF)]
    few = torch.cat([rows[: most or None] for rows in of_each])
    source = (place < HALF).nonzero()[:, 0]
    return (
        Tensors.pair(data.x[source], place[source]),
        Tensors.pair(data.x[few], place[few] - HALF),
    )


def network(side: int) -> tuple[nn.Sequential, tuple[nn.Module, nn.Module]]:
    """A network for five classes, and its two parts: features, head."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    features = nn.Sequential(
        *(conv_norm(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(conv_norm(16, 32, 3), nn.ReLU(), nn.Flatten()),
    )
    head = nn.Linear(32 * (side // 2) ** 2, HALF)
    return nn.Sequential(features, head), (features, head)


def figure(columns: Columns) -> Figure:
    """The share of digits right in every run, and what each run gains."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    colours = {"scratch": ORANGE, "tuned": BLUE, "frozen": BLUE, "random": ORANGE}
    drawing, (left, right) = new(9, 2.8, 2)
    runs(left, [(columns[way], colours[way]) for way in WAYS])
    left.set_yticks(range(len(WAYS)), list(WAYS.values()))
    left.set(xlabel="test pictures right (%), a dot a run", title="From five pictures of each")
    gains = {
        way: [a - b for a, b in zip(columns[way], columns["scratch"], strict=True)] for way in WAYS
    }
    runs(right, [(gains[way], colours[way]) for way in WAYS])
    right.axvline(5, color=GREY, linestyle=":", linewidth=1)
    right.set(
        xlabel="points more than from scratch, the same seed;\ndotted: the claim's bound",
        title="Gain",
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="Features from other classes",
    scope="on 25 pictures of five Fashion-MNIST classes, 100 steps",
    claims=(
        Claim(
            row="CNN-47",
            says="With few labels, features learnt on another task beat learning from scratch.",
            by=(
                "Yosinski, Clune, Bengio, Lipson (2014). How transferable are features in deep "
                "neural networks? NIPS, arXiv:1411.1792",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 15.2",
            ),
            conditions=(
                Condition(
                    says="points gained by features learnt on five other classes, fine-tuned",
                    of="tuned",
                    minus="scratch",
                    at_least=5,
                    no_effect=0,
                ),
                Condition(
                    says="points gained by them, frozen",
                    of="frozen",
                    minus="scratch",
                    at_least=5,
                    limit=True,
                    no_effect=0,
                ),
                Condition(
                    says="points gained by frozen features that were learnt over random ones",
                    of="frozen",
                    minus="random",
                    at_least=5,
                    limit=True,
                    no_effect=0,
                ),
            ),
            rather="How much transfers depends on how near the tasks are (Yosinski 2014), and on "
            "how much more data the first has. Where the second has plenty, learning from scratch "
            "catches up: He, Girshick, Dollár (2019), Rethinking ImageNet pre-training, ICCV, "
            "arXiv:1811.08883.",
        ),
    ),
    protocol=Protocol(
        data="The dataset fashion_mnist_part at 14 x 14; the seed parts its classes into two times "
        f"five. {SOURCE:,} pictures of the training part of the one half to learn features from; "
        f"of the other {SHOTS} each to train on, drawn by the seed, and the 1,000 of the test part "
        "to test on. Second bed: the dataset digits, 8 x 8, parted alike: about 600 digits, "
        f"{SHOTS} each, and those of the other classes among 597 that are the same for every seed.",
        models="Two 3 x 3 convolutions of 16 and 32 maps with batch norm and ReLU, a maximum over "
        "2 x 2 after the first, and a linear layer on the flattened maps (12,693 parameters; "
        "7,413 on digits). For the other five classes the linear layer starts anew.",
        training="Cross-entropy, Adam at rate 0.005 falling as a cosine. First classes: batches of "
        f"50, 8 epochs. The others: all 25 pictures at once, {STEPS} steps ({LONGER} as the second "
        "budget), for all four alike: all weights, or the linear layer alone.",
        measured="The share of the test pictures right.",
        quick="200 pictures, one epoch, and two steps.",
    ),
    quantities={
        "low": Quantity(about="pictures of the first classes right, after learning them", unit="%"),
        **{
            way: Quantity(about=f"test pictures right, {label}", unit="%", step=0.1)
            for way, label in WAYS.items()
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on 25 digits of five classes, 100 steps", measure=on_digits),
        "budget": Elsewhere(
            scope="on 25 pictures of five Fashion-MNIST classes, 300 steps", measure=longer
        ),
    },
)
