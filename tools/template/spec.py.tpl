from dataclasses import dataclass

from nna import spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    # FILL: eight fields at most, their names from nna.glossary.GLOSSARY; what that leaves unsaid
    features: int
    width: int  # units
    classes: int


VARIANTS = {
    # FILL: the published sizes, each with the figures that the paper prints, as spec.Printed
    # FILL: the exact count of trainable parameters of each; `tools/costs.py @ID@` writes the other
    "desk": spec.Variant(Config(features=64, width=32, classes=10), params=0, macs=0),
}

SPEC = spec.Architecture(
    name="FILL: its name",
    limitation="FILL: the limitation of its predecessors that it answers, in one sentence.",
    idea="FILL: its idea, in one line.",
    builds_on=(),  # FILL: the ids it grew from
    inputs={"table": spec.Table()},  # FILL: a port for each argument of forward
    outputs=spec.Scores(),  # FILL: what comes out
    tasks=("classification",),  # FILL: out of nna.spec.TASKS
    model="model:@CLASS@",
    tiny=Config(features=5, width=4, classes=3),
    variants=VARIANTS,
    recipe=spec.Recipe("cross_entropy", 20),  # FILL: what the desk variant needs
    objectives=("cross_entropy",),  # FILL: all that suit it, the recipe's first; its own in objective.py
    # FILL: the data that it must prove itself on, the metric, the figure to reach, the rival to beat
    signature=spec.Signature("digits", "accuracy", 1.0, baseline="logistic regression"),
    # FILL: what only training shows, each with its source, or delete the line where nothing is to say:
    dropout=(),  # FILL: spec.Dropout(at, rate, source) for each place that drops in training, or Noise
    norms=(),  # FILL: spec.Norm(eps, momentum, source) where they aren't PyTorch's defaults
    initial=(),  # FILL: spec.Initial(at, law, scale, source) where weights don't start as PyTorch's
    # FILL: an independent implementation beside the equations, where a package has one
    parity=(spec.Parity("its equations, in NumPy", "parity:equations"),),
)
