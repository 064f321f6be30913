"""A net wired for a truth table: a neuron for every case, a neuron for every class.

The disjunctive normal form: a case's neuron is excited by the fibres that fire in it, as many as
its threshold asks, and vetoed by all others; a class's neuron fires with any case of its own. That
some net computes each such sentence is the claim of McCulloch, Pitts (1943), section 2.
"""

import torch
from torch import nn

from nna.errors import UserError
from nna.objectives.base import Batch, Quantities, Turn, WithoutGradient, error_rate


class TruthTable(WithoutGradient):
    """For models with `fires(x)` and two layers of neurons, `conjunctions` and `disjunctions`."""

    kind = "closed form"
    tasks = ("classification",)
    watch = None

    def update(self, model: nn.Module, batch: Batch, turn: Turn) -> Quantities:
        """Wire the net; a case seen with several classes is given its most frequent one."""
        fires: torch.Tensor = model.fires(batch.x)  # type: ignore[operator]
        cases, case = fires.unique(dim=0, return_inverse=True)
        first = {k: model.get_buffer(f"conjunctions.{k}") for k in _WIRES}
        second = {k: model.get_buffer(f"disjunctions.{k}") for k in _WIRES}
        if len(cases) > len(first["threshold"]):
            raise UserError(
                f"{len(cases)} different cases need a neuron each, and there are "
                f"{len(first['threshold'])}: ask for more (--set hidden={len(cases)})"
            )
        for wires in (first, second):  # what has no wires and asks for one never fires
            wires["excitatory"].zero_()
            wires["inhibitory"].zero_()
            wires["threshold"].fill_(1)
        first["excitatory"][: len(cases)] = cases
        first["inhibitory"][: len(cases)] = 1 - cases
        first["threshold"][: len(cases)] = cases.sum(1)
        votes = cases.new_zeros(len(cases), len(second["threshold"]))
        votes.index_put_((case, batch.target), cases.new_ones(()), accumulate=True)
        second["excitatory"][votes.argmax(1), torch.arange(len(cases))] = 1
        return self.measure(model, batch)

    def measure(self, model: nn.Module, batch: Batch) -> Quantities:
        """The share of examples for which another class's neuron fires, or none."""
        return {"error": error_rate(model(**batch.inputs), batch.target)}


_WIRES = ("excitatory", "inhibitory", "threshold")

OBJECTIVE = TruthTable()
