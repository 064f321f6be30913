"""Results as JSON has them: one rule for all dataclasses that are kept in files or printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

NAMES = {"iou": "IoU"}  # fields that are called otherwise in files


def written(name: str) -> str:
    """What a field is called in a file."""
    return NAMES.get(name, name.removesuffix("_").replace("_", " "))  # "class_" is "class"


def of(results: object, whole: bool = False) -> dict[str, object]:
    """The fields of a dataclass by the names that files have, however deep.

    Args:
        results: the dataclass.
        whole: also what there is none of. Else None is left out where a field has it as its
            default, and an empty list likewise.
    """
    assert dataclasses.is_dataclass(results)
    values = {field: getattr(results, field.name) for field in dataclasses.fields(results)}
    return {
        written(field.name): _plain(value, whole)
        for field, value in values.items()
        if whole or not _none(field, value)
    }


def _none(field: dataclasses.Field[object], value: object) -> bool:
    if field.default_factory is list:
        return value == []
    return value is None and field.default is None


def _plain(value: object, whole: bool) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(one, whole) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, whole) for one in value]
    if not dataclasses.is_dataclass(value):
        return value
    own = getattr(value, "to_json", None)  # a figure, say, has a form of its own
    return of(value, whole) if own is None else own()
