"""Grid, random and Bayesian search for hyperparameters, with as many trials each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

KINDS = {"grid": "grid", "random": "random", "bayes": "Bayesian"}
LEVELS = {"few": 2, "all": 2, "digits": 3}  # of the grid, in each dimension
SIZES = {"few": 6, "all": 6, "digits": 3}  # dimensions
GAPS = ("random_grid", "bayes_random")
TASKS = {
    "few": "two dimensions of six matter",
    "all": "all six matter",
    "digits": "an mlp on digits",
}
TRAIN, STEPS, BATCH = 500, 150, 50


def measure(seed: int, quick: bool) -> dict[str, float]:
    """The best score that each search finds on each task."""
    numbers: dict[str, float] = {}
    for task in TASKS:
        score = network(seed, 1 if quick else STEPS) if task == "digits" else bump(seed, task)
        for kind in KINDS:
            numbers[f"{task}_{kind}"] = search(kind, task, score, seed)
        for gap in GAPS:
            better, worse = gap.split("_")
            numbers[f"{task}_{gap}"] = numbers[f"{task}_{better}"] - numbers[f"{task}_{worse}"]
    return numbers


def search(kind: str, task: str, score: Callable[[list[float]], float], seed: int) -> float:
    """The best score of all trials, each at a point of the unit cube.

    Raises:
        UserError: optuna isn't installed.
    """
    from nna.errors import UserError

    try:
        import optuna
    except ImportError as error:
        raise UserError("searches need one more package: pip install 'nna[workbench]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    names = [f"x{place}" for place in range(SIZES[task])]
    middles = [(level + 0.5) / LEVELS[task] for level in range(LEVELS[task])]
    samplers: dict[str, Callable[[], Any]] = {
        "grid": lambda: optuna.samplers.GridSampler(dict.fromkeys(names, middles), seed=seed),
        "random": lambda: optuna.samplers.RandomSampler(seed=seed),
        "bayes": lambda: optuna.samplers.TPESampler(seed=seed),
    }
    study = optuna.create_study(direction="maximize", sampler=samplers[kind]())
    study.optimize(
        lambda trial: score([trial.suggest_float(name, 0, 1) for name in names]),
        n_trials=LEVELS[task] ** SIZES[task],
    )
    return study.best_value


def bump(seed: int, task: str) -> Callable[[list[float]], float]:
    """A smooth score with its peak, 100, at a place drawn by the seed."""
    import numpy as np

    draw = np.random.default_rng(seed)
    peak = draw.uniform(size=SIZES[task])
    matter = draw.permutation(SIZES[task])[: 2 if task == "few" else None]

    def score(point: list[float]) -> float:
        away = (np.asarray(point) - peak)[matter]
        return 100 * float(np.exp(-10 * (away**2).mean()))

    return score


def network(seed: int, steps: int) -> Callable[[list[float]], float]:
    """Accuracy on digits that were held back, by rate, hidden units and weight decay."""
    import torch
    from torch.nn import functional

    from nna import registry
    from nna.lab.learn import seeded
    from nna.lab.pictures import digits

    train, other = digits(seed, TRAIN)
    x, held = train.x.flatten(1), other.x[:TRAIN].flatten(1)
    y, answers = train.target, other.target
    assert y is not None
    assert answers is not None

    def score(point: list[float]) -> float:
        rate, hidden, decay = 10 ** (4 * point[0] - 4), 2 ** (2 + 5 * point[1]), point[2]
        torch.manual_seed(seed)
        model = registry.build("mlp", features=64, hidden=(round(hidden),), classes=10)
        optimiser = torch.optim.AdamW(
            model.parameters(), lr=rate, weight_decay=10 ** (5 * decay - 4)
        )
        draw = seeded(seed, "batches")
        for _ in range(steps):
            batch = torch.randint(TRAIN, (BATCH,), generator=draw)
            optimiser.zero_grad()
            functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimiser.step()
        with torch.no_grad():
            right = model(held).argmax(dim=1) == answers[:TRAIN]
        return 100 * right.float().mean().item()

    return score


def figure(columns: Columns) -> Figure:
    """The best score of each search on each task."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, axes = new(11, 2.6, 3)
    colours = {"grid": ORANGE, "random": BLUE, "bayes": GREY}
    for axis, (task, about) in zip(axes, TASKS.items(), strict=True):
        runs(axis, [(columns[f"{task}_{kind}"], colours[kind]) for kind in KINDS])
        axis.set_yticks(range(len(KINDS)), list(KINDS.values()))
        trials = LEVELS[task] ** SIZES[task]
        axis.set(xlabel=f"best score of {trials} trials (%), a dot a run", title=about.capitalize())
    return drawing


EXPERIMENT = Experiment(
    title="Searching for hyperparameters",
    scope="on 500 digits of 8x8 and two generated scores",
    claims=(
        Claim(
            row="OPT-16",
            says="With as many trials random search finds better settings than a grid, and "
            "Bayesian search better ones still.",
            by=(
                "Bergstra, Bengio (2012). Random search for hyper-parameter optimization. JMLR 13 "
                "(random over grid)",
                "Bergstra, Bardenet, Bengio, Kégl (2011). Algorithms for hyper-parameter "
                "optimization. NIPS (Bayesian over random)",
            ),
            conditions=(
                Condition(
                    says="two dimensions of six matter: random over grid (points)",
                    of="few_random_grid",
                    at_least=0,
                ),
                Condition(
                    says="the same: Bayesian over random (points)",
                    of="few_bayes_random",
                    at_least=0,
                ),
                Condition(
                    says="all six dimensions matter: random over grid (points)",
                    of="all_random_grid",
                    at_least=0,
                    limit=True,
                ),
                Condition(
                    says="the mlp on digits: random over grid (points)",
                    of="digits_random_grid",
                    at_least=0,
                    limit=True,
                ),
                Condition(
                    says="the mlp on digits: Bayesian over random (points)",
                    of="digits_bayes_random",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="Random search beats a grid where few of the settings matter, which is the "
            "reason that Bergstra and Bengio (2012) give. Where all matter alike a grid was no "
            "worse here; and of the perceptron on digits none of the three was clearly ahead.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset digits as it is, 8 x 8 pixels: {TRAIN} to train on and {TRAIN} to score "
        "on, drawn by the seed. Two generated scores over the unit cube of six dimensions: 100 "
        "exp(-10 d), d the mean squared distance from a peak drawn by the seed, over two of the "
        "dimensions or over all.",
        models="The architecture mlp 64-h-10 with ReLU; h from 4 to 128, the rate from 0.0001 to "
        "1, the weight decay from 0.0001 to 10, all on logarithmic scales, are searched.",
        training=f"Cross-entropy, AdamW, {STEPS} steps on batches of {BATCH}, the same start and "
        "batches in every trial.",
        measured="The best score of 64 trials in six dimensions, or 27 in three, by optuna's "
        "samplers: a grid of two or three levels in each dimension, in the middles of its equal "
        "parts; random; Bayesian (tree-structured Parzen estimator, its defaults).",
        quick="Networks of one step.",
    ),
    quantities={
        **{
            f"{task}_{kind}": Quantity(about=f"best score of {label} search, {about}", unit="%")
            for task, about in TASKS.items()
            for kind, label in KINDS.items()
        },
        **{
            f"{task}_{gap}": Quantity(
                about=f"best score, {gap.replace('_', ' less ')}, {about}", unit="points"
            )
            for task, about in TASKS.items()
            for gap in GAPS
        },
    },
    seeds=10,
    minutes=5,
    measure=measure,
    figure=figure,
    redrawn=500 / 500,  # of the split, for each seed
)
