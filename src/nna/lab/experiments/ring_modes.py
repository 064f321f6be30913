"""Eight modes on a ring: how many a GAN keeps, by the optimiser's momentum."""

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
    from torch import Generator, Tensor

MODES, RADIUS, SPREAD, WIDER = 8, 2.0, 0.02, 0.1
EPOCHS, LONGER = 20, 60
NOISE, SAMPLES, NEAR, LEAST = 8, 2500, 0.2, 20
SETTINGS = {"deep_09": 0.9, "deep_05": 0.5}  # name: Adam's beta1


def measure(seed: int, quick: bool) -> dict[str, float]:
    """A ring of narrow Gaussians."""
    return compared(SPREAD, seed, 1 if quick else EPOCHS)


def on_wider(seed: int, quick: bool) -> dict[str, float]:
    """Gaussians five times as wide."""
    return compared(WIDER, seed, 1 if quick else EPOCHS)


def longer(seed: int, quick: bool) -> dict[str, float]:
    """Three times as many steps."""
    return compared(SPREAD, seed, 1 if quick else LONGER)


def compared(spread: float, seed: int, epochs: int) -> dict[str, float]:
    """Train a GAN in either setting on the same points from the same noise."""
    import torch

    from nna import registry
    from nna.lab.learn import learn, seeded
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    points = Tensors.pair(ring(9600, seeded(seed, "points"), spread), None)
    numbers: dict[str, float] = {}
    for name, beta in SETTINGS.items():
        torch.manual_seed(seed)
        model = registry.build(
            "gan",
            noise=NOISE,
            features=2,
            hidden=(64, 64),
            discriminator_hidden=(64, 64),
            maxout_pieces=2,
        )
        recipe = Recipe(
            objective="adversarial",
            epochs=epochs,
            learning_rate=1e-3,
            batch_size=128,
            momentum=beta,
        )
        learn(model, recipe, points, seed=seed)
        noise = torch.randn(SAMPLES, NOISE, generator=seeded(seed, "samples"))
        with torch.no_grad():
            modes, near = coverage(model.eval()(noise), max(NEAR, 3 * spread))
        numbers |= {f"modes_{name}": modes, f"near_{name}": 100 * near}
    return numbers


def centres() -> Tensor:
    """The centres of the modes, `(8, 2)`."""
    import torch

    angle = torch.arange(MODES) * (2 * torch.pi / MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def ring(points: int, draw: Generator, spread: float = SPREAD) -> Tensor:
    """Points of the eight Gaussians, each as likely as the others."""
    import torch

    of = torch.randint(MODES, (points,), generator=draw)
    return centres()[of] + spread * torch.randn(points, 2, generator=draw)


def coverage(samples: Tensor, within: float = NEAR) -> tuple[int, float]:
    """The modes with 20 samples or more so near, and the share of samples that near any mode."""
    import torch

    distance, mode = torch.cdist(samples, centres()).min(dim=1)
    near = distance <= within
    counts = torch.bincount(mode[near], minlength=MODES)
    return int((counts >= LEAST).sum()), near.float().mean().item()


def figure(columns: Columns) -> Figure:
    """Modes covered, and samples near a mode, in every run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.4, 2)
    for axis, quantity in ((left, "modes"), (right, "near")):
        numbers = [columns[f"{quantity}_{name}"] for name in SETTINGS]
        runs(axis, list(zip(numbers, (ORANGE, BLUE), strict=True)))
    left.set_yticks(range(len(SETTINGS)), [f"beta1 {beta}" for beta in SETTINGS.values()])
    left.axvline(5, color=GREY, linestyle=":", linewidth=1)
    left.set(
        xlim=(-0.3, MODES + 0.3),
        xlabel="modes covered of 8: a dot a run, a bar their mean;\ndotted: the claim's bound",
        title="Coverage",
    )
    right.set(
        xlim=(-4, 104), yticks=[], xlabel="samples within 0.2 of a mode (%)", title="Precision"
    )
    return drawing


EXPERIMENT = Experiment(
    title="A GAN on a ring of eight Gaussians",
    scope="on eight Gaussians in the plane, 1,500 steps",
    claims=(
        Claim(
            row="GAN-03",
            says="GANs collapse onto a few modes of the data.",
            by=(
                "Metz, Poole, Pfau, Sohl-Dickstein (2017). Unrolled generative adversarial "
                "networks. ICLR, arXiv:1611.02163 (on this ring)",
                "Goodfellow (2016). NIPS 2016 tutorial: Generative adversarial networks. "
                "arXiv:1701.00160",
            ),
            conditions=(
                Condition(
                    says="Adam as usual (beta1 0.9): modes covered of eight",
                    of="modes_deep_09",
                    at_most=5,
                ),
                Condition(
                    says="and its samples lie at modes, so that it collapses rather than strays",
                    of="near_deep_09",
                    at_least=50,
                ),
                Condition(
                    says="beta1 0.5: modes covered",
                    of="modes_deep_05",
                    at_most=5,
                    limit=True,
                ),
            ),
            rather="Whether they do depends on the discriminator and its optimiser. With a "
            "discriminator of one layer and the usual momentum a generator strays instead: its "
            "samples lie at hardly any mode. With two layers most modes are kept.",
        ),
    ),
    protocol=Protocol(
        data=f"9,600 points of eight Gaussians of spread {SPREAD}, equally likely, evenly on a "
        f"circle of radius 2; drawn by the seed. Second bed: of spread {WIDER}.",
        models="The architecture gan: 8 numbers of noise, a generator of two layers of 64, a "
        "discriminator of two layers of 64 maxout units of two pieces.",
        training="The game with the generator descending -log D, a step each in turn; Adam at rate "
        f"0.001 with beta1 0.9 or 0.5 for both, batches of 128, {EPOCHS} epochs of 75 steps "
        f"({LONGER} as the second budget).",
        measured="Of 2,500 samples: the modes with 20 or more within 0.2 of their centre (three "
        "spreads on the second bed), and the share that near any.",
        quick="One epoch.",
    ),
    quantities={
        name: quantity
        for setting, beta in SETTINGS.items()
        for name, quantity in (
            (
                f"modes_{setting}",
                Quantity(about=f"modes covered, beta1 {beta}", unit="modes", step=1),
            ),
            (
                f"near_{setting}",
                Quantity(about=f"samples near a mode, beta1 {beta}", unit="% of the samples"),
            ),
        )
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on eight wider Gaussians, 1,500 steps", measure=on_wider),
        "budget": Elsewhere(scope="on eight Gaussians in the plane, 4,500 steps", measure=longer),
    },
)
