"""Eight modes on a ring by diffusion: how many are reached, and with how many steps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor, nn

MODES, SAMPLES, TRAINED = 8, 2500, 3000
LEVELS, WAVES = 100, 4  # levels of noise, and wavelengths that tell them
BATCHES = {"usual": 512, "small": 128}
FEWER = (2, 5, 10, 20, 50, 100)  # steps without noise
SCALE = 2**0.5  # the spread of a coordinate of the ring, brought to one


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train denoisers on points of the ring; draw with noise in all steps, and without in few."""
    import torch

    from nna.lab.experiments.ring_modes import coverage, ring
    from nna.lab.learn import seeded

    points = ring(9600, seeded(seed, "points")) / SCALE
    numbers: dict[str, float] = {}
    for name, batch in BATCHES.items():
        draw = seeded(seed, f"noise {name}")
        torch.manual_seed(seed)
        model = trained(points, batch, 30 if quick else TRAINED, draw)
        fresh = torch.randn(SAMPLES, 2, generator=draw)
        drawn = {name: denoised(model, fresh, LEVELS, draw)}
        if name == "usual":
            drawn |= {f"few_{count}": denoised(model, fresh, count, None) for count in FEWER}
        for way, found in drawn.items():
            modes, near = coverage(found * SCALE)
            numbers |= {f"modes_{way}": modes, f"near_{way}": 100 * near}
    return {**numbers, "share": numbers["near_few_10"] / max(1.0, numbers["near_usual"])}


def trained(points: Tensor, batch: int, steps: int, draw: Generator) -> nn.Module:
    """A perceptron that guesses the noise in spoilt points."""
    import torch
    from torch import nn

    sizes = (2 + 2 * WAVES, 128, 128, 128)
    model = nn.Sequential()
    for n_in, n_out in pairwise(sizes):
        model.extend((nn.Linear(n_in, n_out), nn.SiLU()))
    model.append(nn.Linear(sizes[-1], 2))
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    left = kept()
    for _ in range(steps):
        clean = points[torch.randint(len(points), (batch,), generator=draw)]
        level = torch.randint(LEVELS, (batch,), generator=draw)
        noise = torch.randn(batch, 2, generator=draw)
        share = left[level, None]
        spoilt = share.sqrt() * clean + (1 - share).sqrt() * noise
        adam.zero_grad()
        (guess(model, spoilt, level) - noise).square().mean().backward()
        adam.step()
        falling.step()
    return model


def kept() -> Tensor:
    """How much of an example's variance is left at each level."""
    import torch

    return torch.cumprod(1 - torch.linspace(1e-3, 0.2, LEVELS), 0)


def guess(model: nn.Module, x: Tensor, level: Tensor) -> Tensor:
    """The noise in `x`, as the model sees it; levels are told by waves of four lengths."""
    import torch

    angle = level[:, None] / LEVELS * torch.pi * 2.0 ** torch.arange(-1, WAVES - 1)
    return model(torch.cat([x, angle.sin(), angle.cos()], dim=1))


def denoised(model: nn.Module, x: Tensor, count: int, draw: Generator | None) -> Tensor:
    """Noise made points in `count` steps; with fresh noise in each if it is drawn.

    With noise, Ho, Jain, Abbeel (2020), algorithm 2; without, Song, Meng, Ermon (2021).
    """
    import torch

    left = kept()
    levels = torch.linspace(LEVELS - 1, 0, count).round().long()
    with torch.no_grad():
        for place, level in enumerate(levels):
            share = left[level]
            later = left[levels[place + 1]] if place + 1 < count else torch.tensor(1.0)
            noise = guess(model, x, level.expand(len(x)))
            clean = (x - (1 - share).sqrt() * noise) / share.sqrt()
            spread = torch.tensor(0.0)
            if draw is not None:
                spread = ((1 - later) / (1 - share) * (1 - share / later)).sqrt()
            x = later.sqrt() * clean + (1 - later - spread**2).clamp_min(0).sqrt() * noise
            if draw is not None:
                x = x + spread * torch.randn(x.shape, generator=draw)
    return x


def figure(columns: Columns) -> Figure:
    """Samples at a mode by the number of steps, and modes reached."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (left, right) = new(9, 3.4, 2)
    for axis, quantity, label, title in (
        (left, "near", "samples within 0.2 of a mode (%)", "Precision"),
        (right, "modes", "modes covered, of 8", "Coverage"),
    ):
        full = columns[f"{quantity}_usual"]
        axis.axhline(
            sum(full) / len(full), color=GREY, linestyle=":", label="100 steps, fresh noise in each"
        )
        values = [columns[f"{quantity}_few_{count}"] for count in FEWER]
        colour = BLUE if quantity == "near" else ORANGE
        curves(axis, FEWER, [("without noise", values, colour, "-")])
        axis.set_xscale("log")
        axis.legend(frameon=False, fontsize=8, loc="lower right")
        axis.set_xticks(FEWER, [str(count) for count in FEWER])
        axis.minorticks_off()
        axis.set(xlabel="steps", ylabel=label, title=title)
    left.set_ylim(-4, 104)
    right.set_ylim(-0.3, MODES + 0.3)
    return drawing


EXPERIMENT = Experiment(
    title="Diffusion on a ring of eight Gaussians",
    scope="on eight Gaussians in the plane, 3,000 steps",
    claims=(
        Claim(
            row="DIFF-04",
            says="Diffusion models cover all modes of the data, where adversarial networks drop "
            "some.",
            by=(
                "Dhariwal, Nichol (2021). Diffusion models beat GANs on image synthesis. "
                "NeurIPS, arXiv:2105.05233",
            ),
            conditions=(
                Condition(
                    says="modes covered (the adversarial network of the experiment ring_modes "
                    "reaches 6.8 at best)",
                    of="modes_usual",
                    at_least=7.5,
                ),
                Condition(
                    says="samples near a mode, so that they don't merely lie everywhere",
                    of="near_usual",
                    at_least=50,
                ),
                Condition(
                    says="samples near a mode, as many as the best network of ring_modes",
                    of="near_usual",
                    at_least=90,
                    limit=True,
                ),
                Condition(
                    says="modes covered, batches of 128 as the adversarial network had them",
                    of="modes_small",
                    at_least=7.5,
                    limit=True,
                ),
                Condition(
                    says="samples near a mode, batches of 128",
                    of="near_small",
                    at_least=50,
                    limit=True,
                ),
            ),
            rather="It reaches them all, in every run; whether samples lie at them rather than "
            "beside is a matter of how long the noise was learnt (measured here).",
        ),
        Claim(
            row="DIFF-05",
            says="Drawing takes many steps, but a tenth of them do if no noise is added meanwhile.",
            by=(
                "Song, Meng, Ermon (2021). Denoising diffusion implicit models. ICLR, "
                "arXiv:2010.02502",
            ),
            conditions=(
                Condition(
                    says="samples near a mode, 10 steps without noise over 100 with it",
                    of="share",
                    at_least=0.95,
                ),
                Condition(says="samples near a mode, 2 steps", of="near_few_2", at_most=50),
            ),
            rather="How few steps do depends on how well the noise is guessed, and on what counts "
            "as near: on this ring ten steps give two thirds of what a hundred give, and fifty "
            "nearly all.",
        ),
    ),
    protocol=Protocol(
        data="9,600 points of eight Gaussians of spread 0.02, equally likely, evenly on a circle "
        "of radius 2, as in the experiment ring_modes; scaled to spread one, drawn by the seed.",
        models="A perceptron of three layers of 128 units (SiLU) that is given a spoilt point and "
        "its level, as sines and cosines of four wavelengths, and guesses the noise; 100 levels, "
        "of which step k adds a variance that grows evenly from 0.001 to 0.2.",
        training="Squared error of the noise; Adam at rate 0.002 falling as a cosine, batches of "
        "512 or of 128, 3,000 steps.",
        measured="Of 2,500 samples: the modes with 20 or more within 0.2 of their centre, and the "
        "share within 0.2 of any; drawn in 100 steps with fresh noise in each, and, batches of 512 "
        "alone, in 2 to 100 without.",
        quick="30 steps of training.",
    ),
    quantities={
        **{
            name: quantity
            for key, label in (
                ("usual", "100 steps with noise"),
                ("small", "the same, batches of 128"),
                *((f"few_{count}", f"{count} steps without noise") for count in FEWER),
            )
            for name, quantity in (
                (f"modes_{key}", Quantity(about=f"modes covered, {label}", unit="modes")),
                (f"near_{key}", Quantity(about=f"samples near a mode, {label}", unit="%")),
            )
        },
        "share": Quantity(
            about="near a mode, 10 steps without noise over 100 with it", unit="times"
        ),
    },
    seeds=10,
    minutes=8,
    measure=measure,
    figure=figure,
)
