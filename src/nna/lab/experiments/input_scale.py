"""Raw and standardised columns: what the scale of the inputs does to gradient descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

SETS = {"wine": "wine", "breast_cancer": "breast cancer"}
RATES = tuple(10.0**k for k in range(-7, 1))
EPOCHS, BATCH, HIDDEN = 30, 16, 32
FITTED = 0.9  # share of the training rows, for the speed
FORMS = {"raw": "raw", "scaled": "standardised"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Each table, raw and standardised, at its best rate."""
    numbers: dict[str, float] = {}
    for data in SETS:
        x, y, train = table(data, seed)
        middle, spread = x[train].mean(0), x[train].std(0)
        for form, columns in (("raw", x), ("scaled", (x - middle) / spread)):
            right, epochs = best(columns, y, train, seed, 1 if quick else EPOCHS)
            numbers[f"{data}_{form}"] = 100 * right
            numbers[f"{data}_{form}_epochs"] = epochs
        lost = numbers[f"{data}_scaled"] - numbers[f"{data}_raw"]
        slower = numbers[f"{data}_raw_epochs"] / numbers[f"{data}_scaled_epochs"]
        numbers[f"{data}_worse"] = float(lost >= 5 or slower >= 3)
    return numbers


def table(data: str, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Columns, classes, and which 70 % of the rows are trained on."""
    import numpy as np
    import torch

    from nna.data import catalog
    from nna.lab.learn import seeded

    examples = catalog.load(data)
    x = torch.as_tensor(np.asarray(examples.x, np.float32))
    order = torch.randperm(len(x), generator=seeded(seed, "split"))
    return x, torch.as_tensor(np.array(examples.y)), order[: round(0.7 * len(x))]


def best(x: Tensor, y: Tensor, train: Tensor, seed: int, epochs: int) -> tuple[float, float]:
    """All rates side by side, one network each, from the same weights and in the same order.

    Returns:
        The greatest share of test rows right after the last epoch, over the rates, and the least
        number of epochs until 90 % of the training rows were right (one more than there are,
        where no rate gets there).
    """
    import torch
    from torch.nn import functional

    from nna.lab.learn import seeded

    test = torch.ones(len(x), dtype=torch.bool)
    test[train] = False
    draw, classes = seeded(seed, "weights and order"), int(y.max()) + 1
    rates = torch.tensor(RATES)[:, None, None]

    def start(n_in: int, n_out: int) -> Tensor:
        bound = n_in**-0.5
        drawn = (2 * torch.rand(n_in + 1, n_out, generator=draw) - 1) * bound
        return drawn.expand(len(RATES), -1, -1).clone().requires_grad_()

    layers = [start(x.shape[1], HIDDEN), start(HIDDEN, classes)]

    def scores(rows: Tensor) -> Tensor:
        hidden = torch.relu(rows @ layers[0][:, :-1] + layers[0][:, -1:])
        return hidden @ layers[1][:, :-1] + layers[1][:, -1:]

    def right(rows: Tensor) -> Tensor:
        with torch.no_grad():
            said = scores(x[rows])
            alive = said.isfinite().all(dim=(1, 2))
            return ((said.argmax(2) == y[rows]).float().mean(1)) * alive

    fastest = float(epochs + 1)
    for epoch in range(1, epochs + 1):
        order = train[torch.randperm(len(train), generator=draw)]
        for rows in order.split(BATCH):
            said = scores(x[rows])
            target = y[rows].expand(len(RATES), -1)
            loss = functional.cross_entropy(said.transpose(1, 2), target, reduction="none")
            slopes = torch.autograd.grad(loss.mean(1).sum(), layers)
            with torch.no_grad():
                for layer, slope in zip(layers, slopes, strict=True):
                    layer -= rates * slope
        if fastest > epochs and bool((right(train) >= FITTED).any()):
            fastest = float(epoch)
    return float(right(test.nonzero()[:, 0]).max()), fastest


def figure(columns: Columns) -> Figure:
    """Accuracy and epochs of every run, raw and standardised."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (left, right) = new(9, 2.8, 2)
    rows = [(data, form) for data in SETS for form in FORMS]
    colours = {"raw": ORANGE, "scaled": BLUE}
    runs(left, [(columns[f"{data}_{form}"], colours[form]) for data, form in rows])
    left.set_yticks(range(len(rows)), [f"{SETS[data]}, {FORMS[form]}" for data, form in rows])
    left.set(xlabel="test rows right (%), at the best rate", title="After 30 epochs")
    runs(right, [(columns[f"{data}_{form}_epochs"], colours[form]) for data, form in rows])
    right.set_yticks(range(len(rows)), [""] * len(rows))
    right.set(xlabel="epochs (31: never)", title="Until 90 % of the training rows are right")
    return drawing


EXPERIMENT = Experiment(
    title="The scale of the inputs",
    scope="on the tables wine and breast cancer, 30 epochs",
    claims=(
        Claim(
            row="NEU-25",
            says="Networks are sensitive to the scale of their inputs; standardising steadies "
            "and speeds training.",
            by=(
                "LeCun, Bottou, Orr, Müller (1998). Efficient BackProp. In: Neural Networks: "
                "Tricks of the Trade",
            ),
            conditions=tuple(
                Condition(
                    says=f"{name}: raw columns cost five points, or three times the epochs",
                    of=f"{data}_worse",
                    at_least=0.5,
                )
                for data, name in SETS.items()
            ),
        ),
    ),
    protocol=Protocol(
        data="The tables wine (13 columns) and breast_cancer (30), whose columns' scales differ by "
        "factors of a thousand and more; 70 % of the rows, drawn by the seed, to train on.",
        models="One hidden layer of 32 ReLU units; weights and biases uniform within the inverse "
        "root of the inputs.",
        training="Cross-entropy, plain gradient descent, batches of 16, 30 epochs, at eight rates "
        "from 1e-7 to 1, all from the same weights and in the same order; columns as they are, or "
        "standardised by the training rows.",
        measured="The share of test rows right after the last epoch, at the rate where it is "
        "greatest, which favours neither; epochs until 90 % of the training rows are right, at "
        "the fastest rate. Rates at which numbers overflow count as wrong.",
        quick="One epoch.",
    ),
    quantities={
        name: quantity
        for data, title in SETS.items()
        for name, quantity in (
            *(
                (f"{data}_{form}", Quantity(about=f"{title}, {text}: test rows right", unit="%"))
                for form, text in FORMS.items()
            ),
            *(
                (
                    f"{data}_{form}_epochs",
                    Quantity(about=f"{title}, {text}: epochs to 90 %", unit="epochs"),
                )
                for form, text in FORMS.items()
            ),
            (
                f"{data}_worse",
                Quantity(about=f"{title}: raw is worse by that much", unit="", yes_no=True),
            ),
        )
    },
    seeds=40,
    minutes=4,
    measure=measure,
    figure=figure,
)
