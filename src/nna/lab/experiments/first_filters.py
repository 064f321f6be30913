"""First filters: what a sparse code of natural pictures looks like, fitted with Gabor functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Generator, Tensor

SIDE, FILTERS, PATCHES = 10, 64, 10_000
KEPT = 60  # directions of greatest variance that are whitened and kept, of 99
ALIKE = 0.64  # share of a filter's energy in the best Gabor function: a correlation of 0.8
KINDS = {
    "sparse": "sparse code, photographs",
    "scrambled": "sparse code, scrambled photographs",
    "labelled": "trained to tell turns, photographs",
    "untrained": "untrained",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Learn filters in each way and fit Gabor functions to them."""
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, "filters")
    steps, fitting = (5, 3) if quick else (600, 100)
    pictures = photographs()
    natural = whitened(patches(pictures, draw))
    excited = natural.T @ natural / len(natural)  # takes away what no patch ever excites
    torch.manual_seed(seed)
    told, right = labelled(natural, steps)
    learnt = {
        "sparse": sparse(natural, steps),
        "scrambled": sparse(whitened(patches(scrambled(pictures, draw), draw)), steps),
        "labelled": told @ excited,
        "untrained": torch.randn(FILTERS, SIDE**2) @ excited,
    }
    numbers = {"right": 100 * right}
    for name, filters in learnt.items():
        energy = gabor_share(filters, fitting)
        numbers |= {
            name: 100 * (energy >= ALIKE).float().mean().item(),
            f"energy_{name}": 100 * energy.mean().item(),
        }
    return numbers


def photographs() -> Tensor:
    """The two that come with scikit-learn, grey, at half the side: `(2, 213, 320)`."""
    import numpy as np
    import torch
    from sklearn.datasets import load_sample_images
    from torch.nn import functional

    grey = torch.tensor(np.stack(load_sample_images().images)).float().mean(-1) / 255
    return functional.avg_pool2d(grey[:, None], 2)[:, 0]


def scrambled(pictures: Tensor, draw: Generator) -> Tensor:
    """Pictures of the same spectrum with phases at random: Gaussian, without edges."""
    import torch

    noise = torch.fft.rfft2(torch.randn(pictures.shape, generator=draw))
    spectrum = torch.fft.rfft2(pictures).abs()
    return torch.fft.irfft2(spectrum * noise / noise.abs(), s=pictures.shape[-2:])


def patches(pictures: Tensor, draw: Generator) -> Tensor:
    """Patches from random places, `(10000, 100)`."""
    import torch

    count, height, width = pictures.shape
    windows = pictures.unfold(1, SIDE, 1).unfold(2, SIDE, 1)
    at = [
        torch.randint(top, (PATCHES,), generator=draw)
        for top in (count, height - SIDE + 1, width - SIDE + 1)
    ]
    return windows[at[0], at[1], at[2]].flatten(1)


def whitened(x: Tensor) -> Tensor:
    """Each patch less its mean, all kept directions of variance one, back in pixels (ZCA)."""
    import torch

    x = x - x.mean(1, keepdim=True)
    x = x - x.mean(0)
    variance, directions = torch.linalg.eigh(x.T @ x / len(x))
    variance, directions = variance[-KEPT:], directions[:, -KEPT:]
    return x @ (directions / variance.sqrt()) @ directions.T


def sparse(x: Tensor, steps: int) -> Tensor:
    """Filters W that rebuild patches from a sparse code Wx (Le 2011), `(64, 100)`."""
    import torch

    weight = (0.1 * torch.randn(FILTERS, x.shape[1])).requires_grad_()
    optimiser = torch.optim.Adam([weight], lr=0.01)
    for _ in range(steps):
        batch = x[torch.randint(len(x), (500,))]
        code = batch @ weight.T
        loss = (code @ weight - batch).square().sum(1).mean() + code.abs().sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return weight.detach()


def labelled(x: Tensor, steps: int) -> tuple[Tensor, float]:
    """First filters of a network that tells by which quarter turn a patch was turned.

    And how often it was right in the last tenth of its training.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    model = nn.Sequential(
        nn.Linear(x.shape[1], FILTERS),
        nn.ReLU(),
        nn.Linear(FILTERS, 32),
        nn.ReLU(),
        nn.Linear(32, 4),
    )
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-3)
    turned = torch.stack([x.view(-1, SIDE, SIDE).rot90(k, (1, 2)).flatten(1) for k in range(4)])
    right = []
    for _ in range(steps):
        turn = torch.randint(4, (500,))
        scores = model(turned[turn, torch.randint(len(x), (500,))])
        right.append((scores.argmax(1) == turn).float().mean().item())
        loss = functional.cross_entropy(scores, turn)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    last = right[-max(1, steps // 10) :]
    return model[0].weight.detach(), sum(last) / len(last)  # type: ignore[return-value]


def gabor_share(filters: Tensor, steps: int) -> Tensor:
    """The share of each filter's energy in the best Gabor function found from 24 starts, `(64,)`.

    The function is a wave of any phase under a Gaussian. Centre, direction, wavelength (2.5 to 12
    pixels) and the Gaussian's two widths (0.3 to 1 wavelengths across, 1 to 6 pixels along) are
    sought by gradient; amplitude and phase follow by least squares.
    """
    import torch

    filters = filters / filters.norm(dim=1, keepdim=True)
    starts = [
        (turn * torch.pi / 8, wave, down, along)
        for turn in range(8)
        for wave, down, along in ((0.3, 0.0, 0.0), (-0.5, 0.8, -0.8), (-0.5, -0.8, 0.8))
    ]
    free = torch.zeros(6, len(filters), len(starts))
    free[:4] = torch.tensor(starts).T[:, None]
    free.requires_grad_()
    optimiser = torch.optim.Adam([free], lr=0.1)
    at = torch.arange(SIDE) - (SIDE - 1) / 2
    y, x = (grid.flatten() for grid in torch.meshgrid(at, at, indexing="ij"))

    def energy() -> Tensor:
        turn, wave, down, along, across_width, along_width = free[..., None]
        length = 2.5 + 9.5 * wave.sigmoid()
        sides = length * (0.3 + 0.7 * across_width.sigmoid()), 1 + 5 * along_width.sigmoid()
        dx, dy = x - 5 * along.tanh(), y - 5 * down.tanh()
        across, beside = dx * turn.cos() + dy * turn.sin(), dy * turn.cos() - dx * turn.sin()
        hill = (-0.5 * ((across / sides[0]) ** 2 + (beside / sides[1]) ** 2)).exp()
        phase = 2 * torch.pi * across / length
        even, odd = hill * phase.cos(), hill * phase.sin()
        even = even / even.norm(dim=-1, keepdim=True)
        odd = odd - (odd * even).sum(-1, keepdim=True) * even
        odd = odd / odd.norm(dim=-1, keepdim=True)
        wanted = filters[:, None]
        return (even * wanted).sum(-1) ** 2 + (odd * wanted).sum(-1) ** 2

    for _ in range(steps):
        optimiser.zero_grad()
        (-energy().sum()).backward()
        optimiser.step()
    with torch.no_grad():
        return energy().amax(1)


def figure(columns: Columns) -> Figure:
    """How many filters are Gabor functions, and how much of a filter one explains."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = (BLUE, ORANGE, ORANGE, GREY)
    runs(left, [(columns[name], c) for name, c in zip(KINDS, colours, strict=True)])
    left.set_yticks(range(len(KINDS)), KINDS.values())
    left.axvline(50, color=GREY, linestyle=":", linewidth=1)
    left.set(
        xlim=(-3, 103),
        xlabel="filters like a Gabor function (%), a dot a run,\na bar the mean; dotted: the bound",
        title="Gabor-like filters",
    )
    runs(right, [(columns[f"energy_{name}"], c) for name, c in zip(KINDS, colours, strict=True)])
    right.axvline(100 * ALIKE, color=GREY, linestyle=":", linewidth=1)
    right.set(
        xlim=(0, 100),
        xlabel="energy in the best Gabor function (%),\nmean of 64 filters; dotted: taken for like",
        title="Fit",
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="First filters and Gabor functions",
    scope="on 10,000 patches of two photographs, 600 steps",
    claims=(
        Claim(
            row="CNN-24",
            says="The filters of a first layer become like Gabor functions.",
            by=(
                "Krizhevsky, Sutskever, Hinton (2012). ImageNet classification with deep "
                "convolutional neural networks. NIPS, figure 3",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, section 9.10",
            ),
            conditions=(
                Condition(
                    says="sparse code of photographs: share of filters like a Gabor function",
                    of="sparse",
                    at_least=50,
                ),
                Condition(
                    says="and more than of photographs scrambled, which have no edges, so that it "
                    "is the pictures that make them so",
                    of="sparse",
                    minus="scrambled",
                    at_least=25,
                ),
                Condition(
                    says="the share when trained with labels, to tell turned photographs",
                    of="labelled",
                    at_least=50,
                    limit=True,
                ),
            ),
            rather="What is learnt decides: a sparse code of natural pictures gives such filters "
            "(Olshausen, Field, 1996, Nature 381), as a large network on ImageNet does; a small "
            "one trained with labels on little need not.",
        ),
    ),
    protocol=Protocol(
        data="The two photographs that come with scikit-learn (china.jpg, flower.jpg), grey, at "
        f"half the side: {PATCHES:,} patches of {SIDE} x {SIDE} pixels from random places, drawn "
        f"by the seed, each less its mean, the {KEPT} directions of greatest variance whitened "
        "and kept. Scrambled: from the photographs with the phases of their spectrum at random.",
        models=f"Sparse code: {FILTERS} filters W that rebuild a patch x as W'Wx, with the "
        "absolute values of Wx as a penalty (Le, Karpenko, Ngiam, Ng, 2011, ICA with "
        f"reconstruction cost, NIPS). With labels: a network of layers of {FILTERS} and 32 with "
        "ReLU that tells by which quarter turn a patch was turned. Untrained: Gaussian weights.",
        training="Adam, 600 steps on 500 patches each; rate 0.01 for the sparse code, 0.003 and "
        "weight decay 0.001 with labels.",
        measured="For each filter, less what no patch excites, the greatest share of its energy in "
        "any Gabor function (a wave of 2.5 to 12 pixels and any phase under a Gaussian) that a "
        f"search by gradient from 24 starts finds; {ALIKE:g} or more, a correlation of 0.8, is "
        "taken for like. The share of filters that are.",
        quick="5 steps of training, 3 of the search.",
    ),
    quantities={
        "right": Quantity(about="turns told right at the end of training", unit="% of the patches"),
        **{
            kind: Quantity(about=f"Gabor-like filters: {text}", unit="% of the filters")
            for kind, text in KINDS.items()
        },
        **{
            f"energy_{kind}": Quantity(about=f"energy in the best Gabor function: {text}", unit="%")
            for kind, text in KINDS.items()
        },
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
)
