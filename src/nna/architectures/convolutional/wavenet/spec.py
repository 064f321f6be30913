from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
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
    "cycle": spec.Variant(Config(cycles=1, layers=10), 521_088, macs=2_046_820_352),
    "speech": spec.Variant(Config(cycles=3, layers=10), 1_267_328, macs=5_066_719_232),
    "desk": spec.Variant(
        Config(cycles=1, layers=7, width=32, units=64, length=256), 80_288, macs=18_087_936
    ),
}

SPEC = spec.Architecture(
    name="WaveNet",
    limitation="A recurrent network learns sample after sample, sixteen thousand steps for a "
    "second of sound.",
    idea="Causal convolutions whose dilations double: the reach grows like 2 to the number of "
    "layers, and all samples are learnt at once.",
    builds_on=("cnn1d", "lstm", "resnet"),
    inputs={"tokens": spec.Tokens()},
    outputs=spec.StepScores(),
    tasks=("language-modelling",),
    model="model:WaveNet",
    tiny=Config(cycles=2, layers=2, width=6, units=8, vocab=20, length=12),
    variants=VARIANTS,
    recipe=spec.Recipe(
        "cross_entropy",
        15,
        optimiser="adamw",
        learning_rate=3e-3,
        batch_size=4,
        schedule="cosine",
        warmup=0.05,
        weight_decay=0.01,
        clip_norm=1.0,
    ),
    signature=spec.Signature("tones", "bits per byte", 4.6, baseline="bigram"),
    parity=(spec.Parity("equations in NumPy, sample by sample", "parity:equations"),),
)
