from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # columns, each of which becomes a token
    classes: int  # scores that come out; 1 for a single regression target
    width: int  # numbers a token
    depth: int  # blocks
    heads: int = 8
    dropout: float = 0.2  # of the attention; the feed-forward part drops 0.1 less


VARIANTS = {
    # the default of the paper, counted there for 100 columns; "1" and "6" are its neighbours in
    # the authors' package
    "default": spec.Variant(
        Config(features=100, classes=1, width=192, depth=3),
        params=930_241,
        paper={
            "params": spec.Printed(
                929e3,
                "table 12",
                within=0.002,
                differs="the authors' package makes as many as are counted here",
            )
        },
        macs=101_110_080,
    ),
    "1": spec.Variant(
        Config(features=100, classes=1, width=96, depth=1, dropout=0.1),
        params=94_241,
        macs=9_405_216,
    ),
    "6": spec.Variant(
        Config(features=100, classes=1, width=384, depth=6, dropout=0.35),
        params=7_182_337,
        macs=761_873_280,
    ),
    "desk": spec.Variant(
        Config(features=2, classes=2, width=32, depth=2, heads=4), params=17_226, macs=49_984
    ),
}

SPEC = spec.Architecture(
    name="FT-Transformer",
    limitation="A multilayer perceptron meets a row as one vector and multiplies no column by "
    "another; transformers read tokens, which rows are not.",
    idea="Every column becomes a token with a direction and a place of its own; attention does "
    "the rest, and a token [CLS] gathers the answer.",
    builds_on=("transformer", "bert", "mlp"),
    inputs={"table": spec.Table()},
    max_words=200,  # attention costs the square of the columns
    outputs=spec.Scores(),
    tasks=("regression", "classification"),
    model="model:FTTransformer",
    tiny=Config(features=5, classes=3, width=12, depth=2, heads=3),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "squared_error",
        40,
        optimiser="adamw",
        batch_size=32,
        schedule="cosine",
        warmup=0.1,
        weight_decay=1e-2,
    ),
    objectives=("squared_error", "cross_entropy"),
    signature=spec.Signature("spirals", "accuracy", 0.972, baseline="logistic regression"),
    dropout=(
        spec.Dropout(r"body\.\d+\.attention", "dropout", "appendix E.1: attention dropout"),
        spec.Dropout(
            r"body\.\d+\.ffn\.2",
            "max(0.0, dropout - 0.1)",
            "appendix E.1: feed-forward dropout, 0.1 less in all default sizes",
        ),
    ),
    initial=(
        spec.Initial(
            r"stem\.(weight|bias|cls)", "uniform", "width ** -0.5", "the authors' code: 1 / sqrt(d)"
        ),
        spec.Initial(
            r"body\.\d+\.attention\.(qkv|proj)\.bias", "constant", 0.0, "the authors' code"
        ),
    ),
    parity=(
        spec.Parity(
            "the authors' rtdl_revisiting_models", "parity:rtdl", needs="rtdl_revisiting_models"
        ),
        spec.Parity("equations, token by token in NumPy", "parity:equations"),
    ),
    renamed_parameters=(
        spec.Rename(r"\.attention\.read\.", ".attention.qkv."),
        spec.Rename(r"\.attention\.write\.", ".attention.proj."),
    ),
)
