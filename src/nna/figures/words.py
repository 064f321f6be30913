"""What a figure writes into its boxes: modules and functions by the names that papers use."""

from __future__ import annotations

from typing import Any

from torch import nn

Lines = tuple[str, ...]  # the first names what it is, the others its sizes

ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "gelu": "GELU",
    "silu": "SiLU",
    "hardswish": "Hardswish",
    "softplus": "softplus",
    "tanh": "tanh",
    "sigmoid": "σ",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "softsign": "Softsign",
    "hardsigmoid": "Hardsigmoid",
    "hardtanh": "Hardtanh",
    "mish": "Mish",
}
NAMES = ACTIVATIONS | {
    "amax": "max",
    "amin": "min",
    "max_pool2d": "MaxPool",
    "avg_pool2d": "AvgPool",
    "batch_norm": "BatchNorm",
    "layer_norm": "LayerNorm",
    "normalize": "to length 1",
    "conv1d": "Conv",
    "conv2d": "Conv",
    "linear": "Linear",
    "embedding": "Embedding",
    "matmul": "MatMul",
    "mm": "MatMul",
    "bmm": "MatMul",
    "addmm": "Linear",
    "einsum": "MatMul",
    "square": "x²",
    "sqrt": "√x",
    "neg": "−x",
    "abs": "|x|",
    "exp": "exp",
    "sign": "sign",
    "topk": "top k",
    "scatter": "scatter",
    "gather": "pick",
    "clamp_min": "at least",
    "and": "and",
    "or": "or",
    "invert": "not",
    "logical_not": "not",
    "where": "choose",
    "pad": "pad",
    "masked_fill": "mask",
    "setitem": "write",
}
COMPARISONS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "eq": "=", "ne": "≠"}
SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "^"}
# Modules that change no more than the numbers: written under what they follow.
LIGHT = ("BatchNorm", "LayerNorm", "ChannelNorm", "Dropout", "LocalResponseNorm")


def light(name: str) -> bool:
    """Whether a box of that name is written under the one that it follows."""
    return name in LIGHT or name in ACTIVATIONS.values() or name.endswith(" tanh")


def module(own: nn.Module) -> Lines:
    """The lines of a module of torch's."""
    kind = type(own).__name__
    for start, write in _WRITERS.items():
        if kind.startswith(start):
            return write(own)
    for norm in ("BatchNorm", "LayerNorm"):
        if kind.startswith(norm):
            return (norm,)
    return (NAMES.get(kind.lower(), kind),)


def function(name: str, parameters: list[str]) -> Lines:
    """The lines of a function, and of the parameters that it reads."""
    return (NAMES.get(name, name.replace("_", " ")), *parameters[:1])


def number(value: float) -> str:
    """A number, short."""
    return f"{value:.3g}".replace("-", "−")


def _sides(value: Any) -> str:
    if not isinstance(value, tuple):
        return str(value)
    return "×".join(map(str, value))


def _convolution(own: Any) -> Lines:
    kernel, stride = own.kernel_size, own.stride
    up = "Up-conv" if "Transpose" in type(own).__name__ else "Conv"
    depthwise = own.groups == own.in_channels > 1
    name = f"Depthwise {_sides(kernel)}" if depthwise else f"{up} {_sides(kernel)}"
    details = ["1 channel" if own.out_channels == 1 else f"{own.out_channels} channels"]
    if set(stride) != {1}:
        details.append(f"stride {stride[0]}")
    if own.groups > 1 and not depthwise:
        details.append(f"{own.groups} groups")
    if set(own.dilation) != {1}:
        details.append(f"dilation {own.dilation[0]}")
    return (name, *details)


def _pool(own: Any) -> Lines:
    kind = type(own).__name__
    name = "MaxPool" if "Max" in kind else "AvgPool"
    if "Adaptive" in kind:
        return (f"{name} to {_sides(own.output_size)}",)
    side = own.kernel_size
    name = f"{name} {_sides(side if isinstance(side, tuple) else (side, side))}"
    return (name, f"stride {_sides(own.stride)}") if own.stride not in (1, (1, 1)) else (name,)


_WRITERS = {
    "Conv": _convolution,
    "MaxPool": _pool,
    "AvgPool": _pool,
    "Adaptive": _pool,
    "Linear": lambda own: ("Linear", f"{own.in_features} → {own.out_features}"),
    "Embedding": lambda own: ("Embedding", f"{own.num_embeddings} × {own.embedding_dim}"),
    "LSTM": lambda own: ("LSTM", f"{own.hidden_size} cells, every step"),
    "RNN": lambda own: ("recurrence", f"{own.hidden_size} units, every step"),
    "GRU": lambda own: ("GRU", f"{own.hidden_size} units, every step"),
}
