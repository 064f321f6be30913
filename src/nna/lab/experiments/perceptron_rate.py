"""The perceptron's rate: what it does from zero weights, and from drawn ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

POWERS = (-10, -7, -3, 0, 3, 7, 10)  # of two: scaling by them is exact
TRAIN, PASSES = 200, 200
STARTS = {"zero": "weights zero at first", "drawn": "weights drawn at first"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Mistakes until a pass without any, at each rate and from both starts."""
    import numpy as np

    from nna.lab.pictures import digits

    train, _ = digits(seed, 1797)
    assert train.target is not None
    draw = np.random.default_rng(seed)
    pair = np.isin(train.target.numpy(), (3, 8))
    x = train.x.flatten(1).double().numpy()[pair][: 40 if quick else TRAIN]
    sides = np.where(train.target.numpy()[pair][: len(x)] == 8, 1.0, -1.0)
    z = np.column_stack([x, np.ones(len(x))])
    drawn = draw.standard_normal(z.shape[1])
    orders = [draw.permutation(len(z)) for _ in range(3 if quick else PASSES)]
    numbers: dict[str, float] = {}
    for start in STARTS:
        first = drawn if start == "drawn" else 0 * drawn
        counts = mistakes(first, 2.0 ** np.array(POWERS), z, sides, orders)
        numbers |= {f"{start}_{p}": n for p, n in zip(POWERS, counts.tolist(), strict=True)}
        numbers[f"{start}_low"] = numbers[f"{start}_-10"] / numbers[f"{start}_0"]
        numbers[f"{start}_high"] = numbers[f"{start}_10"] / numbers[f"{start}_0"]
    return numbers


def mistakes(
    first: np.ndarray,
    rates: np.ndarray,
    z: np.ndarray,
    sides: np.ndarray,
    orders: list[np.ndarray],
) -> np.ndarray:
    """All mistakes of a unit at each rate, over passes in the same orders, until it makes none."""
    import numpy as np

    weights = np.tile(first, (len(rates), 1))
    made = np.zeros(len(rates))
    for order in orders:
        before = made.copy()
        for i in order:
            wrong = sides[i] * (weights @ z[i]) <= 0
            weights += np.outer(rates * sides[i] * wrong, z[i])
            made += wrong
        if (made == before).all():
            break
    return made


def figure(columns: Columns) -> Figure:
    """Mistakes along the rate."""
    from nna.lab.drawing import BLUE, ORANGE, curves, new

    drawing, (axis,) = new(6.5, 3.6)
    looks = {"zero": BLUE, "drawn": ORANGE}
    curves(
        axis,
        [2.0**power for power in POWERS],
        [
            (STARTS[start], [columns[f"{start}_{power}"] for power in POWERS], colour, "-")
            for start, colour in looks.items()
        ],
    )
    axis.set(
        xscale="log",
        yscale="log",
        xlabel="rate; bands: 95 % interval",
        ylabel="mistakes until none is left",
        title="What the rate does to a perceptron",
    )
    return drawing


def _ratio(of: str, says: str, limit: bool = False) -> Condition:
    return Condition(says=says, of=of, at_least=1.1, limit=limit)


EXPERIMENT = Experiment(
    title="The rate of the perceptron's rule",
    scope="on 200 digits of two classes, 200 passes at most",
    claims=(
        Claim(
            row="FF-09",
            says="Too high a learning rate makes the perceptron unstable, and too low a one slow.",
            by=("Common in introductions to the perceptron",),
            conditions=(
                _ratio(
                    "zero_high", "from zero weights, mistakes at rate 1024 over those at rate 1"
                ),
                _ratio(
                    "zero_low", "from zero weights, mistakes at rate 1/1024 over those at rate 1"
                ),
                _ratio("drawn_high", "from drawn weights, the same at rate 1024", limit=True),
                _ratio("drawn_low", "from drawn weights, the same at rate 1/1024", limit=True),
            ),
            rather="From zero weights the rate only scales the weights: not one decision depends "
            "on it, as the bound on the mistakes, which has no rate in it, suggests (Novikoff "
            "1962). From drawn weights a low rate needs longer to outgrow them; a high one makes "
            "them immaterial at once.",
        ),
    ),
    protocol=Protocol(
        data="Threes and eights of the dataset digits, pixels from 0 to 1 and a constant input: "
        "200 of them, drawn by the seed.",
        models="One threshold unit, in double precision; weights zero at first, or drawn from the "
        "standard normal distribution.",
        training="The perceptron's rule, one example at a time, in an order drawn for each pass "
        "and the same at all rates (powers of two from 1/1024 to 1024), until a pass without a "
        "mistake at any rate, 200 passes at most.",
        measured="All mistakes made.",
        quick="40 digits and three passes.",
    ),
    quantities={
        **{
            f"{start}_{power}": Quantity(
                about=f"mistakes at rate 2^{power}, {label}", unit="mistakes"
            )
            for start, label in STARTS.items()
            for power in POWERS
        },
        **{
            f"{start}_{end}": Quantity(
                about=f"mistakes at rate {rate} over those at rate 1, {label}", unit="times"
            )
            for start, label in STARTS.items()
            for end, rate in (("low", "1/1024"), ("high", "1024"))
        },
    },
    seeds=20,
    minutes=2,
    measure=measure,
    figure=figure,
)
