"""Step size and momentum on a quadratic: the exact bound, and what helps in a narrow valley."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

SIZE, GOAL = 20, 1e-6  # weights; the share of the first loss at which a descent has arrived
STEPS = (0.01, 0.1, 1.0, 1.9, 1.99, 2.01)  # over the greatest curvature
ROUND, CONDITIONS = 10, (10, 100, 1000, 10000)  # greatest over least curvature
VALLEY = 1000
TUNED = ("descent", "heavy_ball", "nesterov")  # rate and momentum from theory
SEARCHED = ("heavy_ball_09", "adagrad", "rmsprop", "adam")  # the best of many rates
LABELS = {
    "descent": "gradient descent",
    "heavy_ball": "heavy ball",
    "nesterov": "Nesterov",
    "heavy_ball_09": "heavy ball, momentum 0.9",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adam": "Adam",
}
LAYS = {"turned": "valley across the axes", "along": "valley along the axes"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Steps to the goal from one start, by step size, by condition and by method."""
    import numpy as np

    draw = np.random.default_rng(seed)
    turn = np.linalg.qr(draw.normal(size=(SIZE, SIZE)))[0]
    start = draw.normal(size=SIZE)
    most = 300 if quick else 100_000
    round_ = curvatures(ROUND)
    taken = {c: descend("descent", [c / ROUND], round_, turn, start, most) for c in STEPS}
    numbers = {f"step_{c}": float(steps) for c, (steps, _) in taken.items()}
    numbers |= {f"arrives_{c}": float(steps < most) for c, (steps, _) in taken.items()}
    numbers["leaves_2.01"] = float(taken[2.01][1] > 1)
    numbers["slow_ratio"] = numbers["step_0.01"] / numbers["step_1.0"]
    for condition in CONDITIONS:
        for name in TUNED:
            rate, momentum = theory(name, condition)
            steps, _ = descend(
                name, [rate], curvatures(condition), turn, start, most, momentum=momentum
            )
            numbers[f"{name}_{condition}"] = float(steps)
    rates = 10.0 ** np.arange(-4, 1.01, 0.25)
    for name in SEARCHED:
        for lay, axes in (("turned", turn), ("along", np.eye(SIZE))):
            steps, _ = descend(name, rates, curvatures(VALLEY), axes, start, most)
            numbers[f"{name}_{lay}"] = float(steps)
    reach = numbers[f"descent_{VALLEY}"]
    for name in ("heavy_ball", "nesterov"):
        numbers[f"gain_{name}"] = reach / numbers[f"{name}_{VALLEY}"]
    numbers["gain_heavy_ball_09"] = reach / numbers["heavy_ball_09_turned"]
    return numbers


def curvatures(condition: float) -> np.ndarray:
    """From 1 to `condition`, evenly spaced in their logarithms."""
    import numpy as np

    return np.geomspace(1, condition, SIZE)


def theory(name: str, condition: float) -> tuple[float, float]:
    """The rate and the momentum that suit curvatures from 1 to `condition` best."""
    root = condition**0.5
    if name == "descent":
        return 2 / (condition + 1), 0.0
    momentum = (root - 1) / (root + 1)
    if name == "heavy_ball":
        return 4 / (root + 1) ** 2, momentum**2
    return 1 / condition, momentum


def descend(  # noqa: PLR0913 - the quadratic, the start and the method
    name: str,
    rates: np.ndarray | list[float],
    curvature: np.ndarray,
    axes: np.ndarray,
    start: np.ndarray,
    most: int,
    *,
    momentum: float = 0.9,
) -> tuple[int, float]:
    """Minimise half of x' A x, A with these curvatures along the columns of `axes`.

    All rates run side by side, until the first of them arrives.

    Returns:
        Steps until some rate has brought the loss to the goal, `most` where none has; and the
        least loss at the end, over the first.
    """
    import numpy as np

    rate = np.asarray(rates)[:, None]
    x = np.tile(axes @ start, (len(rate), 1))
    first, second = np.zeros_like(x), np.zeros_like(x)
    begin = float(curvature @ start**2)
    share = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, most + 1):
            along = x @ axes
            gradient = (along * curvature) @ axes.T
            x = x - rate * update(name, gradient, first, second, step, momentum)
            share = float(np.nanmin((x @ axes) ** 2 @ curvature)) / begin
            if share <= GOAL or share > 1e6:
                return (step if share <= GOAL else most), share
    return most, share


def update(  # noqa: PLR0913 - what a rule knows
    name: str,
    gradient: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    step: int,
    momentum: float,
) -> np.ndarray:
    """The direction that is taken times the rate; `first` and `second` are kept in place.

    As `torch.optim` computes them, with its momenta 0.9 and 0.999 for Adam and 0.99 for RMSProp.
    """
    import numpy as np

    tiny = 1e-12
    if name == "adagrad":
        second += gradient**2
        return gradient / (np.sqrt(second) + tiny)
    if name == "rmsprop":
        second += 0.01 * (gradient**2 - second)
        return gradient / (np.sqrt(second) + tiny)
    if name == "adam":
        first += 0.1 * (gradient - first)
        second += 0.001 * (gradient**2 - second)
        return first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + tiny)
    if name == "descent":
        return gradient
    first *= momentum
    first += gradient
    return gradient + momentum * first if name == "nesterov" else first


def figure(columns: Columns) -> Figure:
    """Steps by step size, by condition, and by method."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, curves, new, runs

    drawing, (left, middle, right) = new(13, 3.8, 3)
    fine = [c for c in STEPS if c < 2]
    curves(left, fine, [("gradient descent", [columns[f"step_{c}"] for c in fine], BLUE, "-")])
    left.axvline(2, color=GREY, linestyle=":", linewidth=1)
    left.set(
        xscale="log",
        yscale="log",
        xlabel="step size, times the greatest curvature;\ndotted: 2, beyond which it diverges",
        ylabel="steps to a millionth of the loss",
        title="Step size",
    )
    curves(
        middle,
        CONDITIONS,
        [
            (LABELS[name], [columns[f"{name}_{k}"] for k in CONDITIONS], colour, "-")
            for name, colour in zip(TUNED, (BLUE, ORANGE, GREY), strict=True)
        ],
    )
    middle.set(
        xscale="log",
        yscale="log",
        xlabel="greatest over least curvature",
        ylabel="steps",
        title="Narrowness",
    )
    bars = [(LABELS[name], f"{name}_{VALLEY}", BLUE) for name in TUNED]
    for name in SEARCHED:
        bars.append((LABELS[name], f"{name}_turned", BLUE))
        if name != "heavy_ball_09":  # the axes don't matter to it
            bars.append((f"{LABELS[name]}, along the axes", f"{name}_along", ORANGE))
    runs(right, [(columns[key], colour) for _, key, colour in bars])
    right.set_yticks(range(len(bars)), [label for label, _, _ in bars])
    right.set(
        xscale="log",
        xlabel="steps, a dot a run",
        title=f"Methods, condition {VALLEY}",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Step size and momentum in a valley",
    scope="on quadratics of 20 weights",
    claims=(
        Claim(
            row="OPT-05",
            says="Too large a step size makes gradient descent diverge, too small a one makes it "
            "slow.",
            by=(
                "LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In: Neural Networks: "
                "Tricks of the Trade. Springer",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, chapter 8",
            ),
            conditions=(
                Condition(
                    says="a step 0.5 % below twice the inverse of the greatest curvature arrives",
                    of="arrives_1.99",
                    at_least=0.9,
                ),
                Condition(says="one 0.5 % above it arrives", of="arrives_2.01", at_most=0.1),
                Condition(
                    says="one 0.5 % above it ends with a greater loss than it began with",
                    of="leaves_2.01",
                    at_least=0.9,
                ),
                Condition(
                    says="steps with a hundredth of the inverse curvature, over those with it",
                    of="slow_ratio",
                    at_least=50,
                ),
            ),
        ),
        Claim(
            row="OPT-08",
            says="Momentum speeds up gradient descent much in narrow valleys.",
            by=(
                "Polyak (1964). Some methods of speeding up the convergence of iteration methods. "
                "USSR Computational Mathematics and Mathematical Physics 4(5)",
                "Sutskever, Martens, Dahl, Hinton (2013). On the importance of initialization and "
                "momentum in deep learning. ICML",
                "Goh (2017). Why momentum really works. Distill",
            ),
            conditions=(
                Condition(
                    says="steps of gradient descent over those of heavy ball, both as theory "
                    "tunes them",
                    of="gain_heavy_ball",
                    at_least=5,
                ),
                Condition(says="over those of Nesterov's", of="gain_nesterov", at_least=5),
                Condition(
                    says="over those of heavy ball with the usual momentum 0.9, best rate",
                    of="gain_heavy_ball_09",
                    at_least=5,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data=f"Quadratics of {SIZE} weights with curvatures evenly spaced in their logarithms, "
        "greatest over least 10 for the step size and 10, 100, 1,000 and 10,000 for momentum; "
        "their axes turned at random, or along the weights; started from a normal draw, the same "
        "along the axes in all of them. Double precision.",
        models="None: the weights are the point that descends.",
        training="Full gradients. Gradient descent, heavy ball and Nesterov's method with the rate "
        "and momentum that are best for the known curvatures: 2/(L+m); 4/(√L+√m)² with momentum "
        "((√L-√m)/(√L+√m))²; 1/L with (√L-√m)/(√L+√m). Heavy ball with momentum 0.9, AdaGrad, "
        "RMSProp (0.99) and Adam (0.9, 0.999) at the best of 21 rates from 0.0001 to 10, four to "
        "each power of ten.",
        measured="Steps until the loss is first a millionth of what it was, 100,000 where it never "
        "is.",
        quick="At most 300 steps.",
    ),
    quantities={
        **{
            f"step_{c}": Quantity(about=f"steps with a step size of {c}/L", unit="steps")
            for c in STEPS
        },
        **{
            f"arrives_{c}": Quantity(about=f"{c}/L arrives", unit="of the runs", yes_no=True)
            for c in STEPS
        },
        "leaves_2.01": Quantity(
            about="2.01/L ends above its start", unit="of the runs", yes_no=True
        ),
        "slow_ratio": Quantity(about="steps with 0.01/L over steps with 1/L", unit="times"),
        **{
            f"{name}_{k}": Quantity(about=f"steps of {LABELS[name]}, condition {k}", unit="steps")
            for name in TUNED
            for k in CONDITIONS
        },
        **{
            f"{name}_{lay}": Quantity(about=f"steps of {LABELS[name]}, {label}", unit="steps")
            for name in SEARCHED
            for lay, label in LAYS.items()
        },
        **{
            f"gain_{name}": Quantity(
                about=f"steps of gradient descent over those of {LABELS[name]}", unit="times"
            )
            for name in ("heavy_ball", "nesterov", "heavy_ball_09")
        },
    },
    seeds=60,
    minutes=3,
    measure=measure,
    figure=figure,
)
