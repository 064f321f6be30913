"""AdaGrad: the rate that falls, rare features, and a target that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure
    from torch import Tensor

EXAMPLES, FEATURES, BATCH, EPOCHS, LOOK = 2000, 300, 20, 40, 10
SPREAD, SLACK = 3.0, 1.05  # deviation of the log odds; times the loss of a reference
RATES = tuple(10 ** (power / 2) for power in range(-5, 5))  # 0.003 to 100
KINDS = ("rare", "even")
LINEAR = {"sgd": "gradient descent", "adagrad": "AdaGrad"}
DRIFTING = {"adagrad": "AdaGrad", "rmsprop": "RMSProp", "sgd": "gradient descent"}
WEIGHTS, STEPS, JUMP = 20, 8000, 200


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The rate after each step, epochs by kind of feature, errors on a moving target."""
    numbers = {"rate_off": rate_off(10 if quick else 1000)}
    for kind in KINDS:
        task = problem(seed, kind)
        for name in LINEAR:
            numbers[f"{kind}_{name}"] = epochs(seed, name, task, 0.2 if quick else EPOCHS)
        numbers[f"gain_{kind}"] = numbers[f"{kind}_sgd"] / numbers[f"{kind}_adagrad"]
    for name in DRIFTING:
        early, late = drift(seed, name, 100 if quick else STEPS)
        numbers[f"early_{name}"] = early.min().item()
        numbers[f"late_{name}"] = late[early.argmin()].item()
        numbers[f"hindsight_{name}"] = late.min().item()
    for when in ("late", "hindsight"):
        numbers[f"ratio_{when}"] = numbers[f"{when}_adagrad"] / numbers[f"{when}_rmsprop"]
    return numbers


def descent(name: str, size: int) -> tuple[list[Tensor], torch.optim.Optimizer]:
    """Weights, zero, one set a rate, and PyTorch's optimiser of them all, each at its rate."""
    import torch

    weights = [torch.zeros(size) for _ in RATES]
    groups = [{"params": [w], "lr": rate} for w, rate in zip(weights, RATES, strict=True)]
    kinds = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "rmsprop": torch.optim.RMSprop}
    return weights, kinds[name](groups)


def rate_off(steps: int) -> float:
    """How far steps on a gradient of one are from rate / root of t, at most, relatively."""
    import torch

    weight = torch.zeros(1, dtype=torch.float64)
    weight.grad = torch.ones_like(weight)
    optimiser, worst = torch.optim.Adagrad([weight], lr=0.1), 0.0
    for step in range(1, steps + 1):
        before = weight.item()
        optimiser.step()
        worst = max(worst, abs((before - weight.item()) / (0.1 / step**0.5) - 1))
    return worst


def problem(seed: int, kind: str) -> tuple[Tensor, Tensor, float]:
    """Features that are there or not, a class drawn from their log odds, and the loss to reach.

    Rare: feature j is there with probability 1/2j. Even: each with 1/2, counted as 1/2 or -1/2.
    """
    import torch
    from sklearn.linear_model import LogisticRegression
    from torch.nn import functional

    from nna.lab.learn import seeded

    draw = seeded(seed, kind)
    chance = torch.full((FEATURES,), 0.5)
    if kind == "rare":
        chance /= torch.arange(1, FEATURES + 1)
    x = (torch.rand(EXAMPLES, FEATURES, generator=draw) < chance).float()
    if kind == "even":
        x -= 0.5
    odds = x @ torch.randn(FEATURES, generator=draw)
    odds *= SPREAD / odds.std()
    y = (torch.rand(EXAMPLES, generator=draw) < odds.sigmoid()).float()
    reference = LogisticRegression(fit_intercept=False, max_iter=1000).fit(x.numpy(), y.numpy())
    weights = torch.tensor(reference.coef_[0], dtype=torch.float32)
    loss = functional.binary_cross_entropy_with_logits(x @ weights, y)
    return x, y, SLACK * loss.item()


def epochs(seed: int, name: str, task: tuple[Tensor, Tensor, float], most: float) -> float:
    """Epochs until the loss is at the goal, at the best rate; the most if never."""
    import torch
    from torch.nn import functional

    from nna.lab.learn import seeded

    x, y, goal = task
    draw, a_look = seeded(seed, "order"), y[:, None].expand(-1, len(RATES))
    weights, optimiser = descent(name, FEATURES)
    each = EXAMPLES // BATCH
    batches: tuple[Tensor, ...] = ()
    for step in range(int(most * each)):
        if step % each == 0:
            batches = torch.randperm(EXAMPLES, generator=draw).split(BATCH)
        batch = batches[step % each]
        wrong = (x[batch] @ torch.stack(weights).T).sigmoid() - y[batch, None]
        for weight, gradient in zip(weights, (x[batch].T @ wrong / BATCH).T, strict=True):
            weight.grad = gradient
        optimiser.step()
        if (step + 1) % LOOK == 0:
            odds = x @ torch.stack(weights).T
            loss = functional.binary_cross_entropy_with_logits(odds, a_look, reduction="none")
            if loss.mean(dim=0).min() <= goal:
                return (step + 1) / each
    return float(most)


def drift(seed: int, name: str, steps: int) -> tuple[Tensor, Tensor]:
    """The mean squared error of each rate over the first and the last tenth of the steps.

    The target is drawn anew every 200 steps; gradients are distances from it plus noise.
    """
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, "drift")
    weights, optimiser = descent(name, WEIGHTS)
    errors = torch.zeros(steps, len(RATES))
    target = torch.zeros(WEIGHTS)
    for step in range(steps):
        if step % JUMP == 0:
            target = torch.randn(WEIGHTS, generator=draw)
        noise = torch.randn(WEIGHTS, generator=draw)
        away = torch.stack(weights) - target
        errors[step] = away.square().mean(dim=1)
        for weight, gradient in zip(weights, away + noise, strict=True):
            weight.grad = gradient
        optimiser.step()
    errors = errors.nan_to_num(nan=1e9, posinf=1e9)
    return errors[: steps // 10].mean(dim=0), errors[-steps // 10 :].mean(dim=0)


def figure(columns: Columns) -> Figure:
    """Epochs by kind of feature, and errors on the moving target."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(10, 3.2, 2)
    colours = {"adagrad": BLUE, "sgd": ORANGE, "rmsprop": GREY}
    rows = [(kind, name) for kind in KINDS for name in LINEAR]
    runs(left, [(columns[f"{kind}_{name}"], colours[name]) for kind, name in rows])
    left.set_yticks(range(len(rows)), [f"{kind}, {LINEAR[name]}" for kind, name in rows])
    left.set(xlabel="epochs to the goal, a dot a run", title="Rare features and even ones")
    whens = {"early": "first tenth", "late": "last tenth", "hindsight": "last, its own best rate"}
    rows = [(when, name) for when in whens for name in DRIFTING]
    runs(right, [(columns[f"{when}_{name}"], colours[name]) for when, name in rows])
    labels = [f"{DRIFTING[name]}, {whens[when]}" for when, name in rows]
    right.set_yticks(range(len(rows)), labels)
    right.set(xlabel="mean squared error, a dot a run", title="A target that jumps", xlim=(0, None))
    return drawing


EXPERIMENT = Experiment(
    title="AdaGrad's falling rate",
    scope="on 2,000 generated examples, 40 epochs",
    claims=(
        Claim(
            row="OPT-10",
            says="AdaGrad suits rare features, but its rates fall too fast for a target that "
            "moves.",
            by=(
                "Duchi, Hazan, Singer (2011). Adaptive subgradient methods for online learning and "
                "stochastic optimization. JMLR 12",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, chapter 8",
            ),
            conditions=(
                Condition(
                    says="with gradients of one its rate is off the root's law by",
                    of="rate_off",
                    at_most=1e-6,
                ),
                Condition(
                    says="rare features: epochs of gradient descent over those of AdaGrad, each "
                    "at its best rate",
                    of="gain_rare",
                    at_least=1,
                ),
                Condition(
                    says="features that are all as frequent: the same",
                    of="gain_even",
                    at_most=1.2,
                    limit=True,
                ),
                Condition(
                    says="a target that jumps: late error of AdaGrad over RMSProp's, each at the "
                    "rate that was best at the beginning",
                    of="ratio_late",
                    at_least=1,
                ),
                Condition(
                    says="each at the rate that turns out best for the end",
                    of="ratio_hindsight",
                    at_least=1,
                    limit=True,
                ),
            ),
            rather="In this trial it gains as much where all features are equally frequent, so "
            "that its gain isn't owed to rare ones alone. Its falling rates lose to RMSProp's "
            "where the rate was chosen before the target moved; chosen for the end, they don't.",
        ),
    ),
    protocol=Protocol(
        data=f"{EXAMPLES:,} generated examples of {FEATURES} features that are there or not: rare "
        "ones, feature j with probability 1/2j, or even ones, each with 1/2 and counted as 1/2 or "
        "-1/2; normal weights, log odds scaled to deviation 3, classes drawn from them. The target "
        f"that moves: {WEIGHTS} numbers, drawn anew every {JUMP} steps; the gradient is the "
        "distance from it plus normal noise of deviation 1.",
        models="Logistic regression without a constant; weights zero at first.",
        training=f"PyTorch's optimisers, batches of {BATCH}, {EPOCHS} epochs at most; on the "
        f"moving target {STEPS:,} steps. Rates from 0.003 to 100, two to each power of ten.",
        measured="Relative error of AdaGrad's first 1,000 steps against rate over root of t. "
        "Epochs until the loss over all examples is within 5 % of that of scikit-learn's logistic "
        "regression (C = 1), looked at every ten steps, at each one's best rate. Mean squared "
        "error on the moving target over the last tenth of the steps, at the rate that was best "
        "over the first tenth, or at the best for the last tenth itself.",
        quick="Ten steps, a fifth of an epoch, 100 steps.",
    ),
    quantities={
        "rate_off": Quantity(about="AdaGrad's rate against rate over root of t", unit="relative"),
        **{
            f"{kind}_{name}": Quantity(about=f"epochs of {label}, {kind} features", unit="epochs")
            for kind in KINDS
            for name, label in LINEAR.items()
        },
        **{
            f"gain_{kind}": Quantity(
                about=f"epochs, gradient descent over AdaGrad, {kind} features", unit="times"
            )
            for kind in KINDS
        },
        **{
            f"{when}_{name}": Quantity(about=f"error of {label}, {about}", unit="squared")
            for name, label in DRIFTING.items()
            for when, about in (
                ("early", "first tenth, best rate"),
                ("late", "last tenth, the rate best in the first"),
                ("hindsight", "last tenth, best rate"),
            )
        },
        "ratio_late": Quantity(about="late error, AdaGrad over RMSProp", unit="times"),
        "ratio_hindsight": Quantity(
            about="late error, AdaGrad over RMSProp, each at its best rate", unit="times"
        ),
    },
    seeds=10,
    minutes=2,
    measure=measure,
    figure=figure,
)
