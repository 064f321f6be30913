"""What lies in a folder of examples: pictures, masks, arrays, texts, annotations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from nna.errors import UserError


def inside(folder: Path, deep: Literal[1, 2] | None = 1) -> list[Path]:
    """Files and folders by name, those of each folder together; hidden ones don't count.

    Args:
        folder: where to look; where there is none, nothing lies in it.
        deep: 1: in the folder itself; 2: also in those within; None: in all below.

    Raises:
        OSError: no permission.
    """
    if not folder.is_dir():
        return []
    found = [*folder.iterdir()]
    if deep != 1:
        found += folder.glob("*/*" if deep == 2 else "*/**/*")
    below = ((path, path.relative_to(folder).parts) for path in found)
    return sorted({path for path, parts in below if not any(p.startswith(".") for p in parts)})


def files(folder: Path, endings: Sequence[str], deep: Literal[1, 2] | None = 1) -> list[Path]:
    """The files of some endings, in small letters; see `inside`."""
    found = inside(folder, deep)
    return [path for path in found if path.suffix.lower() in endings and path.is_file()]


def listed(folder: Path, endings: Sequence[str], what: str) -> tuple[list[Path], list[str]]:
    """The files by name, and a note on what else lies beside them; hidden files don't count.

    Args:
        folder: where to look; not in the folders within.
        endings: of their names, in small letters.
        what: they are called in messages, such as "pictures".

    Raises:
        UserError: there are none.
    """
    found = files(folder, endings)
    if not found:
        raise UserError(f"{folder} holds no {what} ({' '.join(endings)})")
    other = [p for p in inside(folder) if p not in found]
    said = f"{folder.name}: {len(other)} that are no {what} by name left out"
    return found, [f"{said} ({other[0].name})"] if other else []
