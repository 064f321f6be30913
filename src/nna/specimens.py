"""Models and inputs to try an architecture on: small ones, and large ones that take no memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nna import ports, registry
from nna.spec import Architecture


def tiny(name: str, spec: Architecture) -> nn.Module:
    """The architecture at its test size, seeded."""
    torch.manual_seed(0)
    return registry.construct(name, spec.tiny)


def drawn(spec: Architecture, batch: int = 2, config: object = None) -> dict[str, Any]:
    """Seeded noise of the declared ports: a tensor or a list of values each, by name."""
    config = spec.tiny if config is None else config
    noise = torch.Generator().manual_seed(1)
    return {
        name: ports.of(port).draw(port, config, batch, noise) for name, port in spec.inputs.items()
    }


def collated(spec: Architecture, values: Mapping[str, Any]) -> dict[str, Tensor]:
    """The arguments of `forward`, of some values of its ports."""
    made: dict[str, Tensor] = {}
    for name, port in spec.inputs.items():
        made |= ports.of(port).collate(name, port, values[name])
    return made


def sample(spec: Architecture, batch: int = 2, config: object = None) -> dict[str, Tensor]:
    """Seeded noise of the declared input shapes, by argument name."""
    return collated(spec, drawn(spec, batch, config))


def shapes_only(
    name: str, spec: Architecture, config: object, batch: int = 1
) -> tuple[nn.Module, dict[str, Tensor]]:
    """A model and inputs of full size that take no memory: computing with them costs no time."""
    with torch.device("meta"):
        model = registry.resolve(name, spec.model)(config)
        inputs = blank(spec, config, batch)
    return model, inputs


def blank(
    spec: Architecture, config: object, batch: int = 1, full: bool = True
) -> dict[str, Tensor]:
    """Zeros as inputs, by argument name, of the published size or the smallest accepted."""
    made: dict[str, Tensor] = {}
    for key, port in spec.inputs.items():
        made |= ports.of(port).blank(key, port, config, batch, full)
    return made
