"""Claims about networks solved by least squares, radial bases, experts and constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nna.lab.check import Fact, check, limit, right, text

if TYPE_CHECKING:
    import numpy as np


@check(
    row="FF-19",
    says="A radial basis network answers the sum of w_j phi(|x - c_j|) and a bias; its weights are "
    "(P^T P)^-1 P^T y.",
    right="In exact arithmetic. The normal equations square the condition number; with wide bases "
    "they lose everything where least squares by orthogonal factors do not.",
    source="Broomhead, Lowe (1988), Complex Systems 2:321; Golub, Van Loan (2013), Matrix "
    "Computations, section 5.3",
    verdict="holds with limits",
)
def normal_equations() -> Iterator[Fact]:
    """Both ways to the weights, bases narrow and wide; SciPy's interpolator."""
    import numpy as np
    from scipy.interpolate import RBFInterpolator

    x = np.linspace(-1, 1, 40)[:, None]
    y, centres = np.sin(3 * x[:, 0]), np.linspace(-1, 1, 15)[:, None]

    def misses(width: float) -> list[float]:
        bases = np.exp(-((x - centres.T) ** 2) / (2 * width**2))
        bases = np.hstack([bases, np.ones((40, 1))])
        normal = np.linalg.inv(bases.T @ bases) @ bases.T @ y
        factors = np.linalg.lstsq(bases, y, rcond=None)[0]
        return [float(np.abs(bases @ w - y).max()) for w in (normal, factors)]

    narrow, wide = misses(0.15), misses(2.0)
    exact = np.exp(-((x - x.T) ** 2) / (2 * 0.05**2))
    new = np.linspace(-0.9, 0.9, 7)[:, None]
    ours = np.exp(-((new - x.T) ** 2) / (2 * 0.05**2)) @ np.linalg.solve(exact, y)
    epsilon = 1 / (np.sqrt(2) * 0.05)
    theirs = RBFInterpolator(x, y, kernel="gaussian", epsilon=epsilon, degree=-1)(new)
    yield text("narrow bases: within 1e-2 of the data", narrow[0] < 1e-2, f"{narrow[0]:.0e}")
    yield limit("wide bases too", wide[0] < 1e-2, f"{wide[0]:.0e}")
    yield right("orthogonal factors manage both", max(narrow[1], wide[1]) < 1e-2, f"{wide[1]:.0e}")
    yield right("a basis at each point interpolates as SciPy does", np.allclose(ours, theirs))


@check(
    row="FF-20",
    says="Gaussian bases are smooth; multiquadric and thin-plate ones make sharper transitions.",
    right="The multiquadric is as smooth, it has all derivatives. Only the thin plate is rougher: "
    "its second derivative is infinite at the centre.",
    source="Buhmann (2003), Radial Basis Functions: Theory and Implementations",
    verdict="fails",
)
def smoothness() -> Iterator[Fact]:
    """Second differences at the centre as the step shrinks."""
    import numpy as np

    bases = {
        "Gaussian": lambda r: np.exp(-(r**2)),
        "multiquadric": lambda r: np.sqrt(r**2 + 1),
        "thin plate": lambda r: r**2 * np.log(np.maximum(np.abs(r), 1e-300)),
    }
    steps = np.array([1e-1, 1e-2, 1e-3])
    curves = {name: (f(steps) - 2 * f(0.0) + f(-steps)) / steps**2 for name, f in bases.items()}

    def settles(name: str) -> bool:
        return bool(abs(curves[name][2] - curves[name][1]) < 0.01 * abs(curves[name][2]))

    found = {name: [round(float(v), 2) for v in values] for name, values in curves.items()}
    yield text("the Gaussian's curvature settles", settles("Gaussian"), found["Gaussian"])
    yield text("the multiquadric's does not", not settles("multiquadric"), found["multiquadric"])
    yield text("the thin plate's does not", not settles("thin plate"), found["thin plate"])
    yield right("the multiquadric's settles at 1", round(float(curves["multiquadric"][2]), 3) == 1)


@check(
    row="FF-25",
    says="The width of a basis decides how local it is; centres are drawn from the data or found "
    "by k-means.",
    right="As said. Wider bases overlap more, and the equations for the weights become ever worse "
    "conditioned; k-means puts centres nearer to the data than a draw does.",
    source="Moody, Darken (1989), doi:10.1162/neco.1989.1.2.281",
    verdict="holds",
)
def widths() -> Iterator[Fact]:
    """Condition numbers and reach by width; how far the wines lie from their nearest centre."""
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.datasets import load_wine
    from sklearn.preprocessing import StandardScaler

    x = np.linspace(-1, 1, 40)[:, None]
    centres = np.linspace(-1, 1, 10)
    bases = [np.exp(-((x - centres) ** 2) / (2 * width**2)) for width in (0.05, 0.2, 0.8)]
    reach = [float((b > 0.5).mean()) for b in bases]
    conditions = [float(np.linalg.cond(b)) for b in bases]
    data: Any = load_wine()
    wines = StandardScaler().fit_transform(data.data)
    found = KMeans(10, random_state=0).fit(wines).cluster_centers_
    draw = np.random.default_rng(0)
    drawn = [wines[draw.choice(len(wines), 10, replace=False)] for _ in range(20)]

    def apart(middles: np.ndarray) -> float:
        return float((((wines[:, None] - middles) ** 2).sum(2).min(1)).mean())

    best = min(apart(middles) for middles in drawn)
    yield text("a wider basis answers to more of the data", reach[0] < reach[1] < reach[2], reach)
    yield right(
        "and is worse conditioned",
        conditions[0] < conditions[1] < conditions[2],
        [f"{c:.1g}" for c in conditions],
    )
    yield right(
        "k-means' centres are nearer than the best of 20 draws",
        apart(found) < best,
        f"{apart(found):.2f}, {best:.2f}",
    )


@check(
    row="FF-28",
    says="With a mixture of experts parameters grow with the number of experts, and the work for "
    "an example doesn't.",
    right="As said where the best few experts answer; the gate's work grows, by one row an expert.",
    source="Shazeer and others (2017), arXiv:1701.06538, section 1.2; Fedus, Zoph, Shazeer (2022), "
    "arXiv:2101.03961, section 2",
    verdict="holds",
)
def experts() -> Iterator[Fact]:
    """A sparse layer of the Switch Transformer's kind, with 1 and with 64 experts, counted."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    width, inner, tokens = 64, 256, 128

    def layer(count: int) -> tuple[int, int]:
        gate = nn.Linear(width, count, bias=False)
        each = [
            nn.Sequential(nn.Linear(width, inner), nn.ReLU(), nn.Linear(inner, width))
            for _ in range(count)
        ]
        x = torch.randn(tokens, width)
        with FlopCounterMode(display=False) as work:
            chosen = gate(x).argmax(1)
            for number, expert in enumerate(each):
                expert(x[chosen == number])
        return sum(p.numel() for e in each for p in e.parameters()), work.get_total_flops() // 2

    (one, work_of_one), (many, work_of_many) = layer(1), layer(64)
    gate = 63 * width * tokens
    ratio = work_of_many / work_of_one
    yield text("64 times the parameters", many == 64 * one, f"{one}, {many}")
    yield text("the same work but for the gate", work_of_many - gate == work_of_one)
    yield right("the gate adds less than a seventh", ratio < 8 / 7, f"{ratio:.3f}")


@check(
    row="FF-33",
    says="Capacity grows from feedforward to convolutional, recurrent, attention networks and "
    "neural differential equations.",
    right="A convolution is a dense layer most of whose weights are zero and the rest tied, so the "
    "dense layer of the same size can do all that it can and more. What grows along the way is how "
    "well the constraint fits the data, and how well training scales.",
    source="Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.4 (an infinitely strong "
    "prior)",
    verdict="fails",
)
def constrained() -> Iterator[Fact]:
    """A convolution written as a dense layer, and a dense layer that no convolution equals."""
    import torch
    from torch import nn

    convolution = nn.Conv1d(1, 1, 3, padding=1).double()
    with torch.no_grad():
        origin = convolution(torch.zeros(1, 1, 8).double())[0, 0]
        matrix = (convolution(torch.eye(8).double()[:, None])[:, 0] - origin).T
        x = torch.randn(20, 8).double()
        same = torch.allclose(x @ matrix.T + origin, convolution(x[:, None])[:, 0])
        reverse = torch.eye(8).flip(0).double()  # a dense layer: the series backwards
        # a convolution's diagonals are constant; this one's aren't
        tied = all(len(set(matrix.diagonal(d).round(decimals=9).tolist())) == 1 for d in (-1, 0, 1))
        free = all(len(set(reverse.diagonal(d).tolist())) == 1 for d in range(-7, 8))
    used = int((matrix != 0).sum())
    yield text("a convolution does what no dense layer of its size does", not same)
    yield right("its matrix is sparse", used == 22, f"{used} of 64 are not zero")
    yield right("and tied along diagonals", tied)
    yield right("a dense layer that reverses a series is none", not free)
