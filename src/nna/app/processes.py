"""What readers set going, each in a process of its own: few at a time, below the pages.

Processes are forked from one that has imported what they need. Each tells by its pipe, and last of
all how it ended.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nna.errors import UserError

LOWER = 5  # steps in priority that they stand below the pages
DONE, STOPPED = "done", "stopped"


def ready() -> Any:
    """Where processes come from: forked from one that has imported what they need."""
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["nna.app.worker"])
    forkserver.ensure_running()
    return context


class Process:
    """One process that a reader set going."""

    def __init__(self, who: str, task: Callable[..., None], *given: Any) -> None:
        """Start `task(pipe, *given)`.

        Args:
            who: the reader who asked.
            task: a function that a new process can import.
            given: to the task.
        """
        context = ready()
        self.who, self.begun = who, time.monotonic()
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=carry_out, args=(task, given, other), daemon=True)
        self.process.start()
        other.close()

    def end(self) -> None:
        """Stop it, whatever it does."""
        self.process.kill()
        self.process.join(5)
        self.pipe.close()


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may run at once, and what is said to those who come too late."""

    each: int  # of one reader
    most: int  # of all
    own: str
    all: str


Kind = TypeVar("Kind")


class Pool(Generic[Kind]):
    """Processes of one kind, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Kind] = {}
        self.lock = threading.Lock()

    def admit(self, who: str, readers: list[str], limits: Limits) -> None:
        """See that there is room for one more.

        Args:
            who: the reader who asks.
            readers: who set going what runs now, a name for each process.
            limits: that hold.

        Raises:
            UserError: there is none.
        """
        if readers.count(who) >= limits.each:
            raise UserError(limits.own)
        if len(readers) >= limits.most:
            raise UserError(limits.all)


def carry_out(task: Callable[..., None], given: tuple[Any, ...], pipe: Any) -> None:
    """In the new process: carry out a task, and tell last how it ended."""
    import torch

    from nna.training.loop import Interrupted

    with contextlib.suppress(OSError, AttributeError):
        os.nice(LOWER)
    signal.signal(signal.SIGTERM, _interrupt)
    torch.set_num_threads(1)

    def tell(said: str) -> None:
        with contextlib.suppress(OSError):  # the server may be gone
            pipe.send({"last": True, "said": said})

    try:
        task(pipe, *given)
        tell(DONE)
    except UserError as error:
        tell(str(error))
    except (Interrupted, KeyboardInterrupt, BrokenPipeError, EOFError):
        tell(STOPPED)
    except Exception as error:  # the reader sees that it failed; the server's log sees why
        tell(f"it failed: {type(error).__name__}")
        raise
    finally:
        pipe.close()


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
