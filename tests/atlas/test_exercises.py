"""Exercises of chapters and cards: each has a solution, and what it computes is computed here."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression

from nna import registry, stated
from nna.atlas import guide
from nna.data import associative_memory
from nna.lab.blocks import catalog as blocks, plots
from nna.lab.blocks.entry import Optimiser

CHAPTERS = {chapter.id: chapter.text for chapter in guide.read()}
CARDS = {name: registry.card(name).split("## References")[0] for name in registry.names()}
HEAD = re.compile(r"^(?:#+ Exercises|\*\*Exercises\.?\*\*.*)$", re.M)
FOLDED = re.compile(r"<details><summary>Solution</summary>(.*?)</details>", re.S)


@dataclass(frozen=True)
class Exercise:
    number: int
    asked: str
    solution: str


def exercises(text: str) -> list[Exercise]:
    """The numbered exercises of a text, with what is folded below each."""
    head = HEAD.search(text)
    below = re.split(r"^#", text[head.end() :], flags=re.M)[0] if head else ""
    found = re.split(r"^(\d+)\. ", below, flags=re.M)[1:]
    parts = zip(found[::2], found[1::2], strict=True)
    return [Exercise(int(number), *split(part)) for number, part in parts]


def split(part: str) -> tuple[str, str]:
    folded = FOLDED.search(part)
    return part.split("<details>")[0].strip(), folded[1].strip() if folded else ""


TEXTS = {**CHAPTERS, **{name: text for name, text in CARDS.items() if HEAD.search(text)}}


def test_exercises_are_found():
    folded = "<details><summary>Solution</summary>\n\nOne.\n\n</details>"
    (one, two) = exercises(f"## Exercises\n\n1. Why?\n\n{folded}\n\n2. How?\n\n## End\n\n3. x")
    assert (one.asked, one.solution) == ("Why?", "One.")
    assert (two.number, two.solution) == (2, "")


@pytest.mark.parametrize("name", TEXTS)
def test_every_exercise_has_a_solution_and_they_are_numbered(name):
    found = exercises(TEXTS[name])
    assert [one.number for one in found] == [*range(1, len(found) + 1)]
    assert len(found) >= 3
    assert [one.number for one in found if not one.solution] == []
    assert len(found) == TEXTS[name].count("<summary>Solution</summary>")


# --- what solutions compute, computed ----------------------------------------------------------


def one_unit(thresholds: range) -> int:
    """Functions of two inputs that one McCulloch-Pitts unit computes."""
    cases = list(itertools.product((0, 1), repeat=2))
    excites = itertools.product(range(3), repeat=2)
    vetoes = list(itertools.product((0, 1), repeat=2))
    made = {
        tuple(
            int(not any(v and x for v, x in zip(veto, case, strict=True)))
            and int(sum(e * x for e, x in zip(excite, case, strict=True)) >= threshold)
            for case in cases
        )
        for excite in excites
        for veto in vetoes
        for threshold in thresholds
    }
    return len(made)


def gelu(z):
    return z * stats.norm.cdf(z)


def wilson(right: int, of: int) -> tuple[float, float]:
    low, high = stats.binomtest(right, of).proportion_ci(method="wilson")
    return 100 * low, 100 * high


def back(x: float, w1: float, w2: float, t: float) -> dict[str, float]:
    h = 1 / (1 + math.exp(-w1 * x))
    d = w2 * h - t
    return {
        "e": d,
        "w2": d * h,
        "h": d * w2,
        "z": d * w2 * h * (1 - h),
        "w1": d * w2 * h * (1 - h) * x,
    }


def best_of_coins(coins: int, throws: int) -> float:
    """The expected maximum: the sum over k of the chance that it is k or more."""
    below = stats.binom.cdf(np.arange(throws), throws, 0.5)
    return float(np.sum(1 - below**coins))


def largest_of_normals(n: int) -> float:
    z = np.linspace(-8, 8, 40_001)
    return float(np.trapezoid(z * n * stats.norm.pdf(z) * stats.norm.cdf(z) ** (n - 1), z))


def plane(points: Sequence[float], targets: list[int]) -> tuple[float, float]:
    slope, offset = np.polyfit(points, targets, 1)
    return float(slope), float(offset)


def rosenblatt(points: Sequence[float], targets: list[int]) -> tuple[int, float]:
    """Mistakes of the perceptron's rule from zero until none is left, and where it parts them."""
    w = b = 0.0
    mistakes, before = 0, -1
    while mistakes != before:
        before = mistakes
        for x, target in zip(points, targets, strict=True):
            if target * (w * x + b) <= 0:
                w, b, mistakes = w + target * x, b + target, mistakes + 1
    return mistakes, -b / w


def unpaired(share: float, difference: float) -> float:
    return 2 * 1.96**2 * share * (1 - share) / difference**2


def mean_overlap_of_digits() -> float:
    pictures, digit = associative_memory.digits()
    first = np.stack([pictures[digit == k][0] for k in range(10)])
    overlaps = (first @ first.T / first.shape[1])[np.triu_indices(10, 1)]
    assert (overlaps >= 0).mean() > 0.95
    return float(overlaps.mean())


def dense(*sizes: int) -> int:
    return sum(n * m + m for n, m in itertools.pairwise(sizes))


def height(optimiser: str, step: int) -> float:
    """How high an optimiser is on the plotted valley after some steps."""
    x, y = path(optimiser)[step]
    return (x**2 + plots.STEEP * y**2) / 2


def crossings(optimiser: str) -> int:
    """How often it passes from one side of the plotted valley's floor to the other."""
    sides = [y > 0 for _, y in path(optimiser)]
    return sum(before != after for before, after in itertools.pairwise(sides))


def path(optimiser: str) -> list[tuple[float, float]]:
    block = blocks.describe(optimiser)
    assert isinstance(block, Optimiser)
    return plots.descend(block.step, block.valley, steps=60)


def powers(layers: int) -> float:
    """The power of ten of a logistic network's first gradient over its last, as measured."""
    kept = stated.measured("depth_signals")
    assert kept is not None
    return float(np.mean(kept[f"weights_sigmoid_{layers}"]))


def comma(number: float) -> str:
    return f"{round(number):,}".replace(",", "{,}")


COINS = stats.binom.sf(11, 15, 0.5)  # twelve or more heads of fifteen
LAYER = 4 * 32 * (8 + 32 + 1)
BYTES = 2 * 24 * 1024 * 2
LINE: tuple[list[float], list[int]] = ([0, 1, 2, 3, 20], [-1, -1, 1, 1, 1])
SLOPE, OFFSET = plane(*LINE)
MISTAKES, THRESHOLD = rosenblatt(*LINE)
SIGNS = back(2, 0.5, 1, 1)
COMPUTED = {
    ("history", 1): [{7: "seven", 11: "eleven"}[one_unit(range(low, 6))] for low in (1, 0)],
    ("history", 6): [comma(256 * 256 * 3 * 1000), comma(64 * 27)],
    ("neurons", 2): [
        f"{(low := min(np.linspace(-1, -0.5, 50_001), key=gelu)):.3f}", f"{gelu(low):.3f}",
        f"{stats.norm.cdf(-(2**0.5)) - 2**0.5 * stats.norm.pdf(2**0.5):.3f}",
    ],
    ("neurons", 3): [
        f"{(step := -powers(10) / 9):.2f} a step", f"= {3 / step:.1f}$ steps",
        {6: "Six."}[1 + math.ceil(3 / step)],
    ],
    ("neurons", 5): [comma(dense(64, 100, 50, 10)), comma(dense(64, 100)), comma(dense(100, 50))],
    ("losses", 1): [f"{of([2, 3, 3, 4, 28]):.0f}" for of in (np.mean, np.median)] + ["3.33"],
    ("losses", 2): [f"{0.4**2:.2f}", f"{1 / 0.4**2:.2f}", f"{0.01**2:.4f}"],
    ("losses", 4): [f"{100 * (0.9 + 0.1 / 10):.0f} % sure"],
    ("losses", 5): [
        f"{100 * 351 / 360:.1f} %", f"{100 * 346 / 360:.1f} %", "five digits of 360",
        {6: "in six cases of a hundred"}[round(200 * 0.5**5)],
    ],
    ("learning", 1): [f"{SIGNS[one]:.4f}" for one in ("e", "w2", "z", "w1")],
    ("learning", 2): [f"{2 / 10:.1f}", f"{1 - 0.19 * 10:.1f}", f"{1 - 0.21 * 10:.1f}"],
    ("optimisers", 1): [
        f"{math.log(1000) / -math.log(0.98):.0f}$ steps", f"{2 / 101:.4f}",
        f"the {math.ceil(math.log(1000) / -math.log(99 / 101))} that",
    ],
    ("optimisers", 2): [
        f"height of {height('adam', 0):.0f}",
        f"{height('momentum', 10):.1f} after", f"Adam at {height('adam', 10):.1f}",
        f"{height('momentum', 60):.3f} and {height('adam', 60):.3f}",
        f"crosses the floor {crossings('adam')} times", f"crosses it {crossings('momentum')} times",
    ],
    ("optimisers", 4): [f"{1 / 0.01**0.5:.0f} \\eta"],
    ("optimisers", 5): [f"{0.1 * 512 / 64:.1f}"],
    ("starts", 1): [f"{(3 * s) ** 0.5:.3f}" for s in (1 / 300, 1 / 200, 1 / 150)],
    ("starts", 6): [
        f"{2.0**100 / 1e30:.1f}", f"{(2**0.01 - 1) ** 0.5:.3f}", f"{len(str(2**100))} digits",
    ],
    ("regularisation", 4): [
        f"{round(n := unpaired(0.92, 0.01), -2):,.0f}",
        f"{round(n * (1 + 0.84 / 1.96) ** 2, -2):,.0f}",
    ],
    ("regularisation", 5): [f"\\cdot 4 - 1 = {4 / 2 - 1:.0f}$", f"of {100**0.5:.0f}."],
    ("preparation", 2): [
        f"{(tenth := stats.norm.isf(10 / 2e4)):.1f} deviations",
        f"{tenth / 10:.2f} to {stats.norm.isf(1 / 2e4) / 10:.1g}",
    ],
    ("preparation", 4): [f"{3**6}", f"{largest_of_normals(8):.1f} deviations"],
    ("preparation", 6): [f"{5 * (8 * 4 + 1)}", f"{32 + 1}", f"{165 + 33}"],
    ("trust", 1): [
        f"{wilson(90, 100)[0]:.1f} to {wilson(90, 100)[1]:.1f}", "11.9", "89.4 to 90.6",
        "{:.1f} to {:.1f} %".format(*wilson(28, 30)), f"{100 / 30:.1f} points",
    ],
    ("trust", 2): [f"{best_of_coins(200, 100):.1f}"],
    ("trust", 3): [f"{100 * 165 / 200:.1f}", "from {:.1f} to {:.1f}".format(*wilson(165, 200))],
    ("trust", 4): [f"{100 * 357 / 569:.0f} %"],
    ("trust", 5): [f"{COINS:.4f}", f"{200 * COINS:.1f} %"],
    ("taxonomy", 2): [f"{5 + 2 * 4} of its 25"],
    ("convolutions", 1): [f"{1 + 5 * 2}", f"{1 + 2 * sum(2**n for n in range(5))}"],
    ("convolutions", 5): [
        comma(9 * 256**2), f"{9 * 256**2 * 56**2 / 1e6:,.0f} million", comma(9 * 256 + 256**2),
        f"{(9 * 256 + 256**2) * 56**2 / 1e6:.0f} million", comma(2 * 256 * 64 + 9 * 64**2),
        f"{(2 * 256 * 64 + 9 * 64**2) * 56**2 / 1e6:.0f} million",
    ],
    ("feedforward", 1): [comma(dense(64, 256, 10))],
    ("feedforward", 5): [
        f"{SLOPE:.3f} x - {-OFFSET:.3f}", f"{-OFFSET / SLOPE:.2f}",
        f"{ {9: 'nine'}[MISTAKES]} mistakes", f"threshold at {THRESHOLD}",
    ],
    ("recurrent", 1): [f"{0.95**n:.2g}" for n in (20, 50, 100)] + [f"{math.log(0.5, 0.95):.1f}"],
    ("recurrent", 2): [f"4.6, keeps {1 / (1 + math.exp(-4.6)):.2f}", f"= {math.log(4):.2f}$"],
    ("recurrent", 3): [comma(LAYER), f"{4 * 33}", f"{LAYER + 4 * 33:,}"],
    ("recurrent", 4): [f"= {1 / 64**0.5} for", f"by {mean_overlap_of_digits():.2f} in"],
    ("recurrent", 5): [comma(2**10), comma(sum(2**n for n in range(10)))],
    ("autoencoders", 2): [comma(dense(64, 8, 64))],
    ("transformers", 1): [comma(54 * 768)],
    ("transformers", 3): [
        f"{BYTES:,}", f"{BYTES * 2048 / 1e6:.0f} million", f"{BYTES * 2048 / 2**20:.0f} MiB",
        f"{12 * 24 * 1024**2 / 1e6:.0f}", f"{24 * 24 * 1024**2 / 1e6:.0f} million", "three windows",
    ],
    ("transformers", 7): [
        f"{(d := np.std([1] * 2 + [0] * 6)):.3f}", f"{0.75 / d:.2f}", f"{-0.25 / d:.3f}",
    ],
    ("transformers", 8): [f"{1 - 0.9**8:.2f}", f"{1 - 0.9**64:.4f}"],
    ("generative", 1): [f"{math.log(100):.1f}", comma(round(3072 * 3 * math.log(2), -2))],
    ("generative", 4): [comma(2**12), f"{2**8}"],
    ("hybrid", 2): [f"{math.log(100) / -math.log(0.896):.1f}"],
    ("families", 2): [comma(4096**2), "9"],
    ("families", 3): [comma(2 * 512), comma(34 * 512)],
    ("applications", 1): [
        f"{round(unpaired(0.97, 0.01), -2):,.0f}", f"{100 * 111 / 114:.1f} %",
        "from {:.1f} to {:.1f}".format(*wilson(111, 114)), f"{100 / 114:.1f} points",
    ],
    ("applications", 3): [f"95/590 = {round(9500 / 590)}"],
    ("hardware", 1): [
        comma(25 * 6 * 28**2), comma(25 * 6 * 16 * 100), comma(400 * 120), comma(120 * 84), "840",
        comma(25 * 60 * 100),
        f"{117_600 + 240_000 + 48_000 + 10_080 + 840:,}",
    ],
    ("hardware", 2): [f"{100 / (1 - 200 / 1024):.1f}", f"{100 / (2 - 400 / 1024):.1f}"],
    ("hardware", 3): [f"= {13 * 16}$ GB", f"= {13 * 0.5}$ GB", "three machines"],
    ("hardware", 5): [f"{next(m for m in itertools.count(1) if 7 / (m + 7) < 0.05)} parts"],
    ("society", 2): [f"{9000 / 585:.0f} of a hundred", f"{180_000 / 2200:.0f} of a hundred"],
    ("society", 3): [f"{p / (1 - p) * 0.4 / 0.6 * 0.7:.3f}" for p in (0.2, 0.4)],
    ("perceptron", 3): [f"= {1 / 0.05**2:.0f}$", f"= {2 / 0.05**2:.0f}$"],
    ("albert", 1): [f"{128 * 768 / 640:.1f}", "from 154 words on"],
    ("ddpm", 1): [f"{np.prod(1 - np.linspace(1e-4, 0.02, 1000)[:500]) ** 0.5:.2f}"],
    ("distilbert", 2): [f"{42.5 + 0.59:.1f}, {100 * 43.1 / 109.5:.1f} %"],
    ("elman", 1): [comma(150 * (150 + 31) + 150), comma(dense(150, 31)), "31,981"],
    ("gru", 1): [f"{math.log(0.5, 0.97):.1f}", f"{math.log(0.97 / 0.03):.2f}"],
    ("roberta", 2): [f"{math.log(0.05, 0.85):.1f}", "n = 19"],
    ("transformer", 3): [f"{(n / 6) ** 0.6:.3f}" for n in (8, 11)] + ["−1.683", "−1.668"],
    ("vae", 1): [
        f"{-math.log(2 * math.pi) / 2 + (0.5 + math.log(0.25)) / 2:.4f}",
        f"{-math.log(2 * math.pi) / 2 - (0.2**2 + 4 * 0.2) / 2:.4f}",
        f"{-(1 + math.log(0.2) - 0.16 - 0.2) / 2:.4f}",
    ],
    ("vae", 2): [f"{(784 / 2) ** 0.5:.1f}", f"{784 / 2:.0f}"],
    ("course", 2): [
        f"{(best := largest_of_normals(30)):.2f} standard", f"{ {2: 'two'}[round(best)]} points",
    ],
}  # fmt: skip


UNCOMPUTED = {("learning", 6), ("generative", 3)}  # settings to try, and an equation to solve


@pytest.mark.parametrize(("name", "number"), COMPUTED)
def test_a_solution_says_what_is_computed(name, number):
    found = next(one for one in exercises(TEXTS[name]) if one.number == number)
    assert [said for said in COMPUTED[name, number] if said not in found.solution] == []


def test_most_exercises_that_compute_are_computed_here():
    """A solution with an equation that ends in a number is one that computes."""
    computes = {
        (name, one.number)
        for name, text in CHAPTERS.items()
        for one in exercises(text)
        if re.search(r"=\s*-?\d[\d.,{}]*(?:\\cdot 10\^\{?\d+\}?)?\$?(?:[\s.,:;)]|$)", one.solution)
    }
    assert computes - {*COMPUTED} == UNCOMPUTED


def tokens(readers: int) -> float:
    """What an H100 writes a second for readers of 2,048 tokens each, with 7 billion parameters."""
    return 3350 * readers / (14 + readers * 2 * 32 * 4096 * 2 * 2048 / 1e9)


ROOM = [f"{low:.{d}f} % | {high:.{d}f} %" for n, d in ((30, 0), (100, 0), (1000, 1), (10_000, 1))
        for low, high in [wilson(9 * n // 10, n)]]  # fmt: skip
BACK, WORK = back(2, 0.5, -1, 1), 6 * 70e9 * 1.4e12
HOURS = WORK / (989e12 * 0.4) / 3600  # of one H100 that reaches 40 % of its peak
STEPPED = back(2, 0.5 - 0.1 * BACK["w1"], -1 - 0.1 * BACK["w2"], 1)
RESNET = registry.describe("resnet").variants["50"]
SAID = {  # what a chapter computes as it goes
    "learning": [
        *(f"{BACK[one]:.4f}" for one in ("e", "w2", "h", "z", "w1")), f"{BACK['e'] ** 2 / 2:.4f}",
        f"{0.5 - 0.1 * BACK['w1']:.4f}", f"{-1 - 0.1 * BACK['w2']:.4f}",
        f"{STEPPED['e'] ** 2 / 2:.4f}", f"= {0.1 * (BACK['w1'] ** 2 + BACK['w2'] ** 2):.3f}$",
        f"fell by {(BACK['e'] ** 2 - STEPPED['e'] ** 2) / 2:.3f}",
    ],
    "losses": [
        f"10 = {math.log(10):.2f}$", f"{-math.log(0.99):.3f}", f"{-math.log(0.01):.3f}",
        f"{math.log(0.01) / math.log(0.99):.0f} times",
    ],
    "trust": ROOM,
    "transformers": [
        f"{12 * 12 * 768**2 / 1e6:.0f} million", f"{(50_257 + 1024) * 768 / 1e6:.0f} million",
        f"{100 * 1024 / (6 * 768 + 1024):.0f} % of the work", f"{2 * 12 * 768 * 2:,} bytes",
        f"{2 * 12 * 768 * 2 * 1024 / 1e6:.0f} million for a full window",
        f"twenty steps is {100 * 0.95**20:.0f} %", f"is {8 * 2 * 4096:,} numbers",
        f"{4096**2 / 1e6:.1f} million", f"a {4096**2 // (8 * 2 * 4096)}th",
    ],
    "hardware": [
        f"{RESNET.params / 1e6:.1f} million parameters and {(RESNET.macs or 0) / 1e9:.1f} billion",
        f"below {989 / 3.35:.0f} operations", f"{2250 / 8:.0f} operations a byte",
        f"{4614 / 7.37:.0f} operations a byte", f"{35_000 / 22:,.0f} a byte",
        f"more than {round(3350 / 14, -1):.0f} tokens", f"{round(tokens(32), -2):,.0f} tokens",
        f"{ {9: 'nine'}[round(tokens(32) / (3350 / 14))]} times as many as one",
        f"{100 * 2 * 32 * 4096 * 2 * 2048 / 1e9:.0f} GB", f"32 parts, {100 * 7 / 39:.0f} %",
        f"{WORK / 1e23:.1f} \\times 10^{{23}}", f"{round(HOURS, -3):,.0f} hours",
        f"{HOURS * 0.7 / 1e3:.0f} MWh", f"{4.1 * 4.6:.0f} millijoules",
    ],
}  # fmt: skip


@pytest.mark.parametrize("chapter", SAID)
def test_a_chapter_says_what_is_computed(chapter):
    text = CHAPTERS[chapter].split("## Exercises")[0]
    assert [said for said in SAID[chapter] if said not in text] == []


def weighted_sum(marked: bool) -> float:
    """Accuracy of logistic regression on a symbol at a random place.

    It is one that stands nowhere else, or one among its like behind a marker.
    """
    rows, steps, symbols = 1500, 20, 4
    draw = np.random.default_rng(0)
    every, answer = np.arange(rows), np.arange(rows) % symbols
    shown = draw.integers(symbols, size=(rows, steps)) + (0 if marked else symbols)
    place = draw.integers(1, steps, size=rows)
    if marked:
        shown[every, place - 1] = 2 * symbols - 1
    shown[every, place] = answer
    x, new = np.eye(2 * symbols)[shown].reshape(rows, -1), draw.permutation(rows) < rows // 3
    linear = LogisticRegression(max_iter=300).fit(x[~new], answer[~new])
    return float(linear.score(x[new], answer[new]))


def test_what_defeats_a_weighted_sum_is_a_marker_and_not_a_random_place():
    """Recurrent networks, exercise 2."""
    assert weighted_sum(marked=False) > 0.98
    assert weighted_sum(marked=True) < 0.4
