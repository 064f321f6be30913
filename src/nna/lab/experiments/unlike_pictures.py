"""Pictures of another kind: how well entropy tells them, by an ensemble and by dropout's masks."""

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
    from torch import Tensor, nn

    from nna.training.in_memory import Tensors

TRAIN, TESTED, HIDDEN, BATCH, RATE = 1000, 597, (128, 128), 50, 1e-3
MEMBERS, DROPOUT, MASKS = 5, 0.2, 50
STEPS, LONGER = 400, 1200
KINDS = {"single": "one network", "dropout": "50 masks of dropout", "ensemble": "five networks"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing known, digits of as many pixels not."""
    from nna.lab.pictures import clothes, digits

    known = clothes(seed, TRAIN, side=14)
    _, unlike = digits(seed, TRAIN, side=14, canvas=14, tested=TESTED)
    return compared(*known, unlike, seed, 5 if quick else STEPS)


def the_other_way(seed: int, quick: bool) -> dict[str, float]:
    """Digits known, articles of clothing of as many pixels not."""
    from nna.lab.pictures import clothes, digits

    known = digits(seed, TRAIN, tested=TESTED)
    _, unlike = clothes(seed, TRAIN, side=8)
    return compared(*known, unlike, seed, 5 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Articles of clothing known, three times as many steps."""
    from nna.lab.pictures import clothes, digits

    known = clothes(seed, TRAIN, side=14)
    _, unlike = digits(seed, TRAIN, side=14, canvas=14, tested=TESTED)
    return compared(*known, unlike, seed, 5 if quick else LONGER)


def compared(
    train: Tensors, test: Tensors, unlike: Tensors, seed: int, steps: int
) -> dict[str, float]:
    """How often a picture of the other kind has the higher entropy, and accuracy, of each way."""
    import torch

    assert test.target is not None
    known, other = test.x.flatten(1), unlike.x.flatten(1)
    plain = [trained(train, 0.0, seed, member, steps).eval() for member in range(MEMBERS)]
    dropped = trained(train, DROPOUT, seed, 0, steps).train()
    torch.manual_seed(seed)  # of the masks
    ways = {"single": plain[:1], "dropout": [dropped] * MASKS, "ensemble": plain}
    numbers: dict[str, float] = {}
    with torch.no_grad():
        for kind, models in ways.items():
            said, odd = (
                torch.stack([model(x).softmax(1) for model in models]).mean(0)
                for x in (known, other)
            )
            numbers[kind] = above(entropy(odd), entropy(said))
            right = (said.argmax(1) == test.target).float().mean()
            numbers[f"{kind}_right"] = 100 * float(right)
    return numbers


def trained(train: Tensors, dropout: float, seed: int, member: int, steps: int) -> nn.Module:
    """A network from a start and an order of its own."""
    import torch
    from torch.nn.functional import cross_entropy

    from nna import registry
    from nna.lab.learn import seeded

    assert train.target is not None
    x, draw = train.x.flatten(1), seeded(seed, f"order {member}")
    torch.manual_seed(1_000_000 * member + seed)
    model = registry.build(
        "mlp", features=x.shape[1], hidden=HIDDEN, classes=10, dropout=dropout
    ).train()
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    for _ in range(steps):
        rows = torch.randint(len(x), (BATCH,), generator=draw)
        optimiser.zero_grad()
        cross_entropy(model(x[rows]), train.target[rows]).backward()
        optimiser.step()
    return model


def entropy(shares: Tensor) -> Tensor:
    """Of each row of probabilities, in nats."""
    return -(shares * shares.clamp_min(1e-12).log()).sum(1)


def above(high: Tensor, low: Tensor) -> float:
    """In percent how often one of the first is greater than one of the second: the AUROC."""
    import torch

    order = torch.cat([low, high]).double().argsort()
    rank = torch.empty(len(order), dtype=torch.double)
    rank[order] = torch.arange(1, len(order) + 1, dtype=torch.double)
    wins = rank[len(low) :].sum() - len(high) * (len(high) + 1) / 2
    return 100 * float(wins / (len(high) * len(low)))


def figure(columns: Columns) -> Figure:
    """How well each way tells the other kind, and how often it is right on its own."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.6, 2)
    colours = (GREY, ORANGE, BLUE)
    runs(left, [(columns[kind], c) for kind, c in zip(KINDS, colours, strict=True)])
    left.set_yticks(range(3), list(KINDS.values()))
    left.set(xlabel="pairs told by their entropy (%), a dot a run", title="The other kind told")
    runs(right, [(columns[f"{kind}_right"], c) for kind, c in zip(KINDS, colours, strict=True)])
    right.set_yticks(range(3), [""] * 3)
    right.set(xlabel="test pictures right (%), a dot a run", title="Accuracy on its own kind")
    return drawing


EXPERIMENT = Experiment(
    title="Pictures of another kind",
    scope="on Fashion-MNIST against digits, 400 steps",
    claims=(
        Claim(
            row="LOSS-12",
            says="Networks trained apart (a deep ensemble) tell inputs of another kind better than "
            "the masks of one network's dropout.",
            by=(
                "Lakshminarayanan, Pritzel, Blundell (2017). Simple and scalable predictive "
                "uncertainty estimation using deep ensembles. NIPS, arXiv:1612.01474; against Gal, "
                "Ghahramani (2016). Dropout as a Bayesian approximation. ICML, arXiv:1506.02142",
            ),
            conditions=(
                Condition(
                    says="points of the AUROC that five networks are better than 50 masks",
                    of="ensemble",
                    minus="dropout",
                    at_least=1,
                    no_effect=0,
                ),
                Condition(
                    says="points of the AUROC that five networks are better than one",
                    of="ensemble",
                    minus="single",
                    at_least=1,
                    limit=True,
                    no_effect=0,
                ),
                Condition(
                    says="points of accuracy that five networks are better than 50 masks",
                    of="ensemble_right",
                    minus="dropout_right",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="It hangs on how unlike the others are and on how long one trains. Over shifts "
            "of many strengths, ensembles were the most dependable of several ways: Ovadia and "
            "others (2019), Can you trust your model's uncertainty? NeurIPS, arXiv:1906.02530. "
            "They cost five trainings, masks one.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset fashion_mnist_part at 14 x 14: {TRAIN:,} of its training part, drawn by "
        "the seed, and the 2,000 of its test part; the other kind: "
        f"{TESTED} of the dataset digits, enlarged to 14 x 14. Second bed: {TRAIN:,} digits of 8 x "
        f"8 to train on, {TESTED} to test on; the other kind: those 2,000 articles of clothing at "
        "8 x 8.",
        models="The architecture mlp, 196-128-128-10 with ReLU (64 inputs on digits): five from "
        f"starts and orders of their own, and one with dropout of {DROPOUT} after each hidden "
        f"layer, asked {MASKS} times with other masks.",
        training=f"Cross-entropy, Adam at rate 0.001, {STEPS} steps on batches of {BATCH} drawn "
        f"with replacement ({LONGER:,} as the second budget).",
        measured="Entropy of the mean of the probabilities. Of all pairs of a picture of the "
        "other kind and a test picture, the share in which the former's is the greater (the area "
        "under the ROC curve); and the share of test pictures right.",
        quick="Five steps.",
    ),
    quantities={
        **{kind: Quantity(about=f"AUROC, {text}", unit="%") for kind, text in KINDS.items()},
        **{
            f"{kind}_right": Quantity(about=f"test pictures right, {text}", unit="%", step=0.05)
            for kind, text in KINDS.items()
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on digits against Fashion-MNIST, 400 steps", measure=the_other_way),
        "budget": Elsewhere(scope="on Fashion-MNIST against digits, 1,200 steps", measure=longer),
    },
)
