from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units between input, state and output
    decay: float = 0.5  # share of itself that a state unit keeps a step, mu
    channels: int = 1  # numbers read at every step; of a plan, the same ones
    classes: int = 1  # outputs, and as many state units


VARIANTS = {
    # a plan of one number, two outputs: what the card's sequence "A, A, B" takes
    "sequence": spec.Variant(
        Config(hidden=8, channels=1, classes=2), 50, macs=40, costs_at={"steps": 1}
    ),
    # the state that most later implementations keep: the last output, nothing of it before
    "last_output": spec.Variant(
        Config(hidden=8, decay=0.0, channels=1, classes=2), 50, macs=40, costs_at={"steps": 1}
    ),
    "desk": spec.Variant(
        Config(hidden=32, channels=1, classes=2), 194, macs=4_640, costs_at={"steps": 29}
    ),
}

SPEC = spec.Architecture(
    name="Jordan network",
    limitation="A perceptron answers the same input the same way, whatever came before.",
    idea="The outputs come back as inputs, through units that also keep a share of their past.",
    builds_on=("mlp",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:Jordan",
    aliases=("jordan_network", "output_feedback_network"),
    tiny=Config(hidden=5, decay=0.3, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 60, batch_size=32, learning_rate=3e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("temporal_xor", "accuracy", 0.95, baseline="logistic regression"),
    parity=(spec.Parity("the equations, unit by unit in NumPy", "parity:equations"),),
    parts=(spec.Part("Jordan.step", "Step"),),
)
