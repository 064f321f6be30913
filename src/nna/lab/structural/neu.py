"""Structural claims about neurons, layers and activations.

Random numbers only stand for any numbers; where a network is made, nothing is trained.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from torch import Tensor


def _slope(function: Callable[[Tensor], Tensor], at: float) -> float:
    """The derivative of an activation at a point, by autograd."""
    import torch

    z = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    return float(torch.autograd.grad(function(z), z)[0])


@check(
    row="NEU-01",
    says="A neuron computes f(w.x + b): the weighted sum of its inputs and a bias, through an "
    "activation.",
    right="As said; a layer computes it for all its neurons at once, as one matrix product.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3",
    verdict="holds",
)
def neuron() -> Iterator[Fact]:
    """A layer against the sum written out, number by number."""
    import math

    import torch
    from torch import nn

    layer, x = nn.Linear(5, 3).double(), torch.randn(5).double()
    weight, bias = layer.weight.tolist(), layer.bias.tolist()
    sums = [
        sum(w * v for w, v in zip(weight[n], x.tolist(), strict=True)) + bias[n] for n in (0, 1, 2)
    ]
    off = max(
        abs(math.tanh(s) - y) for s, y in zip(sums, torch.tanh(layer(x)).tolist(), strict=True)
    )
    yield text("a layer gives the sums written out", off < 1e-12, f"they differ by {off:.0e}")


@check(
    row="NEU-02",
    says="Without a non-linearity between them, layers in a row compute no more than one layer.",
    right="They compute one affine map, whose rank is at most the width of the narrowest layer; so "
    "a stack can compute less than one layer, though gradient descent takes another path in it.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.1; Saxe, McClelland, "
    "Ganguli (2014), arXiv:1312.6120",
    verdict="holds",
)
def linear_stack() -> Iterator[Fact]:
    """Three layers, the middle one narrow, multiplied out."""
    import torch
    from torch import nn

    layers = (nn.Linear(*n).double().requires_grad_(False) for n in ((8, 6), (6, 2), (2, 7)))
    one, two, three = layers
    weight = three.weight @ two.weight @ one.weight
    bias = three.weight @ (two.weight @ one.bias + two.bias) + three.bias
    x = torch.randn(20, 8).double()
    off = float((three(two(one(x))) - (x @ weight.T + bias)).abs().max())
    rank = int(torch.linalg.matrix_rank(weight))
    origin = torch.zeros(1, 8).double()
    bent, straight = (
        net(x) + net(-x) - 2 * net(origin)  # zero for every affine map
        for net in (nn.Sequential(one, nn.ReLU(), two, three), nn.Sequential(one, two, three))
    )
    yield text("three layers equal one", off < 1e-10, f"they differ by {off:.0e}")
    yield right("its rank is that of the narrowest, 2 of 7", rank == 2, rank)
    yield right("with a ReLU between them it is no affine map", bool(bent.abs().max() > 0.01))
    yield right("without it is", bool(straight.abs().max() < 1e-10))


@check(
    row="NEU-03",
    says="A dense layer from n to m has m n + m parameters.",
    right="As said.",
    source="arithmetic",
    verdict="holds",
)
def dense_parameters() -> Iterator[Fact]:
    """Twenty shapes."""
    from torch import nn

    shapes = [(n * n + 1, 3 * n + 2) for n in range(20)]
    counts = [sum(p.numel() for p in nn.Linear(*s, device="meta").parameters()) for s in shapes]
    yield text("in twenty shapes", counts == [m * n + m for n, m in shapes])


@check(
    row="NEU-04",
    says="A multilayer perceptron for MNIST, 784-256-10, has 196,608 weights in its first layer "
    "and 2,560 in its second.",
    right="200,704 in the first, 256 x 784; 196,608 is 256 x 768, or a colour picture of 256 x "
    "256. The second is right. With biases there are 203,530 parameters.",
    source="arithmetic",
    verdict="fails",
)
def mnist_weights() -> Iterator[Fact]:
    """Count them in the architecture."""
    import torch

    from nna import contract, registry

    with torch.device("meta"):
        model = registry.build("mlp", features=784, hidden=(256,), classes=10)
    sizes = [p.numel() for p in model.parameters() if p.ndim == 2]
    total = contract.count_parameters(model)
    yield text("196,608 in the first", sizes[0] == 196_608, sizes[0])
    yield text("2,560 in the second", sizes[1] == 2_560, sizes[1])
    yield right("203,530 in all", total == 203_530, total)


@check(
    row="NEU-05",
    says="A colour picture of 256 x 256 is a row of 196,608 numbers; a thousand hidden units on it "
    "have about 197 million weights.",
    right="As said: 196,608,000, and 1,000 biases.",
    source="arithmetic",
    verdict="holds",
)
def picture_weights() -> Iterator[Fact]:
    """Count."""
    from torch import nn

    layer = nn.Linear(256 * 256 * 3, 1000, device="meta")
    yield text("196,608 numbers", layer.in_features == 196_608, layer.in_features)
    yield text("197 million", round(layer.weight.numel() / 1e6) == 197, layer.weight.numel())


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


@check(
    row="NEU-20",
    says="A problem that is not linear needs a hidden layer, and one hidden layer makes a network "
    "deep.",
    right="It needs a unit or features that are not monotone in a linear sum: one unit with a sine "
    "separates exclusive or, and so does one threshold on x1, x2 and x1 x2. Deep usually means two "
    "hidden layers or more.",
    source="Pao, Takefuji (1992), Computer 25, 76-79 (products as inputs); arithmetic",
    verdict="fails",
)
def without_hidden_layer() -> Iterator[Fact]:
    """Exclusive or by one unit, twice; and by no threshold on the inputs alone."""
    from math import pi, sin

    cases = list(product((0, 1), repeat=2))
    wave = [sin(pi * (a + b) - pi / 2) > 0 for a, b in cases]
    tensor = [a + b - 2 * a * b - 0.5 > 0 for a, b in cases]
    wanted = [a != b for a, b in cases]
    grid = [n / 4 for n in range(-8, 9)]
    lines = ([u * a + v * b + c > 0 for a, b in cases] for u, v, c in product(grid, repeat=3))
    yield text("one unit can't compute exclusive or", wave != wanted and tensor != wanted)
    yield right("a sine of a + b can", wave == wanted)
    yield right("a threshold on a, b and ab can", tensor == wanted)
    yield right("no threshold on a and b does", wanted not in lines)


@check(
    row="NEU-21",
    says="The output and the loss go in pairs: linear with squared error, sigmoid with binary "
    "cross-entropy, softmax with cross-entropy, and a sigmoid each where labels may be several.",
    right="As said: for each pair the gradient at the scores is output minus target.",
    source="Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.6 (canonical link "
    "functions)",
    verdict="holds",
)
def pairs() -> Iterator[Fact]:
    """Gradients by autograd against output minus target."""
    import torch
    from torch.nn import functional

    z = torch.randn(6, 4).double().requires_grad_()
    kind = torch.arange(6) % 4
    bits, values = torch.randn(6, 4).double().gt(0).double(), torch.randn(6, 4).double()
    found = {
        "linear and squared error": (((z - values) ** 2).sum() / 2, z - values),
        "softmax and cross-entropy": (
            functional.cross_entropy(z, kind, reduction="sum"),
            z.softmax(1) - functional.one_hot(kind, 4),
        ),
        "sigmoids and binary cross-entropy, one or several": (
            functional.binary_cross_entropy_with_logits(z, bits, reduction="sum"),
            z.sigmoid() - bits,
        ),
    }
    for pair, (loss, expected) in found.items():
        yield text(pair, torch.allclose(torch.autograd.grad(loss, z)[0], expected, atol=1e-12))


@check(
    row="NEU-24",
    says="No free lunch: over all problems alike, every way of learning is as good as any other on "
    "examples it has not seen.",
    right="So on average over all functions, each as likely as any other. Real problems are few of "
    "these and alike, which is why learning works and why one way can beat another.",
    source="Wolpert (1996), Neural Computation 8(7), doi:10.1162/neco.1996.8.7.1341",
    verdict="holds",
)
def no_free_lunch() -> Iterator[Fact]:
    """All 256 functions of three bits: learnt from five points, tested on the other three."""
    import warnings

    import numpy as np
    from sklearn.linear_model import Perceptron
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier

    points = np.array(list(product((0, 1), repeat=3)))
    seen, unseen = points[:5], points[5:]
    ways = {
        "nearest neighbour": KNeighborsClassifier(1),
        "perceptron": Perceptron(),
        "multilayer perceptron": MLPClassifier(4, solver="lbfgs", random_state=0, max_iter=50),
    }

    def answers(way: str, labels: tuple[int, ...]) -> np.ndarray:
        if len(set(labels)) == 1:
            return np.full(3, labels[0])
        if way == "majority":
            return np.full(3, int(sum(labels) > 2))
        return ways[way].fit(seen, labels).predict(unseen)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        learnt = {
            way: [answers(way, labels) for labels in product((0, 1), repeat=5)]
            for way in ("majority", *ways)
        }
    for way, given in learnt.items():
        hits = [np.mean(answer == rest) for answer in given for rest in product((0, 1), repeat=3)]
        yield text(f"{way}: half right", np.mean(hits) == 0.5, np.mean(hits))
    alike = [tuple(p[bit] ^ flip for p in points) for bit, flip in product(range(3), (0, 1))]
    hits = [np.mean(answers("perceptron", labels[:5]) == labels[5:]) for labels in alike]
    better = float(np.mean(hits))
    yield right("a perceptron is better where one bit decides", better > 0.5, f"{better:.2f}")
