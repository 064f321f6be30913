"""The neocognitron against its equations in loops: what cells answer, and which of them learn."""

import itertools

import numpy as np
import torch

from nna import agreement
from nna.architectures.convolutional.neocognitron.model import Neocognitron
from nna.architectures.convolutional.neocognitron.objective import reinforce
from nna.architectures.convolutional.neocognitron.spec import Config

CONFIG = Config(widths=(3, 4, 3), inhibition=(4.0, 2.0, 1.5), classes=2)
RIMS = (2, 1, 0)
C_CELLS = ((5, 2, 4), (5, 2, 4), (2, 1, 0))  # side of the area, cells between two, rim


def _model() -> Neocognitron:
    """With connections that neither silence cells nor saturate them."""
    torch.manual_seed(0)
    model = Neocognitron(CONFIG)
    with torch.no_grad():
        for s, _ in model.layers():
            for parameter, least in ((s.excitation, 0.0), (s.inhibition, 0.2)):
                parameter.uniform_(least, 0.5)
        model.votes.copy_(torch.tensor([[1.0, 5.0, 2.0], [4.0, 0.0, 1.0]]))
    return model


def cells() -> dict[str, float]:
    """All layers, in float64: what a cell answers is the difference of nearly equal numbers."""
    return agreement.equations(
        _model().double(), _naive, {"image": torch.randn(2, 1, 16, 16).double()}
    )


def _naive(p: dict[str, np.ndarray], image: np.ndarray) -> np.ndarray:
    scores = []
    for picture in image:
        u = picture - picture.min()
        for layer in range(3):
            u = _s_cells(p, layer, u)
            u = _c_cells(u, *C_CELLS[layer])
        last = u[:, 0, 0]
        names = p["votes"].argmax(0)
        scores.append([max([0.0, *last[names == name]]) for name in (0, 1)])
    return np.array(scores)


def _near(side: int) -> np.ndarray:
    middle = (side - 1) / 2
    return np.array(
        [[0.9 ** np.hypot(i - middle, j - middle) for j in range(side)] for i in range(side)]
    )


def _s_cells(p: dict[str, np.ndarray], layer: int, u: np.ndarray) -> np.ndarray:
    a, b = p[f"body.{2 * layer}.excitation"], p[f"body.{2 * layer}.inhibition"]
    r, rim = CONFIG.inhibition[layer], RIMS[layer]
    c = _near(5) / (len(u) * _near(5).sum())
    u = np.pad(u, ((0, 0), (rim, rim), (rim, rim)))
    side = u.shape[1] - 4
    out = np.zeros((len(a), side, side))
    for k, row, column in np.ndindex(*out.shape):
        seen = u[:, row : row + 5, column : column + 5]
        v = np.sqrt((c * seen**2).sum())
        excited, inhibited = (a[k] * seen).sum(), 2 * r / (1 + r) * b[k] * v
        out[k, row, column] = r * max((1 + excited) / (1 + inhibited) - 1, 0)
    return out


def _c_cells(u: np.ndarray, side: int, stride: int, rim: int) -> np.ndarray:
    d = _near(side)
    u = np.pad(u, ((0, 0), (rim, rim), (rim, rim)))
    cells = (u.shape[1] - side) // stride + 1
    out = np.zeros((len(u), cells, cells))
    for row, column in np.ndindex(cells, cells):
        y, x = stride * row, stride * column
        excited = [(d * plane[y : y + side, x : x + side]).sum() for plane in u]
        v = sum(excited) / len(u)
        for k, e in enumerate(excited):
            answer = max((1 + e) / (1 + v) - 1, 0)
            out[k, row, column] = answer / (0.5 + answer)
    return out


def learning() -> dict[str, float]:
    """One picture reinforces each layer, ours in whole tensors, theirs cell by cell."""
    model, gaps = _model(), {}
    picture = torch.rand(1, 1, 16, 16)
    p = {k: v.detach().double().numpy().copy() for k, v in model.state_dict().items()}
    u, seen = model.prepare(picture), model.prepare(picture)[0].double().numpy()
    with torch.no_grad():
        for layer, (s, c) in enumerate(model.layers()):
            below, seen_below = u, seen
            u, seen = c(s(u)), _c_cells(_s_cells(p, layer, seen), *C_CELLS[layer])
            reinforce(s, below[0], q=0.5)
            a, b = _taught(p, layer, seen_below, q=0.5)
            for name, ours, theirs in (
                ("learnt excitation", s.excitation, a),
                ("learnt inhibition", s.inhibition, b),
            ):
                gaps = agreement.worst(gaps, {name: agreement.gap(ours, theirs)})
    return gaps


def _taught(
    p: dict[str, np.ndarray], layer: int, u: np.ndarray, q: float
) -> tuple[np.ndarray, np.ndarray]:
    a, b = p[f"body.{2 * layer}.excitation"].copy(), p[f"body.{2 * layer}.inhibition"].copy()
    out, rim = _s_cells(p, layer, u), RIMS[layer]
    planes, side, _ = out.shape
    candidates: dict[int, set[tuple[float, int, int]]] = {}
    places = [*itertools.product(range(side), repeat=2)]
    for row, column in places:  # the middle of an S-column
        near = [n for n in places if side == 2 or max(abs(n[0] - row), abs(n[1] - column)) <= 2]
        value, k, y, x = max((out[k, y, x], k, y, x) for k in range(planes) for y, x in near)
        if value > 0:
            candidates.setdefault(k, set()).add((value, y, x))
    c = _near(5) / (len(u) * _near(5).sum())
    u = np.pad(u, ((0, 0), (rim, rim), (rim, rim)))
    for k, found in candidates.items():
        _, y, x = max(found)
        seen = u[:, y : y + 5, x : x + 5]
        a[k] += q * c * seen
        b[k] += q / 2 * np.sqrt((c * seen**2).sum())
    return a, b
