"""What the checks count and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn


def count_params(reference: str, **changes: Any) -> int:
    """Trainable parameters of an architecture, counted without making its weights."""
    import torch

    from nna import contract, registry

    with torch.device("meta"):
        return contract.count_parameters(registry.build(reference, **changes))


def count_macs(reference: str, **changes: Any) -> int:
    """Multiply-adds for one example of the size that the variant's costs are stated for."""
    from nna import costs, registry

    name, variant, _ = registry.split(reference)
    spec, config = registry.describe(name), registry.configure(reference, **changes)
    return costs.count_multiply_adds(name, spec, config, spec.variants[variant].costs_at)


def count_weights(*layers: nn.Module) -> int:
    """Weights of convolutions and linear layers, without biases."""
    from torch import nn

    inner = [part for layer in layers for part in layer.modules()]
    return sum(part.weight.numel() for part in inner if isinstance(part, nn.Conv2d | nn.Linear))


def shape_of(network: nn.Module, *size: int) -> tuple[int, ...]:
    """Channels, height, width of what comes out, for one picture of a size on the meta device."""
    import torch

    return tuple(network(torch.zeros(1, *size, device="meta")).shape[1:])


def field_of(layers: nn.Module, side: int = 31) -> int:
    """Pixels a side that the middle of the output depends on, by the support of its gradient.

    All weights are set to one, so that no two paths cancel.
    """
    import torch
    from torch import nn

    for layer in layers.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    picture = torch.ones(1, 1, side, side, requires_grad=True)
    out = layers(picture)
    out[0, :, out.shape[2] // 2, out.shape[3] // 2].sum().backward()
    assert picture.grad is not None
    rows = picture.grad[0, 0].abs().sum(1).nonzero()
    return int(rows.max() - rows.min()) + 1


def alike(one: Tensor, other: Tensor) -> bool:
    """Equal but for rounding, in double precision."""
    import torch

    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=1e-10)
