"""What a reader may ask of the playground: a training, and orders to it; read and checked.

What the server's process and the training's own have in common; neither is imported here.
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nna import ports, registry
from nna.atlas import catalogue
from nna.data.readers import table_files
from nna.errors import UserError
from nna.spec import Architecture, Input

FRAMES = 12  # pictures a second, at the most
SIDE = 60  # points of the decision surface along each axis
SHOWN = 400  # examples drawn
EPOCHS, STEPS = 2000, 200_000  # what may be asked for
DATA = ("spirals", "circles", "moons", "xor", "iris", "wine", "breast_cancer", "digits")
PARAMS = 2_000_000  # parameters of a network to watch
INK, COLUMNS = 64 * 64 * 3, 200  # numbers of a picture and of a row that a reader may send
LARGEST = 1_000_000  # bytes of a table of the reader's
TOO_LARGE = f"a table of more than {LARGEST:,} bytes: train it by `nna train`"
FILES = ("table", "bytes")  # what holds one, of the fields that a reader sends
FIELD = 1000  # characters of whatever else a reader may send


def _seen(port: Input) -> bool:
    """Whether its examples can be drawn: points of a table, or pictures."""
    return ports.of(port).tabular or ports.of(port).pictured


def models() -> dict[str, Architecture]:
    """The classifiers of tables and small pictures that can be watched."""
    return {
        name: spec
        for name, spec in catalogue.read().specs.items()
        if "classification" in spec.tasks
        and [_seen(port) for port in spec.inputs.values()] == [True]
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRequest:
    """What a reader asks for, checked."""

    model: str
    data: str  # a dataset, or the path of a table that the reader sent
    sent: bool = False  # whether it is the latter
    target: str | None = None  # its column to predict; None: the last one
    dates: tuple[str, ...] = ()  # how it writes dates, where its values don't prove it
    settings: Mapping[str, Any] = field(default_factory=dict)
    learning_rate: float | None = None
    batch_size: int | None = None
    epochs: int | None = None
    seed: int = 0
    paused: bool = False  # before the first step
    stays: bool = False  # to answer after the last step

    @classmethod
    def of(cls, asked: Mapping[str, Any], sent: Path | None = None) -> PlayRequest:
        """Read a wish from plain data.

        Args:
            asked: "model", "data" and the other fields, as they came.
            sent: where a table that came along was put.

        Raises:
            UserError: a name that isn't known, a number out of range, or a field too long.
        """
        for name, value in asked.items():
            if name not in FILES and len(str(value)) > FIELD:
                raise UserError(f"{name[:40]!r} is longer than {FIELD:,} characters")
        from nna.workbench.prepared_data import parse_settings  # heavy, and no page needs it

        model = str(asked.get("model", ""))
        if model.partition("/")[0] not in models():
            raise UserError(f"no network {model!r} to watch; choose one of the list")
        registry.split(model)
        data = str(asked.get("data", ""))
        if sent is None and data not in DATA:
            raise UserError(f"no data {data!r} to watch; there are: {', '.join(DATA)}")
        settings = parse_settings([s for s in str(asked.get("settings", "")).split() if s][:16])
        return cls(
            model=model,
            data=data if sent is None else str(sent),
            sent=sent is not None,
            target=str(asked.get("target") or "") or None,
            dates=tuple(str(asked.get("dates") or "").split()),
            settings=settings,
            learning_rate=_number(asked, "learning_rate", 0.0, 1e4),
            batch_size=_whole(asked, "batch_size", 0, 100_000),
            epochs=_whole(asked, "epochs", 1, EPOCHS),
            seed=_whole(asked, "seed", 0, 2**31 - 1) or 0,
            paused=asked.get("paused") is True,
            stays=asked.get("stays") is True,
        )


def received(asked: Mapping[str, Any]) -> Path | None:
    """A table that came along, written as it is into a file of its own; None: none came.

    "table" holds its text, or "bytes" what stands in its file, in base64, and "file" its name.

    Raises:
        UserError: no table that `nna train` reads, or too large a one.
    """
    text, coded = asked.get("table"), asked.get("bytes")
    if text is None and coded is None:
        return None
    try:
        content = str(text).encode() if coded is None else base64.b64decode(coded, validate=True)
    except (TypeError, ValueError) as error:
        raise UserError("the table came damaged: send it again") from error
    if len(content) > LARGEST:
        raise UserError(TOO_LARGE)
    ending = Path(str(asked.get("file") or "table.csv")).suffix.lower()
    if ending not in table_files.ENDINGS:
        raise UserError(
            f"tables are {', '.join(table_files.ENDINGS)}, not {ending[:10] or 'without'!r}"
        )
    handle, path = tempfile.mkstemp(suffix=ending)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return Path(path)


def order(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Read an order to a training from plain data.

    Raises:
        UserError: no such order, or a number out of range.
    """
    kind = asked.get("order")
    if kind in ("pause", "go", "step"):
        return {"order": kind}
    if kind == "learning_rate" and (rate := _number(asked, "learning_rate", 0.0, 1e4)) is not None:
        return {"order": kind, "learning_rate": rate}
    if kind == "probe" and (probe := _probe(asked)):
        return {"order": kind, **probe}
    raise UserError(f"no order {kind!r}; there are: pause, go, step, learning_rate, probe")


def _probe(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What to look into: an example by its number, a place, a picture's ink, a table's row."""
    if (example := _whole(asked, "example", 0, 10**9)) is not None:
        return {"example": example}
    for kind, most in (("at", 2), ("ink", INK), ("row", COLUMNS)):
        values = asked.get(kind)
        if not isinstance(values, list) or not 0 < len(values) <= most:
            continue
        if kind == "row":
            return {kind: [str(value)[:100] for value in values]}
        numbers = [_number({kind: value}, kind, -1e6, 1e6) for value in values]
        if None not in numbers and (kind == "ink" or len(numbers) == most):
            return {kind: numbers}
    return {}


def _number(asked: Mapping[str, Any], name: str, least: float, most: float) -> float | None:
    value = asked.get(name)
    if value in (None, ""):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise UserError(f"{name} must be a number, not {value!r}") from error
    if not least <= number <= most:
        raise UserError(f"{name} must lie between {least:g} and {most:g}, not be {number:g}")
    return number


def _whole(asked: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
    number = _number(asked, name, least, most)
    if number is not None and number != int(number):
        raise UserError(f"{name} must be a whole number, not {number:g}")
    return None if number is None else int(number)


def packed(numbers: Any) -> str:
    """An array of bytes as text."""
    return base64.b64encode(numbers.tobytes()).decode()
