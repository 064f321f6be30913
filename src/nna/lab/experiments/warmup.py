"""Warm-up: transformers whose layer norms stand after each sublayer, or before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.lab.experiment import Claim, Columns, Condition, Experiment, Protocol, Quantity

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

LAYERS, WIDTH, HEADS, LENGTH, BATCH = 6, 32, 2, 32, 16
STEPS, RISE, TEST = 400, 200, 40_000  # steps, of which the rate rises; bytes held back
SETTINGS = (("post", 0.001), ("post", 0.005), ("pre", 0.005))
NORMS = {"post": "norm after", "pre": "norm before"}
STARTS = {"none": "no warm-up", "warm": "warm-up"}


def measure(seed: int, quick: bool) -> dict[str, float]:
    """Losses on held-out text with and without warm-up, and their ratios."""
    import torch

    from nna.data import catalog

    text = torch.as_tensor(catalog.load("pydoc").x.copy()).long()
    steps = 2 if quick else STEPS
    numbers: dict[str, float] = {}
    for norm, rate in SETTINGS:
        for start in STARTS:
            loss = train(seed, norm == "pre", rate, RISE if start == "warm" else 0, steps, text)
            numbers[f"{norm}_{start}_{rate}"] = loss
        pair = [numbers[f"{norm}_{start}_{rate}"] for start in STARTS]
        numbers[f"{norm}_ratio_{rate}"] = pair[0] / pair[1]
    numbers["mended"] = numbers["post_warm_0.005"] / numbers["pre_warm_0.005"]
    return numbers


def train(  # noqa: PLR0913 - what is compared, and on what
    seed: int, before: bool, rate: float, rise: int, steps: int, text: Tensor
) -> float:
    """The loss on held-out text after training, in nats a byte; 10 at most."""
    import torch
    from torch.nn import functional

    from nna.lab.learn import seeded

    torch.manual_seed(seed)
    model = network(before)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.98))
    draw = seeded(seed, "text")

    def loss(starts: Tensor) -> Tensor:
        bytes_ = text[starts[:, None] + torch.arange(LENGTH + 1)]
        return functional.cross_entropy(
            model(bytes_[:, :-1]).flatten(0, 1), bytes_[:, 1:].flatten()
        )

    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / rise) if rise else rate
        optimiser.zero_grad()
        loss(torch.randint(len(text) - TEST - LENGTH, (BATCH,), generator=draw)).backward()
        optimiser.step()
    with torch.no_grad():
        held = torch.arange(len(text) - TEST, len(text) - LENGTH, TEST // 512)[:512]
        found = torch.stack([loss(part) for part in held.split(128)]).mean().item()
    return min(found, 10.0) if found == found else 10.0


def network(before: bool) -> nn.Module:
    """A decoder of PyTorch's layers: norms before the sublayers and one at the end, or after."""
    import torch
    from torch import nn

    class Decoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.read, self.place = nn.Embedding(256, WIDTH), nn.Embedding(LENGTH, WIDTH)
            self.body = nn.ModuleList(
                nn.TransformerEncoderLayer(
                    WIDTH, HEADS, 4 * WIDTH, dropout=0.0, batch_first=True, norm_first=before
                )
                for _ in range(LAYERS)
            )
            self.norm = nn.LayerNorm(WIDTH) if before else nn.Identity()
            self.head = nn.Linear(WIDTH, 256)
            self.unseen = nn.Transformer.generate_square_subsequent_mask(LENGTH)

        def forward(self, text: Tensor) -> Tensor:
            x = self.read(text) + self.place(torch.arange(text.shape[1]))
            for layer in self.body:
                x = layer(x, src_mask=self.unseen, is_causal=True)
            return self.head(self.norm(x))

    return Decoder()


def figure(columns: Columns) -> Figure:
    """Held-out losses of all settings."""
    from nna.lab.drawing import BLUE, ORANGE, new, runs

    drawing, (axis,) = new(7.5, 2.8)
    rows = [(norm, rate, start) for norm, rate in SETTINGS for start in STARTS]
    colours = {"post": ORANGE, "pre": BLUE}
    runs(axis, [(columns[f"{norm}_{how}_{rate}"], colours[norm]) for norm, rate, how in rows])
    labels = [f"{NORMS[norm]}, rate {rate}, {STARTS[how]}" for norm, rate, how in rows]
    axis.set_yticks(range(len(rows)), labels)
    axis.set(
        xlabel="loss on held-out text (nats a byte), a dot a run",
        title="Transformers with and without warm-up",
    )
    return drawing


EXPERIMENT = Experiment(
    title="Warm-up and where the norm stands",
    scope="on one text of 400,000 bytes, 400 steps",
    claims=(
        Claim(
            row="OPT-13",
            says="Transformers need a warm-up of the learning rate.",
            by=(
                "Vaswani and others (2017). Attention is all you need. NIPS, arXiv:1706.03762 "
                "(norms after the sublayers, a warm-up)",
            ),
            conditions=(
                Condition(
                    says="norms after the sublayers, rate 0.005: loss without warm-up over that "
                    "with it",
                    of="post_ratio_0.005",
                    at_least=1.1,
                ),
                Condition(
                    says="with warm-up: loss with norms after over that with norms before",
                    of="mended",
                    at_most=1.1,
                ),
                Condition(
                    says="norms after, rate 0.001: loss without warm-up over that with it",
                    of="post_ratio_0.001",
                    at_least=1.1,
                    limit=True,
                ),
                Condition(
                    says="norms before, rate 0.005: loss without warm-up over that with it",
                    of="pre_ratio_0.005",
                    at_least=1.1,
                    limit=True,
                ),
            ),
            rather="It is the norms after the sublayers, as in the first transformers, that call "
            "for it; with norms before them, as in GPT-2, warm-up can be left out (Xiong and "
            "others, 2020, arXiv:2002.04745).",
        ),
    ),
    protocol=Protocol(
        data=f"The dataset pydoc, a text of 400,000 bytes, the last {TEST:,} held out.",
        models=f"{LAYERS} of PyTorch's transformer layers, {WIDTH} wide, {HEADS} heads, ReLU, "
        f"without dropout, over {LENGTH} bytes, each seeing those before it; layer norms after the "
        "sublayers, or before them and one at the end.",
        training=f"Cross-entropy of the next byte, Adam (0.9, 0.98), {STEPS} steps on {BATCH} "
        "excerpts, at rate 0.005 (norms after also at 0.001) from the first step, or rising "
        f"linearly over {RISE} steps, then constant.",
        measured="The loss on 512 excerpts of the held-out text, in nats a byte; 10 where it is "
        "greater or not a number.",
        quick="Two steps.",
    ),
    quantities={
        **{
            f"{norm}_{start}_{rate}": Quantity(
                about=f"loss, {NORMS[norm]}, {how}, rate {rate}", unit="nats a byte"
            )
            for norm, rate in SETTINGS
            for start, how in STARTS.items()
        },
        **{
            f"{norm}_ratio_{rate}": Quantity(
                about=f"loss without warm-up over that with it, {NORMS[norm]}, rate {rate}",
                unit="times",
            )
            for norm, rate in SETTINGS
        },
        "mended": Quantity(
            about="loss with warm-up, norm after over norm before, rate 0.005", unit="times"
        ),
    },
    seeds=10,
    minutes=10,
    measure=measure,
    figure=figure,
)
