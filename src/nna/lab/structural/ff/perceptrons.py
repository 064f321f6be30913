"""Claims about perceptrons and what networks of one hidden layer can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, right, text

if TYPE_CHECKING:
    import numpy as np


def _perceptron(x: Any, y: np.ndarray, epochs: int) -> tuple[np.ndarray, int]:
    """Weights, bias last, and mistakes of Rosenblatt's rule, w += y x on a mistake; y is +-1."""
    import numpy as np

    x = np.hstack([x, np.ones((len(x), 1))])
    w, mistakes = np.zeros(x.shape[1]), 0
    for _ in range(epochs):
        before = mistakes
        for row, label in zip(x, y, strict=True):
            if label * (w @ row) <= 0:
                w, mistakes = w + label * row, mistakes + 1
        if mistakes == before:
            break
    return w, mistakes


@check(
    row="FF-01",
    says="The perceptron's update w = w + r (y - answer) x, with labels of +-1, moves the weights "
    "on mistakes only.",
    right="As said; on a mistake the step is 2 r y x.",
    source="Rosenblatt (1958), doi:10.1037/h0042519; scikit-learn's Perceptron takes r = 1/2 for "
    "the same steps",
    verdict="holds",
)
def moves_on_mistakes() -> Iterator[Fact]:
    """The same weights as scikit-learn's after five passes over iris."""
    import warnings

    import numpy as np
    from sklearn.datasets import load_iris
    from sklearn.linear_model import Perceptron

    data: Any = load_iris()
    x, kinds = data.data, data.target
    y = np.where(kinds == 1, 1, -1)
    w, moved = np.zeros(5), 0
    for row, label in list(zip(np.hstack([x, np.ones((150, 1))]), y, strict=True)) * 5:
        answer = 1 if w @ row > 0 else -1
        step = 0.5 * (label - answer) * row
        moved += bool(step.any()) != (answer != label)
        w = w + step
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        unit: Any = Perceptron
        other = unit(eta0=1.0, shuffle=False, max_iter=5, tol=None).fit(x, y)
    theirs = np.append(other.coef_[0], other.intercept_)
    yield text("no step without a mistake, none missing on one", moved == 0)
    yield text("scikit-learn ends at the same weights", np.allclose(w, theirs), theirs.round(1))


@check(
    row="FF-02",
    says="Where a line separates the classes, the perceptron finds one after finitely many steps.",
    right="After at most (R / g)^2 of them, R being the longest example and g the margin.",
    source="Novikoff (1962), On Convergence Proofs for Perceptrons; Block (1962), "
    "doi:10.1103/RevModPhys.34.123",
    verdict="holds",
)
def mistake_bound() -> Iterator[Fact]:
    """Two hundred separable sets; the margin is found by a support vector machine."""
    import numpy as np
    from sklearn.svm import SVC

    draw, over, wrong = np.random.default_rng(0), 0, 0
    for _ in range(200):
        x = draw.normal(size=(20, 2))
        y = np.where(x @ draw.normal(size=2) + 0.3 * draw.normal() > 0, 1, -1)
        if abs(y.sum()) == len(y):
            continue
        w, mistakes = _perceptron(x, y, 100_000)
        one = np.hstack([x, np.ones((20, 1))])
        wrong += (y * (one @ w) <= 0).any()
        # any margin gives a bound; the widest with its bias as a weight is at least this one
        machine = SVC(kernel="linear", C=1e8).fit(x, y)
        through = np.append(machine.coef_[0], machine.intercept_)
        margin = (y * (one @ through)).min() / np.linalg.norm(through)
        over += mistakes > (np.linalg.norm(one, axis=1).max() / margin) ** 2
    yield text("all separated in the end", wrong == 0, f"{wrong} of 200 not")
    yield right("never more than (R / g)^2 mistakes", over == 0, f"{over} of 200 more")


@check(
    row="FF-05",
    says="A perceptron's boundary is a hyperplane, and its answers are yes or no.",
    right="As said; how far from the boundary an example lies is no probability.",
    source="Rosenblatt (1958), doi:10.1037/h0042519; Bishop (2006), section 4.1.7",
    verdict="holds",
)
def hyperplane() -> Iterator[Fact]:
    """Points on the line through two of one answer; answers of the architecture."""
    import torch

    from nna import registry

    model = registry.build("perceptron", features=3, classes=2)
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_()
        x = torch.randn(2000, 3)
        side = model(x).argmax(1)
        between = torch.lerp(x[:1000], x[1000:], torch.rand(1000, 1))
        alike = side[:1000] == side[1000:]
        inside = model(between).argmax(1)[alike] == side[:1000][alike]
    yield text("between two of one answer lies the same answer", bool(inside.all()))
    yield text("two answers", set(side.tolist()) == {0, 1})


@check(
    row="FF-06",
    says="The size of the margin tells how far data are from being separable.",
    right="Data that no line separates have no positive margin at all. What tells is the number of "
    "mistakes: it stops growing where a line exists, and never does else.",
    source="Freund, Schapire (1999), doi:10.1023/A:1007662407062",
    verdict="fails",
)
def no_margin() -> Iterator[Fact]:
    """Exclusive or: a linear programme for a margin, and mistakes as passes go by."""
    import numpy as np
    from scipy.optimize import linprog

    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([-1, 1, 1, -1])

    def separable(labels: np.ndarray) -> bool:
        sides = -labels[:, None] * np.hstack([x, np.ones((4, 1))])
        return linprog(np.zeros(3), A_ub=sides, b_ub=-np.ones(4), bounds=(None, None)).success

    counts = [_perceptron(x, y, epochs)[1] for epochs in (10, 100, 1000)]
    either = np.array([-1, 1, 1, 1])
    stopped = [_perceptron(x, either, epochs)[1] for epochs in (10, 100, 1000)]
    yield text("exclusive or has a margin", separable(y))
    yield right("or has one", separable(either))
    yield right("mistakes on exclusive or go on", counts[0] < counts[1] < counts[2], counts)
    yield right("on or they stop", stopped[1] == stopped[2], stopped)


@check(
    row="FF-07",
    says="A perceptron tells two classes apart; more of them take an extension.",
    right="One perceptron a class, each against the rest, is enough for 90 % of the digits.",
    source="Duda, Hart, Stork (2001), Pattern Classification, chapter 5",
    verdict="holds",
)
def several_classes() -> Iterator[Fact]:
    """Ten perceptrons on digits."""
    import numpy as np
    from sklearn.datasets import load_digits

    data: Any = load_digits()
    order = np.random.default_rng(0).permutation(1797)
    x, y = data.data[order] / 16, data.target[order]
    units = np.stack(
        [_perceptron(x[:1437], np.where(y[:1437] == k, 1, -1), 20)[0] for k in range(10)]
    )
    scores = np.hstack([x[1437:], np.ones((360, 1))]) @ units.T
    one = len(set((scores[:, 0] > 0).tolist()))
    hit = float((scores.argmax(1) == y[1437:]).mean())
    yield text("one unit gives two answers", one == 2)
    yield right("ten units reach 90 % on a fifth they haven't seen", hit > 0.9, f"{hit:.3f}")


@check(
    row="FF-10",
    says="A network with one hidden layer of any non-linear activation approximates every "
    "continuous function.",
    right="Of any that is no polynomial. Squares give only polynomials of degree two, however many "
    "units there are.",
    source="Leshno, Lin, Pinkus, Schocken (1993), doi:10.1016/S0893-6080(05)80131-5",
    verdict="fails",
)
def not_polynomial() -> Iterator[Fact]:
    """The best output layer over random units, for sin(4 pi x), as units are added."""
    import numpy as np

    x = np.linspace(-1, 1, 400)
    target = np.sin(4 * np.pi * x)

    def errors(bend: np.ufunc) -> list[float]:
        found = []
        for width in (10, 40, 160):
            draw = np.random.default_rng(0)
            hidden = bend(np.outer(x, draw.normal(size=width) * 8) + draw.normal(size=width) * 8)
            hidden = np.hstack([hidden, np.ones((400, 1))])
            fit = hidden @ np.linalg.lstsq(hidden, target, rcond=1e-10)[0]
            found.append(float(((fit - target) ** 2).mean()))
        return found

    square, tanh = errors(np.square), errors(np.tanh)
    shown = [f"{e:.2g}" for e in square], [f"{e:.2g}" for e in tanh]
    yield text("squares: the error falls as units are added", square[2] < square[0] / 10, shown[0])
    yield right("tanh: it falls a hundredfold", tanh[2] < tanh[0] / 100, shown[1])


@check(
    row="FF-11",
    says="The multilayer perceptron was the first universal approximator.",
    right="Polynomials are one (Weierstrass 1885), Fourier sums another (Fejer 1900).",
    source="Weierstrass (1885), Sitzungsberichte der Akademie zu Berlin; Cybenko (1989), "
    "doi:10.1007/BF02551274, a century later",
    verdict="fails",
)
def first_approximator() -> Iterator[Fact]:
    """Bernstein's polynomials close in on |x - 1/2|, which has a kink."""
    import numpy as np
    from scipy.stats import binom

    x = np.linspace(0, 1, 501)

    def error(degree: int) -> float:
        nodes = np.arange(degree + 1)
        fit = binom.pmf(nodes, degree, x[:, None]) @ np.abs(nodes / degree - 0.5)
        return float(np.abs(fit - np.abs(x - 0.5)).max())

    errors = [error(degree) for degree in (10, 100, 1000)]
    found = [round(e, 3) for e in errors]
    yield text("nothing before it approximated every continuous function", errors[2] > 0.05)
    yield right("polynomials do, ever closer", errors[0] > 2 * errors[1] > 4 * errors[2], found)


@check(
    row="FF-12",
    says="Universal approximation: a shallow network approximates any function.",
    right="Any continuous one, on a bounded closed set, in its largest error. A continuous network "
    "misses a step by half its height at least, near the jump, though the mean error tends to "
    "zero. That a network exists does not say that training finds it.",
    source="Cybenko (1989), doi:10.1007/BF02551274; Hornik (1991), "
    "doi:10.1016/0893-6080(91)90009-T",
    verdict="fails",
)
def jump() -> Iterator[Fact]:
    """Sigmoid units of growing steepness against a step."""
    import numpy as np
    from scipy.special import expit

    x = np.concatenate([[-1e-12, 1e-12], np.linspace(-1, 1, 20_001)])  # close to the jump as well
    step = (x > 0).astype(float)
    off = [expit(steep * x) - step for steep in (10, 100, 1000)]
    largest = [float(np.abs(o).max()) for o in off]
    mean = [float((o**2).mean()) for o in off]
    yield text("the largest error tends to zero", largest[2] < 0.4, [round(v, 3) for v in largest])
    yield right("it stays at one half", all(abs(v - 0.5) < 1e-3 for v in largest))
    yield right("the mean square tends to zero", mean[2] < mean[0] / 50, [f"{v:.1g}" for v in mean])


@check(
    row="FF-14",
    says="The universal approximation theorem shows what depth is good for.",
    right="It is about width: one hidden layer is enough. That depth saves units is another "
    "theorem: a triangle folded k times has 2^k pieces and takes 3k units in k layers, while one "
    "layer needs a unit for each corner.",
    source="Telgarsky (2016), arXiv:1602.04485; Cybenko (1989), doi:10.1007/BF02551274",
    verdict="fails",
)
def width_and_depth() -> Iterator[Fact]:
    """Count the pieces of a sawtooth of six layers, and rebuild it with one."""
    import numpy as np

    x = np.linspace(0, 1, 64 * 8 + 1)

    def fold(z: np.ndarray) -> np.ndarray:
        """A triangle on [0, 1], of three ReLUs."""
        ramps = np.maximum([z, z - 0.5, z - 1], 0)
        return 2 * ramps[0] - 4 * ramps[1] + 2 * ramps[2]

    saw = x
    for _ in range(6):
        saw = fold(saw)
    corners = np.flatnonzero(np.abs(np.diff(saw, 2)) > 1e-9) + 1
    ramps = np.maximum(x[:, None] - x[[0, *corners]], 0)  # one layer: a unit for each piece
    weights = np.linalg.lstsq(ramps, saw, rcond=None)[0]
    fewer = np.linalg.lstsq(ramps[:, :32], saw, rcond=None)[0]
    shallow = np.abs(ramps @ weights - saw).max()
    missed = np.abs(ramps[:, :32] @ fewer - saw).max()
    yield text("one hidden layer can't give the sawtooth", shallow > 1e-6, f"{shallow:.0e} off")
    yield right("six layers of three units make 64 pieces", len(corners) + 1 == 64)
    yield right("one layer gives it with 64 units", shallow < 1e-6)
    yield right("with the first 32 of them it doesn't", missed > 0.1, f"{missed:.2f} off")
