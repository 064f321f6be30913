"""The squared errors of three targets together."""

from dataclasses import dataclass

from torch import Tensor, nn

from nna.learning.base import Batch, Gradient, Quantities


@dataclass(frozen=True)
class View(Gradient):
    """For networks that give what the targets are called."""

    tasks = ("view",)  # type: ignore[assignment]

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The sum of the mean squared errors."""
        given = model(**batch.inputs)
        parts = {key: (given[key] - of).square().mean() for key, of in batch.targets.items()}
        total = parts["colour"] + parts["depth"] + parts["opacity"]
        return total, {key: value.detach() for key, value in parts.items()}


OBJECTIVES = {"rays": View}
