"""Default rates: how often Adam's does, and how often gradient descent's, on six small tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.lab.experiment import (
    Claim,
    Columns,
    Condition,
    Elsewhere,
    Experiment,
    Protocol,
    Quantity,
)

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure
    from torch import Tensor, nn

TASKS = {
    "digits": "digits, mlp",
    "maps": "digits, convolutions",
    "rows": "digits, two rows a step",
    "wine": "wine, mlp",
    "breast_cancer": "breast cancer, mlp",
    "moons": "moons, two hidden layers",
}
OTHERS = {  # on the second bed, in the places of those
    "digits": "clothes",
    "maps": "deep_digits",
    "rows": "deep_cancer",
    "wine": "iris",
    "breast_cancer": "circles",
    "moons": "spirals",
}
SETS = {
    "maps": "digits",
    "rows": "digits",
    "clothes": "fashion_mnist_part",
    "deep_digits": "digits",
    "deep_cancer": "breast_cancer",
}
NAMES = {"sgd": "gradient descent", "momentum": "momentum", "adam": "Adam"}
DEFAULTS = {"sgd": 0.01, "momentum": 0.01, "adam": 0.001}
RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
STEPS, FEWER, BATCH, NEAR = 2000, 500, 16, 2  # NEAR: points from the best


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Every optimiser at every rate on the six tasks."""
    return compared({task: task for task in TASKS}, seed, 3 if quick else STEPS)


def other_tasks(seed: int, quick: bool) -> dict[str, float]:
    """The same on six other tasks."""
    return compared(OTHERS, seed, 3 if quick else STEPS)


def fewer_steps(seed: int, quick: bool) -> dict[str, float]:
    """The same on the six tasks with a quarter of the steps."""
    return compared({task: task for task in TASKS}, seed, 3 if quick else FEWER)


def compared(tasks: dict[str, str], seed: int, steps: int) -> dict[str, float]:
    """Test accuracies beside that of the optimiser and rate that validate best."""
    near = {name: 0 for name in NAMES}
    wide = {name: 0 for name in NAMES}
    numbers: dict[str, float] = {}
    for place, task in tasks.items():
        validated, tested = compete(task, seed, steps)
        _, chosen, rate = max(
            (value, name, rate) for name, row in validated.items() for rate, value in enumerate(row)
        )
        best = numbers[f"best_{place}"] = tested[chosen][rate]
        for name, row in tested.items():
            usual = numbers[f"{name}_{place}"] = row[RATES.index(DEFAULTS[name])]
            near[name] += usual >= best - NEAR
            wide[name] += sum(accuracy >= best - NEAR for accuracy in row)
    numbers |= {f"near_{name}": float(near[name]) for name in NAMES}
    return numbers | {f"wide_{name}": wide[name] / len(tasks) for name in NAMES}


def compete(task: str, seed: int, steps: int) -> tuple[dict[str, list[float]], ...]:
    """Train a copy of one start with each optimiser at each rate, side by side.

    What these optimisers add to the weights is the rate times something that doesn't depend on
    it. So each runs at rate 1 for all rates at once, and what it adds is scaled afterwards.

    Returns:
        The accuracy in validation and in the test at each rate, in percent, by optimiser.
    """
    import torch
    from torch.func import functional_call, vmap
    from torch.nn import functional

    from nna.lab.learn import seeded

    (x, y), *kept = data(task, seed)
    torch.manual_seed(seed)
    model = network(task)
    rates, many = torch.tensor(RATES)[:, None], len(RATES)
    shapes = {k: p.shape for k, p in named(model)}
    start = torch.cat([p.detach().flatten() for _, p in named(model)])
    every = start.expand(len(NAMES) * many, -1).clone().requires_grad_()  # a row a copy
    copies = dict(zip(NAMES, every.detach().split(many), strict=True))
    optimisers = {name: optimiser(name, [copies[name]]) for name in NAMES}

    def answers(x: Tensor) -> Tensor:
        parts = every.split([shape.numel() for shape in shapes.values()], dim=1)
        rows = {k: p.unflatten(1, s) for (k, s), p in zip(shapes.items(), parts, strict=True)}
        return vmap(lambda weights: functional_call(model, weights, x))(rows)

    draw = seeded(seed, task)
    for _ in range(steps):
        batch = torch.randint(len(x), (BATCH,), generator=draw)
        said, right = answers(x[batch]), y[batch].repeat(len(NAMES) * many)
        loss = functional.cross_entropy(said.flatten(0, 1), right, reduction="sum") / BATCH
        (found,) = torch.autograd.grad(loss, every)
        for (name, own), gradient in zip(copies.items(), found.split(many), strict=True):
            before, own.grad = own.clone(), gradient
            optimisers[name].step()
            own.copy_(before + rates * (own - before))
    with torch.no_grad():
        shares = [100 * (answers(x).argmax(-1) == y).float().mean(dim=1) for x, y in kept]
    return tuple(
        {name: row.tolist() for name, row in zip(NAMES, share.split(many), strict=True)}
        for share in shares
    )


def named(model: nn.Module) -> list[tuple[str, Any]]:
    """Names and parameters."""
    return list(model.named_parameters())


def optimiser(name: str, weights: list[Tensor]) -> torch.optim.Optimizer:
    """PyTorch's, at rate 1."""
    from torch import optim

    if name == "adam":
        return optim.Adam(weights, lr=1.0)
    return optim.SGD(weights, lr=1.0, momentum=0.9 if name == "momentum" else 0.0)


def data(task: str, seed: int) -> list[tuple[Tensor, Tensor]]:
    """Three tenths to test on, the same for every seed; of the rest five sevenths to train on.

    Inputs are standardised by what is trained on.

    Returns:
        Training, validation and test.
    """
    import torch
    from torch.nn.functional import avg_pool2d

    from nna.data import catalog
    from nna.lab.learn import seeded
    from nna.training.in_memory import Tensors

    examples = Tensors.of(catalog.load(SETS.get(task, task)))
    assert examples.target is not None
    x = avg_pool2d(examples.x, 2) if task == "clothes" else examples.x
    order = torch.randperm(len(x), generator=seeded(0, "test"))[:2000]
    rest, test = order.split([many := int(0.7 * len(order)), len(order) - many])
    rest = rest[torch.randperm(many, generator=seeded(seed, "split"))]
    train, held = rest.split([part := 5 * many // 7, many - part])
    mean, spread = x[train].mean(dim=0), x[train].std(dim=0)
    x = (x - mean) / spread.clamp(min=0.1)
    x = x if task == "maps" else x.view(-1, 4, 16) if task == "rows" else x.flatten(1)
    return [(x[part], examples.target[part]) for part in (train, held, test)]


def network(task: str) -> nn.Module:
    """A small network for a task."""
    import torch
    from torch import nn

    from nna import registry

    class Rows(nn.Module):
        """A simple recurrence with tanh over pairs of rows, 32 units; a linear head on the last."""

        def __init__(self) -> None:
            super().__init__()
            self.read, self.keep = nn.Linear(16, 32), nn.Linear(32, 32, bias=False)
            self.head = nn.Linear(32, 10)

        def forward(self, x: Tensor) -> Tensor:
            kept = torch.tanh(self.read(x[:, 0]))
            for step in range(1, x.shape[1]):
                kept = torch.tanh(self.read(x[:, step]) + self.keep(kept))
            return self.head(kept)

    if task == "rows":
        return Rows()
    if task == "maps":
        first = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        second = nn.Conv2d(4, 8, 3, stride=2, padding=1)
        head = nn.Sequential(nn.Flatten(), nn.Linear(32, 10))
        return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), head)
    sizes: dict[str, dict[str, Any]] = {
        "digits": {"features": 64, "hidden": (64,), "classes": 10},
        "wine": {"features": 13, "hidden": (32,), "classes": 3},
        "breast_cancer": {"features": 30, "hidden": (32,), "classes": 2},
        "moons": {"features": 2, "hidden": (32, 32), "classes": 2, "activation": "tanh"},
        "clothes": {"features": 196, "hidden": (32,), "classes": 10},
        "deep_digits": {"features": 64, "hidden": (32, 32), "classes": 10, "activation": "tanh"},
        "deep_cancer": {"features": 30, "hidden": (16, 16), "classes": 2},
        "iris": {"features": 4, "hidden": (32,), "classes": 3},
        "circles": {"features": 2, "hidden": (32,), "classes": 2},
        "spirals": {"features": 2, "hidden": (32, 32), "classes": 2, "activation": "tanh"},
    }
    return registry.build("mlp", **sizes[task])


def figure(columns: Columns) -> Figure:
    """Tasks on which each default does, and how wide each one's range is."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = {"sgd": ORANGE, "momentum": GREY, "adam": BLUE}
    runs(left, [(columns[f"near_{name}"], colours[name]) for name in NAMES])
    left.set_yticks(
        range(len(NAMES)), [f"{label}, {DEFAULTS[name]:g}" for name, label in NAMES.items()]
    )
    left.set(
        xlim=(-0.2, 6.2),
        xlabel="tasks of six within 2 points of the best, a dot a run",
        title="The default rate",
    )
    runs(right, [(columns[f"wide_{name}"], colours[name]) for name in NAMES])
    right.set(
        xlim=(0, None),
        xlabel="rates of five within 2 points of the best, a dot a run",
        title="The range of rates that do",
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="Default rates on six tasks",
    scope="on six small tasks, 2,000 steps",
    claims=(
        Claim(
            row="OPT-11",
            says="Adam is robust: its default rate does on most tasks without tuning, gradient "
            "descent's on fewer.",
            by=(
                "Kingma, Ba (2015). Adam: a method for stochastic optimization. ICLR, "
                "arXiv:1412.6980 (default settings)",
                "Goodfellow, Bengio, Courville (2016). Deep Learning. MIT Press, chapter 8",
            ),
            conditions=(
                Condition(
                    says="tasks of six on which Adam at 0.001 is within 2 points of the best",
                    of="near_adam",
                    at_least=4,
                ),
                Condition(
                    says="five of them at least",
                    of="near_adam",
                    at_least=5,
                    limit=True,
                ),
                Condition(
                    says="more tasks than gradient descent at 0.01",
                    of="near_adam",
                    minus="near_sgd",
                    at_least=1,
                ),
                Condition(
                    says="more tasks than gradient descent at 0.01 with momentum 0.9",
                    of="near_adam",
                    minus="near_momentum",
                    at_least=1,
                    limit=True,
                ),
                Condition(
                    says="more rates of five within 2 points of the best than gradient descent "
                    "with momentum",
                    of="wide_adam",
                    minus="wide_momentum",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="How often a default does hangs on how long one trains: a rate that is too "
            "small for 500 steps may do in 2,000. Nor is a low training loss all: what Adam found "
            "generalised worse than what gradient descent did in Wilson, Roelofs, Stern, "
            "Srebro, Recht (2017), The marginal value of adaptive gradient methods in machine "
            "learning, NIPS, arXiv:1705.08292. Try rates for either.",
        ),
    ),
    protocol=Protocol(
        data="Digits 8 x 8, three times (flat; as pictures; as four steps of two rows), wine, "
        "breast cancer and moons, each from the dataset of that name: 30 % to test on, the same "
        "for every seed; of the rest the seed draws 50 % to train on and 20 % to validate. Inputs "
        "standardised by the training part. Second bed: 2,000 pictures of fashion_mnist_part at "
        "14 x 14, digits, breast cancer, iris, circles and spirals.",
        models="The architecture mlp: 64-64-10, 13-32-3 and 30-32-2 with ReLU, 2-32-32-2 with "
        "tanh; two 3 x 3 convolutions of 4 and 8 maps and stride 2 with ReLU; a simple recurrence "
        "of 32 units with tanh. Second bed: 196-32-10, 30-16-16-2, 4-32-3 and 2-32-2 with ReLU, "
        "64-32-32-10 and 2-32-32-2 with tanh. All optimisers and rates from the same start.",
        training=f"Cross-entropy, {STEPS:,} steps on batches of {BATCH} drawn with replacement "
        f"({FEWER} as the second budget), constant rates 0.0001, 0.001, 0.01, "
        "0.1 and 1. Gradient descent, with and without momentum 0.9, and Adam (0.9, 0.999); their "
        "default rates as Keras has them: 0.01, 0.01, 0.001.",
        measured="Test accuracy after the last step. The best of a task is the test accuracy of "
        "the optimiser and rate that do best in validation, with the same seed.",
        quick="Three steps.",
    ),
    quantities={
        **{
            f"{what}_{name}": Quantity(about=f"{about}, {label}", unit=unit, step=step)
            for name, label in NAMES.items()
            for what, about, unit, step in (
                ("near", "tasks within 2 points of the best", "of 6 tasks", 1),
                ("wide", "rates within 2 points of the best", "of 5 rates", 1 / 6),
            )
        },
        **{
            f"{name}_{task}": Quantity(
                about=f"test accuracy at the default rate, {label}, {about}", unit="%"
            )
            for name, label in NAMES.items()
            for task, about in TASKS.items()
        },
        **{
            f"best_{task}": Quantity(about=f"best test accuracy, {about}", unit="%")
            for task, about in TASKS.items()
        },
    },
    seeds=10,
    minutes=12,
    measure=measure,
    figure=figure,
    elsewhere={
        "bed": Elsewhere(scope="on six other small tasks, 2,000 steps", measure=other_tasks),
        "budget": Elsewhere(scope="on six small tasks, 500 steps", measure=fewer_steps),
    },
)
