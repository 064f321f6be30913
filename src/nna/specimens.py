"""Models and inputs to try an architecture on: small ones, and large ones that take no memory."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nna import registry
from nna.spec import Architecture, Edges, Tokens, size


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


def shapes_only(
    name: str, spec: Architecture, config: object, batch: int = 1
) -> tuple[nn.Module, dict[str, Tensor]]:
    """A model and inputs of full size that take no memory: computing with them costs no time."""
    with torch.device("meta"):
        model = registry.resolve(name, spec.model)(config)
        inputs = {
            key: torch.zeros(
                port.full_shape(batch, config),
                dtype=torch.long if isinstance(port, Tokens | Edges) else torch.float32,
            )
            for key, port in spec.inputs.items()
        }
    return model, inputs
