"""From a recipe to torch's optimiser and the rate at every step."""

import math

import torch
from torch import nn

from nna.spec import Recipe


def optimiser_of(module: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser over a player's parameters; biases and norms are not decayed.

    Torch's fused kernels: the same mathematics in one pass over the parameters.
    """
    trained = [p for p in module.parameters() if p.requires_grad]
    decayed = [p for p in trained if p.ndim > 1 or not recipe.decay]
    others = [p for p in trained if p.ndim <= 1 and recipe.decay]
    groups = [
        {"params": params, "weight_decay": decay}
        for params, decay in ((decayed, recipe.decay), (others, 0.0))
        if params
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
