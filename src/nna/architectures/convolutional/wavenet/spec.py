"""Facts about WaveNet: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Advice,
    Architecture,
    Paper,
    Parity,
    Recipe,
    Signature,
    StepScores,
    Tokens,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one network."""

    cycles: int  # runs through the dilations 1, 2, 4, ...
    layers: int  # a cycle: the dilation doubles with each
    width: int = 64  # numbers that pass from layer to layer, and as many behind each gate
    units: int = 256  # numbers that all layers' skips add up to
    vocab: int = 256  # values that a sample can take
    length: int = 4096  # samples of a stretch that is learnt from

    @property
    def reach(self) -> int:
        """Samples that one prediction hangs on: the receptive field."""
        return 1 + self.cycles * (2**self.layers - 1)


VARIANTS = {
    # Section 2.1 prints the dilations, 1 to 512 three times over, and not a single width: ours.
    "cycle": Variant(Config(cycles=1, layers=10), 521_088, macs=2_046_820_352),
    "speech": Variant(Config(cycles=3, layers=10), 1_267_328, macs=5_066_719_232),
    "desk": Variant(
        Config(cycles=1, layers=7, width=32, units=64, length=256), 80_288, macs=18_087_936
    ),
}

SPEC = Architecture(
    name="WaveNet",
    limitation="A recurrent network learns sample after sample, sixteen thousand steps for a "
    "second of sound.",
    idea="Causal convolutions whose dilations double: the reach grows like 2 to the number of "
    "layers, and all samples are learnt at once.",
    paper=Paper(
        title="WaveNet: A Generative Model for Raw Audio",
        authors="van den Oord, Dieleman, Zen, Simonyan, Vinyals, Graves, Kalchbrenner, Senior, "
        "Kavukcuoglu",
        kind="misc",
        year=2016,
        venue="arXiv",
        arxiv="1609.03499",
    ),
    builds_on=("cnn1d", "lstm", "resnet"),
    inputs={"tokens": Tokens()},
    outputs=StepScores(),
    tasks=("language-modelling",),
    model="model:WaveNet",
    tiny=Config(cycles=2, layers=2, width=6, units=8, vocab=20, length=12),
    variants=VARIANTS,
    recipe=Recipe(
        objective="cross_entropy",
        epochs=15,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=4,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    published_recipe=(
        "Cross-entropy over the 256 values of the next sample, all samples of a stretch at once "
        "(section 2); neither optimiser nor rate nor number of steps is printed"
    ),
    objectives=("cross_entropy",),
    signature=Signature(
        data="tones",
        metric="bits per byte",
        threshold=4.6,
        baseline="bigram",
        expected_failure="Using anything older than its receptive field of 1 + cycles (2^layers - "
        "1) samples.",
        failure_test="test_what_is_older_than_its_reach_leaves_no_trace",
    ),
    parity=(Parity(against="equations in NumPy, sample by sample", check="parity:equations"),),
    advice=(
        Advice(
            when="sound is to be generated or scored sample by sample, and time is no matter",
            verdict="yes",
            because="listeners gave its English speech 4.21 of 5 points, the best system before "
            "3.86",
            source="paper, table 1",
        ),
        Advice(
            when="long sequences, local structure, and training in parallel",
            verdict="yes",
            because="all steps are learnt at once, and the reach doubles with every layer",
            source="paper, section 2.1",
        ),
        Advice(
            when="sound must be generated in real time",
            verdict="no",
            because="each sample needs a pass of its own through the network; to be fast it was "
            "distilled into another",
            source="van den Oord 2018, sections 1 and 4",
        ),
        Advice(
            when="what comes next hangs on what was seconds ago",
            verdict="no",
            because="the receptive field ends at a few hundred milliseconds: 240 in the speech "
            "experiments",
            source="paper, section 3.2",
        ),
    ),
)
