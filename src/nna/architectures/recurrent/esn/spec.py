from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # units of the reservoir
    spectral_radius: float = 0.9  # greatest absolute eigenvalue of the recurrent weights
    density: float = 0.1  # share of the recurrent weights that aren't zero
    input_scale: float = 0.3  # input weights and biases are drawn within it
    leak: float = 1.0  # share of a state that is new at every step
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores read off the last state


VARIANTS = {
    # Jaeger, Haas 2004: a thousand units, one in a hundred linked, for the Mackey-Glass series
    "mackey_glass": spec.Variant(
        Config(hidden=1000, spectral_radius=0.8, density=0.01, input_scale=1.0),
        1_001,
        macs=1_002_000,
        costs_at={"steps": 1},
    ),
    # units that follow slowly, as in the later guide to practice
    "leaky": spec.Variant(Config(hidden=100, leak=0.3), 101, macs=10_200, costs_at={"steps": 1}),
    "desk": spec.Variant(Config(hidden=200), 201, macs=2_010_200, costs_at={"steps": 50}),
}

SPEC = spec.Architecture(
    name="Echo state network",
    limitation="Training a recurrent network through time is slow, and may never arrive.",
    idea="The recurrent layer is drawn at random and left alone; only a linear readout is learnt.",
    builds_on=("elman",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("regression", "classification"),
    model="model:ESN",
    aliases=("reservoir", "reservoir_computing", "echo_state"),
    tiny=Config(hidden=12, density=0.5, leak=0.6, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("ridge_readout", 1, batch_size=0),
    objectives=("ridge_readout", "squared_error", "cross_entropy"),
    signature=spec.Signature("narma", "rmse", 0.025, baseline="ridge"),
    initial=(spec.Initial(r"weight_in|bias", "uniform", "input_scale", "drawn, never learnt"),),
    parity=(
        spec.Parity("the equations unit by unit, and scikit-learn's Ridge", "parity:equations"),
    ),
    parts=(spec.Part("ESN.step", "Reservoir step"),),
)
