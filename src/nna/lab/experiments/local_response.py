"""Local response normalisation beside batch norm and none, in a small convolutional network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from torch import nn

    from nna.training.in_memory import Tensors

KINDS = {"plain": "none", "local": "local response", "batch": "batch norm"}
RATES = (0.03, 0.1, 0.3, 1.0)
MANY, BATCH, EPOCHS, TARGET = 1000, 50, 20, 95.0


def measure(seed: int, quick: bool) -> dict[str, float]:
    """At each kind's best rate: epochs to 95 % of the test digits, and the share at the end."""
    from nna.lab.pictures import digits

    parts = digits(seed, MANY)
    numbers: dict[str, float] = {}
    for kind in KINDS:
        tried = [course(kind, rate, seed, parts, quick) for rate in RATES[: 1 if quick else 4]]
        needed, end = min(tried, key=lambda found: (found[0], -found[1]))
        numbers |= {f"{kind}_epochs": needed, f"{kind}_end": end}
    return numbers


def network(kind: str) -> nn.Sequential:
    """Two convolutions of 16 and 32 maps, each with ReLU, the norm and a pooling; then scores."""
    from torch import nn

    def norm(maps: int) -> nn.Module:
        if kind == "local":  # torch divides alpha by the five maps, so this is the paper's 1e-4
            return nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
        return nn.BatchNorm2d(maps) if kind == "batch" else nn.Identity()

    layers: list[nn.Module] = []
    for c_in, c_out in ((1, 16), (16, 32)):
        layers += [nn.Conv2d(c_in, c_out, 3, padding=1), nn.ReLU(), norm(c_out), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 10))


def course(
    kind: str, rate: float, seed: int, parts: tuple[Tensors, Tensors], quick: bool
) -> tuple[float, float]:
    """Epochs until 95 % of the test digits are right, 21 if never; and the share at the end."""
    import torch

    from nna.errors import UserError
    from nna.lab.learn import learn
    from nna.lab.pictures import accuracy
    from nna.spec import Recipe
    from nna.training.progress import Silent

    train, test = parts
    torch.manual_seed(seed)
    model = network(kind)
    shares: list[float] = []

    class Asking(Silent):
        def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
            shares.append(accuracy(model, test))
            model.train()

    recipe = Recipe(
        objective="cross_entropy",
        epochs=1 if quick else EPOCHS,
        optimiser="sgd",
        learning_rate=rate,
        batch_size=BATCH,
    )
    try:
        learn(model, recipe, train, seed=seed, watcher=Asking())
    except UserError:  # the loss is no number any more
        return EPOCHS + 1.0, 10.0
    first = next((i for i, share in enumerate(shares, start=1) if share >= TARGET), EPOCHS + 1)
    return float(first), shares[-1]


def figure(columns: Columns) -> Figure:
    """Epochs and final accuracy of every run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.6, 2)
    colours = dict(zip(KINDS, (GREY, ORANGE, BLUE), strict=True))
    runs(left, [(columns[f"{kind}_epochs"], colours[kind]) for kind in KINDS])
    left.set_yticks(range(3), list(KINDS.values()))
    left.set(xlabel="epochs to 95 % of the test digits", title="Speed")
    runs(right, [(columns[f"{kind}_end"], colours[kind]) for kind in KINDS])
    right.set_yticks(range(3), [""] * 3)
    right.set(xlabel="test digits right after 20 epochs (%)", title="End")
    return drawing


EXPERIMENT = Experiment(
    title="Local response normalisation and batch norm",
    scope="on 1,000 digits of 8x8, 400 steps",
    claims=(
        Claim(
            row="REG-30",
            says="Local response normalisation helps a little, and batch norm more.",
            by=(
                "Krizhevsky, Sutskever, Hinton (2012). ImageNet classification with deep "
                "convolutional neural networks. NIPS, section 3.3",
                "Ioffe, Szegedy (2015). Batch normalization: Accelerating deep network training by "
                "reducing internal covariate shift. ICML, arXiv:1502.03167",
            ),
            conditions=(
                Condition(
                    says="epochs that local response takes longer than batch norm",
                    of="local_epochs",
                    minus="batch_epochs",
                    at_least=0,
                ),
                Condition(
                    says="points that local response gains over none",
                    of="local_end",
                    minus="plain_end",
                    at_least=0,
                    limit=True,
                ),
                Condition(
                    says="points that batch norm gains over local response",
                    of="batch_end",
                    minus="local_end",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="Whether it helps at all isn't settled here. On ImageNet it took 1.4 points "
            "from AlexNet's top-1 error (Krizhevsky 2012, section 3.3), and gained the network of "
            "Simonyan, Zisserman (2015, Very deep convolutional networks for large-scale image "
            "recognition, ICLR, arXiv:1409.1556, section 4) nothing.",
        ),
    ),
    protocol=Protocol(
        data="The dataset digits, split by the seed: 1,000 to train on, 797 to test on.",
        models="Convolutions of 3 x 3 to 16 and 32 maps, each followed by ReLU, by no norm, local "
        "response normalisation (five maps, k = 2, alpha = 1e-4, beta = 0.75) or batch norm, and "
        "by the maximum of 2 x 2; then one linear layer.",
        training="Cross-entropy, momentum 0.9, batches of 50, 20 epochs, rates 0.03, 0.1, 0.3 and "
        "1; for each kind the rate that reaches the target first.",
        measured="Epochs until 95 % of the test digits are right, 21 if never, and the share right "
        "at the end.",
        quick="One epoch at the least rate.",
    ),
    quantities={
        **{
            f"{kind}_epochs": Quantity(about=f"epochs to 95 %, {said}", unit="epochs")
            for kind, said in KINDS.items()
        },
        **{
            f"{kind}_end": Quantity(about=f"test digits right at the end, {said}", unit="%")
            for kind, said in KINDS.items()
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    redrawn=797 / 1000,  # of the split, for each seed
)
