from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int = 10  # numbers an example
    depth: int  # blocks
    width: int  # units of the stream that the blocks add to
    mlp_ratio: int = 2  # hidden units of a block for each unit of the stream
    dropout: float = 0.0  # share of hidden units silenced at random in training
    classes: int = 1  # scores that come out; 1 for a single regression target


# The paper tunes the sizes for each table; there are none to be called its own.
VARIANTS = {
    "wide": spec.Variant(Config(depth=2, width=192, dropout=0.15), 299_521, {}, 297_024),
    "deep": spec.Variant(Config(depth=32, width=64, mlp_ratio=1), 271_233, {}, 262_848),
    "desk": spec.Variant(
        Config(features=2, depth=2, width=64, dropout=0.3, classes=2), 33_858, {}, 33_024
    ),
}

SPEC = spec.Architecture(
    name="Residual MLP",
    limitation="Multilayer perceptrons for tables stay two or three layers deep, since more of "
    "them learn worse.",
    idea="A shortcut around each perceptron of one hidden layer, its norm in front.",
    builds_on=("mlp", "resnet"),
    inputs={"table": spec.Table()},
    outputs=spec.Scores(),
    tasks=("regression", "classification"),
    model="model:ResidualMLP",
    tiny=Config(features=5, depth=2, width=8, dropout=0.1, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "squared_error", 60, optimiser="adamw", batch_size=32, schedule="cosine", weight_decay=1e-2
    ),
    objectives=("squared_error", "cross_entropy"),
    signature=spec.Signature("spirals", "accuracy", 0.929, baseline="logistic regression"),
    dropout=(
        spec.Dropout(
            r"body\.\d+\.branch\.drop", "dropout", "section 3.2, the first of its two rates"
        ),
    ),
    initial=spec.he_fan_in("Linear"),
    parity=(
        spec.Parity(
            "the authors' rtdl_revisiting_models", "parity:authors", needs="rtdl_revisiting_models"
        ),
        spec.Parity("its equations in NumPy", "parity:equations"),
    ),
    renamed_fields={"ratio": "mlp_ratio"},
    renamed_parameters=(spec.Rename(r"\.widen\.", ".fc1."), spec.Rename(r"\.narrow\.", ".fc2.")),
)
