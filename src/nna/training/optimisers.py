"""From a recipe to torch's optimiser and the rate at every step."""

import math

import torch
from torch import nn

from nna.spec import Recipe


def optimiser_of(module: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser over a player's parameters; biases and norms are not decayed.

    Torch's fused kernels: the same mathematics in one pass over the parameters.
    """
    blocks: dict[str, dict[bool, list[nn.Parameter]]] = {}
    for name, parameter in module.named_parameters():
        if parameter.requires_grad:
            block = ".".join(name.split(".")[:2]) if recipe.layer_decay < 1 else ""
            decayed = parameter.ndim > 1 or not recipe.decay
            blocks.setdefault(block, {}).setdefault(decayed, []).append(parameter)
    groups = [
        {
            "params": params,
            "weight_decay": recipe.decay if decayed else 0.0,
            "share": recipe.layer_decay**behind,
        }
        for behind, kinds in enumerate(reversed(blocks.values()))
        for decayed, params in kinds.items()
    ]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(groups, lr=recipe.rate, momentum=recipe.momentum, fused=True)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe.optimiser]
    return kind(groups, lr=recipe.rate, betas=(recipe.momentum, 0.999), fused=True)


def shape(recipe: Recipe, step: int, total: int) -> float:
    """The schedule: the share of the recipe's rate at a step, before it is made."""
    warm = recipe.warmup * total
    if step < warm:
        return (step + 1) / (warm + 1)
    if recipe.schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1.0, total - warm)))
