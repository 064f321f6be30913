from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # cells, and as many hidden numbers
    # Initial bias of the forget gates; a cell keeps sigmoid(forget_bias) of itself a step.
    forget_bias: float
    channels: int = 1  # numbers read at every step
    classes: int = 10  # scores given after the last step


VARIANTS = {
    # Le, Jaitly, Hinton 2015 (arXiv:1504.00941), section 4.2: MNIST read pixel by pixel.
    "pixels": spec.Variant(
        Config(hidden=100, forget_bias=1.0), 41_810, macs=31_674_600, costs_at={"steps": 784}
    ),
    "desk": spec.Variant(
        Config(hidden=32, forget_bias=4.6, channels=8, classes=4),
        5_380,
        macs=517_248,
        costs_at={"steps": 101},
    ),
}

SPEC = spec.Architecture(
    name="Long short-term memory",
    limitation="A simple recurrent network's gradient dies or blows up over a few dozen steps.",
    idea="A cell that is only scaled and added to, behind gates that write, erase and show it.",
    since=1995,
    builds_on=("elman", "lstm_1997"),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:LSTM",
    twin="model_keras:lstm",
    tiny=Config(hidden=6, forget_bias=1.0, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 10, learning_rate=3e-3, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("long_lag", "accuracy", 0.95, baseline="majority"),
    initial=(
        spec.Initial(
            r"body\.bias_ih_l0",
            "constant",
            "[0.0, forget_bias, 0.0, 0.0]",
            "Gers 2000; Jozefowicz 2015, section 2: the forget gate's",
        ),
        spec.Initial(r"body\.bias_hh_l0", "constant", 0.0, "one bias a gate"),
    ),
    parity=(spec.Parity("the six equations, loop by loop in NumPy", "parity:equations"),),
    renamed_fields={"forget": "forget_bias"},
)
