from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    layers: int = 6  # of the encoder, and as many of the decoder
    width: int = 512  # numbers that stand for a token between layers
    heads: int = 8  # attentions side by side, each of width / heads
    hidden: int = 2048  # units of the network at every place
    length: int = 256  # most tokens of a sentence; places are a formula and cost no parameter
    vocab: int = 37_000  # tokens of both languages together
    dropout: float = 0.1


def _table_3(params: float, within: float, rounded: bool = False) -> dict[str, spec.Printed]:
    """Parameters, which a vocabulary of 41,100 would make right for all rows but the big one's."""
    differs = (
        "rows of table 3 but the big one's come out with 41,100 tokens, the big one's with 36,000; "
        "the text says about 37,000 (section 5.1)"
    )
    return {"params": spec.Printed(params, "table 3", within, "" if rounded else differs)}


# Multiply-adds are those of two sentences of 256 tokens, what masks hide included.
VARIANTS = {
    "base": spec.Variant(Config(), 63_045_632, _table_3(65e6, 0.04), macs=17_331_912_704),
    "big": spec.Variant(
        Config(width=1024, heads=16, hidden=4096, dropout=0.3),
        214_171_648,
        _table_3(213e6, 0.01),
        macs=57_212_403_712,
    ),
    "2-layers": spec.Variant(
        Config(layers=2), 33_644_544, _table_3(36e6, 0.07), macs=9_010_413_568
    ),
    "4-layers": spec.Variant(
        Config(layers=4), 48_345_088, _table_3(50e6, 0.04, rounded=True), macs=13_171_163_136
    ),
    "8-layers": spec.Variant(
        Config(layers=8), 77_746_176, _table_3(80e6, 0.04, rounded=True), macs=21_492_662_272
    ),
    "256-wide": spec.Variant(
        Config(width=256), 26_816_512, _table_3(28e6, 0.05), macs=7_457_996_800
    ),
    "1024-wide": spec.Variant(
        Config(width=1024), 163_815_424, _table_3(168e6, 0.04), macs=44_327_501_824
    ),
    "1024-hidden": spec.Variant(
        Config(hidden=1024), 50_450_432, _table_3(53e6, 0.06), macs=14_110_687_232
    ),
    "4096-hidden": spec.Variant(
        Config(hidden=4096), 88_236_032, _table_3(90e6, 0.04, rounded=True), macs=23_774_363_648
    ),
    "desk": spec.Variant(
        Config(layers=2, width=64, heads=4, hidden=128, length=19, vocab=182),
        177_536,
        macs=3_611_520,
    ),
}

SPEC = spec.Architecture(
    name="Transformer",
    limitation=(
        "A recurrent translator reads word after word: nothing runs in parallel along a sentence, "
        "and distant words meet over many steps."
    ),
    idea="Attention alone: every word looks at every other in one step; waves tell the places.",
    builds_on=("seq2seq", "bahdanau", "resnet"),
    inputs={"source": spec.Tokens(mask=True), "prefix": spec.Tokens(mask=True)},
    outputs=spec.StepScores(along="prefix"),
    tasks=("translation",),
    model="model:Transformer",
    twin="model_keras:Transformer",
    tiny=Config(layers=2, width=12, heads=3, hidden=20, length=7, vocab=23, dropout=0.1),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "label_smoothing", 6, learning_rate=3e-3, schedule="inverse-sqrt", warmup=0.1, clip_norm=1.0
    ),
    objectives=("label_smoothing", "cross_entropy"),
    signature=spec.Signature("english_german", "exact match", 0.7, baseline="word for word"),
    dropout=(
        spec.Dropout("drop", "dropout", "section 5.4: on both sums of places", times=2),
        spec.Dropout(r"encoder\.\d+\.drop", "dropout", "section 5.4: residual", times=2),
        spec.Dropout(r"decoder\.\d+\.drop", "dropout", "section 5.4: residual", times=3),
    ),
    initial=(
        spec.Initial(
            r"embedding\.weight", "normal", "1 / sqrt(width)", "the authors' tensor2tensor"
        ),
        spec.Initial(
            "Linear.weight",
            "uniform",
            "sqrt(6 / (fan_in + fan_out))",
            "Glorot 2010, equation 16; as in torch.nn.Transformer, where the paper is silent",
        ),
        spec.Initial("Linear.bias", "constant", 0.0, "the authors' tensor2tensor"),
    ),
    parity=(
        spec.Parity("torch.nn.Transformer", "parity:torch_layers"),
        spec.Parity("transformers MarianModel", "parity:marian", needs="transformers"),
        spec.Parity("the equations, place by place in NumPy", "parity:equations"),
    ),
)
