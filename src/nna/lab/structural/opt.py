"""Structural claims about back-propagation, gradient descent and optimisers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor


def _path(make: Callable[..., Any], steps: int, l2: float = 0.0, **settings: Any) -> list[Tensor]:
    """The weights after each step of an optimiser on a fixed, bent bowl."""
    import torch

    curve = torch.tensor([1.0, 10.0, 0.1], dtype=torch.float64)
    weights = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
    optimiser, path = make([weights], **settings), []
    for _ in range(steps):
        optimiser.zero_grad()
        (
            (curve * weights**2).sum() / 2 + weights.cos().sum() + l2 * (weights**2).sum() / 2
        ).backward()
        optimiser.step()
        path.append(weights.detach().clone())
    return path


@check(
    row="OPT-01",
    says="Back-propagation gives the exact gradient, by the chain rule.",
    right="As said, up to rounding; where a function has a kink, a subgradient is taken.",
    source="Rumelhart, Hinton, Williams (1986), doi:10.1038/323533a0; Griewank, Walther (2008), "
    "Evaluating Derivatives, chapter 3",
    verdict="holds",
)
def exact_gradient() -> Iterator[Fact]:
    """Autograd against central differences, and against the chain rule written out in NumPy."""
    import numpy as np
    import torch
    from torch import nn

    networks = {
        "two dense layers": (nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2)), (3, 4)),
        "a convolution": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Flatten()), (2, 1, 5, 5)),
        "a recurrence": (nn.RNN(3, 4, batch_first=True), (2, 6, 3)),
    }
    for name, (network, size) in networks.items():
        network.double()
        x = torch.randn(size).double().requires_grad_()
        names = [key for key, _ in network.named_parameters()]

        def run(x: Tensor, *values: Tensor, network: Any = network, names: Any = names) -> Tensor:
            out = torch.func.functional_call(network, dict(zip(names, values, strict=True)), x)
            return out if isinstance(out, torch.Tensor) else out[0]

        exact = torch.autograd.gradcheck(run, (x, *network.parameters()), raise_exception=False)
        yield text(f"{name}: equals central differences", exact)
    network, size = networks["two dense layers"]
    x = torch.randn(size).double()
    network(x).pow(2).sum().backward()
    one, two = network[0], network[2]
    w1, b1, w2, b2 = (p.detach().numpy() for p in (one.weight, one.bias, two.weight, two.bias))
    h = np.tanh(x.numpy() @ w1.T + b1)
    error = 2 * (h @ w2.T + b2)
    back = error @ w2 * (1 - h**2)
    off = np.abs(back.T @ x.numpy() - one.weight.grad.numpy()).max()
    yield right("equals the chain rule written out", off < 1e-12, f"they differ by {off:.0e}")


@check(
    row="OPT-03",
    says="Back-propagation avoids the exponential cost of finite differences.",
    right="Finite differences cost one forward pass a parameter and one more: N times as much, not "
    "exponentially. Exponential would be the sum over all paths through the network, which the "
    "chain rule shares.",
    source="Griewank, Walther (2008), Evaluating Derivatives",
    verdict="fails",
)
def differences_cost() -> Iterator[Fact]:
    """Count forward passes for gradients of growing length, and paths through growing depth."""
    import numpy as np

    def passes(n: int) -> int:
        count = 0

        def loss(w: np.ndarray) -> float:
            nonlocal count
            count += 1
            return float((w**2).sum())

        at, base = np.ones(n), loss(np.ones(n))
        for place in range(n):
            at[place] += 1e-6
            _ = (loss(at) - base) / 1e-6
            at[place] -= 1e-6
        return count

    counts = {n: passes(n) for n in (100, 200, 1_000, 10_000)}
    layer = np.ones((10, 10))
    paths = [int(np.linalg.matrix_power(layer, depth).sum()) for depth in (2, 4, 8)]
    squared = counts[200] >= (counts[100] - 1) ** 2
    yield text("twice the parameters square the number of passes", squared, counts)
    yield right("N + 1 passes", counts == {n: n + 1 for n in counts}, counts)
    yield right(
        "twice the layers square the number of paths",
        paths[2] * 10 == paths[1] ** 2 and paths[1] * 10 == paths[0] ** 2,
        paths,
    )


@check(
    row="OPT-04",
    says="The gradient points uphill most steeply; a small step against it lowers the loss.",
    right="As said: by r |g|^2 to first order, where r is the rate. Steepest is meant for steps of "
    "equal Euclidean length.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 4.3",
    verdict="holds",
)
def steepest() -> Iterator[Fact]:
    """The fall along the gradient, against the first order and a thousand other directions."""
    import torch
    from torch import nn

    network = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    x, y = torch.randn(30, 4).double(), torch.randn(30, 1).double()
    start = nn.utils.parameters_to_vector(network.parameters()).detach()

    def loss(vector: Tensor) -> float:
        nn.utils.vector_to_parameters(vector, network.parameters())
        with torch.no_grad():
            return float(((network(x) - y) ** 2).mean())

    ((network(x) - y) ** 2).mean().backward()
    gradient = torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None])
    before, rate, length = loss(start), 1e-5, float(gradient.norm())
    fall = before - loss(start - rate * gradient)
    others = torch.randn(1000, len(start)).double()
    others = rate * length * others / others.norm(dim=1, keepdim=True)
    best = max(before - loss(start + step) for step in others)
    yield text("the loss falls", fall > 0)
    yield text("no other direction falls as much", best < fall, f"{best / fall:.2f} of it at best")
    yield right("by r |g|^2 within 1 %", abs(fall / (rate * length**2) - 1) < 0.01)


@check(
    row="OPT-09",
    says="AdaGrad divides by the root of the sum of squared gradients, RMSProp by that of a moving "
    "average; Adam adds a moving average of the gradient, and corrects both averages' start.",
    right="As said. Libraries add their small constant after the root.",
    source="Duchi, Hazan, Singer (2011), JMLR 12:2121; Tieleman, Hinton (2012), lecture 6.5; "
    "Kingma, Ba (2015), arXiv:1412.6980, algorithm 1",
    verdict="holds",
)
def adaptive() -> Iterator[Fact]:
    """A hundred steps of each by its equations, against PyTorch's."""
    import torch

    eps = 1e-8

    class ByEquation:
        """A step from the gradient, its memory and the number of steps."""

        def __init__(self, weights: list[Tensor], kind: str) -> None:
            self.weight, self.kind, self.t = weights[0], kind, 0
            self.mean = self.square = torch.zeros_like(self.weight)

        def zero_grad(self) -> None:
            self.weight.grad = None

        @torch.no_grad()
        def step(self) -> None:
            gradient = self.weight.grad
            assert gradient is not None
            self.t += 1
            if self.kind == "adagrad":
                self.square = self.square + gradient**2
                change = 1e-2 * gradient / (self.square.sqrt() + 1e-10)
            elif self.kind == "rmsprop":
                self.square = 0.99 * self.square + 0.01 * gradient**2
                change = 1e-2 * gradient / (self.square.sqrt() + eps)
            else:
                self.mean = 0.9 * self.mean + 0.1 * gradient
                self.square = 0.999 * self.square + 0.001 * gradient**2
                mean, square = self.mean / (1 - 0.9**self.t), self.square / (1 - 0.999**self.t)
                change = 1e-3 * mean / (square.sqrt() + eps)
            self.weight -= change

    kinds = {
        "adagrad": torch.optim.Adagrad,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
    }
    for kind, theirs in kinds.items():
        ours = torch.stack(_path(ByEquation, 100, kind=kind))
        off = float((ours - torch.stack(_path(theirs, 100))).abs().max())
        yield text(f"{kind}: 100 steps the same", off < 1e-10, f"they differ by {off:.0e}")


@check(
    row="OPT-12",
    says="L2 regularisation is weight decay.",
    right="For plain gradient descent, up to a factor of the rate. An adaptive method divides the "
    "penalty's gradient by its own scale too, and decays weights of large gradients less; AdamW "
    "keeps the two apart.",
    source="Loshchilov, Hutter (2019), arXiv:1711.05101, propositions 1 and 2",
    verdict="holds with limits",
)
def decay() -> Iterator[Fact]:
    """Paths with a penalty in the loss, and with shrinking weights."""
    import torch

    def apart(one: list[Tensor], other: list[Tensor]) -> float:
        return float((torch.stack(one) - torch.stack(other)).abs().max())

    penalised = _path(torch.optim.SGD, 50, l2=0.1, lr=0.01)
    shrunk = _path(torch.optim.SGD, 50, lr=0.01, weight_decay=0.1)
    adam = _path(torch.optim.Adam, 50, l2=0.1, lr=0.01)
    adamw = _path(torch.optim.AdamW, 50, lr=0.01, weight_decay=0.1)
    plain, adaptive_ = apart(penalised, shrunk), apart(adam, adamw)
    yield text("the same path for gradient descent", plain < 1e-12, f"{plain:.0e} apart")
    yield limit("the same for Adam", adaptive_ < 1e-6, f"{adaptive_:.2g} apart")
