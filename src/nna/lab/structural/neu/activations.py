"""Claims about activations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def _slope(function: Callable[[Tensor], Tensor], at: float) -> float:
    """The derivative of an activation at a point, by autograd."""
    import torch

    z = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return float(torch.autograd.grad(function(z), z)[0])


@check(
    row="NEU-06",
    says="The sigmoid maps to (0, 1) and the hyperbolic tangent to (-1, 1).",
    right="As said, in exact arithmetic; in single precision both reach their ends. They are one "
    "curve: tanh z = 2 s(2z) - 1. The slopes are s(1 - s), at most 1/4, and 1 - tanh^2, at most 1.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3.2",
    verdict="holds with limits",
)
def squashing() -> Iterator[Fact]:
    """On a fine grid."""
    import torch

    z = torch.linspace(-15, 15, 10_001, dtype=torch.float64, requires_grad=True)
    s, t = torch.sigmoid(z), torch.tanh(z)
    ds, dt = (torch.autograd.grad(y.sum(), z, retain_graph=True)[0] for y in (s, t))
    far = torch.tensor(20.0)
    inside = bool(((s > 0) & (s < 1)).all() and (t.abs() < 1).all())
    ends = float(torch.sigmoid(far)) < 1 and float(torch.tanh(far)) < 1
    yield text("inside their bounds from -15 to 15", inside)
    yield limit("in single precision at 20 too", ends, [float(torch.tanh(far))])
    yield right("tanh z = 2 s(2z) - 1", torch.allclose(t, 2 * torch.sigmoid(2 * z) - 1, atol=1e-15))
    yield right(
        "s' = s(1 - s), at most 1/4", torch.allclose(ds, s * (1 - s)) and float(ds.max()) == 0.25
    )
    yield right(
        "tanh' = 1 - tanh^2, at most 1", torch.allclose(dt, 1 - t * t) and float(dt.max()) == 1
    )


@check(
    row="NEU-07",
    says="Sigmoid and tanh saturate: far from zero their gradient all but vanishes.",
    right="As said: at 10 it is 4.5e-5 and 8.2e-9, and that of ReLU is 1.",
    source="Glorot, Bengio (2010), AISTATS, PMLR 9:249; Goodfellow, Bengio, Courville (2016), "
    "Deep Learning, section 6.3.2",
    verdict="holds",
)
def saturation() -> Iterator[Fact]:
    """The slopes at 10."""
    import torch

    s, t, r = (_slope(f, 10.0) for f in (torch.sigmoid, torch.tanh, torch.relu))
    yield text("sigmoid's slope is below 1e-4", s < 1e-4, f"{s:.2g}")
    yield text("tanh's slope is below 1e-8", t < 1e-8, f"{t:.2g}")
    yield right("ReLU's slope is 1", r == 1, r)


@check(
    row="NEU-09",
    says="ReLU's gradient is 0 or 1, and half of the units are silent.",
    right="Half are silent where pre-activations are symmetric about zero, as at initialisation "
    "with zero biases; a bias, or training, changes the share. At zero itself there is no "
    "gradient; libraries take 0.",
    source="Glorot, Bordes, Bengio (2011), AISTATS, PMLR 15:315",
    verdict="holds with limits",
)
def silent_half() -> Iterator[Fact]:
    """A layer of random weights on random inputs, then with a bias."""
    import torch

    z = torch.randn(1000, 100) @ torch.randn(100, 500)
    silent, biased = (float((v <= 0).float().mean()) for v in (z, z + z.std()))
    slopes = {_slope(torch.relu, at) for at in (-3.0, -1e-9, 0.0, 1e-9, 3.0)}
    yield text("the slope is 0 or 1", slopes == {0.0, 1.0}, sorted(slopes))
    yield text("half are silent at the start", abs(silent - 0.5) < 0.01, f"{silent:.3f}")
    yield limit("half are silent whatever the bias", abs(biased - 0.5) < 0.01, f"{biased:.3f}")
    yield right("one standard deviation of bias leaves 16 %", abs(biased - 0.159) < 0.01)


@check(
    row="NEU-11",
    says="Leaky ReLU is max(a z, z); the parametric one learns a.",
    right="So for a of at most 1; for a greater one the maximum picks the wrong side. The gradient "
    "with respect to a is the sum of min(z, 0).",
    source="He, Zhang, Ren, Sun (2015), arXiv:1502.01852, section 2.1",
    verdict="holds with limits",
)
def leaky() -> Iterator[Fact]:
    """Against PyTorch's."""
    import torch
    from torch.nn import functional

    z = torch.randn(1000).double()
    same = [
        torch.equal(torch.maximum(a * z, z), functional.leaky_relu(z, a)) for a in (0.01, 0.3, 2)
    ]
    a = torch.tensor([0.25], dtype=torch.float64, requires_grad=True)
    learnt = torch.autograd.grad(functional.prelu(z, a).sum(), a)[0]
    yield text("for a = 0.01 and 0.3", all(same[:2]))
    yield limit("for a = 2", same[2])
    yield right("d/da is the sum of min(z, 0)", torch.allclose(learnt, z.clamp(max=0).sum()))


@check(
    row="NEU-12",
    says="ELU saturates at alpha for negative inputs.",
    right="It tends to minus alpha.",
    source="Clevert, Unterthiner, Hochreiter (2016), arXiv:1511.07289",
    verdict="fails",
)
def elu_floor() -> Iterator[Fact]:
    """Its value at -40."""
    import torch
    from torch.nn import functional

    low = [float(functional.elu(torch.tensor(-40.0).double(), a)) for a in (1.0, 0.5)]
    yield text("tends to alpha", abs(low[0] - 1) < 1e-8, low)
    yield right("tends to minus alpha", abs(low[0] + 1) < 1e-8 and abs(low[1] + 0.5) < 1e-8, low)


@check(
    row="NEU-14",
    says="Swish is linear near zero and saturates for large inputs, positive and negative.",
    right="Only for negative ones: z s(z) grows without bound, like z itself, and tends to zero "
    "for very negative z. It falls first and then rises, with its minimum of -0.278 at -1.278; its "
    "slope at zero is 1/2.",
    source="Ramachandran, Zoph, Le (2017), arXiv:1710.05941",
    verdict="fails",
)
def swish() -> Iterator[Fact]:
    """Slopes far out, and the minimum on a fine grid."""
    import torch
    from torch.nn import functional

    z = torch.linspace(-5, 0, 500_001, dtype=torch.float64)
    y = functional.silu(z)
    lowest, at = float(y.min()), float(z[y.argmin()])
    up, down, middle = (_slope(functional.silu, at) for at in (30.0, -30.0, 0.0))
    yield text("saturates for negative inputs", abs(down) < 1e-9, f"slope {down:.0e} at -30")
    yield text("saturates for positive inputs", abs(up) < 1e-9, f"slope {up:.3f} at 30")
    yield right("its slope tends to 1", abs(up - 1) < 1e-9)
    yield right("1/2 at zero", middle == 0.5)
    yield right(
        "minimum -0.27846 at -1.27846", round(lowest, 5) == -0.27846 and round(at, 4) == -1.2785
    )


@check(
    row="NEU-17",
    says="Swish and ELU cost more to compute than ReLU.",
    right="Each takes an exponential, and ReLU only a comparison. How much that costs depends on "
    "the machine: where memory is the bottleneck, or kernels are fused, it may be nothing.",
    source="counted, in PyTorch's own decomposition into elementary operations",
    verdict="holds",
)
def activation_cost() -> Iterator[Fact]:
    """Elementary operations each decomposes into."""
    import torch
    from torch._decomp import decomposition_table
    from torch.fx.experimental.proxy_tensor import make_fx
    from torch.nn import functional

    trace = partial(make_fx, decomposition_table=decomposition_table)

    def operations(function: Callable[[Tensor], Tensor]) -> list[str]:
        graph = trace(lambda z: function(z))(torch.randn(4)).graph
        return [
            str(node.target).split(".")[1] for node in graph.nodes if node.op == "call_function"
        ]

    relu, swish, elu = (operations(f) for f in (functional.relu, functional.silu, functional.elu))
    waves = [any(name in ("exp", "expm1", "sigmoid") for name in ops) for ops in (relu, swish, elu)]
    yield text("more operations", len(relu) < min(len(swish), len(elu)), [relu, swish, elu])
    yield right("an exponential in Swish and ELU alone", waves == [False, True, True])


@check(
    row="NEU-18",
    says="Softmax gives positive numbers that sum to one, and adding a constant to all its inputs "
    "changes nothing.",
    right="As said; of two classes it is the sigmoid of the difference of the scores.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, sections 4.1 and 6.2.2.3",
    verdict="holds",
)
def softmax() -> Iterator[Fact]:
    """On random scores."""
    import torch

    z = 5 * torch.randn(50, 7).double()
    p, moved = z.softmax(1), (z + 100).softmax(1)
    two = z[:, :2].softmax(1)[:, 0]
    yield text(
        "positive, summing to one", bool((p > 0).all()) and torch.allclose(p.sum(1), p.new_ones(50))
    )
    yield text("the same after adding 100", torch.allclose(p, moved))
    yield right("sigmoid of the difference", torch.allclose(two, torch.sigmoid(z[:, 0] - z[:, 1])))
