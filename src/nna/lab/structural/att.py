"""Structural claims about attention. Random numbers only stand for any numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, WINDOW = 768, 1024  # of GPT-2's smallest size
HEADS, KEYS = (4, 16, 64, 256, 1024), 200  # widths of a head, and tokens to choose from


@check(
    row="ATT-02",
    says="Self-attention is invariant to the order of its tokens.",
    right="It is equivariant: tokens in another order get the same answers in that order. Only "
    "what is pooled over all tokens, such as their mean, stays the same.",
    source="arithmetic; Vaswani et al. (2017), arXiv:1706.03762, section 3.5, add positions "
    "because of it",
    verdict="fails",
)
def order() -> Iterator[Fact]:
    """PyTorch's layer with four heads on nine tokens and on the same tokens shuffled."""
    import torch
    from torch import nn

    layer, x = nn.MultiheadAttention(32, 4, batch_first=True).double(), torch.randn(1, 9, 32)
    x, turn = x.double(), torch.randperm(9)
    straight = layer(x, x, x, need_weights=False)[0]
    shuffled = layer(x[:, turn], x[:, turn], x[:, turn], need_weights=False)[0]
    moved = float((shuffled - straight).detach().abs().max())
    yield text("the answers stay as they were", moved < 1e-9, f"they differ by up to {moved:.2f}")
    yield right("they come in the new order", torch.allclose(shuffled, straight[:, turn]))
    yield right("their mean stays", torch.allclose(shuffled.mean(1), straight.mean(1)))


def _entropy(width: int, scaled: bool) -> float:
    """Mean entropy, in nats, of softmax over the scores of random queries and keys."""
    import torch

    q, k = torch.randn(KEYS, width).double(), torch.randn(KEYS, width).double()
    chosen = (q @ k.T / (width**0.5 if scaled else 1.0)).softmax(dim=1)
    return float(-(chosen * chosen.clamp_min(1e-300).log()).sum(dim=1).mean())


def _entropies() -> Figure:
    """How evenly a query looks at its keys, by the width of a head."""
    import math

    from nna.lab.drawing import BLUE, GREY, ORANGE, new

    drawing, (axis,) = new(5.6, 3.3)
    for scaled, label, colour in (
        (True, "scores divided by the root of the width", BLUE),
        (False, "scores as they are", ORANGE),
    ):
        found = [_entropy(width, scaled) for width in HEADS]
        axis.plot(HEADS, found, "-o", color=colour, markersize=4, label=label)
    axis.axhline(math.log(KEYS), color=GREY, linestyle=":", label="all keys alike")
    axis.set_xscale("log", base=2)
    axis.set_xticks(HEADS, [str(width) for width in HEADS])
    axis.set(
        xlabel="numbers a head", ylabel="entropy of attention (nats)", title="At the start", ylim=0
    )
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize=8, loc="center right")
    return drawing


@check(
    row="ATT-05",
    says="Scores are divided by the root of the width of a head, since larger scores would make "
    "the softmax all but choose one token.",
    right="As said: products of random queries and keys have the width as their variance, and the "
    "division brings it to one.",
    source="Vaswani et al. (2017), arXiv:1706.03762, section 3.2.1",
    verdict="holds",
    figure=_entropies,
)
def scaling() -> Iterator[Fact]:
    """Variance of products and entropy of attention, for random queries and keys."""
    import torch

    q, k = torch.randn(2000, 256).double(), torch.randn(2000, 256).double()
    spread = float((q * k).sum(1).var()) / 256
    raw, scaled = _entropy(1024, False), _entropy(1024, True)
    yield text("the variance of a product is the width", abs(spread - 1) < 0.1, f"{spread:.3f}")
    yield text("1,024 numbers, undivided: nearly one token", raw < 0.5, f"{raw:.2f} nats")
    yield text("divided: most of the greatest entropy, 5.30", scaled > 4.5, f"{scaled:.2f} nats")


def _block(tokens: int, width: int = WIDTH) -> int:
    """Multiply-adds of one transformer block, counted without computing any number."""
    import torch
    from torch.nn import functional
    from torch.utils.flop_counter import FlopCounterMode

    def weights(n_out: int, n_in: int) -> torch.Tensor:
        return torch.empty(n_out, n_in, device="meta")

    x = torch.empty(tokens, width, device="meta")
    with FlopCounterMode(display=False) as counter:
        q, k, v = functional.linear(x, weights(3 * width, width)).chunk(3, dim=1)
        x = functional.linear((q @ k.T).softmax(1) @ v, weights(width, width))
        wide = functional.linear(x, weights(4 * width, width))
        functional.linear(wide, weights(width, 4 * width))
    return counter.get_total_flops() // 2


def _costs() -> Figure:
    """One layer of each kind, by the length of what it reads."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new

    lengths = [2**power for power in range(6, 18)]
    d = WIDTH
    rows = (
        ("transformer block", [_block(n) for n in lengths], BLUE, "-"),
        ("its comparisons alone", [2 * n * n * d for n in lengths], BLUE, ":"),
        ("LSTM layer", [8 * d * d * n for n in lengths], ORANGE, "-"),
        ("convolution, three steps wide", [3 * d * d * n for n in lengths], GREY, "-"),
        ("dense layer on all steps at once", [(n * d) ** 2 for n in lengths], GREY, "--"),
    )
    drawing, (axis,) = new(6.4, 3.8)
    for label, costs, colour, style in rows:
        axis.plot(lengths, costs, style, color=colour, label=label)
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    axis.set(
        xlabel="steps (tokens)", ylabel="multiply-adds", title=f"One layer, {d} numbers a step"
    )
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize=8)
    return drawing


@check(
    row="ATT-10",
    says="The cost of self-attention grows with the square of the number of tokens.",
    right="Its comparisons do. A block of width d costs 12 n d^2 + 2 n^2 d multiply-adds for n "
    "tokens, so that up to n = 6 d the part that grows in proportion is the greater.",
    source="arithmetic; the square alone is in Vaswani et al. (2017), arXiv:1706.03762, table 1",
    verdict="holds with limits",
    figure=_costs,
)
def cost() -> Iterator[Fact]:
    """Products counted by PyTorch in one block of GPT-2's smallest size."""
    n, d = WINDOW, WIDTH
    counted, square = _block(n), 2 * n * n * d
    share = square / counted
    excess = _block(2 * n) - 2 * counted
    yield text("what isn't proportional grows with the square", excess == 2 * square, f"{excess:,}")
    yield limit("at GPT-2's window that is the greater part", share > 0.5, f"{100 * share:.0f} %")
    yield right("12 n d^2 + 2 n^2 d", counted == 12 * n * d * d + square, f"{counted:,}")
    at = _block(6 * d)
    yield right("both parts equal at n = 6 d", at == 2 * (12 * 6 * d**3), f"{6 * d:,} tokens")
