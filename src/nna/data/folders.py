"""The files of one kind that lie in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nna.errors import UserError


def listed(folder: Path, endings: Sequence[str], what: str) -> tuple[list[Path], list[str]]:
    """The files by name, and a note on what else lies beside them; hidden files don't count.

    Args:
        folder: where to look; not in the folders within.
        endings: of their names, in small letters.
        what: they are called in messages, such as "pictures".

    Raises:
        UserError: there are none.
    """
    inside = sorted(p for p in folder.iterdir() if not p.name.startswith("."))
    found = [p for p in inside if p.is_file() and p.suffix.lower() in endings]
    if not found:
        raise UserError(f"{folder} holds no {what} ({' '.join(endings)})")
    other = [p for p in inside if p not in found]
    said = f"{folder.name}: {len(other)} that are no {what} by name left out"
    return found, [f"{said} ({other[0].name})"] if other else []
