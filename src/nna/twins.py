"""Give a Keras twin the weights of its torch original: same layer names, so no mapping to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from nna.errors import needed

BACKENDS = ("jax", "tensorflow", "torch")
Layout = Callable[[Any], list[Tensor | None]]  # the weights of a torch layer, as Keras has them

if TYPE_CHECKING:
    import keras


def _conv2d(m: nn.Conv2d) -> list[Tensor | None]:
    return [m.weight.permute(2, 3, 1, 0), m.bias]  # (out, in, h, w) -> (h, w, in, out)


def _linear(m: nn.Linear) -> list[Tensor | None]:
    return [m.weight.T, m.bias]


def _batch_norm(m: nn.BatchNorm2d) -> list[Tensor | None]:
    return [m.weight, m.bias, m.running_mean, m.running_var]


def _layer_norm(m: nn.LayerNorm) -> list[Tensor | None]:
    return [m.weight, m.bias]


def _embedding(m: nn.Embedding) -> list[Tensor | None]:
    return [m.weight]


def _lstm(m: nn.LSTM) -> list[Tensor | None]:
    """Both frameworks order the gates input, forget, candidate, output; Keras has one bias."""
    own = dict(m.named_parameters())
    bias = own["bias_ih_l0"] + own["bias_hh_l0"]
    return [own["weight_ih_l0"].T, own["weight_hh_l0"].T, bias]


def _rnn(m: nn.RNN) -> list[Tensor | None]:
    own = dict(m.named_parameters())
    bias = own["bias_ih_l0"] + own["bias_hh_l0"]
    return [own["weight_ih_l0"].T, own["weight_hh_l0"].T, bias]


def update_first(parameter: Tensor) -> Tensor:
    """Three parts in Keras's order, update gate, reset gate, candidate: torch has reset first."""
    reset, update, candidate = parameter.chunk(3)
    return torch.cat([update, reset, candidate])


def _gru(m: nn.GRU) -> list[Tensor | None]:
    """Keras has a row of biases for the input's maps, and one for the state's."""
    own = {name: update_first(value) for name, value in m.named_parameters()}
    biases = torch.stack([own["bias_ih_l0"], own["bias_hh_l0"]])
    return [own["weight_ih_l0"].T, own["weight_hh_l0"].T, biases]


# How each kind of torch layer lays out its weights in Keras. Written once, for all architectures.
LAYOUTS: dict[type, Layout] = {
    nn.Conv2d: _conv2d,
    nn.Linear: _linear,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.Embedding: _embedding,
    nn.LSTM: _lstm,
    nn.RNN: _rnn,
    nn.GRU: _gru,
}


def copy_weights(
    model: nn.Module, twin: keras.Model, further: Mapping[type, Layout] | None = None
) -> None:
    """Copy every layer with weights of `model` into the layer of the same name in `twin`.

    Args:
        model: the original.
        twin: the same network in Keras.
        further: how layers of an architecture's own lay out theirs: LAYOUTS beside its twin.

    Raises:
        ValueError: a layer with weights has no namesake.
    """
    layouts = LAYOUTS | dict(further or {})
    ours = {
        name.replace(".", "_"): module  # Keras forbids dots in names when it runs on torch
        for name, module in model.named_modules()
        if type(module) in layouts
    }
    theirs = {layer.name: layer for layer in twin.layers if layer.weights}
    if alone := ours.keys() ^ theirs.keys():
        raise ValueError(f"layers without a namesake: {sorted(alone)}")
    for name, module in ours.items():
        values = layouts[type(module)](module)
        theirs[name].set_weights([v.detach().numpy() for v in values if v is not None])


def call(twin: keras.Model, *inputs: Tensor) -> np.ndarray[Any, Any]:
    """Run the twin on torch inputs: images go from channels first to channels last."""
    arrays = [x.permute(0, 2, 3, 1).numpy() if x.ndim == 4 else x.numpy() for x in inputs]
    with torch.no_grad():
        out = twin(arrays if len(arrays) > 1 else arrays[0], training=False)
    return np.array(out)


def backend() -> str:
    """The framework that Keras runs on in this process, with its version.

    Raises:
        MissingPackageError: Keras isn't installed, or what it is told to run on.
    """
    import importlib.metadata

    needed("keras", "keras")
    try:
        import keras
    except ModuleNotFoundError as error:
        if error.name in BACKENDS:
            needed(error.name, "keras")
        raise

    name = keras.backend.backend()
    package = {"tensorflow": "tensorflow-cpu"}.get(name, name)
    return f"{name} {importlib.metadata.version(package)}"
