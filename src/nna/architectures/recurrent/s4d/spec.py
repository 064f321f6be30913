import math
from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    hidden: int  # channels of the stream, each with a state of its own
    states: int = 64  # numbers of each channel's state, in pairs; at most 64
    layers: int = 1
    channels: int = 1  # numbers read at every step
    classes: int = 1  # scores given for the whole series


HARMONICS = [math.pi * n for n in range(32)]  # of S4D-Lin, a value for each pair
VARIANTS = {
    # the paper's layer of 256 channels with 64 states: 33,280 numbers beside norm and mixing
    "layer": spec.Variant(
        Config(hidden=256, classes=10), 168_458, macs=142_871_040, costs_at={"steps": 1024}
    ),
    "narrow": spec.Variant(Config(hidden=4, states=4, layers=2, classes=2), 194, macs=1_352),
    "desk": spec.Variant(
        Config(hidden=16, states=16, classes=4), 1_220, macs=84_032, costs_at={"steps": 128}
    ),
}

SPEC = spec.Architecture(
    name="S4D",
    limitation="Recurrent networks are slow over long series, attention costs their square.",
    idea="A linear state space with a diagonal matrix: one long convolution, or a recurrence.",
    builds_on=("lstm",),
    inputs={"series": spec.Series()},
    outputs=spec.Scores(),
    tasks=("classification", "regression"),
    model="model:S4D",
    aliases=("s4", "diagonal_state_space", "structured_state_space"),
    tiny=Config(hidden=5, states=4, channels=3, classes=4),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 6, learning_rate=1e-2, clip_norm=1.0),
    objectives=("cross_entropy", "squared_error"),
    signature=spec.Signature("noisy_waves", "accuracy", 0.95, baseline="logistic regression"),
    initial=(
        spec.Initial(
            r".*\.log_dt",
            "uniform",
            math.log(10),
            "appendix, listing 1: steps from 0.001 to 0.1, evenly by their logarithm",
            centre=-2 * math.log(10),
        ),
        spec.Initial(r".*\.log_a_real", "constant", math.log(0.5), "S4D-Lin"),
        spec.Initial(r".*\.a_imag", "constant", f"{HARMONICS}[: states // 2]", "S4D-Lin"),
        spec.Initial(r".*\.c", "normal", "sqrt(1 / 2)", "listing 1: complex, of variance 1"),
        spec.Initial(r".*\.d", "normal", 1.0, "listing 1"),
    ),
    parity=(spec.Parity("scipy.signal.cont2discrete and a loop over steps", "parity:recurrence"),),
    parts=(spec.Part("kernel", "Kernel", closed=True), spec.Part("convolve", "Long convolution")),
)
