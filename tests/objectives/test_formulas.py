"""Every loss is its paper's formula, derived a second time, in value and in gradient.

The second derivations are plain Python on numbers: loops, logarithms and sums. Settings are off
their defaults. What a rule or a closed form learns, the parity of its architecture compares.
"""

import math
from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nna import objectives, registry
from nna.learning.base import Batch, Gradient, Turn
from nna.spec import IGNORED

Arrays = list[np.ndarray]
Naive = Callable[[Arrays], float]
FORMULAS: dict[str, Callable[[], None]] = {}


def formula(name: str, case: str = ""):
    """Note a comparison as one of an objective's."""

    def noted(compare: Callable[[], None]) -> Callable[[], None]:
        FORMULAS[f"{name} {case}".strip()] = compare
        return compare

    return noted


class Given(nn.Module):
    """Gives what it was made of, whatever comes in."""

    def __init__(self, *outputs: Sequence[float] | np.ndarray, alone: bool = True) -> None:
        super().__init__()
        self.outputs = nn.ParameterList(torch.as_tensor(np.asarray(of)) for of in outputs)
        self.alone = alone and len(outputs) == 1

    def forward(self, **inputs: Tensor):
        return self.outputs[0] if self.alone else tuple(self.outputs)


def agree(loss: Tensor, given: Sequence[Tensor], naive: Naive) -> None:
    """The value, and the slope along every number that it was computed from.

    Args:
        loss: of `given`.
        given: what it hangs on, in double precision.
        naive: the same loss of the same numbers.
    """
    arrays = [of.detach().numpy().copy() for of in given]
    assert float(loss.detach()) == pytest.approx(naive(arrays), rel=1e-9, abs=1e-9)
    for of, slopes in zip(arrays, torch.autograd.grad(loss, list(given)), strict=True):
        for place in np.ndindex(of.shape):
            kept, step = of[place], 1e-6
            sides = []
            for moved in (kept + step, kept - step):
                of[place] = moved
                sides.append(naive(arrays))
            of[place] = kept
            slope = (sides[0] - sides[1]) / (2 * step)
            assert float(slopes[place]) == pytest.approx(slope, rel=1e-5, abs=1e-7), place


def noise(seed: int, *shape: int) -> np.ndarray:
    """Standard normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def share(scores: Sequence[float] | np.ndarray, of: int) -> float:
    """What the softmax gives one of the scores."""
    return math.exp(scores[of]) / sum(math.exp(score) for score in scores)


def asked(values: Sequence[int]) -> dict[str, Tensor]:
    """A target of classes."""
    return {"y": torch.tensor(values)}


def check(name: str, model: Given, batch: Batch, naive: Naive, **settings: float) -> None:
    """Hold one objective's loss against a second derivation."""
    agree(descended(name, model, batch, **settings), list(model.outputs), naive)


def descended(name: str, model: nn.Module, batch: Batch, **settings: float | str) -> Tensor:
    """The loss that an objective descends."""
    objective = objectives.get(name, settings)
    assert isinstance(objective, Gradient)
    return objective.loss(model, batch)[0]


CLASSES, WEIGHTS = (2, 0, 1, 2), (0.5, 2.0, 1.25)
EMPTY = {"x": torch.zeros(4, 1)}


def weighed(scores: np.ndarray) -> float:
    """Mean surprise at the classes, each times its class's weight."""
    of = [-WEIGHTS[t] * math.log(share(s, t)) for s, t in zip(scores, CLASSES, strict=True)]
    return sum(of) / len(of)


def weighing() -> Batch:
    """Four examples of three classes that weigh differently."""
    return Batch(EMPTY, asked(CLASSES), class_weights=torch.tensor(WEIGHTS))


@formula("cross_entropy", "of weighed classes")
def _():
    check("cross_entropy", Given(noise(1, 4, 3)), weighing(), lambda a: weighed(a[0]))


@formula("cross_entropy", "of shares")
def _():
    shares = torch.tensor([[0.2, 0.8, 0.0], [0.1, 0.3, 0.6]], dtype=torch.float64)

    def naive(given: Arrays) -> float:
        rows = zip(given[0], shares.tolist(), strict=True)
        return -sum(q * math.log(share(s, k)) for s, t in rows for k, q in enumerate(t)) / 2

    check("cross_entropy", Given(noise(2, 2, 3)), Batch(EMPTY, {"y": shares}), naive)


@formula("cross_entropy", "of steps, some of them padding")
def _():
    target = [[1, 2, IGNORED], [0, IGNORED, IGNORED]]

    def naive(given: Arrays) -> float:
        places = [(0, 0, 1), (0, 1, 2), (1, 0, 0)]
        return -sum(math.log(share(given[0][b, t], k)) for b, t, k in places) / 3

    batch = Batch(EMPTY, {"y": torch.tensor(target)})
    check("cross_entropy", Given(noise(3, 2, 3, 4)), batch, naive)


@formula("sparse_evolutionary")
def _():
    check("sparse_evolutionary", Given(noise(4, 4, 3)), weighing(), lambda a: weighed(a[0]))


@formula("squared_error", "of numbers")
def _():
    target = noise(5, 3, 2)

    def naive(given: Arrays) -> float:
        errors = [(t - y) ** 2 / 2 for t, y in zip(target.ravel(), given[0].ravel(), strict=True)]
        return sum(errors) / 3

    batch = Batch(EMPTY, {"y": torch.as_tensor(target)})
    check("squared_error", Given(noise(6, 3, 2)), batch, naive)


@formula("squared_error", "of weighed classes")
def _():
    def naive(given: Arrays) -> float:
        total = 0.0
        for outputs, t in zip(given[0], CLASSES, strict=True):
            total += WEIGHTS[t] * sum((y - (k == t)) ** 2 / 2 for k, y in enumerate(outputs))
        return total / 4

    check("squared_error", Given(noise(7, 4, 3)), weighing(), naive)


@formula("reconstruction")
def _():
    clean = noise(8, 3, 2)
    batch = Batch({"x": torch.as_tensor(clean)})
    check("reconstruction", Given(noise(9, 3, 2)), batch, lambda a: _mean_square(a[0], clean))


def _mean_square(one: np.ndarray, other: np.ndarray) -> float:
    apart = [(a - b) ** 2 for a, b in zip(one.ravel(), other.ravel(), strict=True)]
    return sum(apart) / len(apart)


@formula("label_smoothing")
def _():
    def naive(given: Arrays) -> float:
        total = 0.0
        for b, t, k in [(0, 0, 1), (0, 1, 3), (1, 0, 0)]:
            wanted = [0.7 * (i == k) + 0.3 / 4 for i in range(4)]
            total -= sum(q * math.log(share(given[0][b, t], i)) for i, q in enumerate(wanted))
        return total / 3

    target = {"y": torch.tensor([[1, 3], [0, IGNORED]])}
    check("label_smoothing", Given(noise(10, 2, 2, 4)), Batch(EMPTY, target), naive, smoothing=0.3)


@formula("auxiliary_cross_entropy")
def _():
    model = Given(noise(11, 4, 3), noise(12, 4, 3), noise(13, 4, 3))

    def naive(given: Arrays) -> float:
        return weighed(given[0]) + 0.7 * (weighed(given[1]) + weighed(given[2]))

    check("auxiliary_cross_entropy", model, weighing(), naive, weight=0.7)


@formula("gated_cross_entropy")
def _():
    gates = 0.1 + 0.8 * np.random.default_rng(14).random((4, 5))

    def naive(given: Arrays) -> float:
        price = 0.0
        for gate in given[1].T:
            r = sum(gate) / len(gate)
            price += 0.3 * math.log(0.3 / r) + 0.7 * math.log(0.7 / (1 - r))
        return weighed(given[0]) + 0.6 * price / 5

    model = Given(noise(15, 4, 3), gates)
    check("gated_cross_entropy", model, weighing(), naive, weight=0.6, open_share=0.3)


@formula("balanced_cross_entropy")
def _():
    model = Given(noise(16, 4, 3), np.array([3.0, 1.0, 2.5]), np.array([0.5, 4.0, 2.0]))

    def naive(given: Arrays) -> float:
        total = weighed(given[0])
        for shares in given[1:]:
            mean = sum(shares) / 3
            total += 0.6 * sum((s - mean) ** 2 for s in shares) / 3 / mean**2
        return total

    check("balanced_cross_entropy", model, weighing(), naive, weight=0.6)


@formula("contrastive")
def _():
    label = (0, 1, 0, 1, 2)

    def naive(given: Arrays) -> float:
        near, far = [], []
        for i, j in combinations(range(5), 2):
            # PyTorch's distance adds 1e-6 to each difference, so that it has a slope everywhere
            d = math.sqrt(sum((a - b + 1e-6) ** 2 for a, b in zip(*given[0][[i, j]], strict=True)))
            if label[i] == label[j]:
                near.append(d**2 / 2)
            else:
                far.append(max(0, 1.5 - d) ** 2 / 2)
        return (sum(near) / len(near) + sum(far) / len(far)) / 2

    check("contrastive", Given(noise(17, 5, 2)), Batch(EMPTY, asked(label)), naive, margin=1.5)


@formula("triplet")
def _():
    label = (0, 1, 0, 1, 0)

    def naive(given: Arrays) -> float:
        def d(i: int, j: int) -> float:
            return sum((a - b) ** 2 for a, b in zip(*given[0][[i, j]], strict=True))

        terms = []
        for a in range(5):
            for p in range(5):
                if p == a or label[a] != label[p]:
                    continue
                others = [d(a, n) for n in range(5) if label[n] != label[a]]
                further = [far for far in others if far > d(a, p)]
                terms.append(max(0, d(a, p) - (min(further) if further else max(others)) + 0.5))
        return sum(terms) / len(terms)

    check("triplet", Given(noise(18, 5, 2)), Batch(EMPTY, asked(label)), naive, margin=0.5)


@formula("pixel_cross_entropy")
def _():
    target = torch.randint(0, 3, (2, 4, 5), generator=torch.Generator().manual_seed(0))
    target[0, 1, 2] = target[1, 2, 3] = -1  # nobody labelled these

    def naive(given: Arrays) -> float:
        total, count = 0.0, 0
        for b, y, x in np.ndindex(2, 2, 3):  # the middle of what is labelled
            if (k := int(target[b, 1 + y, 1 + x])) >= 0:
                total -= WEIGHTS[k] * math.log(share(given[0][b, :, y, x], k))
                count += 1
        return total / count

    batch = Batch(EMPTY, {"y": target}, class_weights=torch.tensor(WEIGHTS))
    check("pixel_cross_entropy", Given(noise(19, 2, 3, 2, 3)), batch, naive)


@formula("map_criterion")
def _():
    def naive(given: Arrays) -> float:
        total = 0.0
        for scores, t in zip(given[0], CLASSES, strict=True):
            penalties = [-score for score in scores]
            total += penalties[t] + math.log(math.exp(-1.5) + sum(math.exp(-y) for y in penalties))
        return total / 4

    check("map_criterion", Given(noise(20, 4, 3)), Batch(EMPTY, asked(CLASSES)), naive, rubbish=1.5)


REFERENCES = ((0.0, 0.0, 0.4, 0.4), (0.3, 0.3, 0.8, 0.8), (0.5, 0.0, 0.9, 0.5), (0.1, 0.6, 0.5, 1))
REFERENCES = (*REFERENCES, (0.05, 0.0, 0.45, 0.38), (0.6, 0.6, 1.0, 1.0), (0.0, 0.4, 0.3, 0.7))


def _share(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union."""
    sides = [min(one[i + 2], other[i + 2]) - max(one[i], other[i]) for i in (0, 1)]
    both = max(0, sides[0]) * max(0, sides[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)


def _multibox(rows: np.ndarray, truth: Sequence[Sequence[Sequence[float]]], least: float) -> float:
    """Equations 1 to 3 of SSD, picture by picture; three empty boxes at least a picture."""
    placed = named = 0.0
    matched = 0
    for picture, things in zip(rows, truth, strict=True):
        mine: dict[int, Sequence[float]] = {}
        for r, reference in enumerate(REFERENCES):
            shares = [_share(reference, thing[1:]) for thing in things]
            if shares and max(shares) >= least:
                mine[r] = things[shares.index(max(shares))]
        for thing in things:
            shares = [_share(reference, thing[1:]) for reference in REFERENCES]
            mine[shares.index(max(shares))] = thing
        surprises = []
        for r, row in enumerate(picture):
            label = int(mine[r][0]) + 1 if r in mine else 0
            surprises.append(-math.log(share(row[8:], label)))
            for off, wanted in zip(row[4:8], _offsets(mine.get(r), REFERENCES[r]), strict=False):
                apart = abs(off - wanted)
                placed += apart**2 / 2 if apart < 1 else apart - 0.5
        empty = sorted((s for r, s in enumerate(surprises) if r not in mine), reverse=True)
        named += sum(surprises[r] for r in mine) + sum(empty[: max(2, 2 * len(mine))])
        matched += len(mine)
    return (placed + named) / max(matched, 1)


def _offsets(thing: Sequence[float] | None, reference: Sequence[float]) -> list[float]:
    """Where a thing lies, as seen from a reference box; nothing where there is no thing."""
    if thing is None:
        return []
    box, found = thing[1:], []
    for i in (0, 1):
        size = reference[i + 2] - reference[i]
        found.append((box[i] + box[i + 2] - reference[i] - reference[i + 2]) / 2 / size / 0.1)
    for i in (0, 1):
        ratio = (box[i + 2] - box[i]) / (reference[i + 2] - reference[i])
        found.append(math.log(ratio) / 0.2)
    return found


@formula("multibox")
def _():
    things = [[(1, 0.02, 0.0, 0.42, 0.4), (0, 0.55, 0.1, 0.9, 0.5)], [(2, 0.3, 0.35, 0.8, 0.8)], []]
    truth = torch.full((3, 2, 5), -1.0, dtype=torch.float64)
    for picture, of in enumerate(things):
        for place, thing in enumerate(of):
            truth[picture, place] = torch.tensor(thing, dtype=torch.float64)
    boxes = np.tile(np.array(REFERENCES), (3, 1, 1))
    last, first = Given(noise(21, 3, 7, 4 + 4)), Given(noise(22, 3, 7, 4 + 2))
    learnt = [last.outputs[0], first.outputs[0]]

    class Staged(nn.Module):
        def forward(self, image: Tensor) -> tuple[Tensor, ...]:
            return tuple(torch.cat([torch.as_tensor(boxes), of], 2) for of in learnt)

    def naive(given: Arrays) -> float:
        some = [[(0, *thing[1:]) for thing in of] for of in things]
        stages = [np.concatenate([boxes, of], 2) for of in given]
        return _multibox(stages[0], things, 0.6) + _multibox(stages[1], some, 0.6)

    batch = Batch({"image": torch.zeros(3, 1)}, {"y": truth})
    loss = descended("multibox", Staged(), batch, overlap=0.6, negatives=2)
    agree(loss, learnt, naive)


class Words(nn.Module):
    """Gives scores of words, last states, and scores of the pair."""

    vocab = 4

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.words = nn.Parameter(torch.as_tensor(noise(seed, 2, 3, 4)))
        self.states = nn.Parameter(torch.as_tensor(noise(seed + 1, 2, 3, 5)))
        self.output = nn.Parameter(torch.as_tensor(noise(seed + 2, 2, 2)))

    def forward(self, **inputs: Tensor) -> dict[str, Tensor]:
        return {"words": self.words, "states": self.states, "output": self.output}


MISSING = [(0, 1, 3), (1, 0, 2)]  # of which text, at which place, which word
TEXTS = Batch(
    {
        "tokens": torch.ones(2, 3, dtype=torch.long),
        "tokens_mask": torch.tensor([[True, True, True], [True, True, False]]),
    },
    {
        "words": torch.tensor([[IGNORED, 3, IGNORED], [2, IGNORED, IGNORED]]),
        "pair": torch.tensor([1, 0]),
    },
)


def _missing(words: np.ndarray) -> float:
    return -sum(math.log(share(words[b, t], k)) for b, t, k in MISSING) / len(MISSING)


def _pairs(output: np.ndarray) -> float:
    return -(math.log(share(output[0], 1)) + math.log(share(output[1], 0))) / 2


@formula("masked_language_modelling")
def _():
    model = Words(23).eval()
    loss = descended("masked_language_modelling", model, TEXTS)
    agree(loss, [model.words, model.output], lambda a: _missing(a[0]) + _pairs(a[1]))


@formula("distillation")
def _():
    student, teacher = Words(26).eval(), Words(29).eval()
    objective = objectives.get(
        "distillation",
        {"teacher": "t", "temperature": 3.0, "soft": 0.7, "hard": 0.4, "cosine": 0.9},
    )
    object.__setattr__(objective, "state", teacher)
    assert isinstance(objective, Gradient)
    there = [(b, t) for b, t in np.ndindex(2, 3) if (b, t) != (1, 2)]
    words, states = (of.detach().numpy() for of in (teacher.words, teacher.states))

    def naive(given: Arrays) -> float:
        soft = apart = 0.0
        for b, t in there:
            for k in range(4):
                p, q = (share(of[b, t] / 3, k) for of in (words, given[0]))
                soft += 9 * p * math.log(p / q) / len(there)
            one, other = given[1][b, t], states[b, t]
            dot = sum(x * y for x, y in zip(one, other, strict=True))
            norms = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
            apart += (1 - dot / norms) / len(there)
        return 0.7 * soft + 0.4 * (_missing(given[0]) + _pairs(given[2])) + 0.9 * apart

    loss, _ = objective.loss(student, TEXTS)
    agree(loss, [student.words, student.states, student.output], naive)


class Flow(nn.Module):
    """Knows densities; an estimate hangs on its probe, too."""

    def __init__(self) -> None:
        super().__init__()
        self.densities = nn.Parameter(torch.as_tensor(noise(32, 4)))

    def log_density(self, table: Tensor, probe: Tensor | None = None) -> Tensor:
        return self.densities if probe is None else self.densities * (2 + probe[:, 0])


@formula("flow_likelihood", "as it is")
def _():
    flow = Flow().eval()
    loss = descended("flow_likelihood", flow, Batch(EMPTY), probes=2)
    agree(loss, [flow.densities], lambda a: -sum(a[0]) / 4)


@formula("flow_likelihood", "as it is estimated")
def _():
    flow = Flow().train()
    torch.manual_seed(6)
    probes = [(2.0 * torch.randint(2, (4,)) - 1).tolist() for _ in range(3)]
    torch.manual_seed(6)
    loss = descended("flow_likelihood", flow, Batch(EMPTY), probes=3)
    assert {sign for probe in probes for sign in probe} == {-1.0, 1.0}

    def naive(given: Arrays) -> float:
        pairs = [(one, sign) for signs in probes for one, sign in zip(given[0], signs, strict=True)]
        return -sum(one * (2 + sign) for one, sign in pairs) / len(pairs)

    agree(loss, [flow.densities], naive)


class Scaled(nn.Module):
    """Gives its input times a number, plus one of its own for each number of an example."""

    timesteps = 1000

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor([0.7], dtype=torch.float64))
        self.shift = nn.Parameter(torch.as_tensor(noise(33, *shape)))

    def forward(self, table: Tensor, timestep: Tensor | None = None) -> Tensor:
        late = 0 if timestep is None else timestep.to(table)[..., None, None] / 1000
        return self.slope * table + self.shift + late


def _restored(spoilt: np.ndarray, clean: np.ndarray) -> Naive:
    return lambda given: _mean_square(given[0] * spoilt + given[1], clean)


@formula("denoising", "of numbers left out")
def _():
    clean, model = torch.as_tensor(noise(34, 6, 3)), Scaled(3)
    torch.manual_seed(5)
    kept = (torch.rand_like(clean) >= 0.4).numpy()
    torch.manual_seed(5)
    loss = descended("denoising", model, Batch({"table": clean}), corruption="masking", level=0.4)
    assert 0 < kept.mean() < 1
    agree(loss, [model.slope, model.shift], _restored(clean.numpy() * kept, clean.numpy()))


@formula("denoising", "of noise added")
def _():
    clean, model = torch.as_tensor(noise(35, 6, 3)), Scaled(3)
    torch.manual_seed(5)
    added = 0.8 * torch.randn_like(clean).numpy()
    torch.manual_seed(5)
    loss = descended("denoising", model, Batch({"table": clean}), corruption="gaussian", level=0.8)
    agree(loss, [model.slope, model.shift], _restored(clean.numpy() + added, clean.numpy()))


@formula("noise_prediction")
def _():
    clean, model = torch.as_tensor(noise(36, 3, 1, 2, 2)), Scaled(1, 2, 2)
    left = [1.0]
    for t in range(1000):  # section 4: from 1e-4 to 0.02, evenly
        left.append(left[-1] * (1 - (1e-4 + (0.02 - 1e-4) * t / 999)))
    batch = Batch({"table": clean})
    loss = objectives.get("noise_prediction").measure(model, batch)["loss"]
    generator = torch.Generator().manual_seed(0)
    added = torch.randn(clean.shape, generator=generator, dtype=clean.dtype).numpy()

    def naive(given: Arrays) -> float:
        total = 0.0
        for b, t in enumerate((0, 333, 666)):
            noisy = (
                math.sqrt(left[t + 1]) * clean.numpy()[b] + math.sqrt(1 - left[t + 1]) * added[b]
            )
            total += _mean_square(given[0] * noisy + given[1] + t / 1000, added[b]) / 3
        return total

    agree(loss, [model.slope, model.shift], naive)


class Coder(nn.Module):
    """Gives a mean and a log-variance, and decodes by a plane."""

    def __init__(self, output: str) -> None:
        super().__init__()
        self.output = output
        self.mean = nn.Parameter(torch.as_tensor(noise(37, 4, 2)))
        self.log_var = nn.Parameter(torch.as_tensor(noise(38, 4, 2)))
        self.plane = nn.Parameter(torch.as_tensor(noise(39, 2, 3)))

    def encode(self, table: Tensor) -> tuple[Tensor, Tensor]:
        return self.mean, self.log_var

    def decoder(self, code: Tensor) -> Tensor:
        return code @ self.plane


def _elbo(output: str, given: Arrays, x: np.ndarray, drawn: np.ndarray) -> float:
    """Minus the bound of equation 10, with the divergence of appendix B times 2.5."""
    total = 0.0
    for b, k in np.ndindex(4, 2):
        mean, log_var = given[0][b, k], given[1][b, k]
        total -= 2.5 * (1 + log_var - mean**2 - math.exp(log_var)) / 2 / 4
    for b, d in np.ndindex(4, 3):
        code = [given[0][b, k] + math.exp(given[1][b, k] / 2) * drawn[b, k] for k in (0, 1)]
        decoded = sum(code[k] * given[2][k, d] for k in (0, 1))
        if output == "logistic":
            p = 1 / (1 + math.exp(-decoded))
            total -= (x[b, d] * math.log(p) + (1 - x[b, d]) * math.log(1 - p)) / 4
        else:
            density = math.exp(-((x[b, d] - decoded) ** 2) / 2 / 0.49)
            total -= math.log(density / math.sqrt(2 * math.pi * 0.49)) / 4
    return float(total)


def _bound(output: str) -> None:
    x, model = np.random.default_rng(40).random((4, 3)), Coder(output)
    torch.manual_seed(7)
    drawn = torch.randn_like(model.mean).numpy()
    torch.manual_seed(7)
    batch = Batch({"table": torch.as_tensor(x)})
    loss = descended("elbo", model, batch, beta=2.5, deviation=0.7)
    agree(loss, [model.mean, model.log_var, model.plane], lambda a: _elbo(output, a, x, drawn))


@formula("elbo", "of coins")
def _():
    _bound("logistic")


@formula("elbo", "of Gaussian numbers")
def _():
    _bound("linear")


class Game(nn.Module):
    """The discriminator gives the sum; what is forged is the noise, stretched."""

    noise = 2

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Linear(2, 2, dtype=torch.float64)
        self.discriminator = nn.Linear(2, 1, dtype=torch.float64)


@formula("adversarial")
def _():
    torch.manual_seed(3)
    model, real, told = Game(), torch.as_tensor(noise(41, 5, 2)), {}
    objective = objectives.get("adversarial", {"discriminator_steps": 1})
    turn = Turn(told.__setitem__, learning_rate=1.0, progress=0.0)
    torch.manual_seed(4)
    drawn = torch.randn(5, 2, dtype=torch.float64).numpy()
    torch.manual_seed(4)
    objective.step(model, objective.players(model), Batch({"table": real}), turn)
    given = [*model.generator.parameters(), *model.discriminator.parameters()]

    def believed(given: Arrays, x: Sequence[float]) -> float:
        """How likely the discriminator thinks that an example is real."""
        logit = sum(w * of for w, of in zip(given[2][0], x, strict=True)) + given[3][0]
        return 1 / (1 + math.exp(-logit))

    def forged(given: Arrays) -> list[list[float]]:
        return [
            [sum(w * of for w, of in zip(row, z, strict=True)) + b for row, b in rows]
            for z in drawn
            for rows in [list(zip(given[0], given[1], strict=True))]
        ]

    agree(told["generator"], given, lambda a: -sum(math.log(believed(a, x)) for x in forged(a)) / 5)
    fixed = forged([of.detach().numpy() for of in given])

    def discriminates(given: Arrays) -> float:
        both = [0.0, 0.0, *given]  # the generator's part of the game is over
        caught = sum(math.log(1 - believed(both, x)) for x in fixed)
        return -(sum(math.log(believed(both, x)) for x in real.numpy()) + caught) / 5

    agree(told["discriminator"], given[2:], discriminates)


@pytest.mark.parametrize("case", FORMULAS)
def test_a_loss_is_its_formula_in_value_and_gradient(case):
    FORMULAS[case]()


def test_no_loss_is_without_a_second_derivation():
    """Here, or in the parity of the architecture that brings it."""
    compared = {case.split()[0] for case in FORMULAS}
    for name in registry.names():
        parity = (registry.folder(name) / "parity.py").read_text(encoding="utf-8")
        brought = {*registry.describe(name).objectives} - {*objectives.shared()}
        compared |= brought if f".{name}.objective import" in parity else set()
    descended = {name for name in objectives.names() if objectives.get(name).by_gradient}
    assert descended - compared == set()
