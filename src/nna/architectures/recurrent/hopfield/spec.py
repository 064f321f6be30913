"""Facts about the Hopfield network: sizes, sources, data it fits."""

from dataclasses import dataclass

from nna.spec import (
    Architecture,
    Paper,
    Parity,
    Part,
    Recipe,
    Signature,
    Table,
    Variant,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Size of one network."""

    features: int  # units, each linked to every other


# Of n units n (n - 1) / 2 pairs are linked; a sweep, of which it needs one at least, does n^2
# multiply-adds.
VARIANTS = {
    "desk": Variant(Config(features=64), 2_016, macs=4_096),
    "large": Variant(Config(features=500), 124_750, macs=250_000),  # its capacity is tested
}

SPEC = Architecture(
    name="Hopfield network",
    limitation="Associative memories that answer in one pass can't mend their own answer: what "
    "comes out of a damaged cue is damaged.",
    idea="Links that are symmetric give every state an energy; memories are where it is lowest.",
    paper=Paper(
        title="Neural networks and physical systems with emergent collective computational "
        "abilities",
        authors="Hopfield",
        kind="article",
        year=1982,
        venue="Proceedings of the National Academy of Sciences 79",
        doi="10.1073/pnas.79.8.2554",
    ),
    builds_on=("mcculloch_pitts",),
    inputs={"table": Table()},
    outputs=Table(),
    tasks=("recall",),
    model="model:Hopfield",
    tiny=Config(features=6),
    variants=VARIANTS,
    recipe=Recipe(objective="hebb", epochs=1, learning_rate=1.0, batch_size=0),
    objectives=("hebb",),
    signature=Signature(
        data="digit_recall",
        metric="recalled",
        threshold=0.98,
        baseline="cue",
    ),
    parity=(Parity(against="loops over units in NumPy", check="parity:loops"),),
    parts=(Part("Hopfield.sweep", "every unit in its turn", closed=True),),
    waive={"exports": "it sweeps until nothing changes: how often, only the cue decides"},
)
