from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # cells, and as many hidden numbers
    # Initial bias of the forget gates; a cell keeps sigmoid(forget_bias) of itself a step.
    forget_bias: float = 1.0
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given after the last step


VARIANTS = {
    # one cell, one input, one output: the size of network that the papers give to most tasks
    "one_cell": spec.Variant(Config(hidden=1, forget_bias=2.0), 17, macs=9, costs_at={"steps": 1}),
    "desk": spec.Variant(
        Config(hidden=8, forget_bias=2.0), 353, macs=11_528, costs_at={"steps": 40}
    ),
    # what libraries call 10 inputs and 20 units, for comparison with `lstm`
    "wide": spec.Variant(
        Config(hidden=20, channels=10, classes=2), 2_582, macs=2_440, costs_at={"steps": 1}
    ),
}

SPEC = spec.Architecture(
    name="LSTM with peepholes",
    limitation="An LSTM's gates can't see what its cells hold while the output gate is shut.",
    idea="Every gate also reads its own cell, by one weight: cells can count and time.",
    builds_on=("lstm",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:PeepholeLSTM",
    aliases=("peephole", "lstm_peephole"),
    tiny=Config(hidden=6, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 6, learning_rate=3e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("spike_intervals", "rmse", 0.5, baseline="ridge"),
    initial=(
        spec.Initial(r"body\.(weight_.h|peephole)", "uniform", "1 / sqrt(hidden)", "as in `lstm`"),
        spec.Initial(
            r"body\.bias",
            "constant",
            "[0.0, forget_bias, 0.0, 0.0]",
            "the forget gate's, as in `lstm`",
        ),
    ),
    parity=(spec.Parity("the equations, cell by cell in NumPy", "parity:equations"),),
    parts=(spec.Part("Recurrence.step", "LSTM step"),),
)
