from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # numbers an example
    hidden: int  # units of each expert's one hidden layer
    classes: int  # scores that come out
    experts: int  # how many there are
    top_k: int  # how many of them an example asks, k


# The paper's flat layers, 512 numbers in and out (appendix C). Its experts have no biases:
# [512*1024] + [1024*512] parameters each, "1M"; ours have 1,536 more. Multiply-adds are those of
# the experts asked, of the gate, and of weighing the answers.
VARIANTS = {
    "moe-32": spec.Variant(
        Config(features=512, hidden=1024, classes=512, experts=32, top_k=4),
        params=33_636_352,
        macs=4_212_736,
    ),
    "moe-256": spec.Variant(
        Config(features=512, hidden=1024, classes=512, experts=256, top_k=4),
        params=269_090_816,
        macs=4_327_424,
    ),
    "desk": spec.Variant(
        Config(features=64, hidden=128, classes=10, experts=8, top_k=2),
        params=77_904,
        macs=19_476,
    ),
}

SPEC = spec.Architecture(
    name="Mixture of experts",
    limitation="A multilayer perceptron spends all its weights on every example, so that knowing "
    "more costs more.",
    idea="A learned gate asks a few experts out of many: capacity grows, the cost of an example "
    "doesn't.",
    since=1991,
    builds_on=("mlp",),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:MoE",
    tiny=Config(features=5, hidden=7, classes=3, experts=6, top_k=2),
    variants=VARIANTS,
    recipe=spec.Recipe("balanced_cross_entropy", 40, learning_rate=3e-3, schedule="cosine"),
    signature=spec.Signature("digits", "accuracy", 0.967, baseline="logistic regression"),
    dropout=(spec.Noise("gate", "equation 4: noise on the gate's values"),),
    initial=(
        spec.Initial(r"enter", "normal", "sqrt(2 / features)", "He 2015, equation 10"),
        spec.Initial(r"leave", "normal", "sqrt(1 / hidden)", "LeCun 1998, section 4.6"),
    ),
    parity=(
        spec.Parity(
            "transformers' Mixtral block, asking 1, 2 and 4 of 6 experts",
            "parity:mixtral",
            needs="transformers",
        ),
        spec.Parity("equations 1 to 10, expert by expert in NumPy", "parity:equations"),
    ),
    renamed_fields={"chosen": "top_k"},
)
