from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units
    gate_bias: float = 0.0  # of the update gates at first; a unit keeps its sigmoid a step
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


VARIANTS = {
    # Cho et al. (2014), section 4.1.1, by the encoder's sizes, with the libraries' two biases a map
    "encoder": spec.Variant(
        Config(hidden=1000, channels=100, classes=1000),
        4_307_000,
        macs=4_300_000,
        costs_at={"steps": 1},
    ),
    "desk": spec.Variant(
        Config(hidden=32, gate_bias=3.0, channels=8, classes=4),
        4_164,
        macs=387_968,
        costs_at={"steps": 101},
    ),
}

SPEC = spec.Architecture(
    name="GRU with the reset gate behind the matrix",
    limitation="The matrix of a GRU's candidate must wait for the reset gate.",
    idea="The reset gate scales what the matrix gave, so that one product serves all three maps.",
    builds_on=("gru",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:GRUResetAfter",
    twin="model_keras:gru_reset_after",
    aliases=("torch_gru", "keras_gru", "cudnn_gru"),
    tiny=Config(hidden=5, gate_bias=1.0, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 10, learning_rate=3e-3, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("long_lag", "accuracy", 0.95, baseline="majority"),
    initial=(
        spec.Initial(
            r"body\.bias_ih_l0",
            "constant",
            "[0.0, gate_bias, 0.0]",
            "Tallec, Ollivier 2018, section 2: the update gate's",
        ),
        spec.Initial(r"body\.bias_hh_l0", "constant", 0.0, "as Keras starts its layer"),
    ),
    parity=(
        spec.Parity("its equations, unit by unit in NumPy", "parity:equations"),
        spec.Parity("keras.layers.GRU(reset_after=True)", "parity:keras", needs="keras"),
    ),
)
