from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units of each layer
    layers: int = 1
    gate_bias: float = 0.0  # first bias of the gates; a unit takes in its sigmoid a step
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


VARIANTS = {
    # 16 inputs; layers as the paper's table 1 compares them on selective copying
    "one_layer": spec.Variant(
        Config(hidden=64, channels=16, classes=16), 3_216, macs=3_072, costs_at={"steps": 1}
    ),
    "three_layers": spec.Variant(
        Config(hidden=64, layers=3, channels=16, classes=16),
        19_856,
        macs=19_456,
        costs_at={"steps": 1},
    ),
    "desk": spec.Variant(
        Config(hidden=16, gate_bias=-2.0, channels=5, classes=4),
        260,
        macs=9_664,
        costs_at={"steps": 60},
    ),
}

SPEC = spec.Architecture(
    name="Minimal GRU",
    limitation="A GRU's gates wait for the last state, so its steps come one after another.",
    idea="Gate and candidate see the input alone: all steps are then one parallel scan.",
    builds_on=("gru",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:MinGRU",
    aliases=("mingru", "minimal_gated_recurrent_unit"),
    tiny=Config(hidden=5, layers=2, gate_bias=1.0, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 8, learning_rate=3e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("marked_symbol", "accuracy", 0.95, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r"layers\.\d+\.gate\.bias",
            "constant",
            "gate_bias",
            "0 as most units begin; else Tallec, Ollivier 2018, section 2",
        ),
    ),
    parity=(spec.Parity("the recurrence, unit by unit in NumPy", "parity:equations"),),
    parts=(spec.Part("scan", "Parallel scan", closed=True),),
)
