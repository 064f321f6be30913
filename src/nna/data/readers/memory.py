"""Whether a file fits into memory, before it is read."""

from __future__ import annotations

from pathlib import Path

from nna.errors import UserError

NEEDS = 7.0  # bytes of memory for each byte of a file: see `check`


def available() -> int | None:
    """Bytes of memory that are free, where the system says so (Linux)."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    figures = dict(line.split(":", 1) for line in lines)
    return int(figures["MemAvailable"].split()[0]) * 1024


def check(path: Path, size: int | None = None) -> None:
    """Refuse a file that would fill memory.

    Reading a CSV file of a gigabyte (8.8 million rows, 12 columns of numbers and 3 of words) took
    3.4 in a measurement; parts and prepared columns need as much again.

    Args:
        path: the file.
        size: bytes that it unpacks to, where that is known and not those of the file.

    Raises:
        UserError: it would.
    """
    need, free = NEEDS * (size or path.stat().st_size), available()
    if free is not None and need > free:
        raise UserError(
            f"{path}: needs some {need / 1e9:.1f} GB of memory, of which {free / 1e9:.1f} are "
            "free: draw rows by --most, such as --most 100000"
        )
