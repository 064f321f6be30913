"""The process that runs one architecture's own tests under shifted seeds, and notes their figures.

`python own_tests.py FILE` reads lines `{"seed": 3, "tests": [...]}` and answers each with
`{"figures": {...}, "failed": {...}}`. Seed 0 is what the tests are.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
import torch

from spreading import figures

SIGNS = {
    "<": lambda a, b: b - a,
    "<=": lambda a, b: b - a,
    ">": lambda a, b: a - b,
    ">=": lambda a, b: a - b,
}


class Notes:
    """A plugin of pytest that keeps what tests compare, and which of them fail otherwise."""

    def __init__(self, seed: int) -> None:
        self.seed, self.case = seed, ""
        self.figures: dict[str, dict[str, list[float]]] = {}  # by case and key
        self.failed: dict[str, str] = {}
        self._gaps: dict[tuple[str, str], float] = {}

    def note(self, key: str, signs: str, operands: list[Any]) -> Any:
        """Keep the operands that come nearest to failing; what has no size is only judged."""
        told = signs.split()
        try:
            held = [float(one) for one in operands]
        except (TypeError, ValueError, RuntimeError):
            pairs = zip(told, operands, operands[1:], strict=False)
            return all(_holds(sign, left, right) for sign, left, right in pairs)
        pairs = zip(told, held, held[1:], strict=False)
        gap = min(SIGNS[sign](left, right) for sign, left, right in pairs)
        full = (self.case, key)
        if math.isnan(gap) or gap < self._gaps.get(full, math.inf):
            self._gaps[full] = gap
            self.figures.setdefault(self.case, {})[key] = [float(f"{one:.6g}") for one in held]
        return True  # so that what follows is seen too

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Name the case, and start what is drawn before any seed is set."""
        self.case = item.name
        torch.manual_seed(1000 + self.seed)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the last line of what failed otherwise than by a size."""
        if report.failed:
            name = report.nodeid.rpartition("::")[2]
            lines = str(report.longrepr).strip().splitlines()
            self.failed[name] = next((x for x in reversed(lines) if x.startswith("E ")), lines[-1])


def _holds(sign: str, left: Any, right: Any) -> Any:
    return {"<": left.__lt__, "<=": left.__le__, ">": left.__gt__, ">=": left.__ge__}[sign](right)


def run(path: Path, folder: Path, seed: int, tests: list[str]) -> dict[str, Any]:
    """Run the file's tests in a copy, under one seed."""
    notes = Notes(seed)
    head = f"from builtins import {figures.NOTE}, {figures.SHIFT}\n"
    text = figures.rewritten(path.read_text(encoding="utf-8"))
    future = "from __future__ import annotations\n"
    text = future + head + text.replace(future, "") if future in text else head + text
    copy = folder / f"seed{seed}_{path.name}"
    copy.write_text(text, encoding="utf-8")
    import builtins

    setattr(builtins, figures.NOTE, notes.note)
    setattr(builtins, figures.SHIFT, seed)
    chosen = [f"{copy}::{test}" for test in tests] or [str(copy)]
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "-m", ""]
    options += ["-c", "/dev/null", "--rootdir", str(folder), "--assert=plain", "-W", "ignore"]
    with contextlib.redirect_stdout(sys.stderr):
        code = pytest.main([*options, "-p", "no:xdist", *chosen], plugins=[notes])
    if code not in (0, 1, 5):
        raise SystemExit(f"pytest ended with {code}")
    return {"figures": notes.figures, "failed": notes.failed}


def main(path: Path) -> None:
    """Answer until nothing more is asked."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.dont_write_bytecode = True
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="spreads-") as folder:
        for line in sys.stdin:
            asked = json.loads(line)
            told = run(path, Path(folder), asked["seed"], asked["tests"])
            print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
