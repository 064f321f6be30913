from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes of one branch; the other is the same, with the same weights."""

    channels: int = 8  # numbers a step
    steps: int  # of every series
    widths: tuple[int, ...]  # feature maps of each time-delay layer, first to last
    kernels: tuple[int, ...]  # steps that a unit of each layer sees at once
    stride: int  # steps from one unit to the next

    @property
    def lengths(self) -> tuple[int, ...]:
        """Units in time, of the input and after each layer."""
        lengths = [self.steps]
        for kernel in self.kernels:
            lengths.append((lengths[-1] - kernel) // self.stride + 1)
        return tuple(lengths)

    @property
    def embedding(self) -> int:
        """Numbers of the feature vector."""
        return self.widths[-1] * self.lengths[-1]


VARIANTS = {
    # 8 by 200 units, then 12 by 64 that see 8 by 11, then 16 by 19 that see 12 by 10
    # (Bromley et al. 1993); the numbers of units imply strides of 3
    "signatures": spec.Variant(
        Config(steps=200, widths=(12, 16), kernels=(11, 10), stride=3), params=3_004, macs=104_064
    ),
    "desk": spec.Variant(
        Config(channels=10, steps=10, widths=(64, 64), kernels=(3, 3), stride=1),
        params=14_336,
        macs=89_088,
    ),
}

SPEC = spec.Architecture(
    name="Siamese network",
    limitation="A classifier knows the classes of its training and no others: a new class needs "
    "new outputs and new training.",
    idea="Two copies of one network compare two inputs: what is learnt is a distance, not a class.",
    builds_on=("mlp",),
    inputs={"series": spec.Series(steps="steps")},
    outputs=spec.Embedding(),
    tasks=("verification",),
    model="model:Siamese",
    tiny=Config(channels=3, steps=9, widths=(4, 5), kernels=(3, 2), stride=2),
    variants=VARIANTS,
    recipe=spec.Recipe("contrastive", 30, learning_rate=2e-3, schedule="cosine"),
    objectives=("contrastive", "triplet"),
    signature=spec.Signature("moved_digits", "AUC", 0.569, baseline="linear discriminants"),
    initial=(
        spec.Initial(
            r"Conv1d.weight",
            "uniform",
            "5 / 3 * sqrt(6 / (fan_in + fan_out))",
            "Glorot 2010, equation 16, by PyTorch's gain for tanh",
        ),
        spec.Initial(r"Conv1d.bias", "constant", 0.0, "the biases start at zero"),
    ),
    parity=(
        spec.Parity("equations, unit by unit in NumPy", "parity:equations"),
        spec.Parity(
            "sklearn.neural_network.MLPRegressor on every window", "parity:windows", needs="sklearn"
        ),
    ),
)
