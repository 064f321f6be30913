"""How far a reader has to jump to follow one thing: `python tools/hops.py [--edges]`.

A hop is a pair of functions in different files of nna of which one calls the other, straight or
through code that isn't nna's (torch, a thread pool of a library). Each pair counts once, however
often it is called; the call from outside that begins counts as well. What happens while a module is
imported, and what Python writes itself (the `__init__` of a dataclass), counts nothing.

The package that is found first on PYTHONPATH is measured, so that older ones can be, too.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

OUTSIDE = "(outside)"
Hop = tuple[str, str]  # "file.py:function" that calls, and that is called


class Counter:
    """Notes every hop between the files below a folder while it is entered."""

    def __init__(self, root: Path) -> None:
        self.hops: set[Hop] = set()
        self._root = f"{root}{os.sep}"
        self._importing = 0

    def __enter__(self) -> Counter:
        sys.setprofile(self._profile)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _profile(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event not in ("call", "return") or not self._own(code):
            return
        if code.co_name == "<module>":
            self._importing += 1 if event == "call" else -1
        elif event == "call" and not self._importing:
            before = frame.f_back
            while before is not None and not self._own(before.f_code):
                before = before.f_back
            if before is None or before.f_code.co_filename != code.co_filename:
                caller = OUTSIDE if before is None else self._name(before.f_code)
                self.hops.add((caller, self._name(code)))

    def _own(self, code: CodeType) -> bool:
        return code.co_filename.startswith(self._root)

    def _name(self, code: CodeType) -> str:
        return f"{code.co_filename.removeprefix(self._root)}:{code.co_qualname}"


def hops(work: Callable[[], object], root: Path) -> set[Hop]:
    """The hops between files below `root` that `work` makes."""
    with Counter(root) as counter:
        work()
    return counter.hops


def main() -> None:
    """Print a line for each of five things; with `--edges` all their hops."""
    import nna

    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--edges", action="store_true", help="list every hop")
    asked = parser.parse_args()
    root = Path(nna.__file__).parent
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for name, work in works():
            found = hops(work, root)
            print(f"{len(found):4}  {name}", flush=True)
            for edge in sorted(found) if asked.edges else ():
                print("      ", " -> ".join(edge))


def works() -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, on small data made in the working directory."""
    import numpy as np
    import pandas as pd
    from PIL import Image

    import nna

    draw = np.random.default_rng(0)
    table = pd.DataFrame({name: draw.normal(size=120) for name in ("high", "wide")})
    table["kind"] = draw.choice(["a", "b"], 120)
    table["target"] = draw.choice(["u", "v"], 120)
    table.to_csv("table.csv", index=False)
    days = pd.date_range("2024-01-01", periods=150).astype(str)
    pd.DataFrame({"ds": days, "y": np.sin(np.arange(150) / 3)}).to_csv("series.csv", index=False)
    for number in range(40):
        path = Path("pictures", "ab"[number % 2], f"{number}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 255, (8, 8), dtype=np.uint8)).save(path)

    yield 'nna.build("lenet5")', lambda: nna.build("lenet5")
    estimator = nna.Classifier("mlp", recipe={"epochs": 2})
    x, y = table[["high", "wide", "kind"]], table["target"]
    yield "Classifier.fit", lambda: estimator.fit(x, y)
    yield "nna train FILE.csv", lambda: _nna("train mlp table.csv --target target")
    yield "a forecast (train, predict)", _forecast
    yield "a folder of pictures (train)", lambda: _nna("train lenet5 pictures")


def _forecast() -> None:
    _nna("train mlp series.csv --target y --horizon 3 --name ahead")
    _nna("predict runs/ahead series.csv")


def _nna(line: str) -> None:
    """A command, two epochs where it trains."""
    from nna.cli import run

    words = line.split()
    words += ["--epochs", "2"] if words[0] == "train" else []
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        status = run(words)
    if status:
        raise SystemExit(f"nna {line}: {told.getvalue()}")


if __name__ == "__main__":
    main()
