"""Models and inputs to try an architecture on: small ones, and large ones that take no memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from nna import registry
from nna.spec import NOWHERE, Architecture, At, Edges, Tokens, size

aten = torch.ops.aten
DRAWS = (aten.normal_.default, aten.uniform_.default)


def tiny(name: str, spec: Architecture) -> nn.Module:
    """The architecture at its test size, seeded."""
    torch.manual_seed(0)
    return registry.construct(name, spec.tiny)


def sample(spec: Architecture, batch: int = 2, config: object = None) -> dict[str, Tensor]:
    """Seeded noise of the declared input shapes, by argument name."""
    config = spec.tiny if config is None else config
    noise = torch.Generator().manual_seed(1)
    made: dict[str, Tensor] = {}
    for name, port in spec.inputs.items():
        shape = port.shape(batch, config)
        if isinstance(port, Tokens):
            made[name] = torch.randint(size(port.vocab, config), shape, generator=noise)
        elif isinstance(port, Edges):
            made[name] = torch.randint(batch, shape, generator=noise)
        else:
            made[name] = torch.randn(shape, generator=noise)
    return made


class _Undrawn(TorchDispatchMode):
    """Leaves tensors as they are: torch draws nothing without memory, but takes long over it."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return args[0] if func in DRAWS else func(*args, **(kwargs or {}))


@contextmanager
def weightless() -> Iterator[None]:
    """What is made within has shapes, and no numbers: it takes neither memory nor time."""
    with torch.device("meta"), _Undrawn():
        yield


def shapes_only(
    name: str, spec: Architecture, config: object, batch: int = 1, at: At = NOWHERE
) -> tuple[nn.Module, dict[str, Tensor]]:
    """A model and inputs of full size that take no memory: computing with them costs no time.

    Args:
        name: of the architecture.
        spec: of the architecture.
        config: of the model.
        batch: examples.
        at: sizes that costs are stated for, where they aren't the ports' own.
    """
    with weightless():
        model = registry.resolve(name, spec.model)(config)
        inputs = {
            key: torch.zeros(
                port.full_shape(batch, config, at),
                dtype=torch.long if isinstance(port, Tokens | Edges) else torch.float32,
            )
            for key, port in spec.inputs.items()
        }
    return model, inputs
