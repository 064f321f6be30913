"""Make one dataset serve many families honestly: convert, and say what was converted."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from nna import ports, tasks
from nna.data.examples import INPUT, Examples
from nna.errors import UserError
from nna.ports import Field
from nna.ports.outputs import ONE
from nna.spec import Architecture, Image, Input, Several, Table, Tokens, size


def wanted(spec: Architecture) -> Input:
    """The port that the (first input of the) data must fit."""
    return next(iter(wanted_inputs(spec).values()))


def wanted_inputs(spec: Architecture) -> Mapping[str, Input]:
    """The ports that the data must fit: what comes in or, for a generator, what comes out."""
    draws = any(tasks.get(task).draws for task in spec.tasks)
    if draws and isinstance(spec.outputs, Table | Image):
        return {INPUT: spec.outputs}
    return spec.inputs


def settings(spec: Architecture, examples: Examples) -> dict[str, int]:
    """The fields of a configuration that the (adapted) data decide."""
    fields: dict[str, int] = {}
    for name, port in wanted_inputs(spec).items():
        behaviour, own = ports.of(port), dict[str, int]()
        if name in examples.inputs and not examples.task.sequence:
            own = behaviour.sizes(port, examples.inputs[name])
        elif name in examples.inputs:
            own = ports.Port.sizes(behaviour, port, examples.inputs[name])
        for field, value in own.items():
            if fields.get(field, value) != value and not behaviour.integers:
                raise UserError(
                    f"{name} has {value} {field}, another input {fields[field]}: they must agree"
                )
            fields[field] = max(fields.get(field, value), value)
    given, asked = spec.outputs, True
    if isinstance(given, Several):  # of which the task may mean another
        given, asked = given.of.get(ONE), bool(examples.classes)
    if asked and getattr(given, "of", None) == "classes" and "classes" not in fields:
        fields["classes"] = len(examples.classes) or _numbers(examples)
    return fields


def _numbers(examples: Examples) -> int:
    """Numbers to predict for each example: of windows of series, a step ahead each."""
    return 1 if examples.windows is None else examples.windows.plan.horizon


def adapt(examples: Examples, spec: Architecture, config: Any) -> tuple[Examples, list[str]]:
    """Convert prepared examples to the ports that an architecture takes, each input by its name.

    Raises:
        UserError: there is no honest way from one to the other.
    """
    inputs: dict[str, Field] = {}
    done, side = list[str](), _side(examples)
    for name, (port, field) in _matched(examples, wanted_inputs(spec)).items():
        turned, said = _turned(field, port)
        inputs[name], also = ports.of(port).fit(turned, port, config)
        done += [one for one in (said, *also) if one]
    adapted = dataclasses.replace(examples, inputs=inputs)
    adapted, said = _targets(adapted, side)
    if said:
        done[-1] += said
    port = wanted(spec)
    if isinstance(port, Tokens) and examples.task.sequence:
        adapted, said = _windows(adapted, size(port.length, config))
        done.append(said)
    return adapted, done


def _matched(examples: Examples, wanted: Mapping[str, Input]) -> dict[str, tuple[Input, Field]]:
    """The field of the data for each port: by name, or the one for the one.

    What goes along with another input is 0 at each of its places where the data lack it.
    """
    have = dict(examples.inputs)
    beside = {name: of for name, port in wanted.items() if (of := getattr(port, "along", None))}
    alone = [name for name in wanted if name not in beside]
    if len(have) == len(alone) == 1:
        have = dict(zip(alone, have.values(), strict=True))
    for name, main in beside.items():
        if name not in have and main in have:
            have[name] = Field(wanted[name], _zeros(have[main].values))
    if have.keys() != wanted.keys():
        raise UserError(
            f"the data have {', '.join(have)}; the architecture takes {', '.join(wanted)}"
        )
    return {name: (port, have[name]) for name, port in wanted.items()}


def _zeros(values: Any) -> Any:
    if isinstance(values, list):
        return [np.zeros_like(one) for one in values]
    return np.zeros_like(values)


def _turned(field: Field, port: Input) -> tuple[Field, str]:
    """Of the kind that is wanted: a picture as a row of numbers, say; and what was done."""
    have, want = field.port.kind, port.kind
    if have == want:
        return field, ""
    if turn := ports.of(field.port).turned(want):
        return turn(field)
    ways = [kind for kind in ("table", "series", "image") if ports.of(field.port).turned(kind)]
    raise UserError(
        f"the data are {have}, the architecture takes {want}, and there is no honest "
        f"conversion; {have} can become: {', '.join(ways) or 'nothing else'}"
    )


def _targets(examples: Examples, before: tuple[int, ...]) -> tuple[Examples, str]:
    """Targets that lie in pictures go with their size; and what is to be said of them."""
    after = _side(examples)
    if len(before) != 2 or len(after) != 2 or before == after or examples.y is None:
        return examples, ""
    y, said = examples.task.resized(examples.y, before, after[0])
    return examples.changed(y=y), said


def _side(examples: Examples) -> tuple[int, ...]:
    """Height and width of pictures."""
    return np.shape(examples.x)[2:] if examples.behaviour.pictured else ()


def _windows(examples: Examples, length: int) -> tuple[Examples, str]:
    """Cut a text into windows; each token's target is its successor."""
    x = np.asarray(examples.x)
    windows = (len(x) - 1) // length
    if windows < 1:
        raise UserError(f"a part of the text has {len(x)} tokens; windows need {length + 1}")
    inputs = x[: windows * length].reshape(windows, length).astype(np.int64)
    targets = x[1 : windows * length + 1].reshape(windows, length).astype(np.int64)
    return examples.changed(x=inputs, y=targets), f"text -> windows of {length} tokens"
