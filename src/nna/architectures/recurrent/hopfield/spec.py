from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    features: int  # units, each linked to every other


# Of n units n (n - 1) / 2 pairs are linked; a sweep, of which it needs one at least, does n^2
# multiply-adds.
VARIANTS = {
    "desk": spec.Variant(Config(features=64), 2_016, macs=4_096),
    "large": spec.Variant(Config(features=500), 124_750, macs=250_000),  # its capacity is tested
}

SPEC = spec.Architecture(
    name="Hopfield network",
    limitation="Associative memories that answer in one pass can't mend their own answer: what "
    "comes out of a damaged cue is damaged.",
    idea="Links that are symmetric give every state an energy; memories are where it is lowest.",
    builds_on=("mcculloch_pitts",),
    inputs={"table": spec.Table()},
    outputs=spec.Table(),
    tasks=("recall",),
    model="model:Hopfield",
    tiny=Config(features=6),
    variants=VARIANTS,
    recipe=spec.Recipe("hebb", 1, learning_rate=1.0, batch_size=0),
    signature=spec.Signature("digit_recall", "recalled", 0.98, baseline="cue"),
    parity=(spec.Parity("loops over units in NumPy", "parity:loops"),),
    parts=(spec.Part("Hopfield.sweep", "every unit in its turn", closed=True),),
    waive={"exports": "it sweeps until nothing changes: how often, only the cue decides"},
)
