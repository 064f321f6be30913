"""Default rates: how often Adam's does, and how often gradient descent's, on six small tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure
    from torch import Tensor, nn

TASKS = {
    "digits": "digits, mlp",
    "maps": "digits, convolutions",
    "rows": "digits, row by row",
    "wine": "wine, mlp",
    "breast_cancer": "breast cancer, mlp",
    "moons": "moons, two hidden layers",
}
NAMES = {"sgd": "gradient descent", "momentum": "momentum", "rmsprop": "RMSProp", "adam": "Adam"}
DEFAULTS = {"sgd": 0.01, "momentum": 0.01, "rmsprop": 0.001, "adam": 0.001}
RATES = tuple(10 ** (power / 2) for power in range(-8, 1))  # 0.0001 to 1
STEPS, BATCH, NEAR = 500, 32, 2  # NEAR: points from the best


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Test accuracies of every optimiser at every rate, and what they say of the defaults."""
    near = {name: 0 for name in NAMES}
    wide = {name: 0 for name in NAMES}
    numbers: dict[str, float] = {}
    for task in TASKS:
        found = compete(task, seed, 3 if quick else STEPS)
        best = max(max(row) for row in found.values())
        numbers[f"best_{task}"] = best
        for name, row in found.items():
            usual = row[RATES.index(DEFAULTS[name])]
            numbers[f"{name}_{task}"] = usual
            near[name] += usual >= best - NEAR
            wide[name] += sum(accuracy >= best - NEAR for accuracy in row)
    numbers |= {f"near_{name}": float(near[name]) for name in NAMES}
    return numbers | {f"wide_{name}": wide[name] / len(TASKS) for name in NAMES}


def compete(task: str, seed: int, steps: int) -> dict[str, list[float]]:
    """Train a copy of one start with each optimiser at each rate, side by side.

    What these optimisers add to the weights is the rate times something that doesn't depend on
    it. So each runs at rate 1 for all rates at once, and what it adds is scaled afterwards.

    Returns:
        The test accuracy at each rate, in percent, by optimiser.
    """
    import torch
    from torch.func import functional_call, grad, vmap
    from torch.nn import functional

    from nna.lab.learn import seeded

    (x, y), (x_test, y_test) = data(task, seed)
    torch.manual_seed(seed)
    model = network(task)

    def loss(weights: dict[str, Tensor], x: Tensor, y: Tensor) -> Tensor:
        return functional.cross_entropy(functional_call(model, weights, x), y)

    gradients = vmap(grad(loss), in_dims=(0, None, None))
    rates = torch.tensor(RATES)
    copies = {
        name: {k: p.detach().expand(len(RATES), *p.shape).clone() for k, p in named(model)}
        for name in NAMES
    }
    optimisers = {name: optimiser(name, list(copies[name].values())) for name in NAMES}
    draw = seeded(seed, task)
    for _ in range(steps):
        batch = torch.randint(len(x), (BATCH,), generator=draw)
        every = {k: torch.cat([copies[name][k] for name in NAMES]) for k, _ in named(model)}
        found = gradients(every, x[batch], y[batch])
        for place, name in enumerate(NAMES):
            before = {k: p.clone() for k, p in copies[name].items()}
            for k, p in copies[name].items():
                p.grad = found[k][place * len(RATES) : (place + 1) * len(RATES)]
            optimisers[name].step()
            for k, p in copies[name].items():
                p.copy_(before[k] + rates.view(-1, *[1] * (p.dim() - 1)) * (p - before[k]))
    said = vmap(lambda weights: functional_call(model, weights, x_test))
    return {
        name: (100 * (said(copies[name]).argmax(-1) == y_test).float().mean(dim=1)).tolist()
        for name in NAMES
    }


def named(model: nn.Module) -> list[tuple[str, Any]]:
    """Names and parameters."""
    return list(model.named_parameters())


def optimiser(name: str, weights: list[Tensor]) -> torch.optim.Optimizer:
    """PyTorch's, at rate 1."""
    from torch import optim

    if name == "adam":
        return optim.Adam(weights, lr=1.0)
    if name == "rmsprop":
        return optim.RMSprop(weights, lr=1.0)
    return optim.SGD(weights, lr=1.0, momentum=0.9 if name == "momentum" else 0.0)


def data(task: str, seed: int) -> list[tuple[Tensor, Tensor]]:
    """Seven tenths to train on and the rest to test on, inputs standardised by the former."""
    import torch

    from nna.data import catalog
    from nna.lab.learn import seeded
    from nna.training.in_memory import Tensors

    examples = Tensors.of(catalog.load("digits" if task in ("maps", "rows") else task))
    assert examples.target is not None
    order = torch.randperm(len(examples), generator=seeded(seed, "split"))
    kept, test = order.split([many := int(0.7 * len(order)), len(order) - many])
    x = examples.x
    mean, spread = x[kept].mean(dim=0), x[kept].std(dim=0)
    x = (x - mean) / spread.clamp(min=0.1)
    x = x if task == "maps" else x[:, 0] if task == "rows" else x.flatten(1)
    return [(x[part], examples.target[part]) for part in (kept, test)]


def network(task: str) -> nn.Module:
    """A small network for a task."""
    import torch
    from torch import nn

    from nna import registry

    class Rows(nn.Module):
        """A simple recurrence with tanh over the rows, 32 units; a linear head on the last."""

        def __init__(self) -> None:
            super().__init__()
            self.read, self.keep = nn.Linear(8, 32), nn.Linear(32, 32, bias=False)
            self.head = nn.Linear(32, 10)

        def forward(self, x: Tensor) -> Tensor:
            kept = torch.tanh(self.read(x[:, 0]))
            for row in range(1, x.shape[1]):
                kept = torch.tanh(self.read(x[:, row]) + self.keep(kept))
            return self.head(kept)

    if task == "rows":
        return Rows()
    if task == "maps":
        first, second = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)
        activation, pool = nn.ReLU(), nn.MaxPool2d(2)
        head = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
        return nn.Sequential(first, activation, pool, second, activation, pool, head)
    sizes: dict[str, dict[str, Any]] = {
        "digits": {"features": 64, "hidden": (64,), "classes": 10},
        "wine": {"features": 13, "hidden": (32,), "classes": 3},
        "breast_cancer": {"features": 30, "hidden": (32,), "classes": 2},
        "moons": {"features": 2, "hidden": (32, 32), "classes": 2, "activation": "tanh"},
    }
    return registry.build("mlp", **sizes[task])


def figure(columns: Columns) -> Figure:
    """Tasks on which each default does, and how wide each one's range is."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    colours = {"sgd": ORANGE, "momentum": GREY, "rmsprop": GREY, "adam": BLUE}
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
        xlabel="rates of nine within 2 points of the best, a dot a run",
        title="The range of rates that do",
        yticks=[],
    )
    return drawing


EXPERIMENT = Experiment(
    title="Default rates on six tasks",
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
                    at_least=5,
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
                    says="more rates of nine within 2 points of the best than gradient descent "
                    "with momentum",
                    of="wide_adam",
                    minus="wide_momentum",
                    at_least=0,
                    limit=True,
                ),
            ),
            rather="No default does on most tasks: Adam's did on fewer than half of these six, "
            "and gradient descent with momentum at a usual rate about as well. Try rates for "
            "either. Nor is a low training loss all: what Adam found generalised worse than what "
            "gradient descent did in Wilson, Roelofs, Stern, Srebro, Recht (2017), The marginal "
            "value of adaptive gradient methods in machine learning, NIPS, arXiv:1705.08292.",
        ),
    ),
    protocol=Protocol(
        data="Digits 8 x 8, three times (flat; as pictures; as eight rows of eight), wine, breast "
        "cancer and moons, each from the dataset of that name: 70 % to train on, drawn by the "
        "seed, inputs standardised by them, and 30 % to test on.",
        models="The architecture mlp: 64-64-10, 13-32-3 and 30-32-2 with ReLU, 2-32-32-2 with "
        "tanh; two 3 x 3 convolutions of 8 and 16 maps with ReLU and maxima over 2 x 2; a simple "
        "recurrence of 32 units with tanh. All optimisers and rates from the same start.",
        training=f"Cross-entropy, {STEPS} steps on batches of {BATCH} drawn with replacement, "
        "constant rates from 0.0001 to 1, two to each power of ten. Gradient descent, with and "
        "without momentum 0.9, RMSProp (0.99) and Adam (0.9, 0.999); their default rates as Keras "
        "has them: 0.01, 0.01, 0.001, 0.001.",
        measured="Test accuracy after the last step. The best of a task is that of all optimisers "
        "and rates, with the same seed.",
        quick="Three steps.",
    ),
    quantities={
        **{
            f"{what}_{name}": Quantity(about=f"{about}, {label}", unit=unit)
            for name, label in NAMES.items()
            for what, about, unit in (
                ("near", "tasks with the default rate within 2 points of the best", "of 6 tasks"),
                ("wide", "rates within 2 points of the best, mean over the tasks", "of 9 rates"),
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
    seeds=5,
    minutes=2,
    measure=measure,
    figure=figure,
)
