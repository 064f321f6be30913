"""Trainings to watch: the real models and the real loop, each in a process of its own.

The server's process only hands on what the worker sends; a training can't hold up a reader.
"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nna import ports, registry
from nna.app import processes
from nna.app.play_request import DATA, PlayRequest, models
from nna.data import catalog
from nna.errors import UserError
from nna.spec import Architecture

MOST, EACH = 6, 3  # trainings at once: of all readers, and of one
PATIENCE = 1.0  # seconds that an order waits for the one before it
SWEEP = 1.0  # seconds between looks for trainings that nobody watches
ALONE = 30.0  # seconds after which a training that nobody watches ends
LONGEST = 900.0  # seconds that a training may take


class Play(processes.Process):
    """One training that somebody watches."""

    def __init__(self, wish: PlayRequest, sent: Path | None = None, who: str = "") -> None:
        super().__init__(who, work, wish)
        self.sent = sent  # a reader's table, which goes with the training
        self.id = secrets.token_urlsafe(12)
        self.wish = wish
        self.seen = self.begun
        self.lock = threading.Lock()
        self.telling = threading.Lock()
        self.kept: dict[str, Any] | None = None  # what came after the frame that was told last
        self.done = False  # trained to the end; it may still be looked into
        self.watcher = 0  # number of the last one that came to watch

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
        super().end()
        if self.sent is not None:
            self.sent.unlink(missing_ok=True)


class Hall(processes.Pool[Play]):
    """All trainings that are watched now."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = threading.Event()

    def sweep(self) -> None:
        """End whatever nobody watches any more, until it is closed."""
        while not self.closed.wait(SWEEP):
            with self.lock:
                self._clear()

    def begin(self, wish: PlayRequest, sent: Path | None = None, who: str = "") -> Play:
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
            own = [key for key, play in self.by_name.items() if play.who == who]
            over = max(0, len(own) - EACH + 1)
            for key in [key for key in own if self.by_name[key].done][:over]:
                self.by_name.pop(key).end()  # the oldest that was only looked into makes room
            mine = f"you watch {EACH} trainings already: end one, or wait a minute"
            theirs = f"{MOST} trainings are being watched already; try in a minute"
            readers = [play.who for play in self.by_name.values()]
            self.admit(who, readers, processes.Limits(EACH, MOST, mine, theirs))
            play = Play(wish, sent, who)
            self.by_name[play.id] = play
            return play

    def find(self, key: str) -> Play | None:
        """The training of that id."""
        return self.by_name.get(key)

    def end(self, key: str) -> None:
        """Stop a training, if it is there."""
        with self.lock:
            if (play := self.by_name.pop(key, None)) is not None:
                play.end()

    def close(self) -> None:
        """Stop them all."""
        self.closed.set()
        for key in list(self.by_name):
            self.end(key)

    def _clear(self) -> None:
        for key in [key for key, play in self.by_name.items() if play.stale]:
            self.by_name.pop(key).end()


# --- In the worker's process --------------------------------------------------------------------


def work(pipe: Any, wish: PlayRequest) -> None:
    """Train as wished, tell frames, obey orders."""
    from nna.app.worker import Show

    try:
        Show(wish, pipe).run()
    except UserError as error:
        said = str(error)
        raise UserError(said.replace(wish.data, "the table") if wish.sent else said) from error


def about() -> dict[str, Any]:
    """What can be chosen, for the page."""
    return {
        "models": {
            name: {"title": spec.name, "settings": _settings(spec), "data": _usual(spec)}
            for name, spec in sorted(models().items(), key=lambda item: item[1].year)
        },
        "data": {name: catalog.describe(name).title for name in DATA},
    }


def _usual(spec: Architecture) -> str:
    """The data that a network is shown with first."""
    pictures = any(ports.of(port).pictured for port in spec.inputs.values())
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
