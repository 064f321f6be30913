from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units
    gate_bias: float = 0.0  # of the update gates at first; a unit keeps its sigmoid a step
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


VARIANTS = {
    # Cho et al. (2014), section 4.1.1: an encoder of 1,000 units on embeddings of 100 numbers; its
    # head is what turns the last state into the summary of a phrase
    "encoder": spec.Variant(
        Config(hidden=1000, channels=100, classes=1000),
        4_304_000,
        macs=4_300_000,
        costs_at={"steps": 1},
    ),
    "desk": spec.Variant(
        Config(hidden=32, gate_bias=3.0, channels=8, classes=4),
        4_068,
        macs=387_968,
        costs_at={"steps": 101},
    ),
}

SPEC = spec.Architecture(
    name="Gated recurrent unit",
    limitation="An LSTM keeps two states and four maps to guard its memory.",
    idea="One gate blends the old state with a new one; another mutes the old in making it.",
    builds_on=("lstm",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:GRU",
    twin="model_keras:gru",
    aliases=("gated_recurrent_unit", "gru_reset_before"),
    tiny=Config(hidden=5, gate_bias=1.0, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 10, learning_rate=3e-3, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("long_lag", "accuracy", 0.95, baseline="majority"),
    initial=(
        spec.Initial(
            r"body\.weight_.h", "uniform", "1 / sqrt(hidden)", "PyTorch's recurrent layers"
        ),
        spec.Initial(
            r"body\.bias",
            "constant",
            "[0.0, gate_bias, 0.0]",
            "Tallec, Ollivier 2018, section 2: the update gate's",
        ),
    ),
    parity=(
        spec.Parity("the four equations, unit by unit in NumPy", "parity:equations"),
        spec.Parity("keras.layers.GRU(reset_after=False)", "parity:keras", needs="keras"),
    ),
    parts=(spec.Part("gru_step", "GRU step"),),
)
