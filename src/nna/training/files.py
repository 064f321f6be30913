"""Write files whole or not at all."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

PART = ".part"  # ends the name of what is being written


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to that takes the place of `path` when all is written.

    Raises:
        OSError: disk full, no permission; the old content stands, no remnant stays.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what processes left half written that have died; none may be writing there now."""
    for path in folder.glob(f".*{PART}"):
        path.unlink(missing_ok=True)


def write(path: Path, content: bytes | str) -> None:
    """Replace `path` in one step; whatever happens, it holds the old content or the new one.

    Raises:
        OSError: as `replacing`.
    """
    with replacing(path) as file:
        file.write(encoded(content) if isinstance(content, str) else content)


def encoded(text: str) -> bytes:
    """Text as UTF-8; halves of characters, which have no place in it, as JSON writes them.

    They come from names of files in other encodings and from JSON. What JSON holds of them is read
    back as it was; elsewhere they are seen.
    """
    return text.encode(errors="backslashreplace")


def write_json(path: Path, plain: Any) -> None:
    """Write plain data as JSON, whole or not at all."""
    write(path, dumps(plain, indent=1) + "\n")


def dumps(plain: Any, indent: int | None = None, ascii_only: bool = False) -> str:
    """Plain data as JSON that every reader takes: what is no finite number becomes null."""
    return json.dumps(_finite(plain), indent=indent, ensure_ascii=ascii_only, allow_nan=False)


def _finite(plain: Any) -> Any:
    if isinstance(plain, Mapping):
        return {key: _finite(value) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [_finite(value) for value in plain]
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str] | None = None
) -> None:
    """Write tensors as safetensors, whole or not at all."""
    from safetensors.torch import save

    plain = {k: v.detach().cpu().contiguous().clone() for k, v in tensors.items()}
    write(path, save(plain, metadata))
