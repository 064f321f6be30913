"""LSTMs on a short text: dropout of what is carried from step to step, and layer norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

READ, HIDDEN, LENGTH, BATCH = 32, 64, 32, 16
LONG, SHORT, TEST = 360_000, 6_000, 40_000  # bytes to draw from, to train on, and held out
STEPS, RATE, LOOK, DROP = 500, 0.01, 50, 0.3
KINDS = {"none": "neither", "drop": f"dropout {DROP}", "norm": "layer norm"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Held-out losses of each kind, in the end and at best."""
    numbers: dict[str, float] = {}
    for kind in KINDS:
        losses = train(seed, kind, 2 if quick else STEPS)
        numbers |= {f"end_{kind}": losses[-1], f"best_{kind}": min(losses)}
    return numbers


def train(seed: int, kind: str, steps: int) -> list[float]:
    """The losses on held-out text, every few steps and at the end."""
    import torch
    from torch import nn
    from torch.nn import functional

    from nna.data import catalog
    from nna.lab.learn import seeded

    text = torch.as_tensor(catalog.load("pydoc").x.copy()).long()
    held = torch.arange(len(text) - TEST, len(text) - LENGTH, TEST // 256)[:256]
    torch.manual_seed(seed)
    model = network(kind)
    optimiser = torch.optim.Adam(model.parameters(), lr=RATE)
    draw = seeded(seed, "text")
    first = int(torch.randint(LONG - SHORT + 1, (), generator=draw))  # each seed's own excerpt

    def loss(starts: Tensor) -> Tensor:
        bytes_ = text[starts[:, None] + torch.arange(LENGTH + 1)]
        return functional.cross_entropy(
            model(bytes_[:, :-1]).flatten(0, 1), bytes_[:, 1:].flatten()
        )

    losses = []
    for step in range(1, steps + 1):
        optimiser.zero_grad()
        loss(first + torch.randint(SHORT - LENGTH, (BATCH,), generator=draw)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step == steps or step % LOOK == 0:
            model.eval()
            with torch.no_grad():
                losses.append(loss(held).item())
            model.train()
    return losses


def network(kind: str) -> nn.Module:
    """Bytes embedded, one LSTM, scores of the next byte.

    Dropout zeroes parts of what is read, shown, and carried to the next step, the same at all
    steps. What is carried is masked by the columns of its weights, alike for a whole batch, so
    that the fused kernel can run. Layer norm stands where Ba, Kiros and Hinton put it: on what the
    gates get from the input, on what they get from the step before, and on the cell shown.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    drop = DROP if kind == "drop" else 0.0

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read = nn.Embedding(256, READ)
            self.body = nn.LSTM(READ, HIDDEN, batch_first=True)
            self.head = nn.Linear(HIDDEN, 256)
            self.norms = nn.ModuleList(nn.LayerNorm(n) for n in (4 * HIDDEN, 4 * HIDDEN, HIDDEN))

        def same(self, rows: int, size: int) -> Tensor:
            return functional.dropout(torch.ones(rows, 1, size), drop, self.training)

        def forward(self, text: Tensor) -> Tensor:
            x = self.read(text) * self.same(len(text), READ)
            shown = self.normed(x) if kind == "norm" else self.masked(x)
            return self.head(shown * self.same(len(text), HIDDEN))

        def masked(self, x: Tensor) -> Tensor:
            into, carried, *biases = self.body.parameters()
            start = torch.zeros(1, len(x), HIDDEN)
            weights = [into, carried * self.same(1, HIDDEN)[0], *biases]
            return torch.lstm(x, (start, start), weights, True, 1, 0.0, self.training, False, True)[
                0
            ]

        def normed(self, x: Tensor) -> Tensor:
            into, carried, *_ = self.body.parameters()  # the norms bring their own biases
            of_input, of_carried, of_cell = self.norms
            h = cell = torch.zeros(len(x), HIDDEN)
            shown = []
            for given in of_input(x @ into.T).unbind(1):
                i, f, g, o = (given + of_carried(h @ carried.T)).chunk(4, 1)
                cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
                h = o.sigmoid() * of_cell(cell).tanh()
                shown.append(h)
            return torch.stack(shown, 1)

    return Reader()


def figure(columns: Columns) -> Figure:
    """Held-out losses of each kind, in the end and at best."""
    from nna.lab.drawing import BLUE, GREY, ORANGE, new, runs

    drawing, (axis,) = new(7.5, 2.6)
    colours = dict(zip(KINDS, (ORANGE, BLUE, GREY), strict=True))
    rows = {
        f"{when}_{kind}": f"{label}, {words}"
        for when, words in (("end", "in the end"), ("best", "at best"))
        for kind, label in KINDS.items()
    }
    runs(axis, [(columns[key], colours[key.partition("_")[2]]) for key in rows])
    axis.set_yticks(range(len(rows)), list(rows.values()))
    axis.set(
        xlabel="held-out loss (nats a byte), a dot a run",
        title=f"LSTMs on a text of {SHORT:,} bytes",
    )
    return drawing


EXPERIMENT = Experiment(
    title="LSTMs on a short text: dropout and layer norm",
    scope="on 6,000 bytes of one text, 500 steps",
    claims=(
        Claim(
            row="REG-23",
            says="Dropout of recurrent connections, and layer norm, let recurrent networks "
            "generalise better.",
            by=(
                "Gal, Ghahramani (2016). A theoretically grounded application of dropout in "
                "recurrent neural networks. NIPS, arXiv:1512.05287",
                "Ba, Kiros, Hinton (2016). Layer normalization. arXiv:1607.06450",
            ),
            conditions=(
                Condition(
                    says="held-out loss after the last step, with dropout less without (nats)",
                    of="end_drop",
                    minus="end_none",
                    at_most=0,
                ),
                Condition(
                    says="the same with layer norm",
                    of="end_norm",
                    minus="end_none",
                    at_most=0,
                ),
                Condition(
                    says="the least held-out loss of the run, as early stopping would find it, "
                    "with dropout less without",
                    of="best_drop",
                    minus="best_none",
                    at_most=0,
                    limit=True,
                ),
                Condition(
                    says="the same with layer norm",
                    of="best_norm",
                    minus="best_none",
                    at_most=0,
                    limit=True,
                ),
            ),
            rather="Dropout does. Layer norm steadies the hidden states and shortens training, "
            "which is what its authors showed (Ba, Kiros, Hinton 2016); a short text is learnt by "
            "heart the sooner for it, here half a nat the worse in the end, and about equal where "
            "training is stopped in time.",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset pydoc, a text of 400,000 bytes, the last {TEST:,} held out; {SHORT:,} "
        "of the others in a row, drawn by the seed, are trained on.",
        models=f"Bytes embedded in {READ} numbers, an LSTM of {HIDDEN} cells, a linear head: as "
        f"they are; with dropout {DROP} of what is read, shown and carried to the next step, the "
        "same at all steps (the last alike for all excerpts of a batch, a difference from the "
        "paper); with layer norm of what the gates get from the input and from the step before, "
        "and of the cell shown.",
        training=f"Cross-entropy of the next byte, Adam at rate {RATE}, {STEPS} steps of {BATCH} "
        f"excerpts of {LENGTH} bytes, gradients clipped to norm 1.",
        measured=f"The loss on 256 excerpts of the held-out text, in nats a byte, every {LOOK} "
        "steps.",
        quick="Two steps.",
    ),
    quantities={
        f"{when}_{kind}": Quantity(about=f"held-out loss {words}, {label}", unit="nats a byte")
        for when, words in (("end", "in the end"), ("best", "at best"))
        for kind, label in KINDS.items()
    },
    seeds=12,
    minutes=2,
    measure=measure,
    figure=figure,
)
