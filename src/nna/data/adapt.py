"""Make one dataset serve many families honestly: convert, and say what was converted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from nna import tasks
from nna.data.examples import Examples
from nna.errors import UserError
from nna.spec import Architecture, Image, Input, Series, Table, Tokens, size

Step = tuple[Examples, str]  # the converted examples, and what was done, for the run's record


def wanted(spec: Architecture) -> Input:
    """The port that the data must fit: what comes in or, for a generator, what comes out."""
    if "generation" in spec.tasks and isinstance(spec.outputs, Table):
        return spec.outputs
    return next(iter(spec.inputs.values()))


def settings(spec: Architecture, examples: Examples) -> dict[str, int]:
    """The fields of a configuration that the (adapted) data decide."""
    port, fields = wanted(spec), {}
    for attribute in ("channels", "features", "vocab", "steps"):
        field, value = getattr(port, attribute, None), getattr(examples.port, attribute, None)
        if isinstance(field, str) and isinstance(value, int):
            fields[field] = value
    if isinstance(port, Tokens) and isinstance(port.length, str) and _rows_of_tokens(examples):
        fields[port.length] = np.asarray(examples.x).shape[1]
    if getattr(spec.outputs, "of", None) == "classes":
        fields["classes"] = len(examples.classes) or _numbers(examples)
    return fields


def _numbers(examples: Examples) -> int:
    """Numbers to predict for each example: of windows of series, a step ahead each."""
    return 1 if examples.windows is None else examples.windows.plan.horizon


def adapt(examples: Examples, spec: Architecture, config: Any) -> tuple[Examples, list[str]]:
    """Convert prepared examples to the port that an architecture takes.

    Raises:
        UserError: there is no honest way from one to the other.
    """
    port, done = wanted(spec), []
    for step in (_turn, _colour, _resize, _window):
        examples, said = step(examples, port, config)
        if said:
            done.append(said)
    return examples, done


def _turn(examples: Examples, port: Input, config: Any) -> Step:
    """Change the kind: picture to row of numbers, say."""
    have = examples.port.kind
    if have == port.kind:
        return examples, ""
    if (have, port.kind) not in _TURNS:
        ways = [want for kind, want in _TURNS if kind == have]
        raise UserError(
            f"the data are {have}, the architecture takes {port.kind}, and there is no honest "
            f"conversion; {have} can become: {', '.join(ways) or 'nothing else'}"
        )
    return _TURNS[have, port.kind](examples)


def _flatten(examples: Examples) -> Step:
    x = np.asarray(examples.x)
    flat = x.reshape(len(x), -1)
    said = f"{examples.port.kind} {'x'.join(map(str, x.shape[1:]))} -> {flat.shape[1]} columns"
    return dataclasses.replace(examples, x=flat, port=Table(features=flat.shape[1])), said


def _rows_as_steps(examples: Examples) -> Step:
    n, channels, height, width = np.asarray(examples.x).shape
    x = np.asarray(examples.x).transpose(0, 2, 1, 3).reshape(n, height, channels * width)
    said = f"image -> series: {height} rows as steps of {channels * width} numbers"
    port = Series(channels=channels * width, steps=height)
    return dataclasses.replace(examples, x=x, port=port), said


_TURNS: dict[tuple[str, str], Callable[[Examples], Step]] = {
    ("image", "table"): _flatten,
    ("series", "table"): _flatten,
    ("image", "series"): _rows_as_steps,
}


def _colour(examples: Examples, port: Input, config: Any) -> Step:
    if not isinstance(port, Image) or isinstance(port.channels, str):
        return examples, ""
    x = np.asarray(examples.x)
    if x.shape[1] == port.channels:
        return examples, ""
    if x.shape[1] != 1:
        raise UserError(
            f"pictures of {x.shape[1]} channels; the architecture takes {port.channels}"
        )
    repeated = np.repeat(x, port.channels, axis=1)
    turned = dataclasses.replace(port, size=x.shape[2], min_size=x.shape[2])
    return dataclasses.replace(
        examples, x=repeated, port=turned
    ), f"grey -> {port.channels} channels"


def _resize(examples: Examples, port: Input, config: Any) -> Step:
    if not isinstance(port, Image):
        return examples, ""
    x = np.asarray(examples.x)
    least, full = size(port.min_size, config), size(port.size, config)
    height, width = x.shape[2:]
    fits = height == width == full if least == full else min(height, width) >= least
    if fits:
        return examples, ""
    import torch
    from torch.nn import functional

    larger = functional.interpolate(
        torch.from_numpy(x.astype(np.float32)), (least, least), mode="bilinear", antialias=True
    )
    resized = Image(channels=x.shape[1], size=least, min_size=least)
    said = f"{height}x{width} -> {least}x{least} pixels (bilinear)"
    y = examples.y
    if y is not None:
        y, also = tasks.get(examples.task).resized(y, (height, width), least)
        said += also
    return dataclasses.replace(examples, x=larger.numpy(), y=y, port=resized), said


def _rows_of_tokens(examples: Examples) -> bool:
    """Whether each example is a text of its own, all of one length, with a target of its own."""
    return examples.port.kind == "tokens" and not tasks.get(examples.task).sequence


def _window(examples: Examples, port: Input, config: Any) -> Step:
    """Cut a text into windows; each token's target is its successor."""
    if not isinstance(port, Tokens) or _rows_of_tokens(examples):
        return examples, ""
    length = size(port.length, config)
    x = np.asarray(examples.x)
    windows = (len(x) - 1) // length
    if windows < 1:
        raise UserError(f"a part of the text has {len(x)} tokens; windows need {length + 1}")
    inputs = x[: windows * length].reshape(windows, length).astype(np.int64)
    targets = x[1 : windows * length + 1].reshape(windows, length).astype(np.int64)
    cut = dataclasses.replace(examples, x=inputs, y=targets)
    return cut, f"text -> windows of {length} tokens"
