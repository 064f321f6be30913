"""FILL: its name beside its equations, derived a second time, naively."""

import numpy as np
import torch

from nna import agreement
from nna.architectures.@FAMILY@.@ID@.model import @CLASS@
from nna.architectures.@FAMILY@.@ID@.spec import SPEC


def equations() -> dict[str, float]:
    """The paper's equations, number by number, without looking at model.py."""
    torch.manual_seed(0)
    model = @CLASS@(SPEC.tiny)
    agreement.unsettle(model)
    return agreement.equations(model, naive, {"table": torch.randn(4, 5)})


def naive(params: dict[str, np.ndarray], table: np.ndarray) -> np.ndarray:
    """FILL: in loops of plain NumPy, by the names of the model's parameters."""
    raise NotImplementedError("parity.py: the equations are not written yet")
