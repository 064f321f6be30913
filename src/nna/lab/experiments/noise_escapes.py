"""Two minima, one shallow: which of them noisy and full gradients end in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

EXAMPLES, WALKERS, STEPS = 256, 200, 5000
TILT, RATE = 0.1, 0.1
SIZES = (1, 2, 4, 8, 16, 64, EXAMPLES)


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The share of walkers that end in the deep minimum, from either side."""
    import numpy as np

    draw = np.random.default_rng(seed)
    lean = draw.normal(size=EXAMPLES)
    lean = (lean - lean.mean()) / lean.std()
    steps = 50 if quick else STEPS
    numbers = {f"deep_{b}": deep(1.0, b, RATE, lean, steps, draw) for b in SIZES}
    numbers["deep_slow"] = deep(1.0, 1, RATE / 10, lean, 10 * steps, draw)
    numbers["lost_1"] = 100 - deep(-1.0, 1, RATE, lean, steps, draw)
    return numbers


def deep(  # noqa: PLR0913 - where from, how, for how long
    start: float, size: int, rate: float, lean: np.ndarray, steps: int, draw: np.random.Generator
) -> float:
    """The share, in percent, of walkers left of the barrier in the end.

    The loss is (x^2 - 1)^2 / 4 + tilt x, shallow on the right; example i adds lean_i x to it, and
    the leans cancel over all examples.
    """
    import numpy as np

    x = np.full(WALKERS, start)
    for _ in range(steps):
        noise = 0.0
        if size < EXAMPLES:
            noise = lean[draw.integers(EXAMPLES, size=(WALKERS, size))].mean(axis=1)
        x = x - rate * (x * (x**2 - 1) + TILT + noise)
    barrier = np.sort(np.roots([1, 0, -1, TILT]).real)[1]
    return 100 * float((x < barrier).mean())


def figure(columns: Columns) -> Figure:
    """The loss, and where walkers end by batch size."""
    import numpy as np

    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new

    drawing, (left, right) = new(9, 3.4, 2)
    x = np.linspace(-1.7, 1.6, 200)
    left.plot(x, (x**2 - 1) ** 2 / 4 + TILT * x, color=GREY)
    left.plot(0.95, TILT * 0.95 + 0.01, "o", color=ORANGE)
    left.annotate("all start here", (0.95, 0.1), (0.35, 0.55), color=ORANGE)
    left.set(xlabel="the weight", ylabel="loss over all examples", title="Two minima")
    ends = [columns[f"deep_{size}"] for size in SIZES]
    curves(right, SIZES, [("rate 0.1", ends, BLUE, "-")])
    right.plot(1, np.mean(columns["deep_slow"]), "s", color=ORANGE, label="rate 0.01, as far")
    right.legend(frameon=False, fontsize=8)
    right.set(
        xscale="log",
        xlabel="examples a batch, of 256",
        ylabel="%",
        ylim=(-4, 104),
        title="Walkers that end in the deep minimum",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Noise and the shallow minimum",
    scope="on a loss of one weight, 5,000 steps",
    claims=(
        Claim(
            row="OPT-07",
            says="The noise of single examples carries gradient descent out of a shallow minimum "
            "in which full batches stay.",
            by=(
                "LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In: Neural Networks: "
                "Tricks of the Trade. Springer",
                "Kleinberg, Li, Yuan (2018). An alternative view: when does SGD escape local "
                "minima? ICML, arXiv:1802.06175",
            ),
            conditions=(
                Condition(
                    says="single examples: walkers that end in the deep minimum",
                    of="deep_1",
                    at_least=90,
                ),
                Condition(says="the full batch: the same", of=f"deep_{EXAMPLES}", at_most=0),
                Condition(
                    says="single examples, started in the deep minimum: walkers that end in the "
                    "shallow one",
                    of="lost_1",
                    at_most=10,
                ),
                Condition(
                    says="batches of 16: walkers that end in the deep minimum",
                    of="deep_16",
                    at_least=90,
                    limit=True,
                ),
                Condition(
                    says="single examples at a tenth of the rate, ten times the steps: the same",
                    of="deep_slow",
                    at_least=90,
                    limit=True,
                ),
            ),
            rather="The noise counts as the rate times the variance of an example over the batch "
            "size (Jastrzębski and others, 2017, arXiv:1711.04623), against the height of the "
            "barrier: at a smaller rate or with larger batches the same descent stays.",
        ),
    ),
    protocol=Protocol(
        data=f"One weight x. The loss over {EXAMPLES} examples is (x² - 1)²/4 + {TILT} x: minima "
        "near 1, shallow, and -1, deep. Each example adds a slope of its own, normally drawn by "
        "the seed, scaled to mean 0 and deviation 1.",
        models=f"None: {WALKERS} walkers a seed and setting descend, each from x = 1, and from "
        "x = -1 to see whether they stay.",
        training=f"Plain gradient descent at rate {RATE}, {STEPS:,} steps, batches of 1, 2, 4, 8, "
        "16 and 64 examples drawn with replacement, or all; single examples also at a tenth of the "
        "rate for ten times the steps.",
        measured="The share of walkers on the deep side of the barrier after the last step.",
        quick="50 steps.",
    ),
    quantities={
        **{
            f"deep_{size}": Quantity(
                about=f"walkers that end in the deep minimum, batches of {size}", unit="%"
            )
            for size in SIZES
        },
        "deep_slow": Quantity(
            about="walkers that end in the deep minimum, single examples, a tenth of the rate",
            unit="%",
        ),
        "lost_1": Quantity(
            about="walkers that end in the shallow minimum from the deep one, single examples",
            unit="%",
        ),
    },
    seeds=10,
    minutes=1,
    measure=measure,
    figure=figure,
)
