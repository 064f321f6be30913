"""Do the checks catch faults? `make mutants ID=gru [SEED=n] [N=20]`; without ID, of all.

Faults are drawn by rule from the syntax tree under a seed, and planted one at a time in a copy of
the package; the working tree stays as it is. Results are kept in docs/measured/mutants, so that a
run that was cut off goes on when it is given its seed again. Ends with 1 below the bar.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from mutation import draw, results
from mutation.results import BAR, DEAD, Result, Store, rate

from nna import registry
from nna.errors import UserError

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "measured" / "mutants"
PAGE = ROOT / "docs" / "mutants.md"
BENCH = Path(__file__).parent / "mutation" / "bench.py"


class Bench:
    """A process beside a copy of the package, which judges one architecture's mutants."""

    def __init__(self, root: Path, name: str) -> None:
        package = Path(registry.__file__).parent
        copy = root / "src" / "nna"
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        self.folder = copy / registry.folder(name).relative_to(package)
        settings = {"PYTHONPATH": str(root / "src"), "OMP_NUM_THREADS": "1", "KERAS_BACKEND": "jax"}
        self.process = subprocess.Popen(
            [sys.executable, str(BENCH), name],
            cwd=root,
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(root / "log").open("wb"),
            text=True,
        )
        self.plain = self._answer(root)

    def judge(self, file: str, text: str) -> dict[str, Any]:
        """What the checks say of a source in the place of the architecture's own."""
        assert self.process.stdin is not None
        asked = {"path": str(self.folder / file), "text": text}
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return self._answer(self.folder.parents[4])

    def _answer(self, root: Path) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            last = (root / "log").read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
            raise UserError(f"the process that judges mutants ended: {' '.join(last)}")
        return json.loads(line)


@contextmanager
def bench(name: str) -> Iterator[Bench]:
    """A bench in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        made = Bench(Path(folder), name)
        try:
            yield made
        finally:
            made.process.kill()
            made.process.wait()


def study(name: str, seed: int, wanted: int, kept: Path = KEPT) -> list[Result]:
    """Draw and judge faults of one architecture until `wanted` of them run, or none is left."""
    folder = registry.folder(name)
    store, sources = Store(kept, name), draw.sources(folder)
    mark = results.mark(Path(registry.__file__).parent, folder)
    found: list[Result] = []
    todo = draw.drawn(name, sources, seed)
    with _lazily(name) as judge:
        began = time.monotonic()
        while sum(r.ran for r in found) < wanted:
            if (fault := next(todo, None)) is None:
                break
            result = store.find(seed, fault, mark)
            if result is None:
                told = judge(fault, sources[fault.file])
                result = Result(seed, fault.kind, fault.key, **told, mark=mark)
                if result.decided:
                    result = store.add(result)
            found.append(result)
            _say(name, result, found, wanted, time.monotonic() - began)
    return found


@contextmanager
def _lazily(name: str) -> Iterator[Any]:
    """A judge whose bench starts with the first fault that nothing is known of."""
    started: list[Any] = []

    def judge(fault: draw.Fault, source: str) -> dict[str, Any]:
        if not started:
            context = bench(name)
            started.extend((context, context.__enter__()))
            for title, how in started[1].plain.get("broken", {}).items():
                print(f"{name}: fails without any fault, and is left out: {title}: {how}")
            if not started[1].plain.get("seconds"):
                raise UserError(f"{name}: no check passes without a fault: {started[1].plain}")
        if not draw.runs(source, fault, started[1].plain["lines"].get(fault.file, [])):
            return {"caught": DEAD, "how": "", "seconds": 0.0}
        return started[1].judge(fault.file, draw.apply(source, fault))

    try:
        yield judge
    finally:
        if started:
            started[0].__exit__(None, None, None)


def _say(name: str, result: Result, found: list[Result], wanted: int, took: float) -> None:
    by = result.caught or "SURVIVED"
    if result.caught == DEAD:
        by = f"SURVIVED: {DEAD}"
    done = sum(r.ran for r in found)
    left = took / max(done, 1) * (wanted - done) / 60
    kind = f"{result.kind:13}"
    print(f"{name} {done}/{wanted} ({left:.0f} min) {kind} {result.fault} | {by}", flush=True)


def main() -> int:
    """Study, store, write the page; 1 if fewer than the bar are caught."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("names", nargs="*", help="architectures; without any, all")
    words.add_argument("--seed", type=int, help="draws the faults; a fresh one unless given")
    words.add_argument("-n", type=int, default=20, help="faults an architecture that run")
    words.add_argument("--jobs", type=int, default=1, help="processes, one a core at most")
    words.add_argument("--page", action="store_true", help="only write the page from what is kept")
    asked = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that benches and copies go too
    try:
        caught = None if asked.page else _all(asked)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    PAGE.write_text(results.page(results.stored(KEPT)), encoding="utf-8")
    return 0 if caught is None or caught >= BAR else 1


def _all(asked: argparse.Namespace) -> float | None:
    names = [registry.split(name)[0] for name in asked.names] or list(registry.names())
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    print(f"SEED={seed}: give it again to repeat these draws, or to go on with them")
    jobs = max(1, min(asked.jobs, os.cpu_count() or 1))
    with ThreadPoolExecutor(jobs) as pool:
        held = dict(
            zip(names, pool.map(partial(study, seed=seed, wanted=asked.n), names), strict=True)
        )
    every = [result for found in held.values() for result in found]
    for name, found in {**held, "all": every}.items():
        share = rate(found)
        lost = sum(r.survived and r.counts for r in found)
        counted = sum(r.counts for r in found)
        shown = "nothing that counts" if share is None else f"{share:.0%}"
        print(f"{name}: {counted - lost} of {counted} caught ({shown}), {lost} survived")
    return rate(every)


if __name__ == "__main__":
    sys.exit(main())
