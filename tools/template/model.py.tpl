"""FILL: its name: its idea in one clause.

FILL: authors. Title. Venue, year, arXiv or DOI.

Answers: FILL: what its predecessors could not do, and by what it does.

Departs from the paper: FILL: where, and why; or "nothing".

Shapes: FILL: letters with units, such as: b examples, features numbers each, classes scores.
"""

from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.@FAMILY@.@ID@.spec import Config


class @CLASS@(nn.Module):
    """FILL: the network, made of stem, body and head where that fits."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        raise NotImplementedError("model.py: the layers are not written yet")  # FILL: the layers

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        raise NotImplementedError("model.py: forward is not written yet")  # FILL: the equations
