"""What a reader sets going and comes back to: a run, or an experiment measured again.

Each in a process of its own, of lower priority than the pages, and few at a time.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from nna import registry
from nna.app import processes
from nna.errors import UserError
from nna.lab import catalog

MOST, EACH = 2, 1  # at once: of all readers, and of one
LONGEST = 1800.0  # seconds
WAIT = 60.0  # seconds until a run's folder must be there


class Job(processes.Process):
    """A process that was set going, and what came of it."""

    said = ""  # why it ended early

    @property
    def running(self) -> bool:
        """Whether it still works."""
        with contextlib.suppress(OSError, EOFError):
            if self.pipe.poll(0) and (said := self.pipe.recv()["said"]) != processes.DONE:
                self.said = said
        return self.process.is_alive()


class Yard(processes.Pool[Job]):
    """All that was set going since the server started, by name."""

    def begin(self, name: str, who: str, task: Callable[..., None], *given: Any) -> Job:
        """Start `task(*given)` in a process.

        Args:
            name: of what is made; only one of a name at a time.
            who: the reader who asked.
            task: a function that a new process can import.
            given: to the task.

        Raises:
            UserError: it runs already, or as many as may run are running.
        """
        with self.lock:
            running = [job for job in self.by_name.values() if self._runs(job)]
            if (old := self.by_name.get(name)) is not None and old in running:
                raise UserError(f"{name} is running already")
            mine = "what you set going before is still running: stop it, or wait"
            theirs = f"{MOST} trainings of other readers are running: try in a minute"
            readers = [job.who for job in running]
            self.admit(who, readers, processes.Limits(EACH, MOST, mine, theirs))
            job = self.by_name[name] = Job(who, work, task, given)
            return job

    def running(self, name: str) -> bool:
        """Whether something of that name is being made."""
        return (job := self.by_name.get(name)) is not None and self._runs(job)

    def said(self, name: str) -> str:
        """Why the last one of that name ended early; empty where it didn't."""
        job = self.by_name.get(name)
        if job is None or job.running:
            return ""
        return job.said or (processes.STOPPED if job.process.exitcode else "")

    def stop(self, name: str, who: str | None = None) -> None:
        """Ask it to end, as Ctrl-C does: a run leaves a checkpoint to go on from.

        Args:
            name: of what is made.
            who: the reader who asks; only what is theirs ends.
        """
        job = self.by_name.get(name)
        if job is not None and who in (None, job.who) and job.process.is_alive():
            job.process.terminate()

    def close(self) -> None:
        """End them all."""
        for name in self.by_name:
            self.stop(name)
        for job in self.by_name.values():
            job.process.join(10)
            job.process.kill()

    def _runs(self, job: Job) -> bool:
        if job.running and time.monotonic() - job.begun > LONGEST:
            job.process.terminate()
        return job.running


def run(yard: Yard, who: str, name: str, folder: Path) -> str:
    """Train an architecture's desk variant on its signature task; the name of the run.

    Raises:
        UserError: no such architecture, too much is running, or the training can't start.
    """
    data = registry.describe(name).signature.data
    made = f"{name}-{Path(data).name}-{datetime.now():%Y%m%d-%H%M%S}"
    job = yard.begin(made, who, train, name, data, folder.resolve(), made)
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if (folder / made / "run.json").is_file():
            return made
        if not job.running:
            raise UserError(job.said or f"{name} could not be trained on {data}")
        time.sleep(0.05)
    yard.stop(made)
    raise UserError(f"{name} took more than {WAIT:g} seconds to begin: run it in a terminal")


def again(yard: Yard, who: str, name: str, folder: Path) -> None:
    """Measure the quick form of an experiment anew.

    Raises:
        UserError: no such experiment, or too much is running.
    """
    catalog.describe(name)
    yard.begin(f"lab {name}", who, measure, name, folder.resolve())


# --- In the process of a job --------------------------------------------------------------------


def work(pipe: Any, task: Callable[..., None], given: tuple[Any, ...]) -> None:
    """Carry out a task that tells nothing on the way."""
    task(*given)


def train(name: str, data: str, folder: Path, made: str) -> None:
    """What `nna train` does."""
    import nna

    sys.argv = ["nna", "train", name, data]  # as the run will note
    nna.train(name, data, out=folder, name=made, quiet=True)


def measure(name: str, own: Path) -> None:
    """What `nna lab run --quick --fresh` does."""
    from nna.lab import run as runner

    place = runner.folder(name, True, own)
    runner.run(runner.begin(name, place, quick=True, fresh=True), place)
