"""What is plotted of each kind of block: numbers that torch computes anew every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from nna.lab.blocks import catalog, formulas
from nna.lab.blocks.entries.schedule import STEPS, rates
from nna.lab.blocks.entry import (
    Activation,
    Block,
    Code,
    Dropout,
    Initialisation,
    Loss,
    Norm,
    Optimiser,
    Regulariser,
    Schedule,
)
from nna.lab.blocks.facts import derivative
from nna.lab.blocks.panels import Line, Panel
from nna.training.in_memory import Tensors

LAYERS, WIDTH = 50, 256  # of the network that a signal is sent through
START, STEEP = (-4.0, 1.0), 100.0  # of the path through a valley (x^2 + STEEP y^2) / 2
STRENGTHS = torch.logspace(-3, 1, 33, dtype=torch.float64)  # of penalties
DROPPED = 0.25  # share that is dropped in a histogram


def numbers(block: Block) -> tuple[Panel, ...]:
    """What a figure of the block shows; the caller's random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return tuple(KINDS[type(block)](block))


def activation(block: Activation) -> list[Panel]:
    """The function and its derivative."""
    z = torch.linspace(-5, 5, 201, dtype=torch.float64)
    lines = _with_derivative(block.function, z)
    across = "one of ten scores, the others at 0" if block.name == "softmax" else "the unit's sum z"
    return [Panel("the function and its derivative", across, "", lines)]


def loss(block: Loss) -> list[Panel]:
    """The loss of one number, and its derivative."""
    z = torch.linspace(*block.span, 201, dtype=torch.float64)
    lines = _with_derivative(block.curve, z)
    return [Panel("the loss and its derivative", block.argument, "", lines)]


def _with_derivative(function: Code, z: Tensor) -> list[Line]:
    slope = derivative(function, z)
    return [
        Line("value", z.tolist(), function(z).tolist()),
        Line("derivative", z.tolist(), slope.tolist(), "other", "--"),
    ]


def initialisation(block: Initialisation) -> list[Panel]:
    """Spread of activations on the way forward, and of gradients on the way back, by layer."""
    suited = catalog.describe(block.suits)
    assert isinstance(suited, Activation)
    found = {"block": _signal(block.fill, suited.function), "other": _signal(None, suited.function)}
    labels = {"block": block.name, "other": "torch's default"}
    layers = [*range(1, LAYERS + 1)]
    titles = ("the signal, on its way forward", "the gradient, on its way back")
    return [
        Panel(
            f"{title}; {suited.name}",
            "layer",
            "standard deviation",
            [Line(labels[role], layers, found[role][way], role) for role in ("block", "other")],  # type: ignore[arg-type]
            log=True,
        )
        for way, title in enumerate(titles)
    ]


def _signal(fill: Code | None, function: Code) -> tuple[list[float], list[float]]:
    h, kept = torch.randn(64, WIDTH), []
    for _ in range(LAYERS):
        layer = nn.Linear(WIDTH, WIDTH)
        if fill is not None:
            fill(layer.weight.data)
            nn.init.zeros_(layer.bias)
        h = function(layer(h))
        h.retain_grad()
        kept.append(h)
    (h * torch.randn_like(h)).sum().backward()
    forward = [float(each.detach().std()) for each in kept]
    return forward, [float(each.grad.std()) for each in kept if each.grad is not None]


def optimiser(block: Optimiser) -> list[Panel]:
    """The path on a narrow valley, with the rival's, and the height over the steps."""
    rival = catalog.describe(block.rival or "sgd")
    assert isinstance(rival, Optimiser)
    lines, heights = _contours(), []
    for role, each in (("other", rival), ("block", block)):
        path = descend(each.step, each.valley, steps=60)
        label = f"{each.name}, rate {each.valley:g}"
        lines.append(Line(label, [x for x, _ in path], [y for _, y in path], role, ".-"))  # type: ignore[arg-type]
        height = [(x * x + STEEP * y * y) / 2 for x, y in path]
        heights.append(Line(label, [*range(len(path))], height, role))  # type: ignore[arg-type]
    return [
        Panel("sixty steps through a narrow valley", "along it", "across it", lines),
        Panel("height", "step", "(x² + 100 y²) / 2", heights, log=True),
    ]


def _contours() -> list[Line]:
    angle = torch.linspace(0, 2 * torch.pi, 121)
    radii = torch.tensor([1.0, 4.0, 10.0, 25.0, 50.0]).mul(2).sqrt()
    return [
        Line("", (r * angle.cos()).tolist(), (r / STEEP**0.5 * angle.sin()).tolist(), "ground")
        for r in radii
    ]


def descend(step: Code, rate: float, steps: int) -> list[tuple[float, float]]:
    """Where an optimiser is on the valley after each step, from the start on."""
    place = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    rule, path = step([place], lr=rate), [START]
    for _ in range(steps):
        rule.zero_grad()
        ((place[0] ** 2 + STEEP * place[1] ** 2) / 2).backward()
        rule.step()
        path.append((float(place[0].detach()), float(place[1].detach())))
    return path


def schedule(block: Schedule) -> list[Panel]:
    """The share of the rate over the steps, beside the rival's."""
    rival = catalog.describe(block.rival or "constant")
    assert isinstance(rival, Schedule)
    steps = [*range(STEPS + 1)]
    lines = [
        Line(block.name, steps, rates(block.scheduler, STEPS)),
        Line(rival.name, steps, rates(rival.scheduler, STEPS), "other", "--"),
    ]
    return [Panel("the rate over the steps", "step", "share of the greatest rate", lines)]


def norm(block: Norm) -> list[Panel]:
    """A batch of maps before and after: all values, the channels' means, the examples' means."""
    if block.wraps:
        return _lengths(block)
    x = torch.rand(12, 8, 6, 6).add(torch.randn(12, 8, 6, 6))
    x = x * torch.linspace(0.5, 2, 8)[:, None, None] + torch.linspace(-1, 3, 8)[:, None, None]
    x = x * torch.linspace(0.5, 2, 12)[:, None, None, None]
    if block.name == "local_response_norm":
        x = 20 * x.relu()  # it stands behind a ReLU, and tells on large responses
    y = block.layer(x.shape[1])(x).detach()
    both: list[tuple[Any, Tensor, Any]] = [("before", x, "other"), ("after", y, "block")]
    means = [
        Panel(
            f"mean of each {what}",
            what,
            "mean",
            [
                Line(label, [*range(len(m))], m.tolist(), role, "o-")
                for label, values, role in both
                for m in [values.mean(over)]
            ],
        )
        for what, over in (("channel", (0, 2, 3)), ("example", (1, 2, 3)))
    ]
    return [_histogram("all values of a batch", both), *means]


def _lengths(block: Norm) -> list[Panel]:
    """How long a unit's weights are, while what is learnt of their direction is stretched."""
    layer = block.layer(nn.Linear(20, 1))
    stored, factors, length = layer.parametrizations.weight.original1, [], []
    start = stored.detach().clone()
    for factor in torch.logspace(-1, 1, 21).tolist():
        with torch.no_grad():
            stored.copy_(factor * start)
            factors.append(factor * float(start.norm()))
            length.append(float(layer.weight.norm()))
    lines = [
        Line("with weight norm: w = g v / |v|", factors, length),
        Line("without: w = v", factors, factors, "other", "--"),
    ]
    return [Panel("the length of a unit's weights", "length of v", "length of w", lines)]


def dropout(block: Dropout) -> list[Panel]:
    """A batch before and after, and a sum of a hundred inputs as more is dropped."""
    x = torch.randn(2000, 100)
    y = _dropped(block, DROPPED, x)
    before = x.sum(1) if block.on == "weights" else x
    histogram = _histogram(
        f"{'sums' if block.on == 'weights' else 'values'}, a quarter dropped",
        [("before", before, "other"), ("after", y, "block")],
    )
    shares = torch.arange(0, 0.91, 0.1).tolist()
    ones = torch.ones(2000, 100)
    sums = [_dropped(block, share, ones).reshape(2000, -1).sum(1) for share in shares]
    lines = [
        Line("mean", shares, [float(s.mean()) for s in sums]),
        Line("standard deviation", shares, [float(s.std()) for s in sums], "other", "--"),
    ]
    return [histogram, Panel("a sum of a hundred ones", "share dropped", "", lines)]


def _dropped(block: Dropout, share: float, x: Tensor) -> Tensor:
    if block.on == "weights":
        layer = block.layer(share, x.shape[1], 1)
        nn.init.ones_(layer.linear.weight)
        nn.init.zeros_(layer.linear.bias)
        return layer(x).detach()
    shaped = x.reshape(-1, 4, 5, 5) if block.on == "maps" else x
    return block.layer(share)(shaped)


def _histogram(title: str, both: Sequence[tuple[str, Tensor, Any]]) -> Panel:
    low, high = (float(f(*(f(v.min(), v.max()) for _, v, _ in both))) for f in (min, max))
    low, high = min(low, 0.0), high
    edges = torch.linspace(low, high, 61)
    lines = []
    for label, values, role in both:
        counts = torch.histogram(values.flatten(), edges)[0] / values.numel()
        middles = (edges[1:] + edges[:-1]) / 2
        lines.append(Line(label, middles.tolist(), counts.tolist(), role))
    return Panel(title, "value", "share", lines)


# --- Regularisers: each has its own picture ---------------------------------------------------


def lasso() -> list[Panel]:
    """Coefficients of a linear model of diabetes by strength, by proximal gradient descent."""
    gram, towards = _diabetes()
    step = 1 / torch.linalg.eigvalsh(gram)[-1]
    w = torch.zeros(len(towards), len(STRENGTHS), dtype=torch.float64)
    for _ in range(500):
        w = formulas.soft_threshold(w - step * (gram @ w - towards[:, None]), step * STRENGTHS)
    return _paths(w)


def ridge() -> list[Panel]:
    """The same coefficients by an L2 penalty, solved exactly."""
    gram, towards = _diabetes()
    unit = torch.eye(len(towards), dtype=torch.float64)
    found = [torch.linalg.solve(gram + strength * unit, towards) for strength in STRENGTHS]
    return _paths(torch.stack(found, dim=1))


def _diabetes() -> tuple[Tensor, Tensor]:
    """Of standardised columns and target: their covariances among each other and with it."""
    from nna.data import catalog as data

    found = Tensors.of(data.load("diabetes"))
    assert found.target is not None
    x, y = found.x.double(), found.target.double().flatten()
    x, y = (x - x.mean(0)) / x.std(0, correction=0), (y - y.mean()) / y.std(correction=0)
    return x.T @ x / len(x), x.T @ y / len(x)


def _paths(found: Tensor) -> list[Panel]:
    """Coefficients by strength, `(columns, strengths)`, and how many of them are zero."""
    strengths = STRENGTHS.tolist()
    lines = [Line("one a column of diabetes", strengths, w.tolist()) for w in found]
    zero = (found == 0).sum(0).tolist()
    panels = (
        ("diabetes", "coefficient", lines),
        ("coefficients that are exactly zero", "of ten", [Line("", strengths, zero)]),
    )
    return [Panel(title, "strength λ", up, of, log_across=True) for title, up, of in panels]


def decay() -> list[Panel]:
    """The length of the weights of a linear classifier of digits, with decay and without."""
    from nna.lab.pictures import digits

    train, _ = digits(0, 500)
    assert train.target is not None
    lines = []
    for role, strength in (("block", 0.05), ("other", 0.0)):
        layer, length = nn.Linear(64, 10), []
        rule = torch.optim.SGD(layer.parameters(), lr=0.5, weight_decay=strength)
        for _ in range(200):
            length.append(float(layer.weight.detach().norm()))
            rule.zero_grad()
            functional.cross_entropy(layer(train.x.flatten(1)), train.target).backward()
            rule.step()
        label = f"decay {strength:g}"
        lines.append(Line(label, [*range(200)], length, role))  # type: ignore[arg-type]
    return [Panel("a linear classifier of digits", "step", "length of the weights", lines)]


def smoothing() -> list[Panel]:
    """Cross-entropy of the right one of ten scores, smoothed and plain."""
    score = torch.linspace(-2, 12, 141, dtype=torch.float64)
    scores = torch.cat([score[:, None], score.new_zeros(len(score), 9)], dim=1)
    target = torch.zeros(len(score), dtype=torch.long)
    lines = [
        Line(
            f"smoothed by {by:g}" if by else "plain",
            score.tolist(),
            functional.cross_entropy(scores, target, reduction="none", label_smoothing=by).tolist(),
            role,  # type: ignore[arg-type]
        )
        for by, role in ((0.1, "block"), (0.0, "other"))
    ]
    return [
        Panel(
            "the loss of the right one of ten",
            "score of the right class, the others at 0",
            "loss",
            lines,
        )
    ]


def stopping() -> list[Panel]:
    """Loss of the examples that are trained on, and of some set aside, and where it is least."""
    from nna.lab.blocks import trial_settings, trials

    block = catalog.describe("early_stopping")
    run = trials.run(trial_settings.settings(block)[0], seed=0)
    epochs = [*range(1, len(run.loss) + 1)]
    best = min(run.aside)
    at = run.aside.index(best) + 1
    lines = [
        Line("trained on", epochs, run.loss, "other"),
        Line("set aside", epochs, run.aside),
        Line(f"least: epoch {at}", [at], [best], "block", "o"),
    ]
    return [Panel("300 digits, a fifth of the labels wrong", "epoch", "cross-entropy", lines)]


def clipping() -> list[Panel]:
    """The length of a gradient before and after."""
    lengths = torch.linspace(0.05, 4, 80).tolist()
    after = []
    for length in lengths:
        weight, gradient = nn.Parameter(torch.zeros(10)), torch.randn(10)
        weight.grad = functional.normalize(gradient, dim=0) * length
        nn.utils.clip_grad_norm_([weight], 1.0)
        after.append(float(nn.utils.clip_grad_norm_([weight], 100.0)))  # which tells the length
    lines = [Line("clipped at 1", lengths, after), Line("left", lengths, lengths, "other", "--")]
    return [
        Panel(
            "gradients of any length",
            "length of the gradient",
            "length of what is descended",
            lines,
        )
    ]


def blends() -> list[Panel]:
    """How often each share of the first example is drawn."""
    drawn = [
        ("alpha 1, as here", torch.distributions.Beta(1.0, 1.0).sample((50_000,)), "block"),
        ("alpha 0.2", torch.distributions.Beta(0.2, 0.2).sample((50_000,)), "other"),
    ]
    panel = _histogram("how often each share is drawn", drawn)
    return [Panel(panel.title, "share of the first example", "share of the draws", panel.lines)]


PICTURES = {
    function.__name__: function
    for function in (lasso, ridge, decay, smoothing, stopping, clipping, blends)
}


def regulariser(block: Regulariser) -> list[Panel]:
    """The regulariser's own picture."""
    return PICTURES[block.picture]()


KINDS: dict[type[Block], Callable[[Any], list[Panel]]] = {
    Activation: activation,
    Initialisation: initialisation,
    Norm: norm,
    Dropout: dropout,
    Loss: loss,
    Optimiser: optimiser,
    Schedule: schedule,
    Regulariser: regulariser,
}
