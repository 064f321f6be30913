"""Plain data, as JSON holds it, against the types that they should have."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

LARGEST = 2**63  # whole numbers below it are held exactly by what reads them


def fault(value: Any, hint: Any, where: str = "") -> str | None:
    """What is wrong with a value from JSON; None where its type holds it.

    Args:
        value: plain data; lists stand for tuples.
        hint: a type: of numbers, words, lists, tuples, mappings, literals, unions or a dataclass,
            whose fields without a default must be there and beside which none may stand.
        where: what the value is called in the answer, if it has a name.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return None
    if origin is typing.Literal:
        return None if type(value) is str and value in arguments else _other(value, where)
    if origin in (typing.Union, types.UnionType):
        faults = [fault(value, one, where) for one in arguments]
        return None if None in faults else faults[0]
    if dataclasses.is_dataclass(hint):
        return _of_fields(value, hint, where)
    if origin in (list, tuple, Sequence):
        return _of_list(value, arguments, where)
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            return _other(value, where)
        return first(fault(of, arguments[1], _inside(where, key)) for key, of in value.items())
    return _alone(value, hint, where)


def first(faults: typing.Iterable[str | None]) -> str | None:
    """The first fault, if there is one."""
    return next((one for one in faults if one), None)


def _alone(value: Any, hint: Any, where: str) -> str | None:
    """A word, a number, a truth value, or nothing."""
    if hint is float:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        good = number and abs(value) < LARGEST**16 and math.isfinite(value)
    elif hint is int:
        good = type(value) is int and abs(value) < LARGEST
    else:
        good = type(value) is (type(None) if hint is None else hint)
    return None if good else _other(value, where)


def _of_list(value: Any, arguments: tuple[Any, ...], where: str) -> str | None:
    if not isinstance(value, list | tuple):
        return _other(value, where)
    if (len(arguments) == 2 and arguments[1] is not Ellipsis) or len(arguments) > 2:
        if len(value) != len(arguments):
            return _other(value, where)
        return first(fault(one, of, where) for one, of in zip(value, arguments, strict=True))
    return first(fault(one, of, where) for of in arguments[:1] for one in value)


def _of_fields(value: Any, hint: Any, where: str) -> str | None:
    if not isinstance(value, dict):
        return _other(value, where)
    hints = typing.get_type_hints(hint)
    fields = {field.name: field for field in dataclasses.fields(hint)}
    if new := [str(name) for name in value if name not in fields]:
        return f"{_inside(where, new[0][:40])} is not known"
    missing = dataclasses.MISSING
    for name, field in fields.items():
        if name in value and (wrong := fault(value[name], hints[name], _inside(where, name))):
            return wrong
        if name not in value and field.default is missing and field.default_factory is missing:
            return f"{_inside(where, name)} is missing"
    return None


def _other(value: Any, where: str) -> str:
    shown = repr(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return f"{where or 'it'} can't be {shown[:40]}"


def _inside(where: str, name: object) -> str:
    return f"{where}, {name!r}" if where else repr(name)
