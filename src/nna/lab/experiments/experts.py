"""Mixtures of experts: whether experts specialise, and what becomes of them without balancing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

CLUSTERS = EXPERTS = 8
RADIUS, SPREAD = 4.0, 0.5
HIDDEN, CHOSEN, DENSE = 8, 2, 21  # 21 units: as many parameters as are active in the mixture
EXAMPLES, BATCH, STEPS, RATE = 2000, 100, 800, 1e-2


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train a mixture with and without the balancing losses, and a dense network."""
    import torch
    from torch.nn.functional import mse_loss

    from nna import registry
    from nna.architectures.feedforward.moe.objective import BalancedCrossEntropy
    from nna.lab.learn import seeded

    draw = seeded(seed, "regimes")
    slopes = torch.randn(CLUSTERS, 3, generator=draw)

    def regimes() -> tuple[Tensor, Tensor, Tensor]:
        cluster = torch.randint(CLUSTERS, (EXAMPLES,), generator=draw)
        angle = 2 * torch.pi * cluster / CLUSTERS
        centre = RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)
        off = SPREAD * torch.randn(EXAMPLES, 2, generator=draw)
        y = slopes[cluster, 2] + (slopes[cluster, :2] * off / SPREAD).sum(1)
        return centre + off, y[:, None], cluster

    (x, y, _), (test, right, cluster) = regimes(), regimes()
    numbers: dict[str, float] = {}
    for name in ("balanced", "free", "dense"):
        torch.manual_seed(seed)
        if name == "dense":
            model = registry.build("mlp", features=2, hidden=(DENSE,), classes=1)
        else:
            model = registry.build(
                "moe", features=2, hidden=HIDDEN, classes=1, experts=EXPERTS, top_k=CHOSEN
            )
        weight = BalancedCrossEntropy().weight if name == "balanced" else 0.0
        fit(model, x, y, weight, steps=20 if quick else STEPS)
        with torch.no_grad():
            numbers[f"error_{name}"] = mse_loss(model(test), right).item()
            if name != "dense":
                chosen = model.gate(test)[1]  # type: ignore[operator]
                asked = chosen.flatten().bincount(minlength=EXPERTS).float()
                numbers[f"dead_{name}"] = float((asked == 0).sum())
                numbers[f"some_{name}"] = float((asked == 0).any())
                numbers[f"busiest_{name}"] = float(asked.max() / asked.mean())
                numbers[f"bits_{name}"] = shared_bits(chosen[:, 0], cluster)
    return numbers


def fit(model: nn.Module, x: Tensor, y: Tensor, weight: float, steps: int) -> None:
    """Squared error by Adam, and the balancing losses with their weight."""
    import torch
    from torch.nn.functional import mse_loss

    from nna import registry
    from nna.learning.losses import with_auxiliary

    unevenness = registry.resolve("moe", "objective:unevenness")
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        rows = torch.randint(len(x), (BATCH,))
        given = model.train()(x[rows])
        answer, statistics = with_auxiliary(given)
        loss = mse_loss(answer, y[rows])
        if weight:
            loss = loss + weight * sum(map(unevenness, statistics))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model.eval()


def shared_bits(one: Tensor, other: Tensor) -> float:
    """Mutual information of two labels of the same examples, in bits."""
    import numpy as np
    from sklearn.metrics import mutual_info_score

    return float(mutual_info_score(one.numpy(), other.numpy()) / np.log(2))


def figure(columns: Columns) -> Figure:
    """What experts know of clusters, and how many died."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.4, 2)
    rows = ["with balancing", "without"]
    runs(left, [(columns["bits_balanced"], BLUE), (columns["bits_free"], ORANGE)])
    left.axvline(1.5, color=GREY, linestyle=":", linewidth=1)
    left.set_yticks((0, 1), rows)
    left.set(
        xlabel="bits that the first expert tells of the cluster (of 3);\ndotted: the bound",
        title="Specialisation",
        xlim=(0, 3.1),
    )
    runs(right, [(columns["dead_balanced"], BLUE), (columns["dead_free"], ORANGE)])
    right.set_yticks((0, 1), rows)
    right.set(
        xlabel="experts that nobody asks (of 8),\na dot a run", title="Dead experts", xlim=(-0.3, 7)
    )
    return drawing


_NAMES = {"balanced": "with the balancing losses", "free": "without them"}

EXPERIMENT = Experiment(
    title="Experts that specialise, experts that die",
    scope="on 2,000 generated examples, 800 steps",
    claims=(
        Claim(
            row="FF-29",
            says="The experts of a mixture specialise.",
            by=(
                "Jacobs, Jordan, Nowlan, Hinton (1991). Adaptive mixtures of local experts. Neural "
                "Computation 3",
                "Shazeer et al. (2017). Outrageously large neural networks. ICLR, arXiv:1701.06538",
            ),
            conditions=(
                Condition(
                    says="the first expert asked tells of the cluster, in bits",
                    of="bits_balanced",
                    at_least=1.5,
                ),
                Condition(
                    says="squared error less than of a dense network with as many active "
                    "parameters",
                    of="error_balanced",
                    minus="error_dense",
                    at_most=0,
                ),
            ),
        ),
        Claim(
            row="FF-30",
            says="Without load balancing, experts are left unused.",
            by=(
                "Shazeer et al. (2017). Outrageously large neural networks. ICLR, "
                "arXiv:1701.06538, section 4",
            ),
            conditions=(
                Condition(
                    says="runs in which nobody asks some expert, without balancing: most",
                    of="some_free",
                    at_least=0.5,
                ),
                Condition(
                    says="the same with balancing: next to none", of="some_balanced", at_most=0.15
                ),
            ),
            rather="What is known: a gate left alone tends to give the same few experts all the "
            "weight, and what they are given makes them better still (Shazeer 2017, section "
            "4). That some of the eight end with nothing at all came about in four runs of five "
            "here; balancing made it rarer, one run of four, and did not prevent it.",
        ),
    ),
    protocol=Protocol(
        data="Eight clusters of points in the plane, evenly on a circle of radius 4, each Gaussian "
        "with standard deviation 0.5; in each the target is a linear function of its own, with "
        "normal coefficients; 2,000 examples to train on and 2,000 to test on.",
        models="The architecture moe: eight experts of eight ReLU units, two asked for each "
        "example; and a perceptron with one hidden layer of 21 units, as many parameters as the "
        "gate and two experts have.",
        training="Squared error, Adam at rate 0.01 falling as a cosine, 800 steps of 100 examples "
        "drawn at random; with the losses on importance and load, weight 0.1 each, or without.",
        measured="On the test examples: squared error; mutual information of the cluster and the "
        "expert with the greatest weight; experts among nobody's two.",
        quick="20 steps.",
    ),
    quantities={
        "error_dense": Quantity(about="squared error of the dense network", unit=""),
        **{
            f"{key}_{name}": Quantity(about=f"{about}, {text}", unit=unit)
            for name, text in _NAMES.items()
            for key, about, unit in (
                ("error", "squared error of the mixture", ""),
                ("bits", "what the first expert tells of the cluster", "bits"),
                ("dead", "experts that nobody asks", "of 8"),
                ("busiest", "load of the busiest expert over the mean", "times"),
            )
        },
        **{
            f"some_{name}": Quantity(
                about=f"some expert that nobody asks, {text}", unit="of the runs", yes_no=True
            )
            for name, text in _NAMES.items()
        },
    },
    seeds=40,
    minutes=5,
    measure=measure,
    figure=figure,
)
