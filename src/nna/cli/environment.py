"""What the environment holds, what is missing, and the line that mends it."""

from __future__ import annotations

import importlib
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

State = Literal["ok", "missing", "broken"]  # missing: something optional; broken: something needed

PURPOSES = {  # what each group of optional packages is for
    "atlas": "the pages in a browser",
    "hub": "public weights, fetched from the Hugging Face hub",
    "keras": "Keras twins of the models",
    "parquet": "tables in Parquet files",
    "parity": "proofs against independent implementations",
    "excel": "tables in Excel files",
    "workbench": "searches for the best settings, and comparisons",
    "vision": "a look inside convolutional networks, and the scores of detectors",
}
MODULES = {"scikit-learn": "sklearn", "pillow": "PIL"}  # import names that differ by more than "-"
SCARCE = 2**30  # bytes of free disk under which a run may not fit


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: State
    found: str
    mend: str = ""  # what to type or to do, where it is not ok


def examine(runs: Path) -> Iterator[Finding]:
    """Look at everything that the commands rely on.

    Args:
        runs: the folder that runs are written to; it need not exist yet.
    """
    yield Finding("python", "ok", f"{platform.python_version()} ({sys.executable})")
    yield Finding("platform", "ok", f"{platform.platform()}, {os.cpu_count()} processors")
    yield _memory()
    yield _disk(runs)
    yield _writable(runs)
    for requirement in _requirements(None):
        yield _needed(requirement)
    yield from _torch()
    for extra, purpose in PURPOSES.items():
        for requirement in _requirements(extra):
            yield _optional(requirement, extra, purpose)


def _memory() -> Finding:
    try:
        size = os.sysconf("SC_PAGE_SIZE")
        total, free = (os.sysconf(f"SC_{kind}PHYS_PAGES") * size for kind in ("", "AV"))
    except (AttributeError, ValueError, OSError):  # not told on every system
        return Finding("memory", "ok", "not told by this system")
    return Finding("memory", "ok", f"{_gib(total)} in all, {_gib(free)} free")


def _disk(runs: Path) -> Finding:
    free = shutil.disk_usage(_existing(runs)).free
    if free < SCARCE:
        return Finding("disk", "broken", f"{_gib(free)} free", "make room: a run needs about 1 GiB")
    return Finding("disk", "ok", f"{_gib(free)} free")


def _writable(runs: Path) -> Finding:
    place = _existing(runs)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding("runs folder", "ok", f"{runs.absolute()} can be written")
    except OSError as error:
        mend = "work in a folder of your own, or give --out FOLDER"
        return Finding("runs folder", "broken", f"{place}: {error.strerror or error}", mend)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _requirements(extra: str | None) -> list[str]:
    """Requirements of the package, with bounds but without markers: the core's or an extra's."""
    listed = []
    for line in metadata.requires("nna") or []:
        requirement, _, marker = line.partition(";")
        group = re.search(r"extra\s*==\s*['\"](\w+)['\"]", marker)
        if (group and group[1]) == extra:
            listed.append(requirement.strip())
    return listed


def _distribution(requirement: str) -> str:
    return re.split(r"[<>=!~\[ (]", requirement)[0]


def _needed(requirement: str) -> Finding:
    name = _distribution(requirement)
    mend = f"pip install '{requirement}'"
    try:
        importlib.import_module(MODULES.get(name, name.replace("-", "_")))
        version = metadata.version(name)
    except Exception as error:  # a damaged package may raise anything when imported
        return Finding(name, "broken", f"{type(error).__name__}: {error}", mend)
    if not _recent(version, requirement):
        return Finding(name, "broken", f"{version} is too old", mend)
    return Finding(name, "ok", version)


def _recent(version: str, requirement: str) -> bool:
    """Whether the version is within the bounds that the requirement sets."""
    from packaging.requirements import Requirement

    return Requirement(requirement).specifier.contains(version, prereleases=True)


def _torch() -> Iterator[Finding]:
    try:
        import torch
    except Exception:  # reported among the needed packages
        return
    yield Finding("threads", "ok", f"{torch.get_num_threads()} of {os.cpu_count()} processors")
    can = torch.cpu.get_capabilities()
    native = bool(can.get("amx_bf16") or can.get("avx512_bf16") or can.get("bf16"))
    yield Finding("device cpu", "ok", f"bfloat16 {'native' if native else 'emulated, slower'}")
    for number in range(torch.cuda.device_count()):
        device = torch.cuda.get_device_properties(number)
        bf16 = "native" if torch.cuda.is_bf16_supported() else "emulated, slower"
        found = f"{device.name}, {_gib(device.total_memory)}, bfloat16 {bf16}"
        yield Finding(f"device cuda:{number}", "ok", found)
    if torch.backends.mps.is_available():
        yield Finding("device mps", "ok", "the graphics unit of this Mac")


def _optional(requirement: str, extra: str, purpose: str) -> Finding:
    name = _distribution(requirement)
    try:
        return Finding(name, "ok", f"{metadata.version(name)}, for {purpose}")
    except metadata.PackageNotFoundError:
        return Finding(name, "missing", f"for {purpose}", f"pip install 'nna[{extra}]'")


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB"
