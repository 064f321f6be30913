"""Trainings to watch: the real models and the real loop, each in a process of its own.

The server's process only hands on what the worker sends; a training can't hold up a reader.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import multiprocessing
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nna import registry
from nna.atlas import catalogue
from nna.data import catalog
from nna.data.readers import table_files
from nna.errors import UserError
from nna.spec import Architecture

LOWER = 5  # steps in priority that a training stands below the pages
MOST, EACH = 6, 3  # trainings at once: of all readers, and of one
PATIENCE = 1.0  # seconds that an order waits for the one before it
SWEEP = 1.0  # seconds between looks for trainings that nobody watches
ALONE = 30.0  # seconds after which a training that nobody watches ends
LONGEST = 900.0  # seconds that a training may take
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


def models() -> dict[str, Architecture]:
    """The classifiers of tables and small pictures that can be watched."""
    return {
        name: spec
        for name, spec in catalogue.read().specs.items()
        if "classification" in spec.tasks
        and [port.kind for port in spec.inputs.values()] in (["table"], ["image"])
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
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
    def of(cls, asked: Mapping[str, Any], sent: Path | None = None) -> Wish:
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
        from nna.workbench.prepared_data import parse_settings

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


def ready() -> Any:
    """Where processes come from: forked from one that has imported what they need."""
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["nna.app.worker"])
    forkserver.ensure_running()
    return context


class Play:
    """One training that somebody watches."""

    def __init__(self, wish: Wish, sent: Path | None = None, who: str = "") -> None:
        self.who = who
        self.sent = sent  # a reader's table, which goes with the training
        context = ready()
        self.id = secrets.token_urlsafe(12)
        self.wish = wish
        self.pipe, other = context.Pipe()
        self.seen = self.begun = time.monotonic()
        self.lock = threading.Lock()
        self.telling = threading.Lock()
        self.kept: dict[str, Any] | None = None  # what came after the frame that was told last
        self.done = False  # trained to the end; it may still be looked into
        self.watcher = 0  # number of the last one that came to watch
        self.process = context.Process(target=work, args=(wish, other), daemon=True)
        self.process.start()
        other.close()

    def tell(self, order: Mapping[str, Any]) -> None:
        """Send an order: pause, go, step, learning_rate, probe. It may take as long as a step does.

        Raises:
            UserError: an order before it still waits to be taken in.
        """
        if not self.telling.acquire(timeout=PATIENCE):
            raise UserError("the training is busy with what you asked before: wait a moment")
        try:
            with contextlib.suppress(OSError):
                self.pipe.send(dict(order))
        finally:
            self.telling.release()

    def next(self, wait: float) -> dict[str, Any] | None:
        """The newest frame, or None where there was none in `wait` seconds.

        Raises:
            EOFError: the training is over and everything was told.
        """
        with self.lock:
            self.seen = time.monotonic()
            if self.kept is not None:
                kept, self.kept = self.kept, None
                self.done |= bool(kept.get("done"))
                return kept
            if not self.pipe.poll(wait):
                return None
            frame = self.pipe.recv()
            self.done |= bool(frame.get("done"))
            while "step" in frame and self.pipe.poll(0):
                newer = self.pipe.recv()
                if "step" not in newer:
                    self.kept = newer
                    break
                frame = {**newer, "curve": frame["curve"] + newer["curve"]}
            return frame

    @property
    def stale(self) -> bool:
        """Whether nobody watches it any more, or it took too long."""
        now = time.monotonic()
        return now - self.seen > ALONE or now - self.begun > LONGEST

    def end(self) -> None:
        """Stop it, whatever it does."""
        self.process.kill()
        self.process.join(5)
        self.pipe.close()
        if self.sent is not None:
            self.sent.unlink(missing_ok=True)


class Hall:
    """All trainings that are watched now."""

    def __init__(self) -> None:
        self.plays: dict[str, Play] = {}
        self.lock = threading.Lock()
        self.closed = threading.Event()

    def sweep(self) -> None:
        """End whatever nobody watches any more, until it is closed."""
        while not self.closed.wait(SWEEP):
            with self.lock:
                self._clear()

    def begin(self, wish: Wish, sent: Path | None = None, who: str = "") -> Play:
        """Start a training.

        Args:
            wish: what to train.
            sent: a table that came along.
            who: the reader who asked.

        Raises:
            UserError: as many as there may be are running.
        """
        with self.lock:
            self._clear()
            own = [key for key, play in self.plays.items() if play.who == who]
            over = max(0, len(own) - EACH + 1)
            for key in [key for key in own if self.plays[key].done][:over]:
                self.plays.pop(key).end()  # the oldest that was only looked into makes room
            if sum(play.who == who for play in self.plays.values()) >= EACH:
                raise UserError(f"you watch {EACH} trainings already: end one, or wait a minute")
            if len(self.plays) >= MOST:
                raise UserError(f"{MOST} trainings are being watched already; try in a minute")
            play = Play(wish, sent, who)
            self.plays[play.id] = play
            return play

    def find(self, key: str) -> Play | None:
        """The training of that id."""
        return self.plays.get(key)

    def end(self, key: str) -> None:
        """Stop a training, if it is there."""
        with self.lock:
            if (play := self.plays.pop(key, None)) is not None:
                play.end()

    def close(self) -> None:
        """Stop them all."""
        self.closed.set()
        for key in list(self.plays):
            self.end(key)

    def _clear(self) -> None:
        for key in [key for key, play in self.plays.items() if play.stale]:
            self.plays.pop(key).end()


# --- In the worker's process --------------------------------------------------------------------


def work(wish: Wish, pipe: Any) -> None:
    """Train as wished, tell frames, obey orders; the last frame says how it ended."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(LOWER)
    from nna.app.worker import Show
    from nna.training.loop import Interrupted

    try:
        Show(wish, pipe).run()
        pipe.send({"last": True, "said": "done"})
    except UserError as error:
        said = str(error).replace(wish.data, "the table") if wish.sent else str(error)
        pipe.send({"last": True, "said": said})
    except (BrokenPipeError, EOFError, Interrupted):
        pass  # the server is gone
    except Exception as error:  # the reader sees that it failed; the server's log sees why
        pipe.send({"last": True, "said": f"the training failed: {type(error).__name__}"})
        raise
    finally:
        pipe.close()


def packed(numbers: Any) -> str:
    """An array of bytes as text."""
    return base64.b64encode(numbers.tobytes()).decode()


def about() -> dict[str, Any]:
    """What can be chosen, for the page."""
    return {
        "models": {
            name: {"title": spec.name, "settings": _settings(spec), "data": _usual(spec)}
            for name, spec in sorted(models().items(), key=lambda item: item[1].paper.year)
        },
        "data": {name: catalog.describe(name).title for name in DATA},
    }


def _usual(spec: Architecture) -> str:
    """The data that a network is shown with first."""
    pictures = any(port.kind == "image" for port in spec.inputs.values())
    return "digits" if pictures else "spirals"


def _settings(spec: Architecture) -> str:
    """The desk configuration as the reader would write it, without what the data decide."""
    config = spec.variants[registry.DESK].config
    given = {"features", "classes", "channels", "size"}
    pairs = []
    for one in dataclasses.fields(config):
        value = getattr(config, one.name)
        simple = isinstance(value, int | float | str | bool) or (
            isinstance(value, tuple) and all(isinstance(v, int | float) for v in value)
        )
        if one.name not in given and simple:
            shown = ",".join(map(str, value)) + "," if isinstance(value, tuple) else value
            pairs.append(f"{one.name}={shown}")
    return " ".join(pairs)
