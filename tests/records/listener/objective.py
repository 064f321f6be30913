"""Connectionist temporal classification: Graves and others (2006)."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from nna.learning.base import Batch, Gradient, Quantities
from nna.spec import IGNORED


@dataclass(frozen=True)
class Connectionist(Gradient):
    """For networks that score letters at each step of a masked sound."""

    tasks = ("transcription",)  # type: ignore[assignment]

    def loss(self, model: nn.Module, batch: Batch) -> tuple[Tensor, Quantities]:
        """The surprise at the right letters in any alignment."""
        scores = model(**batch.inputs).log_softmax(2).transpose(0, 1)
        steps, goal = batch.inputs["audio_mask"].sum(1), batch.target
        lengths = (goal != IGNORED).sum(1)
        return functional.ctc_loss(scores, goal, steps, lengths, zero_infinity=True), {}


OBJECTIVES = {"listener": Connectionist}
