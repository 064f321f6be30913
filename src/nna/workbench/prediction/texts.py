"""What a model of texts writes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from nna import registry
from nna.errors import UserError

BOLDNESS = 0.8  # temperature at which tokens are drawn


def continue_text(model: nn.Module, reference: str, prompt: bytes, steps: int, seed: int) -> str:
    """A byte-level model's continuation of a prompt, with the prompt; odd bytes are replaced.

    Raises:
        UserError: the model lies on another device than the CPU.
    """
    return bytes(written(model, reference, [*prompt], steps, seed)).decode(errors="replace")


def written(
    model: nn.Module, reference: str, start: Sequence[int], steps: int, seed: int
) -> list[int]:
    """Tokens and those that the model writes behind them.

    The architecture's folder says how it writes, in `generate.py`.

    Raises:
        UserError: the model lies on another device than the CPU.
    """
    if next(model.parameters()).device.type != "cpu":
        raise UserError("texts are written on the CPU: leave out --device")
    generate = registry.resolve(reference, "generate:generate")
    draw = torch.Generator().manual_seed(seed)
    return generate(model, torch.tensor([start]), steps, BOLDNESS, draw)[0].tolist()
