from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # memory cells
    cells: int = 1  # of a block: they share an input gate and an output gate
    gate_bias: float = -1.0  # first bias of the first block's input gate; k times it the k-th's
    recurrence: Literal["all", "cells"] = "all"  # what hidden units read of the last step
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


ADDING = Config(hidden=4, cells=2, gate_bias=-3.0, channels=2)
VARIANTS = {
    # the paper's networks of sections 5.4 to 5.6, with the weights of its tables 7 and 9
    "adding": spec.Variant(
        ADDING,
        93,
        {"params": spec.Printed(93, "Hochreiter 1997, table 7")},
        macs=8_004,
        costs_at={"steps": 100},
    ),
    "temporal_order": spec.Variant(
        Config(hidden=4, cells=2, gate_bias=-2.0, channels=8, classes=4),
        156,
        {"params": spec.Printed(156, "Hochreiter 1997, table 9")},
        macs=144,
        costs_at={"steps": 1},
    ),
    "temporal_order_3": spec.Variant(
        Config(hidden=6, cells=2, gate_bias=-2.0, channels=8, classes=8),
        308,
        {"params": spec.Printed(308, "Hochreiter 1997, table 9")},
        macs=288,
        costs_at={"steps": 1},
    ),
    # a gate of each kind for every cell, and only cells read again: today's wiring
    "one_cell_blocks": spec.Variant(
        Config(hidden=20, recurrence="cells", channels=10, classes=2),
        1_902,
        macs=1_840,
        costs_at={"steps": 1},
    ),
    "desk": spec.Variant(ADDING, 93, macs=3_204, costs_at={"steps": 40}),
}

SPEC = spec.Architecture(
    name="LSTM of 1997",
    limitation="A simple recurrent network's gradient dies or blows up over a few dozen steps.",
    idea="A cell keeps all of itself at every step; gates decide what enters and what leaves.",
    since=1995,
    builds_on=("elman",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:LSTM1997",
    aliases=("original_lstm", "lstm_without_forget_gate", "constant_error_carousel"),
    tiny=Config(hidden=6, cells=2, gate_bias=-1.0, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 8, learning_rate=3e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("adding", "rmse", 0.02, baseline="ridge"),
    initial=(
        spec.Initial(r"body\.weight_.h", "uniform", 0.1, "sections 5.4 to 5.6"),
        spec.Initial(
            r"body\.bias_in",
            "constant",
            "[gate_bias, 2 * gate_bias, 3 * gate_bias][: hidden // cells]",
            "sections 5.4 to 5.6: input gates start shut, each block's more than the last's",
            when="hidden // cells <= 3",
        ),
        spec.Initial(r"body\.bias", "constant", 0.0, "the other units' biases"),
    ),
    parity=(
        spec.Parity("torch.nn.LSTM with forget gates pinned at one", "parity:pinned"),
        spec.Parity("appendix A.1, unit by unit in NumPy", "parity:equations"),
    ),
    parts=(spec.Part("Recurrence.step", "LSTM step"),),
)
