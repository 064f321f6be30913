"""Eight modes on a ring: how many a GAN keeps, by optimiser and depth of the discriminator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor

MODES, RADIUS, SPREAD = 8, 2.0, 0.02
NOISE, SAMPLES, NEAR, LEAST = 8, 2500, 0.2, 20
SETTINGS = {  # name: Adam's beta1, layers of the discriminator
    "shallow_09": (0.9, 1),
    "shallow_05": (0.5, 1),
    "deep_09": (0.9, 2),
    "deep_05": (0.5, 2),
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Train a GAN in every setting on the same points from the same noise."""
    import torch

    from nna import registry
    from nna.lab.learn import learn, seeded
    from nna.spec import Recipe
    from nna.training.in_memory import Tensors

    points = Tensors.pair(ring(9600, seeded(seed, "points")), None)
    numbers: dict[str, float] = {}
    for name, (beta, layers) in SETTINGS.items():
        torch.manual_seed(seed)
        model = registry.build(
            "gan",
            noise=NOISE,
            features=2,
            hidden=(64, 64),
            discriminator_hidden=(64,) * layers,
            maxout_pieces=2,
        )
        epochs = 1 if quick else 40
        learn(
            model,
            Recipe(
                objective="adversarial",
                epochs=epochs,
                learning_rate=1e-3,
                batch_size=128,
                momentum=beta,
            ),
            points,
            seed=seed,
        )
        noise = torch.randn(SAMPLES, NOISE, generator=seeded(seed, "samples"))
        with torch.no_grad():
            modes, near = coverage(model.eval()(noise))
        numbers |= {f"modes_{name}": modes, f"near_{name}": 100 * near}
    return numbers


def centres() -> Tensor:
    """The centres of the modes, `(8, 2)`."""
    import torch

    angle = torch.arange(MODES) * (2 * torch.pi / MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def ring(points: int, draw: Generator) -> Tensor:
    """Points of the eight Gaussians, each as likely as the others."""
    import torch

    of = torch.randint(MODES, (points,), generator=draw)
    return centres()[of] + SPREAD * torch.randn(points, 2, generator=draw)


def coverage(samples: Tensor) -> tuple[int, float]:
    """The modes with 20 samples or more within 0.2, and the share of samples near any mode."""
    import torch

    distance, mode = torch.cdist(samples, centres()).min(dim=1)
    near = distance <= NEAR
    counts = torch.bincount(mode[near], minlength=MODES)
    return int((counts >= LEAST).sum()), near.float().mean().item()


def figure(columns: Columns) -> Figure:
    """Modes covered, and samples near a mode, in every run."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    colours = {0.9: ORANGE, 0.5: BLUE}
    drawing, (left, right) = new(9, 3.2, 2)
    tints = [colours[beta] for beta, _ in SETTINGS.values()]
    for axis, quantity in ((left, "modes"), (right, "near")):
        numbers = [columns[f"{quantity}_{name}"] for name in SETTINGS]
        runs(axis, list(zip(numbers, tints, strict=True)))
    left.set_yticks(
        range(len(SETTINGS)),
        [
            f"discriminator of {n} layer{'s' * (n > 1)}, beta1 {beta}"
            for beta, n in SETTINGS.values()
        ],
    )
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
    scope="on eight Gaussians in the plane, 3,000 steps",
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
                    says="a discriminator of one layer, Adam as usual (beta1 0.9): modes covered",
                    of="modes_shallow_09",
                    at_most=5,
                ),
                Condition(
                    says="and its samples lie at modes, so that it collapses rather than strays",
                    of="near_shallow_09",
                    at_least=50,
                    limit=True,
                ),
                Condition(
                    says="the same discriminator, beta1 0.5: modes covered",
                    of="modes_shallow_05",
                    at_most=5,
                    limit=True,
                ),
                Condition(
                    says="a discriminator of two layers, beta1 0.9: modes covered",
                    of="modes_deep_09",
                    at_most=5,
                    limit=True,
                ),
                Condition(
                    says="a discriminator of two layers, beta1 0.5: modes covered",
                    of="modes_deep_05",
                    at_most=5,
                    limit=True,
                ),
                Condition(
                    says="modes that beta1 0.5 brings back, discriminator of two layers",
                    of="modes_deep_05",
                    minus="modes_deep_09",
                    at_most=1,
                    limit=True,
                ),
            ),
            rather="Whether they do depends on the discriminator and its optimiser. With one layer "
            "and the usual momentum the samples lie at hardly any mode, which is straying rather "
            "than collapse; with two layers most modes are kept.",
        ),
    ),
    protocol=Protocol(
        data="9,600 points of eight Gaussians of spread 0.02, equally likely, evenly on a circle "
        "of radius 2; drawn by the seed.",
        models="The architecture gan: 8 numbers of noise, a generator of two layers of 64, a "
        "discriminator of one or two layers of 64 maxout units of two pieces.",
        training="The game with the generator descending -log D, a step each in turn; Adam at rate "
        "0.001 with beta1 0.9 or 0.5 for both, batches of 128, 40 epochs (3,000 steps).",
        measured="Of 2,500 samples: the modes with 20 or more within 0.2 of their centre, and the "
        "share within 0.2 of any.",
        quick="One epoch.",
    ),
    quantities={
        name: quantity
        for setting, (beta, layers) in SETTINGS.items()
        for name, quantity in (
            (
                f"modes_{setting}",
                Quantity(
                    about=f"modes covered, beta1 {beta}, discriminator of {layers}", unit="modes"
                ),
            ),
            (
                f"near_{setting}",
                Quantity(about=f"samples near a mode, {beta}, {layers}", unit="% of the samples"),
            ),
        )
    },
    seeds=10,
    minutes=12,
    measure=measure,
    figure=figure,
)
