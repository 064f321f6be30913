"""Transfer: what features learnt on digits 0 to 4 are worth for 5 to 9, five pictures of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

SHOTS, HALF = 5, 5
WAYS = {
    "scratch": "from scratch",
    "tuned": "pretrained, fine-tuned",
    "frozen": "pretrained, frozen",
    "random": "random, frozen",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Learn the low digits, then the high ones from a few pictures, in four ways."""
    import torch

    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy, scores
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    low, few, rest = split(seed)
    before = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else 15,
        learning_rate=5e-3,
        batch_size=50,
        schedule="cosine",
    )
    after = Recipe(
        objective="cross_entropy",
        epochs=2 if quick else 100,
        learning_rate=5e-3,
        batch_size=0,
        schedule="cosine",
    )
    torch.manual_seed(seed)
    first, _ = network()
    learn(first, before, low, seed=seed)
    numbers = {"low": accuracy(first, low)}
    for way in WAYS:
        torch.manual_seed(seed + 1_000_000)  # all four start from the same weights otherwise
        model, (features, head) = network()
        if way in ("tuned", "frozen"):
            features.load_state_dict(first[0].state_dict())
        if way in ("tuned", "scratch"):
            learn(model, after, few, seed=seed)
        else:
            learn(head, after, Tensors.pair(scores(features, few.x), few.target), seed=seed)
        numbers[way] = accuracy(model, rest)
    return numbers


def split(seed: int) -> tuple[Tensors, Tensors, Tensors]:
    """All digits 0 to 4; of 5 to 9, counted from 0, five each, and the others."""
    import torch

    from nna.lab.pictures import digits
    from nna.training.in_memory import Tensors

    data, _ = digits(seed, 1797)  # in an order that the seed decides
    digit = data.target
    assert digit is not None
    nth = torch.zeros_like(digit)  # which of its class each is
    for each in range(10):
        nth[digit == each] = torch.arange(int((digit == each).sum()))
    low = digit < HALF
    few = ~low & (nth < SHOTS)
    rest = ~low & ~few
    return (
        Tensors.pair(data.x[low], digit[low]),
        Tensors.pair(data.x[few], digit[few] - HALF),
        Tensors.pair(data.x[rest], digit[rest] - HALF),
    )


def network() -> tuple[nn.Sequential, tuple[nn.Module, nn.Module]]:
    """A network for five classes, and its two parts: features, head."""
    from torch import nn

    from nna.blocks.convolution import conv_norm

    features = nn.Sequential(
        *(conv_norm(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(conv_norm(16, 32, 3), nn.ReLU(), nn.Flatten()),
    )
    head = nn.Linear(32 * 16, HALF)
    return nn.Sequential(features, head), (features, head)


def figure(columns: Columns) -> Figure:
    """The share of digits right in every run, and what each run gains."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    colours = {"scratch": ORANGE, "tuned": BLUE, "frozen": BLUE, "random": ORANGE}
    drawing, (left, right) = new(9, 2.8, 2)
    runs(left, [(columns[way], colours[way]) for way in WAYS])
    left.set_yticks(range(len(WAYS)), list(WAYS.values()))
    left.set(xlabel="digits 5 to 9 right (%), a dot a run", title="From five pictures of each")
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
    title="Features from other digits",
    scope="on 25 digits of five classes, 100 steps",
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
                    says="more digits right, fine-tuned than from scratch",
                    of="tuned",
                    minus="scratch",
                    at_least=5,
                ),
                Condition(
                    says="more digits right, features frozen than from scratch",
                    of="frozen",
                    minus="scratch",
                    at_least=5,
                    limit=True,
                ),
                Condition(
                    says="more digits right with frozen features that were learnt than random",
                    of="frozen",
                    minus="random",
                    at_least=5,
                    limit=True,
                ),
            ),
            rather="From five digits to five others nothing is gained here; even features left "
            "random do as well. How much transfers depends on how near the tasks are (Yosinski "
            "2014), and the first usually has far more data. Where the second has plenty, "
            "learning from scratch catches up: He, Girshick, Dollár (2019), Rethinking ImageNet "
            "pre-training, ICCV, arXiv:1811.08883.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits as it is, 8 x 8 pixels. All of 0 to 4 to learn features from; of "
        "5 to 9 five pictures each to train on, drawn by the seed, and all others (871) to test.",
        models="Two 3 x 3 convolutions of 16 and 32 maps with batch norm and ReLU, a maximum over "
        "2 x 2 after the first, and a linear layer on the flattened maps (7,413 parameters). For "
        "the high digits the linear layer starts anew.",
        training="Cross-entropy, Adam at rate 0.005 falling as a cosine. Low digits: batches of "
        "50, 15 epochs. High digits: all 25 pictures at once, 100 steps, for all four alike: all "
        "weights, or the linear layer alone.",
        measured="The share of the other high digits right.",
        quick="One epoch, and two steps.",
    ),
    quantities={
        "low": Quantity(about="digits 0 to 4 right, after learning them", unit="points"),
        **{
            way: Quantity(about=f"digits 5 to 9 right, {label}", unit="points")
            for way, label in WAYS.items()
        },
    },
    seeds=20,
    minutes=2,
    measure=measure,
    figure=figure,
)
