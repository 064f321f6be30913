"""Structural claims about hardware: what is computed, what is kept, and how it is divided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

# NVIDIA H100 SXM, from its data sheet: dense bfloat16 operations and bytes of memory a second
PEAK, BANDWIDTH = 989.4e12, 3.35e12
BYTES = 2  # of a number in bfloat16


def intensity(side: int, examples: int) -> float:
    """Operations for each byte moved by a dense layer of `side` inputs and outputs.

    Every weight, input and output is moved once, which is the least there can be.
    """
    operations = 2 * examples * side * side
    moved = BYTES * (side * side + 2 * examples * side)
    return operations / moved


def _intensities() -> Figure:
    """Operations a byte by the number of examples, and what a machine can do with them."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new

    examples = [2**power for power in range(13)]
    drawing, (left, right_) = new(9, 3.5, 2)
    for side, colour in ((256, GREY), (1024, ORANGE), (4096, BLUE)):
        counts = [intensity(side, m) for m in examples]
        reached = [min(PEAK, BANDWIDTH * count) / 1e12 for count in counts]
        left.plot(examples, counts, "-o", color=colour, markersize=3, label=f"{side} units")
        right_.plot(examples, reached, "-o", color=colour, markersize=3)
    left.axhline(PEAK / BANDWIDTH, color=GREY, linestyle=":", label="what the machine needs")
    for axis in (left, right_):
        axis.set_xscale("log", base=2)
        axis.set_yscale("log")
        axis.grid(alpha=0.3)
        axis.set(xlabel="examples at once")
    left.set(ylabel="operations a byte", title="One dense layer, bfloat16")
    right_.set(ylabel="10^12 operations a second, at most", title="On an H100")
    left.legend(frameon=False, fontsize=8)
    return drawing


@check(
    row="HW-12",
    says="Networks run fast on wide parallel processors, because their work is products of "
    "matrices.",
    right="For many examples at once. For one, each weight is fetched for a single product and a "
    "sum: an operation a byte in bfloat16, where an H100 needs 295 to be busy. Then the speed of "
    "the memory decides.",
    source="arithmetic; the bound is that of Williams, Waterman, Patterson (2009), Roofline, "
    "doi:10.1145/1498765.1498785; peaks from NVIDIA's data sheet (H100 SXM)",
    verdict="holds with limits",
    figure=_intensities,
)
def operations_a_byte() -> Iterator[Fact]:
    """A layer of 4,096 units; operations counted by PyTorch."""
    import torch
    from torch.nn import functional
    from torch.utils.flop_counter import FlopCounterMode

    side, needed = 4096, PEAK / BANDWIDTH
    many, one = intensity(side, 512), intensity(side, 1)
    with FlopCounterMode(display=False) as counter:
        x = torch.empty(512, side, device="meta")
        functional.linear(x, torch.empty(side, side, device="meta"))
    counted = counter.get_total_flops() == 2 * 512 * side * side
    yield text("512 examples keep it busy", many > needed, f"{many:.0f} operations a byte")
    yield limit("and so does one", one > needed, f"{one:.2f}")
    yield right("the operations are those that are counted", counted)
    yield right("it needs 295 operations a byte", round(needed) == 295, f"{needed:.1f}")


def _gradient(model: nn.Module, x: Tensor, y: Tensor) -> Tensor:
    """The gradient of the mean squared error by all parameters, as one row."""
    import torch

    loss = (model(x) - y).square().mean()
    found = torch.autograd.grad(loss, list(model.parameters()))
    return torch.cat([part.flatten() for part in found])


@check(
    row="HW-14",
    says="Processes that each take a part of the batch and average their gradients get the "
    "gradient of the whole batch.",
    right="With parts of equal size, and if no example's answer depends on the others: batch "
    "normalisation must take its means over all processes.",
    source="arithmetic",
    verdict="holds with limits",
)
def data_parallel() -> Iterator[Fact]:
    """Four parts of sixteen examples; unequal parts; with batch normalisation."""
    import torch
    from torch import nn

    def net(*between: nn.Module) -> nn.Sequential:
        return nn.Sequential(nn.Linear(6, 8), *between, nn.Tanh(), nn.Linear(8, 2)).double()

    x, y = torch.randn(16, 6).double(), torch.randn(16, 2).double()

    def same(model: nn.Module, sizes: list[int]) -> bool:
        parts = zip(x.split(sizes), y.split(sizes), strict=True)
        mean = torch.stack([_gradient(model, *part) for part in parts]).mean(0)
        return torch.allclose(mean, _gradient(model, x, y))

    plain, normed = net(), net(nn.BatchNorm1d(8))
    yield text("four equal parts", same(plain, [4] * 4))
    yield limit("unequal parts", same(plain, [2, 4, 4, 6]))
    yield limit("batch normalisation by parts", same(normed, [4] * 4))


@check(
    row="HW-15",
    says="A layer can be divided between processors: the first matrix of a perceptron by columns, "
    "the second by rows, and one sum gives the whole.",
    right="As said; a function that bends each number by itself needs no exchange in between.",
    source="arithmetic; Shoeybi et al. (2019), arXiv:1909.08053",
    verdict="holds",
)
def tensor_parallel() -> Iterator[Fact]:
    """A perceptron of 32 hidden units on four processors."""
    import torch
    from torch.nn import functional

    x, up, down = (torch.randn(*size).double() for size in ((5, 8), (32, 8), (3, 32)))
    whole = functional.gelu(x @ up.T) @ down.T
    parts = zip(up.chunk(4), down.chunk(4, dim=1), strict=True)
    summed = torch.stack([functional.gelu(x @ u.T) @ d.T for u, d in parts]).sum(0)
    by_rows = zip(x.chunk(4, dim=1), up.chunk(4, dim=1), strict=True)
    bent_first = torch.stack([functional.gelu(part @ u.T) for part, u in by_rows]).sum(0)
    yield text("the sum of four parts is the whole", torch.allclose(summed, whole))
    between = torch.allclose(bent_first @ down.T, whole)
    yield right("divided the other way round, the bend would need the sum first", not between)


def idle(stages: int, parts: int) -> float:
    """Share of its time that a stage of a pipeline waits, forwards, for a batch in `parts`."""
    free = [0] * stages  # when each stage has done what it was given
    for _ in range(parts):
        ready = 0  # when this part leaves the stage before
        for stage in range(stages):
            free[stage] = ready = max(ready, free[stage]) + 1
    return 1 - parts / free[-1]


@check(
    row="HW-16",
    says="A network cut into p stages wastes (p - 1) / (m + p - 1) of the time if the batch goes "
    "through in m parts.",
    right="As said, where all stages take equally long; four times as many parts as stages still "
    "waste about a fifth.",
    source="Huang et al. (2019), arXiv:1811.06965; simulated here",
    verdict="holds",
)
def pipeline() -> Iterator[Fact]:
    """A simulated schedule, for all of up to eight stages and 32 parts."""
    pairs = [(p, m) for p in range(1, 9) for m in range(1, 33)]
    off = max(abs(idle(p, m) - (p - 1) / (m + p - 1)) for p, m in pairs)
    share = idle(8, 32)
    yield text("the schedule wastes this share", off < 1e-12, f"{len(pairs)} cases")
    yield right("8 stages, 32 parts", abs(share - 7 / 39) < 1e-12, f"{100 * share:.0f} %")


@check(
    row="HW-17",
    says="Training with Adam in mixed precision takes 16 bytes a parameter.",
    right="Of weights, gradients and Adam's state: 2 and 2 in 16 bits, 4 each for a copy of the "
    "weights and two averages in 32. What is kept for the backward pass comes on top, and grows "
    "with the batch.",
    source="Rajbhandari, Rasley, Ruwase, He (2020), ZeRO, arXiv:1910.02054",
    verdict="holds with limits",
)
def memory() -> Iterator[Fact]:
    """Bytes of the tensors that a step of PyTorch's Adam leaves behind, and of those between."""
    import torch
    from torch import nn

    model = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256)).bfloat16()
    copies = [p.detach().float().requires_grad_() for p in model.parameters()]
    adam = torch.optim.Adam(copies)
    model(torch.randn(4, 256).bfloat16()).square().mean().backward()
    for copy, p in zip(copies, model.parameters(), strict=True):
        assert p.grad is not None
        copy.grad = p.grad.float()
    adam.step()
    averages = [s[key] for s in adam.state.values() for key in ("exp_avg", "exp_avg_sq")]
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    kept = [*model.parameters(), *gradients, *copies, *averages]
    each = sum(t.nbytes for t in kept) / sum(p.numel() for p in model.parameters())

    def between(examples: int) -> int:
        sizes: list[int] = []
        own = {p.data_ptr() for p in model.parameters()}

        def pack(t: Tensor) -> Tensor:
            sizes.append(0 if t.data_ptr() in own else t.nbytes)
            return t

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
            model(torch.randn(examples, 256).bfloat16())
        return sum(sizes)

    one, many = between(1), between(64)
    yield text("2 + 2 + 4 + 4 + 4 bytes", each == 16, f"{each:g}")
    yield limit("nothing else is kept", one == 0, f"{one:,} bytes for one example")
    yield right("that grows with the batch", many == 64 * one, f"{many:,} for 64")
