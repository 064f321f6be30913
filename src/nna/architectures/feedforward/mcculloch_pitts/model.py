"""McCulloch-Pitts neurons: fire or not, by counting excitation and obeying any veto.

McCulloch, Pitts. A Logical Calculus of the Ideas Immanent in Nervous Activity. Bulletin of
Mathematical Biophysics 5, 1943, doi:10.1007/BF02478259.

Answers: the root of the tree. Neurons were known to fire all or none; what a net of such parts can
do in principle was not. Treated as propositions they compute every sentence of Boolean
logic that is false when all its parts are; with thresholds of zero, every one.

Departs from the paper: only nets without circles, so no memory; one fixed form, a layer of
conjunctions and a layer of disjunctions, which is enough for any truth table. A neuron whose
threshold is zero fires unless it is vetoed; the table's all-false row needs one. Time is not
counted: the answer is that of two synaptic delays later.

Shapes: b examples, features input fibres, hidden neurons between, classes neurons that answer.
Activity is 0 or 1. No weight is learnt: the wiring is drawn at random until somebody sets it.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from nna.architectures.feedforward.mcculloch_pitts.spec import Config


class Neurons(nn.Module):
    """Neurons that read the same fibres: each fibre excites a neuron, vetoes it, or misses it."""

    excitatory: Tensor
    inhibitory: Tensor
    threshold: Tensor

    def __init__(self, fibres: int, neurons: int) -> None:
        super().__init__()
        synapse = torch.randint(3, (neurons, fibres))
        # numbers of synapses: a fibre may end on one neuron several times over
        self.register_buffer("excitatory", (synapse == 1).float())
        self.register_buffer("inhibitory", (synapse == 2).float())
        self.register_buffer("threshold", torch.ones(neurons))

    def forward(self, fires: Float[Tensor, "b fibres"]) -> Float[Tensor, "b neurons"]:
        enough = functional.linear(fires, self.excitatory) >= self.threshold
        vetoed = functional.linear(fires, self.inhibitory) > 0  # one is as good as many
        return (enough & ~vetoed).to(fires.dtype)


class McCullochPitts(nn.Module):
    """Conjunctions of fibres and of silent fibres, then disjunctions of those."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.conjunctions = Neurons(config.features, config.hidden)
        self.disjunctions = Neurons(config.hidden, config.classes)

    def fires(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b features"]:
        """All or none: a fibre fires where its number is positive."""
        return (table > 0).to(table.dtype)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.disjunctions(self.conjunctions(self.fires(table)))
