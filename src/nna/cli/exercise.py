"""`nna exercise`: write an architecture, and be told what is right. Parses, calls, prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import Json
from nna.errors import UserError

if TYPE_CHECKING:
    from nna.exercises.blanks import Exercise

File = Annotated[list[Path], typer.Argument(metavar="FILE...", help="As `start` wrote them.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    group = typer.Typer(help="Write an architecture yourself, and be told what is right.")
    group.command("list")(list_all)
    group.command()(start)
    group.command()(check)
    app.add_typer(group, name="exercise", rich_help_panel="Read")


def list_all(json: Json = False) -> None:
    """List all exercises: which architecture, in which framework, how many blanks."""
    from nna.exercises import blanks

    rows = [(one.architecture, one.framework, blanks.count(one)) for one in blanks.exercises()]
    if json:
        names = ("architecture", "framework", "blanks")
        output.print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        output.table(("architecture", "framework", "blanks"), rows, right=("blanks",))


def start(
    architecture: Annotated[str, typer.Argument(metavar="ID", help="Of an architecture.")],
    framework: Annotated[str, typer.Option(help="torch or keras.")] = "torch",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it. [ID_exercise.py]")
    ] = None,
) -> None:
    """Write an architecture's source with its decisive lines left blank."""
    from nna.exercises import blanks
    from nna.training import files

    of = blanks.exercise(architecture, framework)
    path = out or Path(f"{architecture}{'_keras' * (framework == 'keras')}_exercise.py")
    if path.exists():
        raise UserError(f"{path} is there already; name another file with --out")
    if not path.parent.is_dir():
        raise UserError(f"{path}: there is no folder {path.parent}")
    files.write(path, blanks.stub(of))
    output.say(f"{path}: {blanks.count(of)} places are blank")
    output.say(f"read first:  nna show {architecture} --card")
    output.say(f"then:        nna exercise check {path}")


def check(
    paths: File,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a JSON report of all files.")
    ] = None,
    json: Json = False,
) -> None:
    """Say of each file what is right and what is not yet; it is run, in a process of its own.

    Ends with 1 where something isn't right yet.
    """
    from nna.exercises import blanks
    from nna.training import files

    read = []
    for path in paths:
        try:
            read.append((path, blanks.of_file(path, path.read_text(encoding="utf-8"))))
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{path}: can't be read ({_why(error)})") from error
    told = [_of_file(path, of, quiet=json) for path, of in read]
    if report is not None:
        files.write_json(report, told)
    if json:
        output.print_json(told)
    if not all(one["right"] for one in told):
        raise typer.Exit(1)


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is no UTF-8"


def _of_file(path: Path, of: Exercise, quiet: bool) -> dict[str, Any]:
    found = []
    if not quiet:
        output.say(f"{path}: {of.architecture} ({of.framework})")
    for judgement in _judgements(path, of):
        found.append(judgement)
        if not quiet:
            line = f"  {judgement['state']:11}  {judgement['what']}"
            output.say(
                output.wrapped(
                    f"{line}: {judgement['why']}" if judgement["why"] else line, " " * 15
                )
            )
    wrong = [one for one in found if one["state"] == "not yet"]
    right = bool(found) and not wrong
    if not quiet:
        count = sum(one["state"] == "right" for one in found)
        left = len(found) - count - len(wrong)
        output.say(f"  {count} right, {len(wrong)} not yet, {left} not checked")
    return {
        "file": str(path),
        "architecture": of.architecture,
        "framework": of.framework,
        "right": right,
        "judgements": found,
    }


def _judgements(path: Path, of: Exercise) -> Iterator[dict[str, Any]]:
    settings = {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax"), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "nna.exercises.judge", str(path.resolve())],
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout is not None
    with process:
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        why = f"the process that ran it ended with {process.returncode}"
        yield {"what": "runs", "state": "not yet", "why": why}
