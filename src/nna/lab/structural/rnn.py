"""Structural claims about recurrent networks. Random numbers only stand for any numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, right, text

if TYPE_CHECKING:
    from torch import Tensor, nn

INPUTS, WIDTH = 3, 8  # of the cells that are looked into


def _cell(forget: float = 0.0) -> nn.LSTMCell:
    """An LSTM's step in double precision, the bias of its forget gate given."""
    import torch
    from torch import nn

    cell = nn.LSTMCell(INPUTS, WIDTH).double()
    with torch.no_grad():
        cell.bias_ih[WIDTH : 2 * WIDTH] = forget
        cell.bias_hh[WIDTH : 2 * WIDTH] = 0.0
    return cell


def _sums(cell: nn.LSTMCell, x: Tensor, h: Tensor) -> tuple[Tensor, ...]:
    """What the gates to enter, to forget, the candidate and the gate to leave are made of."""
    made = x @ cell.weight_ih.T + cell.bias_ih + h @ cell.weight_hh.T + cell.bias_hh
    return made.chunk(4, dim=1)


def _kept(cell: nn.LSTMCell, steps: int = 100) -> tuple[Tensor, Tensor]:
    """By how much the last cell state follows the first, and the product of all forget gates."""
    import torch

    first = torch.zeros(1, WIDTH, dtype=torch.float64, requires_grad=True)
    h, c, product = torch.zeros_like(first), first, torch.ones_like(first)
    for x in torch.randn(steps, 1, INPUTS, dtype=torch.float64):
        product = product * _sums(cell, x, h)[1].sigmoid()
        h, c = cell(x, (h, c))
    (slope,) = torch.autograd.grad(c.sum(), first)
    return slope, product.detach()


@check(
    row="RNN-08",
    says="In an LSTM gradients pass through the cell without vanishing, since nothing is "
    "multiplied on the way.",
    right="The forget gates are: on the way through the cell the gradient is their product. Over "
    "a hundred steps it vanishes unless they stay near one, which is why their bias starts at one "
    "or more, and learning must keep them open.",
    source="Gers, Schmidhuber, Cummins (2000), doi:10.1162/089976600300015015; Jozefowicz, "
    "Zaremba, Sutskever (2015), PMLR 37",
    verdict="fails",
)
def cell_gradient() -> Iterator[Fact]:
    """The gradient over a hundred steps, by the bias of the forget gate."""
    import torch

    norms = {bias: float(_kept(_cell(bias))[0].norm()) for bias in (0.0, 1.0, 10.0)}
    shown = ", ".join(f"bias {bias:g}: {norm:.0e}" for bias, norm in norms.items())
    yield text("a hundred steps leave a hundredth of it at least", norms[0.0] > 1e-2, shown)
    alone = _cell(1.0)
    with torch.no_grad():
        alone.weight_hh.zero_()  # the way through the hidden state is cut: only the cell is left
    slope, product = _kept(alone)
    off = float(((slope - product).abs() / product).max())
    yield right("on the way through the cell it is the product", off < 1e-9, f"{off:.0e} off")
    yield right("gates held open keep it", 0.1 < norms[10.0] < 10, shown)


@check(
    row="RNN-09",
    says="An LSTM's cell is linked to itself by the input gate times the candidate.",
    right="By the forget gate: the new state is the old one times that gate, plus the input gate "
    "times the candidate, which is what enters.",
    source="Gers, Schmidhuber, Cummins (2000), doi:10.1162/089976600300015015",
    verdict="fails",
)
def self_link() -> Iterator[Fact]:
    """The derivative of the new cell state by the old one, beside both."""
    import torch

    cell = _cell()
    x, h = torch.randn(1, INPUTS).double(), torch.randn(1, WIDTH).double()
    c = torch.randn(1, WIDTH).double().requires_grad_()
    (slope,) = torch.autograd.grad(cell(x, (h, c))[1].sum(), c)
    enter, forget, candidate, _ = (part.detach() for part in _sums(cell, x, h))
    said = float((slope - enter.sigmoid() * candidate.tanh()).abs().max())
    off = float((slope - forget.sigmoid()).abs().max())
    yield text("the derivative is input gate times candidate", said < 1e-10, f"{said:.2g} off")
    yield right("it is the forget gate", off < 1e-12, f"{off:.0e} off")


@check(
    row="RNN-10",
    says="An LSTM has four gates.",
    right="Three gates, to enter, to forget and to leave, and a candidate, which is no gate: it is "
    "squashed to -1 and 1 and is what the first gate lets in. Four maps with weights, three gates.",
    source="Gers, Schmidhuber, Cummins (2000), doi:10.1162/089976600300015015; PyTorch "
    "documentation, torch.nn.LSTMCell",
    verdict="fails",
)
def three_gates() -> Iterator[Fact]:
    """The step written out with three gates and a candidate, and the range of the four."""
    import torch

    cell = _cell()
    x, h, c = (torch.randn(50, n).double() for n in (INPUTS, WIDTH, WIDTH))
    enter, forget, candidate, leave = (part.detach() for part in _sums(cell, x, h))
    state = forget.sigmoid() * c + enter.sigmoid() * candidate.tanh()
    ours, theirs = leave.sigmoid() * state.tanh(), cell(x, (h, c))[0]
    off = float((ours - theirs).detach().abs().max())
    least = float(candidate.tanh().min())
    yield text(
        "all four weigh by a number from 0 to 1", least >= 0, f"the third reaches {least:.2f}"
    )
    yield right("three gates and a candidate are the whole step", off < 1e-12, f"{off:.0e} off")
    weights = 4 * (WIDTH * (WIDTH + INPUTS) + 2 * WIDTH)
    count = sum(p.numel() for p in cell.parameters())
    yield right("four maps hold its parameters", count == weights, count)


@check(
    row="RNN-13",
    says="A GRU has 25 to 30 % fewer parameters than an LSTM of the same size.",
    right="Exactly 25 % fewer, whatever the sizes: three maps of the same shape in place of four.",
    source="Cho and others (2014), arXiv:1406.1078; PyTorch documentation, torch.nn.GRU",
    verdict="fails",
)
def gru_parameters() -> Iterator[Fact]:
    """The share saved, for sizes from one unit to a thousand."""
    import torch
    from torch import nn

    def saved(inputs: int, width: int) -> float:
        with torch.device("meta"):
            pair = nn.GRU(inputs, width), nn.LSTM(inputs, width)
        gru, lstm = (sum(p.numel() for p in layer.parameters()) for layer in pair)
        return 1 - gru / lstm

    shares = {saved(inputs, width) for inputs in (1, 100, 1000) for width in (1, 128, 1024)}
    yield text("up to 30 % are saved", max(shares) >= 0.3, sorted(shares))
    yield right("25 %, of all sizes", shares == {0.25}, sorted(shares))
