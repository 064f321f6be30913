"""Give a Keras twin the weights of its torch original, and run it beside that.

Parts bear the same names on both sides, so there is no mapping to write: `body.0.mlp.fc1` is a
layer called `body_0_mlp_fc1`, or what is found by walking the twin's attributes, lists and
sequences.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
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
    if m.groups == m.in_channels == m.out_channels > 1:  # of Keras a DepthwiseConv2D
        return [m.weight.permute(2, 3, 0, 1), m.bias]  # (out, 1, h, w) -> (h, w, out, 1)
    return [m.weight.permute(2, 3, 1, 0), m.bias]  # (out, in, h, w) -> (h, w, in, out)


def _linear(m: nn.Linear) -> list[Tensor | None]:
    return [m.weight.T, m.bias]


def _batch_norm(m: nn.BatchNorm2d) -> list[Tensor | None]:
    return [m.weight, m.bias, m.running_mean, m.running_var]


def _layer_norm(m: nn.LayerNorm) -> list[Tensor | None]:
    return [m.weight, m.bias]


def _group_norm(m: nn.GroupNorm) -> list[Tensor | None]:
    return [m.weight, m.bias]


def _embedding(m: nn.Embedding) -> list[Tensor | None]:
    return [m.weight]


def _recurrent(m: nn.Module) -> list[Tensor | None]:
    """Both frameworks order the gates input, forget, candidate, output; Keras has one bias."""
    w, u, one, other = _four(m)
    return [w.T, u.T, one + other]


def _four(m: nn.Module) -> list[Tensor]:
    """What maps the input and the state of a layer, or of a cell, and the bias of each map."""
    own = {name.removesuffix("_l0"): value for name, value in m.named_parameters()}
    return [own[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


def update_first(parameter: Tensor) -> Tensor:
    """Three parts in Keras's order, update gate, reset gate, candidate: torch has reset first."""
    reset, update, candidate = parameter.chunk(3)
    return torch.cat([update, reset, candidate])


def _gru(m: nn.Module) -> list[Tensor | None]:
    """Keras has a row of biases for the input's maps, and one for the state's."""
    w, u, *biases = map(update_first, _four(m))
    return [w.T, u.T, torch.stack(biases)]


# How each kind of torch layer lays out its weights in Keras. Written once, for all architectures.
LAYOUTS: dict[type, Layout] = {
    nn.Conv2d: _conv2d,
    nn.Linear: _linear,
    nn.BatchNorm2d: _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.GroupNorm: _group_norm,
    nn.Embedding: _embedding,
    nn.LSTM: _recurrent,
    nn.LSTMCell: _recurrent,
    nn.RNN: _recurrent,
    nn.GRU: _gru,
    nn.GRUCell: _gru,
}


def pairs(
    model: nn.Module, twin: keras.Model, further: Mapping[type, Layout] | None = None
) -> list[tuple[Tensor, Any]]:
    """Every variable of a twin, after what it is to hold: a function of the original's weights.

    Args:
        model: the original.
        twin: the same network in Keras, with its weights: as `made` leaves it.
        further: how layers of an architecture's own lay out theirs: LAYOUTS of its `parity.py`.

    Raises:
        ValueError: a layer or a weight has no namesake, or one of another shape.
    """
    layouts = LAYOUTS | dict(further or {})
    found: list[tuple[Tensor, Any]] = []
    alone: list[str] = []
    for name, module in model.named_modules():
        kind = next((of for of in type(module).__mro__ if of in layouts), None)
        if kind is not None:
            values = [value for value in layouts[kind](module) if value is not None]
            theirs = getattr(_part(twin, name), "weights", [])
        else:
            own = dict(module.named_parameters(name, recurse=False))
            values, theirs = [*own.values()], [_part(twin, path) for path in own]
        shapes = [None if of is None else tuple(of.shape) for of in theirs]
        if [tuple(value.shape) for value in values] != shapes:
            alone.append(name)
        found += zip(values, theirs, strict=False)
    held = {id(variable) for _, variable in found}
    alone += [variable.path for variable in twin.weights if id(variable) not in held]
    if alone:
        raise ValueError(f"without a namesake of the same shape: {', '.join(sorted(alone))}")
    return found


def _part(twin: keras.Model, path: str) -> Any:
    """The layer or variable of a twin that the original has at `path`; None if it has none."""
    import keras

    flat = path.replace(".", "_")  # Keras forbids dots in names when it runs on torch
    for layer in twin.layers:
        if layer.name == flat:
            return layer
    part: Any = twin
    for step in path.split("."):
        if isinstance(part, keras.Sequential):
            names = {str(i): layer for i, layer in enumerate(part.layers)}
            part = (names | {layer.name: layer for layer in part.layers}).get(step)
        elif step.isdigit() and isinstance(part, Sequence):
            part = part[int(step)] if int(step) < len(part) else None
        else:
            part = getattr(part, step, None)
    return part


def copy_weights(
    model: nn.Module, twin: keras.Model, further: Mapping[type, Layout] | None = None
) -> None:
    """Copy every weight of `model` into its namesake in `twin`.

    Args:
        model: the original.
        twin: as `pairs` takes it.
        further: likewise.

    Raises:
        ValueError: a layer or a weight has no namesake.
    """
    for value, variable in pairs(model, twin, further):
        variable.assign(value.detach().numpy())


def array(tensor: Any) -> np.ndarray[Any, Any]:
    """A copy of a tensor or variable of whatever framework Keras runs on."""
    from keras import ops

    return np.array(ops.convert_to_numpy(tensor))


def bring_back(
    twin: keras.Model, model: nn.Module, further: Mapping[type, Layout] | None = None
) -> None:
    """Put what a twin holds, learnt perhaps in Keras, into its original: `copy_weights` undone.

    Where Keras has the sum of two weights, each of ours gets half.

    Args:
        twin: with its weights.
        model: the original, whose weights are overwritten.
        further: as `pairs` takes it.

    Raises:
        ValueError: a layer or a weight has no namesake.
    """
    buffers = [tensor for tensor in model.buffers() if tensor.is_floating_point()]
    own = [*(weight for weight in model.parameters() if weight.requires_grad), *buffers]
    learnt = [torch.as_tensor(array(of)) for _, of in pairs(model, twin, further)]
    for buffer in buffers:
        buffer.requires_grad_()
    for shares in (False, True):  # first how often each weight counts, then its share
        laid = [value for value, _ in pairs(model, twin, further)]
        ones = [torch.ones_like(value) for value in laid]
        by = [of / count.detach() for of, count in zip(learnt, laid, strict=True)]
        found = torch.autograd.grad(laid, own, by if shares else ones, allow_unused=True)
        for tensor, value in zip(own, found, strict=True):
            if value is not None:
                tensor.data.copy_(value)
    for buffer in buffers:
        buffer.requires_grad_(False)


Given = Any  # one array, or a list of several
Outputs = list[Any]  # tensors of the twin's framework, maps with their channels first


def arrays(inputs: Sequence[Tensor]) -> Given:
    """Torch inputs as a twin takes them: images with their channels last, whole numbers short."""
    given = [x.permute(0, 2, 3, 1).numpy() if x.ndim == 4 else x.numpy() for x in inputs]
    given = [x.astype("int32") if x.dtype == np.int64 else x for x in given]
    return given if len(given) > 1 else given[0]


def _outputs(out: Any) -> Outputs:
    from keras import ops

    several = out.values() if isinstance(out, Mapping) else out
    tensors = list(several) if isinstance(out, Mapping | tuple | list) else [out]
    return [ops.transpose(x, (0, 3, 1, 2)) if len(x.shape) == 4 else x for x in tensors]


def made(twin: keras.Model, *inputs: Tensor) -> keras.Model:
    """The twin with its weights, which layers get when they see the shape of what comes in."""
    import keras

    given = arrays(inputs)
    if not twin.built and keras.backend.backend() == "torch":
        twin(given)  # what it has for symbols are numbers, which may be no places in a graph
    elif not twin.built:
        several = given if isinstance(given, list) else [given]
        shapes = [keras.KerasTensor(x.shape, str(x.dtype)) for x in several]
        twin(shapes if isinstance(given, list) else shapes[0])
    return twin


def outputs(twin: keras.Model, *inputs: Tensor) -> list[np.ndarray[Any, Any]]:
    """Run the twin on torch inputs: all that it gives, images with their channels first."""
    import keras

    made(twin, *inputs)
    with torch.no_grad():
        given = arrays(inputs)
        if keras.backend.backend() == "jax":  # compiled at once: layer by layer takes far longer
            outs = _compiled(twin, given)
        else:
            outs = _outputs(twin(given, training=False))
    return [*map(array, outs)]


def _compiled(twin: keras.Model, given: Given) -> Outputs:
    import jax

    def of(values: list[Any]) -> Outputs:
        return _outputs(_with_values(twin, twin.variables, values, given))

    return jax.jit(of)([variable.value for variable in twin.variables])


def _with_values(
    twin: keras.Model, variables: Sequence[Any], values: Sequence[Any], given: Given
) -> Any:
    """What the twin would give, were these the values of its variables."""
    import keras

    with keras.StatelessScope([*zip(variables, values, strict=True)]):
        return twin(given, training=False)


def call(twin: keras.Model, *inputs: Tensor) -> np.ndarray[Any, Any]:
    """The one output of a twin that has one."""
    (out,) = outputs(twin, *inputs)
    return out


def slopes(
    twin: keras.Model, inputs: Sequence[Tensor], weighting: Sequence[Tensor]
) -> tuple[list[np.ndarray[Any, Any]], list[np.ndarray[Any, Any] | None]]:
    """A twin's outputs, and gradients of their weighted sum by each of its trainable variables.

    Args:
        twin: in evaluation.
        inputs: torch's.
        weighting: of each number of each output; images with their channels first.

    Returns:
        The outputs, and gradients as `twin.trainable_variables` has them; None where none comes.
    """
    import keras
    from keras import ops

    given = arrays(inputs)
    weights = [ops.convert_to_tensor(weight.numpy()) for weight in weighting]

    def total(outs: Outputs) -> Any:
        sums = [ops.sum(x * w) for x, w in zip(outs, weights, strict=True)]
        return functools.reduce(ops.add, sums)

    made(twin, *inputs)
    outs, found = _SLOPES[keras.backend.backend()](twin, given, total)
    return [*map(array, outs)], [None if slope is None else array(slope) for slope in found]


Total = Callable[[Outputs], Any]


def _slopes_on_jax(twin: keras.Model, given: Given, total: Total) -> tuple[Outputs, list[Any]]:
    import jax

    def of(values: list[Any]) -> tuple[Any, Outputs]:
        outs = _outputs(_with_values(twin, twin.trainable_variables, values, given))
        return total(outs), outs

    at = [variable.value for variable in twin.trainable_variables]
    found, outs = jax.jit(jax.grad(of, has_aux=True))(at)
    return outs, found


def _slopes_on_tensorflow(
    twin: keras.Model, given: Given, total: Total
) -> tuple[Outputs, list[Any]]:
    import tensorflow

    with tensorflow.GradientTape() as tape:
        outs = _outputs(twin(given, training=False))
        found = total(outs)
    slopes = tape.gradient(found, [variable.value for variable in twin.trainable_variables])
    return outs, [None if of is None else tensorflow.convert_to_tensor(of) for of in slopes]


def _slopes_on_torch(twin: keras.Model, given: Given, total: Total) -> tuple[Outputs, list[Any]]:
    outs = _outputs(twin(given, training=False))
    values = [variable.value for variable in twin.trainable_variables]
    return outs, [*torch.autograd.grad(total(outs), values, allow_unused=True)]


_SLOPES = {
    "jax": _slopes_on_jax,
    "tensorflow": _slopes_on_tensorflow,
    "torch": _slopes_on_torch,
}


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
