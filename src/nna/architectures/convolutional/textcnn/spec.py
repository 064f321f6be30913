from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    vocab: int  # words known; number 0 is padding, whose vector is zero
    length: int  # words of a text
    classes: int  # scores given
    width: int = 300  # numbers that stand for a word
    kernels: tuple[int, ...] = (3, 4, 5)  # words that a feature looks at, side by side
    units: int = 100  # features of each kernel
    dropout: float = 0.5  # of what was found


def _paper(words: int, length: int, classes: int, error: float, macs: int) -> spec.Variant:
    """A data set of table 1: its words and padding, its mean length; the error of CNN-rand."""
    config = Config(vocab=words + 1, length=length, classes=classes)
    filters = 12 * 300 * 100 + 300  # 3 + 4 + 5 words; a bias each
    params = (words + 1) * 300 + filters + 300 * classes + classes
    return spec.Variant(
        config, params, {"error": spec.Printed(error, "table 2, CNN-rand, in %")}, macs
    )


VARIANTS = {
    "mr": _paper(18_765, 20, 2, 23.9, 9_660_600),
    "sst1": _paper(17_836, 18, 5, 55.0, 8_941_500),
    "sst2": _paper(16_185, 19, 2, 17.3, 9_300_600),
    "subj": _paper(21_323, 23, 2, 10.4, 10_740_600),
    "trec": _paper(9_592, 10, 6, 8.8, 6_061_800),
    "cr": _paper(5_340, 19, 2, 20.2, 9_300_600),
    "mpqa": _paper(6_246, 3, 2, 16.6, 3_540_600),
    "desk": spec.Variant(
        Config(vocab=1000, length=20, classes=2, width=64, kernels=(2, 3, 4), units=64),
        101_442,
        macs=950_656,
    ),
}

SPEC = spec.Architecture(
    name="TextCNN",
    limitation="A bag of words forgets what stood beside what: 'not good' and 'good, not' are "
    "equal.",
    idea="Features that look at a few neighbouring words, kept each at its strongest in the text.",
    builds_on=("cnn1d", "word2vec"),
    inputs={"tokens": spec.Tokens()},
    outputs=spec.Scores(),
    tasks=("classification",),
    model="model:TextCNN",
    tiny=Config(vocab=30, length=7, classes=3, width=8, kernels=(2, 3), units=5),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        10,
        optimiser="adamw",
        learning_rate=2e-3,
        weight_decay=0.05,
        schedule="cosine",
    ),
    signature=spec.Signature("word_order", "accuracy", 0.8, baseline="logistic regression"),
    dropout=(spec.Dropout(r"drop", "dropout", "section 3.1: on the penultimate layer"),),
    parity=(spec.Parity("equations in NumPy loops", "parity:equations"),),
)
