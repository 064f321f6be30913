"""Spectral bias: slow waves of a curve are learnt before fast ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nna.lab.experiment import (
    Censored,
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
    ratio,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

POINTS, HIDDEN, RATE = 128, (64, 64), 2e-3
WAVES, LEARNT, EVERY = (1, 2, 4, 8), 0.8, 10  # waves a unit; share of the amplitude; steps
STEPS, LONGER = 1500, 4500


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Rectified units."""
    return compared("relu", seed, 20 if quick else STEPS)


def of_tanh(seed: int, quick: bool) -> dict[str, float]:
    """Units of tanh."""
    return compared("tanh", seed, 20 if quick else STEPS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Rectified units, three times as many steps at most."""
    return compared("relu", seed, 20 if quick else LONGER)


def compared(activation: str, seed: int, steps: int) -> dict[str, float]:
    """Steps until each wave of a sum is learnt, by the place itself and by waves of it."""
    numbers: dict[str, float] = {}
    for given in ("place", "waves"):
        taken = learnt(activation, given == "waves", seed, steps)
        numbers |= {f"{given}_{wave}": count for wave, count in zip(WAVES, taken, strict=True)}
        numbers[f"{given}_later"] = later(taken[-1], taken[0])
    return numbers


def later(fast: float, slow: float) -> float:
    """How many doublings of the steps; at least that, where the fast wave was never learnt."""
    times = ratio(fast, slow)
    found = math.log2(times)
    return Censored(found, times.why, times.side) if isinstance(times, Censored) else found


def learnt(activation: str, waves: bool, seed: int, steps: int) -> list[float]:
    """Steps until so much of the amplitude of each wave is in what the network says."""
    import torch

    from nna import registry
    from nna.lab.learn import seeded

    x = torch.arange(POINTS)[:, None] / POINTS
    turns = 2 * torch.pi * torch.rand(len(WAVES), generator=seeded(seed, "phases"))
    each = torch.sin(2 * torch.pi * x * torch.tensor(WAVES) + turns)  # (points, waves)
    y = each.sum(dim=1, keepdim=True)
    inputs = given(x) if waves else 2 * x - 1
    torch.manual_seed(seed)
    model = registry.build(
        "mlp", features=inputs.shape[1], hidden=HIDDEN, classes=1, activation=activation
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    taken: list[float] = [Censored(steps, "it was never learnt", "above") for _ in WAVES]
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        (model(inputs) - y).square().mean().backward()
        optimiser.step()
        if step % EVERY == 0:
            share = shares(model, inputs, each)
            for place, found in enumerate(share):
                if found >= LEARNT and isinstance(taken[place], Censored):
                    taken[place] = float(step)
            if not any(isinstance(count, Censored) for count in taken):
                break
    return taken


def shares(model: nn.Module, inputs: Tensor, each: Tensor) -> list[float]:
    """How much of each wave's amplitude, in its phase, is in what the network says."""
    import torch

    with torch.no_grad():
        return (2 / POINTS * (model(inputs).T @ each)[0]).tolist()


def given(x: Tensor) -> Tensor:
    """The place as sines and cosines of all the waves: Fourier features."""
    import torch

    angles = 2 * torch.pi * x * torch.tensor(WAVES)
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def figure(columns: Columns) -> Figure:
    """Steps until each wave is learnt."""
    from nna.lab.drawing import BLUE, ORANGE, new, pairs

    drawing, (axis,) = new(6.5, 3.4)
    kinds = (("place", "given the place", ORANGE), ("waves", "given waves of it", BLUE))
    pairs(
        axis,
        [
            (label, [columns[f"{given}_{wave}"] for wave in WAVES], colour)
            for given, label, colour in kinds
        ],
    )
    axis.set(
        yscale="log",
        xlabel="waves a unit, all of the same height; a line a run, bold their mean",
        ylabel="steps until it is learnt",
        title="A sum of four waves",
    )
    axis.set_xticks(range(len(WAVES)), [str(wave) for wave in WAVES])
    return drawing


EXPERIMENT = Experiment(
    title="Slow waves before fast ones",
    scope="on a sum of four waves, 1,500 steps at most",
    claims=(
        Claim(
            row="REG-35",
            says="Networks learn slow waves of a function before fast ones.",
            by=(
                "Rahaman, Baratin, Arpit, Draxler, Lin, Hamprecht, Bengio, Courville (2019). On "
                "the spectral bias of neural networks. ICML, arXiv:1806.08734",
            ),
            conditions=(
                Condition(
                    says="doublings of the steps until a wave is learnt that is eight times as "
                    "fast",
                    of="place_later",
                    at_least=1.5,
                    no_effect=0,
                ),
                Condition(
                    says="the same where the inputs are waves of the place",
                    of="waves_later",
                    at_least=1.5,
                    limit=True,
                    no_effect=0,
                ),
            ),
            rather="It is so of a network that is given the place itself. Given sines and cosines "
            "of it, it learns the fast waves as well: Tancik and others (2020), Fourier features "
            "let networks learn high frequency functions in low dimensional domains, NeurIPS, "
            "arXiv:2006.10739.",
        ),
    ),
    protocol=Protocol(
        data=f"A sum of sines of 1, 2, 4 and 8 waves a unit, of the same height, their phases "
        f"drawn by the seed, on {POINTS} points evenly over one unit.",
        models="The architecture mlp with two layers of 64 rectified units (of tanh on the second "
        "bed), given the place from -1 to 1, or its sines and cosines of the four frequencies.",
        training=f"Squared error on all points, Adam at rate 0.002, {STEPS:,} steps at most "
        f"({LONGER:,} as the second budget).",
        measured=f"Steps until {100 * LEARNT:.0f} % of each wave's amplitude, in its phase, are in "
        f"what the network says, looked at every {EVERY}; flagged where that is never so.",
        quick="20 steps.",
    ),
    quantities={
        **{
            f"{given}_{wave}": Quantity(
                about=f"steps, {wave} waves a unit, {text}", unit="steps", step=EVERY
            )
            for given, text in (("place", "given the place"), ("waves", "given waves"))
            for wave in WAVES
        },
        "place_later": Quantity(about="steps, 8 waves over 1, given the place", unit="doublings"),
        "waves_later": Quantity(
            about="steps, 8 waves over 1, given waves", unit="doublings", step=1
        ),
    },
    seeds=10,
    minutes=1,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on a sum of four waves, units of tanh", measure=of_tanh),
        "budget": Elsewhere(scope="on a sum of four waves, 4,500 steps at most", measure=longer),
    },
)
