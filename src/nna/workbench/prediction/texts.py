"""What a model of texts writes."""

from __future__ import annotations

import torch
from torch import nn

from nna import registry
from nna.errors import UserError


def continue_text(model: nn.Module, reference: str, prompt: bytes, steps: int, seed: int) -> str:
    """A byte-level model's continuation of a prompt, with the prompt; odd bytes are replaced.

    The architecture's folder says how it writes, in `generate.py`.

    Raises:
        UserError: the model lies on another device than the CPU.
    """
    if next(model.parameters()).device.type != "cpu":
        raise UserError("texts are written on the CPU: leave out --device")
    generate = registry.resolve(reference, "generate:generate")
    tokens = torch.tensor([list(prompt)])
    draw = torch.Generator().manual_seed(seed)
    written = generate(model, tokens, steps, temperature=0.8, generator=draw)
    return bytes(written[0].tolist()).decode(errors="replace")
