"""Claims about neurons, layers of them, and what a table of truth asks of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from nna.lab.check import Fact, check, right, text

if TYPE_CHECKING:
    import numpy as np


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
