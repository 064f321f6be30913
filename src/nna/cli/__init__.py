"""The command line: runs a command, and turns what a user can mend into one line."""

from __future__ import annotations

import errno
import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

from nna.errors import UserError

FAULT, INTERRUPTED, CLOSED = 2, 130, 141  # exit statuses; the last two as shells number signals

REFUSED = {
    errno.ENOSPC: "the disk is full; make room, then run the same command again",
    errno.EDQUOT: "your disk quota is used up; make room, then run the same command again",
    errno.EROFS: "this place can only be read; give another",
    errno.EACCES: "no permission; give another place, or change its rights",
    errno.EPERM: "no permission; give another place, or change its rights",
    errno.ENOENT: "no such file or folder",
    errno.EEXIST: "it exists already",
    errno.EISDIR: "this is a folder, where a file is needed",
    errno.ENOTDIR: "a file stands where a folder is needed",
}
MEMORY = "memory is used up: draw fewer examples by --max-samples, or say a smaller --batch-size"
TORCH = "can't allocate memory"  # as torch says it


def main() -> NoReturn:
    """Run the command line as a program."""
    for name in ("stdout", "stderr"):  # who closed them wants to hear nothing
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without the character still answers
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Args:
        arguments: as typed after `nna`.

    Returns:
        The exit status: 0, or 2 where the user must mend something, 130 when interrupted.
    """
    shown, warnings.showwarning = warnings.showwarning, _warn
    try:
        status = _answer(arguments)
        sys.stdout.flush()
    except UserError as error:
        status = _complain(str(error), FAULT)
    except KeyboardInterrupt:
        status = _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has seen enough
        status = CLOSED
    except OSError as error:
        status = _complain(_refusal(error), FAULT)
    except MemoryError:
        status = _complain(MEMORY, FAULT)
    except RuntimeError as error:
        if TORCH not in str(error):
            raise
        status = _complain(MEMORY, FAULT)
    finally:
        warnings.showwarning = shown
    _settle()
    return status


def _warn(message: Warning | str, *about: object, **more: object) -> None:
    """A warning of Python or of a library in one line, as this program's own are."""
    sys.stderr.write(f"nna: warning: {' '.join(str(message).split())}\n")


def _answer(arguments: Sequence[str]) -> int:
    """`nna list` at once; for the rest, and for its help and its errors, load all commands."""
    if arguments[:1] == ["list"]:
        from nna.cli import listing

        if (given := listing.options(arguments[1:])) is not None:
            listing.print_list(**given)
            return 0
    from nna.cli import commands

    return commands.invoke(arguments)


def _refusal(error: OSError) -> str:
    """What the operating system refused, and how to mend it."""
    said = REFUSED.get(error.errno or 0) or error.strerror or str(error)
    return f"{error.filename}: {said}" if error.filename else said


def _settle() -> None:
    """Drop what can't be printed any more, or Python would try again at its end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(line: str, status: int) -> int:
    sys.stderr.write(f"nna: {' '.join(line.split())}\n")
    return status
