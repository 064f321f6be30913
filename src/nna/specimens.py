"""Models and inputs to try an architecture on: small ones, and large ones that take no memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from nna import ports, registry
from nna.blocks.unfilled import outlined
from nna.spec import NOWHERE, Architecture, At


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
    with outlined():
        return registry.resolve(name, spec.model)(config), blank(spec, config, batch, at=at)


def blank(
    spec: Architecture, config: object, batch: int = 1, full: bool = True, at: At = NOWHERE
) -> dict[str, Tensor]:
    """Zeros as inputs, by argument name.

    Args:
        spec: of the architecture.
        config: of the model.
        batch: examples.
        full: of the size that costs are stated for, else of the smallest accepted.
        at: that size, where it isn't the ports' own.
    """
    made: dict[str, Tensor] = {}
    for key, port in spec.inputs.items():
        shape = port.full_shape(batch, config, at) if full else port.shape(batch, config)
        made |= ports.of(port).blank(key, port, config, shape)
    return made
