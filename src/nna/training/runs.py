"""A run is a folder: what was asked, what was measured, the weights, and a report."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nna import html, plain, registry
from nna.errors import UserError
from nna.spec import Recipe
from nna.training import earlier, files, run_validation

LOSSES = ("loss", "validation loss")  # of a history, as notebooks draw them
RESULTS = "results.json"  # a run's last file
PACKAGES = ("nna", "torch", "numpy", "scikit-learn", "lightning-fabric")


class UnknownArchitectureError(UserError):
    """A run's architecture isn't the library's own, and its user hasn't said where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The configuration of a run: all that repeating or resuming a run needs."""

    architecture: str  # "lenet5/desk"
    config: dict[str, Any]
    task: str  # by its name
    recipe: dict[str, Any]
    seed: int
    data: dict[str, Any]  # where it came from (data, data_dir, target, task), fingerprint, rows
    classes: list[str]
    port: dict[str, Any]  # what an example is, before anything was done to it
    preparation: dict[str, Any]
    adapted: list[str]  # what was converted, in words
    strategy: str
    precision: str
    versions: dict[str, str]
    command: str
    start: str | None = None  # a run's folder whose weights it started from
    windows: dict[str, Any] | None = None  # of series: how they are cut
    schema: int = earlier.SCHEMA  # of this file
    metric: str | None = None  # what it is judged by; None: what its task is measured by first
    positive: str | None = None  # of two classes the one that metrics and the threshold are about
    threshold: float | str | None = None  # its share from which it is named; "auto": by validation
    split_seed: int | None = None  # decides how the data are split; None: the seed
    device: str = "auto"  # on which it is trained
    threads: int | None = None  # of the processor, on which bits depend; of older runs unknown

    def training_recipe(self) -> Recipe:
        """The recipe, as an object again."""
        return Recipe(**tuples(self.recipe))

    def configuration(self) -> Any:
        """The configuration, as an object again.

        Raises:
            UserError: the architecture has no such settings any more.
        """
        return registry.configure(self.architecture, **tuples(self.config))


def tuples(value: Any) -> Any:
    """Lists as tuples, however deep: JSON has lists only."""
    if isinstance(value, dict):
        return {key: tuples(of) for key, of in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def versions() -> dict[str, str]:
    """What the figures of a run were made with."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder and what was asked of it."""

    folder: Path
    request: Request

    @property
    def checkpoint(self) -> Path:
        """Where training can continue from."""
        return self.folder / "checkpoint.safetensors"

    @property
    def model(self) -> Path:
        """The trained weights; once they exist, nothing is left to learn."""
        return self.folder / "model.safetensors"

    @property
    def finished(self) -> bool:
        """Whether all is there; the results are written last."""
        return self.model.exists() and (self.folder / RESULTS).exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from training or evaluating this run; sweep what dead ones left.

        The system lets go of the lock when this process ends, however it ends. Of several
        processes that train one run together, the first holds it for all.

        Raises:
            UserError: another process holds it.
        """
        if os.environ.get("RANK", "0") != "0":
            yield
            return
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                f"{self.folder} is in use by another process; wait until it ends, or stop it"
            ) from error
        try:
            files.sweep(self.folder)
            yield
        finally:
            lock.release()

    def history(self) -> list[dict[str, float]]:
        """The figures of every epoch; not a number where one was none.

        Raises:
            UserError: the file is damaged.
        """
        path = self.folder / "metrics.jsonl"
        if not path.exists():
            return []
        mend = f"`nna resume {self.folder}` writes it anew"
        if self.model.exists():
            mend = "remove it: the curves are lost, and nothing else"
        try:
            text = path.read_text(encoding="utf-8").splitlines()
            lines = [json.loads(line, parse_constant=lambda _: None) for line in text]
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}: damaged; {mend}") from error
        if wrong := run_validation.history(lines):
            raise UserError(f"{path}: damaged ({wrong}); {mend}")
        return [{key: math.nan if of is None else of for key, of in line.items()} for line in lines]

    def results(self) -> dict[str, Any] | None:
        """What was measured at the end; nothing if it never came to that."""
        return self.kept(RESULTS, run_validation.results)

    def _repr_html_(self) -> str:
        """Figures beside those of the baselines, and the losses, for a notebook."""
        title = f"{self.request.architecture} on {self.request.data['data']}"
        try:
            found, history = self.results(), self.history()
        except UserError as damaged:
            return html.block(title, html.words(str(damaged)))
        if found is None:
            return html.block(
                title, html.words("not finished"), html.code(f"nna resume {self.folder}")
            )
        names = [*found["metrics"]]
        rivals = {self.request.architecture: found["metrics"], **found["baselines"]}
        rows = [(who, *(_figure(of.get(name)) for name in names)) for who, of in rivals.items()]
        losses = {name: [one.get(name, math.nan) for one in history] for name in LOSSES}
        there = {name: of for name, of in losses.items() if not all(map(math.isnan, of))}
        said = f"{found['test examples']:,} test examples; report: {self.folder / 'report.html'}"
        return html.block(
            title, html.table(("", *names), rows), html.curves(there), html.words(said)
        )

    def kept(self, name: str, fault: Callable[[Any], str | None]) -> dict[str, Any] | None:
        """What a file of the folder holds that evaluating writes; None where there is none.

        Args:
            name: of the file.
            fault: tells what is wrong with what it holds.

        Raises:
            UserError: the file is damaged.
        """
        path = self.folder / name
        if not path.exists():
            return None
        mend = f"`nna evaluate {self.folder}` writes it anew"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise UserError(f"{path}: damaged; {mend}") from error
        if wrong := fault(found):
            raise UserError(f"{path}: damaged ({wrong}); {mend}")
        return found


def _figure(of: dict[str, Any] | None) -> str:
    """A figure with its interval, where it has one."""
    if of is None or of["value"] is None:
        return ""
    interval = of["low"] is not None and of["high"] is not None
    ends = f" ({of['low']:.4g} to {of['high']:.4g})" if interval else ""
    return f"{of['value']:.4g}{ends}"


def create(parent: Path, name: str | None, request: Request) -> Run:
    """Make the folder of a new run; an existing one is never touched.

    Raises:
        UserError: a run of that name exists, none may be called so, or the place can't be written
            to.
    """
    if name is not None and not run_validation.is_name(name):
        raise UserError(f"--name {name[:60]!r}: a folder's name, without a path; --out says where")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = _fresh(parent, name, request)
        folder.mkdir()
        files.write_json(folder / "run.json", dataclasses.asdict(request))
    except FileExistsError as error:
        raise UserError(f"{parent / (name or '')} exists; choose another --name") from error
    except PermissionError as error:
        raise UserError(f"can't write to {parent}: permission denied; choose --out") from error
    return Run(folder, request)


def _fresh(parent: Path, name: str | None, request: Request) -> Path:
    if name:
        return parent / name
    source = Path(str(request.data["data"])).stem
    stem = f"{request.architecture.replace('/', '-')}-{source}"
    number = 1
    while (parent / f"{stem}-{number}").exists():
        number += 1
    return parent / f"{stem}-{number}"


def open_run(folder: str | Path) -> Run:
    """The run in a folder.

    Raises:
        UserError: no such folder, or what was asked can't be read.
    """
    folder = Path(folder)
    path = folder / "run.json"
    if not path.is_file():
        near = [str(p.parent) for p in sorted(Path("runs").glob("*/run.json"))]
        more = f" and {len(near) - 3:,} more" if len(near) > 3 else ""
        there = ", ".join(near[:3]) + more if near else "none in runs/"
        raise UserError(f"{folder} is no run (no run.json); there are: {there}")
    try:
        asked = earlier.request(json.loads(path.read_text(encoding="utf-8")))
        if wrong := plain.fault(asked, Request):
            raise UserError(wrong)
        _known(folder, asked["architecture"])
        run_validation.check(asked)
        request = Request(**asked)
        registry.split(request.architecture)
        request.configuration()
    except UnknownArchitectureError:
        raise
    except (ValueError, RecursionError, UserError) as error:
        raise UserError(f"{path}: damaged or of another program ({error}); train anew") from error
    return Run(folder, request)


def _known(folder: Path, reference: str) -> None:
    """See that the architecture of a run is here; the file alone never makes it so."""
    name = reference.partition("/")[0]
    if name.isidentifier() and name not in registry.names():
        raise UnknownArchitectureError(
            f"{folder} is of the architecture {name!r}, which the library doesn't have: say in "
            "which folder it lies, by --code FOLDER (nna.register(FOLDER))"
        )


def command() -> str:
    """The command that was typed, for the record."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
