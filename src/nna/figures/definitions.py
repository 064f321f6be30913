"""Fused kernels of torch, written out: what a figure draws in place of their names.

Each gives what the kernel gives, up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

Tag = Callable[[Tensor, str], Tensor]  # writes a name beside the arrow that leaves a tensor


def lerp(tag: Tag, start: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """Blend of two: end where the weight is one."""
    return weight * end + (1 - weight) * start


def attention(  # noqa: PLR0913 - as torch's own
    tag: Tag,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
) -> Tensor:
    """Means of values, weighted by how well queries match keys.

    Vaswani et al. (2017), Attention Is All You Need, equation 1, figure 2.
    """
    scores = tag(query, "query") @ tag(key, "key").mT / math.sqrt(query.shape[-1])
    if is_causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(later, -math.inf)
    if attn_mask is not None:
        scores = (
            scores.masked_fill(~attn_mask, -math.inf)
            if attn_mask.dtype == torch.bool
            else scores + attn_mask
        )
    return scores.softmax(-1) @ tag(value, "value")


def lstm_cell(tag: Tag, own: nn.LSTM, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """One step: gates erase, write and show what the cell holds.

    Hochreiter, Schmidhuber (1997), Long Short-Term Memory; forget gates of Gers (2000).
    """
    of_x, of_h = (getattr(own, f"bias_{kind}_l0", None) for kind in ("ih", "hh"))
    gates = functional.linear(x, own.get_parameter("weight_ih_l0"), of_x)
    gates = gates + functional.linear(h, own.get_parameter("weight_hh_l0"), of_h)
    i, f, g, o = gates.chunk(4, dim=-1)
    keep, write = tag(f, "forget gate").sigmoid(), tag(i, "input gate").sigmoid()
    c = keep * c + write * tag(g, "candidate").tanh()
    return tag(o, "output gate").sigmoid() * c.tanh(), c


def rnn_cell(tag: Tag, own: nn.RNN, x: Tensor, h: Tensor) -> tuple[Tensor]:
    """One step: input and state are weighted, added and bent.

    Elman (1990), Finding Structure in Time, figure 2.
    """
    of_x, of_h = (getattr(own, f"bias_{kind}_l0", None) for kind in ("ih", "hh"))
    inputs = functional.linear(x, own.get_parameter("weight_ih_l0"), of_x)
    context = functional.linear(h, own.get_parameter("weight_hh_l0"), of_h)
    bend = torch.tanh if own.nonlinearity == "tanh" else torch.relu
    return (bend(inputs + context),)


def gru_cell(tag: Tag, own: nn.GRU, x: Tensor, h: Tensor) -> tuple[Tensor]:
    """One step: gates mute the state in the candidate, and blend the two.

    Cho et al. (2014), as torch.nn.GRU documents it: the reset gate comes after the matrix, and the
    update gate weighs the old state.
    """
    of_x, of_h = (getattr(own, f"bias_{kind}_l0", None) for kind in ("ih", "hh"))
    inputs = functional.linear(x, own.get_parameter("weight_ih_l0"), of_x).chunk(3, dim=-1)
    states = functional.linear(h, own.get_parameter("weight_hh_l0"), of_h).chunk(3, dim=-1)
    reset = tag(inputs[0] + states[0], "reset gate").sigmoid()
    update = tag(inputs[1] + states[1], "update gate").sigmoid()
    candidate = tag(inputs[2] + reset * states[2], "candidate").tanh()
    return (update * h + (1 - update) * candidate,)


FUNCTIONS: dict[Any, Callable[..., Tensor]] = {
    torch.lerp: lerp,
    torch.Tensor.lerp: lerp,
    functional.scaled_dot_product_attention: attention,
}
