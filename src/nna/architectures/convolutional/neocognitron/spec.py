from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    widths: tuple[int, ...] = (24, 24, 24)  # planes of each layer
    inhibition: tuple[float, ...] = (
        4.0,
        1.5,
        1.5,
    )  # r: of inhibition to excitation, its selectivity
    channels: int = 1
    classes: int = 10


# Of the multiply-adds some are squares: V-cells sum those of all planes below.
VARIANTS = {
    "1980": spec.Variant(Config(), params=29_472, macs=1_226_116),
    # of greyer pictures more is alike, so its cells must be choosier, and it needs more of them
    "desk": spec.Variant(
        Config(widths=(24, 48, 96), inhibition=(4.0, 3.0, 3.0)), params=144_768, macs=2_573_668
    ),
}

SPEC = spec.Architecture(
    name="Neocognitron",
    limitation="A perceptron, or the cognitron of 1975, must learn a pattern anew at every place.",
    idea="Planes of cells with shared inputs detect, others blur; all learn without a teacher.",
    since=1979,
    builds_on=("perceptron",),
    inputs={"image": spec.Image(size=16, min_size=16)},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:Neocognitron",
    tiny=Config(widths=(4, 4, 4)),
    variants=VARIANTS,
    recipe=spec.Recipe("neocognitron", 4, learning_rate=1.0, batch_size=32),
    signature=spec.Signature("digits", "accuracy", 0.75, baseline="majority"),
    initial=(
        spec.Initial(
            r"SCells\.excitation",
            "uniform",
            "0.005 / fan_in",
            "random, small and positive",
            "0.005 / fan_in",
        ),
    ),
    parity=(
        spec.Parity("equations 1 to 6 in NumPy loops", "parity:cells"),
        spec.Parity("the choice of representatives, column by column", "parity:learning"),
    ),
    renamed_fields={"ratio": "inhibition"},
)
