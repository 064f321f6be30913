"""Make a trained model ready to answer: the same answers, sooner."""

from __future__ import annotations

import copy
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from nna.training.devices import multiplies_bfloat16

SAMPLE = 64  # examples on which lower precision must decide as full precision does
CLOSE = 0.02  # greatest difference of outputs allowed there, as a share of the greatest output


def ready(model: nn.Module) -> nn.Module:
    """A copy for evaluation: batch norms folded into the convolutions before them, channels last.

    In evaluation a batch norm is a scale and a shift of each channel, which the convolution can do
    itself; and convolution kernels are fastest where a pixel's channels lie side by side. Outputs
    differ by rounding only. The copy is not for training.
    """
    made = copy.deepcopy(model).eval()
    for module in made.modules():
        if isinstance(module, nn.Sequential):
            _fold(module)
    if any(isinstance(module, nn.Conv2d) for module in made.modules()):
        made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return made


class Lower(nn.Module):
    """A model whose products are taken in bfloat16; its outputs are float32."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor, **named: Tensor) -> Tensor:
        """What the model gives, a little rounder."""
        first = (*inputs, *named.values())[0]
        with torch.autocast(first.device.type, torch.bfloat16):
            return self.model(*inputs, **named).float()


@torch.no_grad()
def classifier(model: nn.Module, *inputs: Tensor) -> nn.Module:
    """Like `ready`, and in bfloat16 where the processor multiplies it and no decision changes.

    Args:
        model: a large one that scores classes; others only get what `ready` does.
        inputs: examples to decide by: on the first of them the highest scores must be the same
            ones, and all outputs close.
    """
    made = ready(model)
    if not multiplies_bfloat16(model):
        return made
    lower, some = Lower(made), tuple(x[:SAMPLE] for x in inputs)
    full, rounder = made(*some), lower(*some)
    same = torch.equal(full.argmax(1), rounder.argmax(1))
    close = (full - rounder).abs().max() <= CLOSE * full.abs().max()
    return lower if same and close else made


def _fold(layers: nn.Sequential) -> None:
    """Replace every batch norm that follows a convolution in a row of layers."""
    for name, following in pairwise([*layers._modules]):
        conv, norm = layers._modules[name], layers._modules[following]
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            layers._modules[name] = fuse_conv_bn_eval(conv, norm)
            layers._modules[following] = nn.Identity()
