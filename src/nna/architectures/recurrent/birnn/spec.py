from dataclasses import dataclass
from typing import Literal

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units in each direction
    cell: Literal["rnn", "lstm"] = "rnn"
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores of the place in the middle


FRAME = {"steps": 1}
VARIANTS = {
    # TIMIT, frame by frame: 26 numbers a frame, 61 phonemes
    "timit_brnn": spec.Variant(
        Config(hidden=185, channels=26, classes=61),
        101_071,
        macs=100_640,
        costs_at=FRAME,
    ),
    # the paper's 93 LSTM blocks a direction have 3 x 93 peepholes each besides
    "timit_blstm": spec.Variant(
        Config(hidden=93, cell="lstm", channels=26, classes=61),
        100_687,
        macs=99_882,
        costs_at=FRAME,
    ),
    "desk": spec.Variant(Config(hidden=32, classes=4), 2_436, macs=31_936, costs_at={"steps": 15}),
}

SPEC = spec.Architecture(
    name="Bidirectional RNN",
    limitation="A recurrent network has read only what came before the place that it judges.",
    idea="A second layer reads from the end to the start; a place is judged by both.",
    builds_on=("elman",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:BiRNN",
    aliases=("brnn", "bidirectional_rnn", "bilstm", "blstm", "bidirectional_lstm"),
    tiny=Config(hidden=5, cell="lstm", channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 15, batch_size=32, learning_rate=3e-3, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("both_sides", "accuracy", 0.95, baseline="logistic regression"),
    initial=(spec.Initial(r"body\.bias_hh_l0.*", "constant", 0.0, "one bias a unit or gate"),),
    parity=(
        spec.Parity("both directions, unit by unit in NumPy", "parity:equations"),
        spec.Parity("keras.layers.Bidirectional", "parity:keras", needs="keras"),
    ),
)
