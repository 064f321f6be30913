"""Grokking: addition modulo a prime, learnt by heart first and understood much later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

PRIME, HIDDEN, SHARE = 31, 128, 0.6
RATE, STEPS, LOOK = 0.01, 2500, 10
DECAYS = {"decay": 1.0, "none": 0.0}
LOOKS = (10, 30, 50, 100, 200, 300, 500, 700, 1000, 1500, 2000, STEPS)  # kept for the figure


def measure(seed: int, quick: bool) -> dict[str, float]:
    """When the pairs to train on, and when the others, come out right; with decay and without."""
    import torch
    from torch.nn.functional import one_hot

    from nna.lab.learn import seeded

    prime, steps = (7, 50) if quick else (PRIME, STEPS)
    pairs = torch.cartesian_prod(torch.arange(prime), torch.arange(prime))
    x = one_hot(pairs, prime).flatten(1).float()
    y = pairs.sum(dim=1) % prime
    order = torch.randperm(len(y), generator=seeded(seed, "split"))
    kept = int(SHARE * len(y))
    numbers: dict[str, float] = {}
    for name, decay in DECAYS.items():
        parts = [(x[part], y[part]) for part in (order[:kept], order[kept:])]
        learnt, unseen = train(seed, decay, parts, steps)
        fitted, right = first(learnt, 99.9), first(unseen, 95)
        numbers |= {f"fitted_{name}": fitted, f"right_{name}": right}
        numbers[f"then_{name}"] = unseen[int(fitted) // LOOK - 1]
        for step in LOOKS:
            numbers[f"learnt_{name}_{step}"] = learnt[min(step, steps) // LOOK - 1]
            numbers[f"unseen_{name}_{step}"] = unseen[min(step, steps) // LOOK - 1]
        if name == "decay":
            numbers["delay"] = right / fitted
            numbers["rise"] = (first(unseen, 90) - first(unseen, 10)) / first(unseen, 10)
    return numbers


def train(
    seed: int, decay: float, parts: list[tuple[Tensor, Tensor]], steps: int
) -> tuple[list[float], list[float]]:
    """Percent right of what is trained on and of what isn't, every few steps."""
    import torch
    from torch.nn import functional

    from nna import registry

    torch.manual_seed(seed)
    (x, y), _ = parts
    prime = x.shape[1] // 2
    model = registry.build("mlp", features=2 * prime, hidden=(HIDDEN,), classes=prime)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=decay
    )
    curves: tuple[list[float], list[float]] = ([], [])
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimiser.step()
        if step % LOOK == 0:
            with torch.no_grad():
                for curve, (given, answer) in zip(curves, parts, strict=True):
                    right = model(given).argmax(dim=1) == answer
                    curve.append(100 * right.float().mean().item())
    return curves


def first(curve: list[float], bound: float) -> float:
    """The first step at which a curve is at the bound; the last where it never is."""
    over = [place for place, value in enumerate(curve, 1) if value >= bound]
    return float(LOOK * min(over, default=len(curve)))


def figure(columns: Columns) -> Figure:
    """What is right of both kinds of pairs along the steps."""
    from nna.lab.drawing import BLUE, ORANGE, curves, new

    drawing, axes = new(10, 3.6, 2)
    for axis, (name, decay) in zip(axes, DECAYS.items(), strict=True):
        kinds = (("learnt", "pairs to train on", ORANGE), ("unseen", "other pairs", BLUE))
        rows = [
            (label, [columns[f"{kind}_{name}_{step}"] for step in LOOKS], colour, "-")
            for kind, label, colour in kinds
        ]
        curves(axis, LOOKS, rows)
        axis.set(
            xscale="log",
            ylim=(-4, 104),
            xlabel="steps",
            ylabel="right (%)",
            title=f"Weight decay {decay:g}",
        )
    return drawing


EXPERIMENT = Experiment(
    title="Grokking",
    scope="on addition modulo 31, 2,500 steps",
    claims=(
        Claim(
            row="REG-32",
            says="A network may generalise suddenly, long after it has learnt its examples by "
            "heart.",
            by=(
                "Power, Burda, Edwards, Babuschkin, Misra (2022). Grokking: generalization beyond "
                "overfitting on small algorithmic datasets. arXiv:2201.02177",
            ),
            conditions=(
                Condition(
                    says="when the training pairs are right, other pairs right (%)",
                    of="then_decay",
                    at_most=10,
                ),
                Condition(
                    says="other pairs right in the end (%)",
                    of=f"unseen_decay_{STEPS}",
                    at_least=95,
                ),
                Condition(
                    says="steps until 95 % of the other pairs are right, over steps until all "
                    "training pairs are",
                    of="delay",
                    at_least=5,
                ),
                Condition(
                    says="suddenly: steps from 10 to 90 % over the steps before",
                    of="rise",
                    at_most=1,
                    limit=True,
                ),
                Condition(
                    says="without weight decay: other pairs right in the end (%)",
                    of=f"unseen_none_{STEPS}",
                    at_least=95,
                    limit=True,
                ),
            ),
            rather="Late, but not suddenly: counted in steps the rise takes longer than the wait "
            "before it, and looks sudden on logarithmic axes only. Measures of what the network "
            "computes grow gradually meanwhile: Nanda, Chan, Lieberum, Smith, Steinhardt (2023), "
            "Progress measures for grokking via mechanistic interpretability, ICLR, "
            "arXiv:2301.05217. And not without weight decay, in the steps given here.",
        ),
    ),
    protocol=Protocol(
        data=f"All {PRIME**2} pairs of numbers below {PRIME}, each number one of {PRIME} inputs "
        f"that is 1; the answer is their sum modulo {PRIME}. {SHARE:.0%} of the pairs, drawn by "
        "the seed, are trained on.",
        models=f"The architecture mlp {2 * PRIME}-{HIDDEN}-{PRIME} with ReLU.",
        training=f"Cross-entropy, AdamW at rate {RATE}, averaging by 0.9 and 0.98, weight decay 1 "
        f"or 0, all pairs at once, {STEPS:,} steps.",
        measured="The share of pairs right, trained on or not, every ten steps.",
        quick="Modulo 7, 50 steps.",
    ),
    quantities={
        **{
            key: quantity
            for name, decay in DECAYS.items()
            for key, quantity in (
                (
                    f"fitted_{name}",
                    Quantity(
                        about=f"steps until training pairs are right, decay {decay:g}", unit="steps"
                    ),
                ),
                (
                    f"right_{name}",
                    Quantity(
                        about=f"steps until 95 % of other pairs are, decay {decay:g}", unit="steps"
                    ),
                ),
                (
                    f"then_{name}",
                    Quantity(about=f"other pairs right when those are, decay {decay:g}", unit="%"),
                ),
            )
        },
        **{
            f"{kind}_{name}_{step}": Quantity(
                about=f"{label} right at step {step}, decay {decay:g}", unit="%"
            )
            for kind, label in (("learnt", "training pairs"), ("unseen", "other pairs"))
            for name, decay in DECAYS.items()
            for step in LOOKS
        },
        "delay": Quantity(about="steps until generalising over steps until fitted", unit="times"),
        "rise": Quantity(about="steps from 10 to 90 %, over those before", unit="times"),
    },
    seeds=10,
    minutes=3,
    measure=measure,
    figure=figure,
)
