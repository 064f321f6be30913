"""LSTMs on text: a rate that falls, and dropout of what is carried from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

READ, HIDDEN, LENGTH, BATCH = 32, 64, 32, 16
LONG, SHORT, TEST = 360_000, 6_000, 40_000  # bytes to train on, and held out
STEPS, RATES = 300, (0.003, 0.01, 0.03)
SCHEDULES = {"constant": "constant rate", "cosine": "cosine", "restarts": "cosine, one restart"}
PASSES, DROP = 500, 0.3  # steps on the short text
DROPS = {"none": 0.0, "drop": DROP}
LOOK = 50


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Held-out losses by schedule, each at its best rate, and by dropout."""
    steps, passes = (2, 2) if quick else (STEPS, PASSES)
    numbers: dict[str, float] = {}
    for name in SCHEDULES:
        numbers[name] = min(train(seed, LONG, steps, rate, name)[-1] for rate in RATES)
    for name in ("cosine", "restarts"):
        numbers[f"{name}_gain"] = 100 * (1 - numbers[name] / numbers["constant"])
    for name, drop in DROPS.items():
        losses = train(seed, SHORT, passes, 0.01, "constant", drop)
        numbers |= {f"end_{name}": losses[-1], f"best_{name}": min(losses)}
    return numbers


def train(  # noqa: PLR0913 - what is compared
    seed: int, kept: int, steps: int, rate: float, schedule: str, drop: float = 0.0
) -> list[float]:
    """The losses on held-out text, every few steps of the short text and at the end."""
    import torch
    from torch import nn
    from torch.nn import functional

    from nna.data import catalog
    from nna.lab.learn import seeded

    text = torch.as_tensor(catalog.load("pydoc").x.copy()).long()
    held = torch.arange(len(text) - TEST, len(text) - LENGTH, TEST // 256)[:256]
    torch.manual_seed(seed)
    model = network(drop)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    draw = seeded(seed, "text")
    first = int(torch.randint(LONG - kept + 1, (), generator=draw))  # each seed's own excerpt

    def loss(starts: Tensor) -> Tensor:
        bytes_ = text[starts[:, None] + torch.arange(LENGTH + 1)]
        return functional.cross_entropy(
            model(bytes_[:, :-1]).flatten(0, 1), bytes_[:, 1:].flatten()
        )

    losses = []
    for step in range(1, steps + 1):
        optimiser.param_groups[0]["lr"] = rate * share(schedule, (step - 1) / steps)
        optimiser.zero_grad()
        loss(first + torch.randint(kept - LENGTH, (BATCH,), generator=draw)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step == steps or (kept == SHORT and step % LOOK == 0):
            model.eval()
            with torch.no_grad():
                losses.append(loss(held).item())
            model.train()
    return losses


def share(name: str, done: float) -> float:
    """Of the highest rate, when that share of the steps is done."""
    import math

    if name == "constant":
        return 1.0
    if name == "restarts":  # the second cycle twice as long as the first
        done = 3 * done if done < 1 / 3 else 1.5 * (done - 1 / 3)
    return (1 + math.cos(math.pi * done)) / 2


def network(drop: float) -> nn.Module:
    """Bytes embedded, one LSTM, scores of the next byte.

    Dropout zeroes parts of what is read, shown, and carried to the next step, the same at all
    steps. What is carried is masked by the columns of its weights, alike for a whole batch, so
    that the fused kernel can run.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = nn.Embedding(256, READ)
            self.body = nn.LSTM(READ, HIDDEN, batch_first=True)
            self.head = nn.Linear(HIDDEN, 256)

        def same(self, rows: int, size: int) -> Tensor:
            return functional.dropout(torch.ones(rows, 1, size), drop, self.training)

        def forward(self, text: Tensor) -> Tensor:
            x = self.read(text) * self.same(len(text), READ)
            into, carried, *biases = self.body.parameters()
            start = torch.zeros(1, len(text), HIDDEN)
            weights = [into, carried * self.same(1, HIDDEN)[0], *biases]
            shown, _, _ = torch.lstm(
                x, (start, start), weights, True, 1, 0.0, self.training, False, True
            )
            return self.head(shown * self.same(len(text), HIDDEN))

    return Reader()


def figure(columns: Columns) -> Figure:
    """Held-out losses by schedule and by dropout."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (left, right) = new(10, 2.6, 2)
    colours = (ORANGE, BLUE, GREY)
    runs(left, [(columns[name], c) for name, c in zip(SCHEDULES, colours, strict=True)])
    left.set_yticks(range(len(SCHEDULES)), list(SCHEDULES.values()))
    left.set(xlabel="held-out loss (nats a byte), a dot a run", title="Schedules, long text")
    rows = {
        "end_none": "none, in the end",
        "end_drop": "dropout, in the end",
        "best_none": "none, at best",
        "best_drop": "dropout, at best",
    }
    runs(right, [(columns[key], BLUE if "drop" in key else ORANGE) for key in rows])
    right.set_yticks(range(len(rows)), list(rows.values()))
    right.set(xlabel="held-out loss (nats a byte), a dot a run", title="Dropout, short text")
    return drawing


EXPERIMENT = Experiment(
    title="LSTMs on text: schedules and dropout",
    claims=(
        Claim(
            row="OPT-15",
            says="LSTMs learn better with a rate that falls, or falls and restarts.",
            by=(
                "Loshchilov, Hutter (2017). SGDR: stochastic gradient descent with warm restarts. "
                "ICLR, arXiv:1608.03983 (on convolutional networks)",
            ),
            conditions=(
                Condition(
                    says="a cosine lowers the held-out loss, against a constant rate, by (%)",
                    of="cosine_gain",
                    at_least=2,
                ),
                Condition(
                    says="a cosine with one restart lowers it by (%)",
                    of="restarts_gain",
                    at_least=2,
                    limit=True,
                ),
                Condition(
                    says="the restart lowers it more than the cosine alone (nats)",
                    of="restarts",
                    minus="cosine",
                    at_most=0,
                    limit=True,
                ),
            ),
            rather="In the few hundred steps given here it gains nothing. Small steps at the end "
            "pay where the noise of batches is what keeps the loss up: Bottou, Curtis, Nocedal "
            "(2018), Optimization methods for large-scale machine learning, SIAM Review 60(2), "
            "arXiv:1606.04838.",
        ),
        Claim(
            row="REG-23",
            says="Dropout of recurrent connections lets recurrent networks generalise better.",
            by=(
                "Gal, Ghahramani (2016). A theoretically grounded application of dropout in "
                "recurrent neural networks. NIPS, arXiv:1512.05287",
            ),
            conditions=(
                Condition(
                    says="held-out loss after the last step, with dropout less without (nats)",
                    of="end_drop",
                    minus="end_none",
                    at_most=0,
                ),
                Condition(
                    says="the least held-out loss of the run, as early stopping would find it",
                    of="best_drop",
                    minus="best_none",
                    at_most=0,
                    limit=True,
                ),
            ),
        ),
    ),
    protocol=Protocol(
        data=f"The dataset pydoc, a text of 400,000 bytes, the last {TEST:,} held out. Schedules: "
        f"the other {LONG:,} are trained on; dropout: {SHORT:,} of them in a row, drawn by the "
        "seed.",
        models=f"Bytes embedded in {READ} numbers, an LSTM of {HIDDEN} cells, a linear head. "
        f"Dropout {DROP} of what is read, shown and carried to the next step, the same at all "
        "steps; the last alike for all excerpts of a batch, a difference from the paper.",
        training=f"Cross-entropy of the next byte, Adam, {BATCH} excerpts of {LENGTH} bytes a "
        f"step, gradients clipped to norm 1. Schedules: {STEPS} steps, rates 0.003, 0.01 and 0.03 "
        "at first, for each schedule and seed the best of them; constant, a cosine to zero, or two "
        f"cosines, the second twice as long. Dropout: {PASSES} steps at rate 0.01.",
        measured=f"The loss on 256 excerpts of the held-out text, in nats a byte; on the short "
        f"text every {LOOK} steps.",
        quick="Two steps.",
    ),
    quantities={
        **{
            name: Quantity(about=f"held-out loss, {label}, best rate", unit="nats a byte")
            for name, label in SCHEDULES.items()
        },
        **{
            f"{name}_gain": Quantity(
                about=f"held-out loss, {SCHEDULES[name]} below a constant rate", unit="%"
            )
            for name in ("cosine", "restarts")
        },
        **{
            f"{when}_{name}": Quantity(
                about=f"held-out loss {label}, short text, dropout {drop}", unit="nats a byte"
            )
            for when, label in (("end", "in the end"), ("best", "at best"))
            for name, drop in DROPS.items()
        },
    },
    seeds=5,
    minutes=2,
    measure=measure,
    figure=figure,
)
