"""Radial units: what one more example changes elsewhere, and what they say far from all data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

EDGE, UNITS, STEPS = 3.0, 20, 50
AWAY = 1.5  # from where on a place counts as distant
FAR = (5.0, 6.0)  # 4.2 and 6.3 widths beyond the last centre
MODELS = {
    "rbf": "radial units",
    "still": "radial units, bias kept",
    "mlp": "multilayer perceptron",
}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """How far an update at one place reaches, and how far from the bias the answers end."""
    import torch

    from nna.lab.learn import seeded

    draw = seeded(seed, "points")
    x = torch.linspace(-EDGE, EDGE, 200, dtype=torch.float64)[:, None]
    y = torch.sin(2 * x) + 0.1 * torch.randn(x.shape, generator=draw, dtype=torch.float64)
    place = 2 * torch.rand(1, 1, generator=draw, dtype=torch.float64) - 1
    numbers: dict[str, float] = {}
    for name in MODELS:
        torch.manual_seed(seed)
        model = perceptron(x, y, 20 if quick else 1500) if name == "mlp" else radial(x, y)
        numbers[f"error_{name}"] = (model(x) - torch.sin(2 * x)).square().mean().item() ** 0.5
        if name == "rbf":
            bias = model.get_parameter("head.bias")
            for far in FAR:
                ends = torch.tensor([[-far], [far]], dtype=torch.float64)
                numbers[f"far_{far:g}"] = (model(ends) - bias).abs().max().item()
        if name == "still":
            model.get_parameter("head.bias").requires_grad_(False)
        numbers[f"reach_{name}"], numbers[f"moved_{name}"] = reach(model, x, place)
    return numbers


def radial(x: Tensor, y: Tensor) -> nn.Module:
    """Centres on a grid, widths one and a half times their distance, the rest solved for."""
    import torch

    from nna import registry
    from nna.architectures.feedforward.rbfn.objective import Radial, solve_readout
    from nna.learning.models import having

    model = registry.build("rbfn", features=1, units=UNITS, classes=1).double()
    with torch.no_grad():
        model.get_parameter("centres").copy_(torch.linspace(-EDGE, EDGE, UNITS)[:, None])
        model.get_parameter("widths").fill_(1.5 * 2 * EDGE / (UNITS - 1))
        units = having(model, Radial)
        weight, bias = solve_readout(units.hidden(x), y)
        units.head.weight.copy_(weight)
        units.head.bias.copy_(bias)
    for fixed in ("centres", "widths"):
        model.get_parameter(fixed).requires_grad_(False)
    return model


def perceptron(x: Tensor, y: Tensor, steps: int) -> nn.Module:
    """Fifty tanh units, by Adam on all points."""
    import torch

    from nna import registry

    model = registry.build("mlp", features=1, hidden=(50,), classes=1, activation="tanh").double()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimiser.zero_grad()
        (model(x) - y).square().mean().backward()
        optimiser.step()
    return model


def reach(model: nn.Module, x: Tensor, place: Tensor) -> tuple[float, float]:
    """Mean change at distant places over that at the place that is taught +1; and the latter."""
    import torch

    learning = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.SGD(learning, lr=0.01)
    with torch.no_grad():
        before, here, wanted = model(x), model(place), model(place) + 1
    for _ in range(STEPS):
        optimiser.zero_grad()
        (model(place) - wanted).square().mean().backward()
        optimiser.step()
    with torch.no_grad():
        distant = ((x - place).abs() > AWAY)[:, 0]
        changed = (model(x) - before).abs()[distant].mean().item()
        moved = (model(place) - here).item()
    return changed / abs(moved), moved


def figure(columns: Columns) -> Figure:
    """How far an update reaches."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(7, 2.8)
    colours = {"rbf": BLUE, "still": BLUE, "mlp": ORANGE}
    runs(axis, [(columns[f"reach_{name}"], colours[name]) for name in MODELS])
    for bound in (0.05, 0.2):
        axis.axvline(bound, color=GREY, linestyle=":", linewidth=1)
    axis.set_yticks(range(len(MODELS)), list(MODELS.values()))
    axis.set(
        xlabel="mean change more than 1.5 away over that at the place, a dot a run;\n"
        "dotted: the claim's bounds",
        title="Taught at one place: what changes elsewhere",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Radial units: local learning, silence far away",
    scope="on 200 generated points, 1,500 steps",
    claims=(
        Claim(
            row="FF-21",
            says="A radial basis network learns locally: an update at one place leaves distant "
            "answers as they were; in a multilayer perceptron it changes them.",
            by=(
                "Moody, Darken (1989). Fast learning in networks of locally-tuned processing "
                "units. Neural Computation 1, 281-294",
            ),
            conditions=(
                Condition(
                    says="radial units, with the bias kept as it is: change far away over change "
                    "at the place",
                    of="reach_still",
                    at_most=0.05,
                ),
                Condition(says="multilayer perceptron", of="reach_mlp", at_least=0.2),
                Condition(
                    says="radial units, with the bias learning as well",
                    of="reach_rbf",
                    at_most=0.05,
                    limit=True,
                ),
            ),
            rather="Local are the units and their weights. The bias is neither: where it learns "
            "as well, every answer moves with it, here by over a quarter of the change at the "
            "place.",
        ),
        Claim(
            row="FF-22",
            says="A radial basis network doesn't extrapolate: far from its centres its answer is "
            "the bias.",
            by=(
                "Moody, Darken (1989). Fast learning in networks of locally-tuned processing "
                "units. Neural Computation 1, 281-294",
            ),
            conditions=(
                Condition(
                    says="the difference from the bias at -6 and 6, over six widths beyond the "
                    "last centres",
                    of="far_6",
                    at_most=1e-3,
                ),
                Condition(
                    says="the same at -5 and 5, over four widths beyond",
                    of="far_5",
                    at_most=1e-3,
                    limit=True,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data="200 points between -3 and 3; the target is sin 2x with noise of spread 0.1, drawn by "
        "the seed. The place of the update is drawn between -1 and 1.",
        models="The architecture rbfn: 20 units, centres on a grid from -3 to 3, widths one and a "
        "half times the distance of neighbours. The architecture mlp 1-50-1 with tanh. In double "
        "precision.",
        training="Radial units: output weights and bias by ridge regression, its penalty by "
        "leaving out one point after another. Perceptron: squared error, Adam at rate 0.01, 1,500 "
        "steps on all points. Then 50 steps of gradient descent at rate 0.01 on one place, towards "
        "its answer plus one; of the radial units the output weights learn, with the bias or "
        "without, of the perceptron all parameters.",
        measured="The mean absolute change at all points more than 1.5 from the place over that at "
        "the place, and the latter; the greatest difference of the answers at 5 and -5, and at 6 "
        "and -6, from the bias, before the update.",
        quick="20 steps for the perceptron.",
    ),
    quantities={
        **{
            f"reach_{name}": Quantity(
                about=f"change far away, {label}", unit="of that at the place"
            )
            for name, label in MODELS.items()
        },
        **{
            f"error_{name}": Quantity(about=f"root mean squared error, {label}", unit="units of y")
            for name, label in MODELS.items()
        },
        **{
            f"moved_{name}": Quantity(about=f"change at the place, {label}", unit="units of y")
            for name, label in MODELS.items()
        },
        **{
            f"far_{far:g}": Quantity(
                about=f"difference from the bias at {far:g}", unit="units of y"
            )
            for far in FAR
        },
    },
    seeds=10,
    minutes=3,
    measure=measure,
    figure=figure,
)
