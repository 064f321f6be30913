from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # hidden units, and as many context units
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


STEP = {"steps": 1}  # the paper predicts at every step: what one costs
VARIANTS = {
    # the four simulations of Elman (1990), in the order of the paper
    "xor": spec.Variant(Config(hidden=2, channels=1, classes=1), 11, macs=8, costs_at=STEP),
    "letters": spec.Variant(Config(hidden=20, channels=6, classes=6), 666, macs=640, costs_at=STEP),
    "word_ends": spec.Variant(
        Config(hidden=20, channels=5, classes=5), 625, macs=600, costs_at=STEP
    ),
    "sentences": spec.Variant(
        Config(hidden=150, channels=31, classes=31), 31_981, macs=31_800, costs_at=STEP
    ),
    "desk": spec.Variant(
        Config(hidden=16, channels=1, classes=2), 322, macs=7_920, costs_at={"steps": 29}
    ),
}

SPEC = spec.Architecture(
    name="Elman network",
    limitation="A perceptron sees time as a window of fixed width, and a pattern later is another.",
    idea="Hidden units are copied into a context that is read beside the next input.",
    since=1988,
    builds_on=("mlp", "jordan"),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:Elman",
    twin="model_keras:elman",
    aliases=("rnn", "srn", "simple_rnn", "vanilla_rnn", "simple_recurrent_network"),
    tiny=Config(hidden=6, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 20, learning_rate=1e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("temporal_xor", "accuracy", 0.95, baseline="logistic regression"),
    initial=(spec.Initial(r"body\.bias_hh_l0", "constant", 0.0, "one bias a unit"),),
    parity=(
        spec.Parity("the equation, unit by unit in NumPy", "parity:equations"),
        spec.Parity("keras.layers.SimpleRNN", "parity:keras", needs="keras"),
    ),
)
