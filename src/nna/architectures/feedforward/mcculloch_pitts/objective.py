"""A net wired for a truth table: a neuron for every case, a neuron for every class.

The disjunctive normal form: a case's neuron is excited by the fibres that fire in it, as many as
its threshold asks, and vetoed by all others; a class's neuron fires with any case of its own. That
some net computes each such sentence is the claim of McCulloch, Pitts (1943), section 2.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.base import Batch, Quantities, Turn, WithoutGradient
from nna.learning.losses import error_rate
from nna.learning.models import having


@runtime_checkable
class Neurons(Protocol):
    """Neurons that fibres excite or veto."""

    excitatory: Tensor  # (neurons, fibres)
    inhibitory: Tensor
    threshold: Tensor


@runtime_checkable
class Net(Protocol):
    """Two layers of McCulloch-Pitts neurons."""

    conjunctions: nn.Module
    disjunctions: nn.Module

    def fires(self, table: Tensor) -> Tensor:
        """Which input fibres fire."""
        ...


@dataclass(frozen=True)
class TruthTable(WithoutGradient):
    """For models with `fires(x)` and two layers of neurons, `conjunctions` and `disjunctions`."""

    kind = "closed form"
    tasks = ("classification",)
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Wire the net; a case seen with several classes is given its most frequent one."""
        net = having(model, Net)
        cases, case = net.fires(batch.x).unique(dim=0, return_inverse=True)
        first, second = (having(of, Neurons) for of in (net.conjunctions, net.disjunctions))
        if len(cases) > len(first.threshold):
            raise UserError(
                f"{len(cases)} different cases need a neuron each, and there are "
                f"{len(first.threshold)}: ask for more (--set hidden={len(cases)})"
            )
        for wires in (first, second):  # what has no wires and asks for one never fires
            wires.excitatory.zero_()
            wires.inhibitory.zero_()
            wires.threshold.fill_(1)
        first.excitatory[: len(cases)] = cases
        first.inhibitory[: len(cases)] = 1 - cases
        first.threshold[: len(cases)] = cases.sum(1)
        votes = cases.new_zeros(len(cases), len(second.threshold))
        votes.index_put_((case, batch.target), cases.new_ones(()), accumulate=True)
        second.excitatory[votes.argmax(1), torch.arange(len(cases))] = 1
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples for which another class's neuron fires, or none."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


OBJECTIVES = {"truth_table": TruthTable}
