"""What the system may refuse when a file is read, in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nna.errors import UserError

T = TypeVar("T")


def reading(path: Path, read: Callable[[], T]) -> T:
    """What `read`, which reads `path` or what lies in it, returns.

    Raises:
        UserError: the file is missing, not permitted, neither file nor folder, or the disk fails.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):  # reading it might never end
            raise UserError(f"{path}: a pipe, socket or device; save what it gives as a file")
        return read()
    except FileNotFoundError as error:
        raise UserError(f"{error.filename or path}: no such file or folder") from error
    except PermissionError as error:
        raise UserError(f"{error.filename or path}: no permission to read it") from error
    except OSError as error:
        said = " ".join(str(error.strerror or error).split())
        raise UserError(f"{path}: can't be read ({said})") from error
