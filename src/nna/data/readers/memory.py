"""Whether a file fits into memory, before it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nna.errors import UserError

NEEDS = 7.0  # bytes of memory for each byte of a file: see `check`
RECORDS = 15.0  # the same where every record is looked at by itself
MEND = "draw rows by --max-samples, such as --max-samples 100000; nna predict needs none with --out"
GROUPS = (  # of processes that share a limit: the limit, what is used, and of that what may go
    ("memory.max", "memory.current", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
)


def available() -> int | None:
    """Bytes of memory that this process may still take, where the system says so (Linux)."""
    return min((*_of_machine(), *_of_group(), *_of_process()), default=None)


def check(path: Path, size: int | None = None, needs: float = NEEDS) -> None:
    """Refuse a file that would fill memory.

    Reading a CSV file of a gigabyte (8.8 million rows, 12 columns of numbers and 3 of words) took
    3.4 in a measurement; parts and prepared columns need as much again. Where lines may be left
    out, training on one of 256 MB (16 columns) took 3.8.

    Args:
        path: the file.
        size: bytes that it unpacks to, where that is known and not those of the file.
        needs: bytes of memory for each of them.

    Raises:
        UserError: it would.
    """
    need, free = needs * (size or path.stat().st_size), available()
    if free is not None and need > free:
        raise UserError(
            f"{path}: needs some {need / 1e9:.1f} GB of memory, of which {free / 1e9:.1f} are "
            f"free: {MEND}"
        )


def _of_machine() -> Iterator[int]:
    """What all processes together have left."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return
    figures = dict(line.split(":", 1) for line in lines)
    yield int(figures["MemAvailable"].split()[0]) * 1024


def _of_group(root: Path = Path("/sys/fs/cgroup")) -> Iterator[int]:
    """What a container has left, where it has a limit."""
    for limit, used, idle in GROUPS:
        try:
            most, taken = (root / limit).read_text().strip(), int((root / used).read_text())
            told = (root / used).with_name("memory.stat").read_text().splitlines()
        except (OSError, ValueError):
            continue
        cached = dict(line.split() for line in told).get(idle, "0")
        if most != "max":
            yield max(0, int(most) - taken + int(cached))


def _of_process() -> Iterator[int]:
    """What this process has left of its own limit (`ulimit -v`)."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        yield max(0, limit - pages * resource.getpagesize())
