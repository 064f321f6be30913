"""Digits for experiments: split by the seed, enlarged, placed on a canvas, shifted, scattered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.data import catalog
from nna.lab.learn import seeded
from nna.training.in_memory import Tensors

TESTED: ContextVar[int | None] = ContextVar("examples to test on, at most", default=None)


@contextmanager
def few(most: int) -> Iterator[None]:
    """Within, `accuracy` is that on so many examples at most: enough for a probe."""
    before = TESTED.set(most)
    try:
        yield
    finally:
        TESTED.reset(before)


def digits(
    seed: int, train: int, side: int = 8, canvas: int = 8, tested: int = 0
) -> tuple[Tensors, Tensors]:
    """The dataset digits, pixels from 0 (paper) to 1 (ink).

    Args:
        seed: decides which digits are trained on.
        train: how many of the 1,797 are trained on; the others are to test on.
        side: pixels a side that each digit is enlarged to, bilinearly.
        canvas: pixels a side of the empty canvas in whose middle it is placed.
        tested: how many are to test on instead, the same for every seed.

    Returns:
        What to train on, and what to test on.
    """
    data = Tensors.of(catalog.load("digits"))
    assert data.target is not None
    x = data.x
    if side != x.shape[-1]:
        x = functional.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)
    before = (canvas - side) // 2
    after = canvas - side - before
    x = functional.pad(x, (before, after, before, after))
    order = torch.randperm(len(x), generator=seeded(seed, "split"))
    kept, test = order[:train], order[train:]
    if tested:
        rest, test = torch.randperm(len(x), generator=seeded(0, "test")).split(
            [len(x) - tested, tested]
        )
        kept = rest[torch.randperm(len(rest), generator=seeded(seed, "split"))[:train]]
    return Tensors.pair(x[kept], data.target[kept]), Tensors.pair(x[test], data.target[test])


def clothes(seed: int, train: int, side: int = 28) -> tuple[Tensors, Tensors]:
    """The part of Fashion-MNIST that travels with the library, pixels from 0 to 1.

    Args:
        seed: decides which pictures are trained on.
        train: how many of the 6,000 of its training part; the 2,000 of its test part are to test
            on, the same for every seed.
        side: pixels a side, the means of those of 28 x 28.
    """
    data = Tensors.of(catalog.load("fashion_mnist_part"))
    assert data.target is not None
    kept = torch.randperm(6000, generator=seeded(seed, "split"))[:train]
    parts = (kept, torch.arange(7000, 9000))
    x = [functional.adaptive_avg_pool2d(data.x[rows], side) for rows in parts]
    return (
        Tensors.pair(x[0], data.target[parts[0]]),
        Tensors.pair(x[1], data.target[parts[1]]),
    )


def shifted(x: Tensor, down: int, right: int) -> Tensor:
    """Pictures `(b, c, h, w)` moved by some pixels; what leaves is lost, and paper comes in."""
    height, width = x.shape[-2:]
    moved = functional.pad(x, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)))
    top, left = max(-down, 0), max(-right, 0)
    return moved[..., top : top + height, left : left + width]


def scattered(pictures: Tensor, canvas: int, draw: torch.Generator) -> Tensor:
    """Pictures `(b, c, h, w)`, each whole and at a place of its own on an empty square canvas.

    Args:
        pictures: to be placed.
        canvas: pixels a side.
        draw: decides the places.
    """
    height, width = pictures.shape[-2:]
    out = pictures.new_zeros(*pictures.shape[:2], canvas, canvas)
    tops = torch.randint(canvas - height + 1, (len(pictures),), generator=draw)
    lefts = torch.randint(canvas - width + 1, (len(pictures),), generator=draw)
    for place, picture, top, left in zip(out, pictures, tops, lefts, strict=True):
        place[:, top : top + height, left : left + width] = picture
    return out


@torch.no_grad()
def scores(model: nn.Module, x: Tensor) -> Tensor:
    """The model's scores of each example in evaluation mode, a batch at a time."""
    model.eval()
    return torch.cat([model(part) for part in x.split(256)])


def accuracy(model: nn.Module, examples: Tensors) -> float:
    """The share of examples whose class has the highest score, in percent."""
    assert examples.target is not None
    kept = slice(TESTED.get())
    right = scores(model, examples.x[kept]).argmax(1) == examples.target[kept]
    return 100 * right.float().mean().item()


def multiply_adds(model: nn.Module, x: Tensor) -> int:
    """Multiply-adds of convolutions and matrix products for one example of the shape of `x`."""
    from torch.utils.flop_counter import FlopCounterMode

    training = model.training
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model.eval()(x[:1])
    model.train(training)
    return counter.get_total_flops() // 2
