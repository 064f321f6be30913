"""What a trained network makes of an example on its way to an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.learning.contrastive_divergence import Machine
from nna.learning.models import having
from nna.spec import Task


class Reader(nn.Module):
    """A trained model that answers with its features, `(b, features)`."""

    def __init__(self, model: nn.Module, task: Task) -> None:
        super().__init__()
        self.model = model
        self.read = _READERS.get(task, _before_head)

    def forward(self, *inputs: Tensor, **named: Tensor) -> Tensor:
        """The features of a batch."""
        return self.read(self.model, *inputs, *named.values())


def _code(model: nn.Module, *inputs: Tensor) -> Tensor:
    """The narrow middle of an autoencoder."""
    encoder = getattr(model, "encoder", None)
    if encoder is None:
        raise UserError("this network keeps no code between what comes in and what goes out")
    return encoder(*inputs)


def _place(model: nn.Module, *inputs: Tensor) -> Tensor:
    """Row and column of the nearest unit of a map."""
    return model.get_buffer("grid")[model(*inputs).argmax(1)]


def _hidden(model: nn.Module, *inputs: Tensor) -> Tensor:
    """How likely each hidden unit is to be on."""
    return having(model, Machine).hidden_given(*inputs)


def _points(model: nn.Module, *inputs: Tensor) -> Tensor:
    """What a network gives that was trained to place examples."""
    return model(*inputs)


def _before_head(model: nn.Module, *inputs: Tensor) -> Tensor:
    """What the last linear layer, the head, reads."""
    layers = [module for module in model.modules() if isinstance(module, nn.Linear)]
    if not layers:
        raise UserError("this network has no linear layer whose inputs could be its features")
    caught: list[Tensor] = []
    hook = layers[-1].register_forward_pre_hook(lambda _, read: caught.append(read[0]))
    with hook, torch.no_grad():
        model(*inputs)
    return caught[-1].flatten(1)


_READERS: Mapping[Task, Callable[..., Tensor]] = {
    "reconstruction": _code,
    "mapping": _place,
    "density": _hidden,
    "verification": _points,
}
