"""Files among many that can't be used: all are told by name, and left out only when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nna.errors import UserError

TOLD = 10  # files that one line names
MOST = 0.5  # share of the files from which the folder is at fault and not its files


@dataclass(slots=True)
class Faults:
    """What was found wrong with the files of a folder, and what to do about it."""

    skip: bool = False
    found: dict[Path, str] = field(default_factory=dict)

    def add(self, path: Path, why: str) -> None:
        """Note why a file can't be used; of several reasons the first."""
        self.found.setdefault(path, why)

    def settle(self, count: int) -> list[str]:
        """A note for each file that is left out.

        Args:
            count: files that were looked at.

        Raises:
            UserError: files can't be used, and nobody asked to leave such files out; or half of
                them or more can't.
        """
        if not self.found:
            return []
        told = [f"{path} {why}" for path, why in list(self.found.items())[:TOLD]]
        if more := len(self.found) - len(told):
            told.append(f"and {more:,} more, which `nna data profile` names")
        bad = f"{len(self.found):,} of {count:,} files can't be used: {'; '.join(told)}"
        if len(self.found) >= MOST * count:
            raise UserError(f"{bad}. Mend or remove them")
        if not self.skip:
            raise UserError(f"{bad}. Mend or remove them, or leave them out by --skip-bad")
        return [f"left out: {path} {why}" for path, why in self.found.items()]
