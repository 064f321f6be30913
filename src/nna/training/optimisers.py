"""From a recipe to torch's optimiser and the rate at every step."""

import math

import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase

from nna.spec import Recipe

NORMS = (_NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


def optimiser_of(module: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The recipe's optimiser over a player's parameters; biases and norms are not decayed.

    Torch's fused kernels, where it has them: the same mathematics in one pass over the parameters.
    """
    groups = [
        {
            "params": params,
            "weight_decay": recipe.weight_decay if decayed else 0.0,
            "share": recipe.layer_lr_decay**behind,
        }
        for behind, layer in enumerate(reversed(_layers(module, recipe)))
        for decayed, params in _by_decay(layer, recipe).items()
    ]
    if recipe.optimiser == "sgd":
        return torch.optim.SGD(
            groups, lr=recipe.learning_rate, momentum=recipe.momentum, fused=True
        )
    if recipe.optimiser == "rmsprop":  # for which torch has no fused kernel
        return torch.optim.RMSprop(groups, lr=recipe.learning_rate, momentum=recipe.momentum)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe.optimiser]
    return kind(groups, lr=recipe.learning_rate, betas=(recipe.momentum, 0.999), fused=True)


def _layers(module: nn.Module, recipe: Recipe) -> list[list[nn.Parameter]]:
    """What learns, layer by layer from the input: each has a rate of its own under layer decay.

    A layer is a part two levels deep at the most ("stem", "body.3"), with the norms beside it.
    """
    parts: dict[str, list[tuple[nn.Parameter, bool]]] = {}
    for name, parameter in module.named_parameters():
        owner = name.rpartition(".")[0]
        part = ".".join(owner.split(".")[:2]) if recipe.layer_lr_decay != 1 else ""
        norm = isinstance(module.get_submodule(owner), NORMS)
        parts.setdefault(part, []).append((parameter, norm))
    layers: list[list[nn.Parameter]] = []
    for members in parts.values():
        if not layers or not all(norm for _, norm in members):
            layers.append([])
        layers[-1] += [parameter for parameter, _ in members if parameter.requires_grad]
    return layers


def _by_decay(layer: list[nn.Parameter], recipe: Recipe) -> dict[bool, list[nn.Parameter]]:
    kinds: dict[bool, list[nn.Parameter]] = {}
    for parameter in layer:
        kinds.setdefault(parameter.ndim > 1 or not recipe.weight_decay, []).append(parameter)
    return kinds


def shape(recipe: Recipe, step: int, total: int) -> float:
    """The schedule: the share of the recipe's rate at a step, before it is made."""
    warm = recipe.warmup * total
    if step < warm:
        return (step + 1) / (warm + 1)
    if recipe.schedule == "constant":
        return 1.0
    if recipe.schedule == "inverse-sqrt":  # Vaswani 2017, equation 3, over the rate that it reaches
        return math.sqrt((warm + 1) / (step + 1))
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1.0, total - warm)))
