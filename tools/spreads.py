"""Do thresholds on trained figures hold under other seeds? `tools/spreads.py [NAMES]`; all without.

Each architecture's own tests run under ten shifted seeds, and every figure that they compare by
size is noted; with --signature each is trained ten times on its signature task instead. Results
lie in docs/measured/spreads, a file an architecture, and in its folder (seeds.json), written after
every seed: a run that was cut off goes on. --fresh draws one seed that nobody has seen, keeps
nothing, and counts failures over all.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from spreading import figures, results
from spreading.results import ENOUGH, Signed, Store, Verdict

from nna import paired, probe, registry
from nna.errors import UserError

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "measured" / "spreads"
PAGE = ROOT / "docs" / "spreads.md"
RUNNER = Path(__file__).parent / "spreading" / "own_tests.py"


def tests_of(name: str) -> Path:
    """The file of an architecture's own tests."""
    return registry.folder(name) / f"test_{name}.py"


def measure_tests(name: str, seeds: Sequence[int] = range(ENOUGH), kept: Path = KEPT) -> None:
    """Run an architecture's own tests under the seeds that are not known yet."""
    store = Store(kept, name)
    known = store.begin(mark(name))
    todo = [seed for seed in seeds if str(seed) not in known]
    if not todo:
        return
    with runner(name) as ask:
        for seed in todo:
            chosen = varying(known) if len(known) > 1 else None
            told = {"figures": {}, "failed": {}} if chosen == [] else ask(seed, chosen or [])
            known[str(seed)] = told
            store.keep()
            print(f"{name} tests, seed {seed}: {len(told['failed'])} failed otherwise", flush=True)
    moved = varying(known)  # of what no seed changes, nothing need be kept
    for told in known.values():
        told["figures"] = {c: f for c, f in told["figures"].items() if _function(c) in moved}
    store.keep()


def varying(known: dict[str, Any]) -> list[str]:
    """The tests in which the seed has a say, from what the first two seeds gave."""
    first, second, *_ = known.values()
    cases = {*first["figures"], *second["figures"]}
    moved = {c for c in cases if first["figures"].get(c) != second["figures"].get(c)}
    failed = {case for told in known.values() for case in told["failed"]}
    return sorted({_function(case) for case in moved | failed})


def _function(case: str) -> str:
    return case.partition("[")[0]


@contextmanager
def runner(name: str) -> Iterator[Any]:
    """A process that runs an architecture's tests under seeds."""
    paths = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH"))))
    settings = {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "KERAS_BACKEND": "jax"}
    process = subprocess.Popen(
        [sys.executable, str(RUNNER), str(tests_of(name))],
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, back = process.stdin, process.stdout

    def ask(seed: int, tests: list[str]) -> dict[str, Any]:
        print(json.dumps({"seed": seed, "tests": tests}), file=to, flush=True)
        if not (line := back.readline()):
            raise UserError(f"{name}: the process that runs its tests ended under seed {seed}")
        return json.loads(line)

    try:
        yield ask
    finally:
        process.kill()
        process.wait()


def mark(name: str) -> str:
    """A hash of what an architecture's own tests compute, with their thresholds left out."""
    text = figures.without_thresholds(tests_of(name).read_text(encoding="utf-8"))
    for path in sorted(registry.folder(name).glob("*.py")):
        if path != tests_of(name) and path.stem not in ("spec", "weights", "parity", "model_keras"):
            text += ast.unparse(ast.parse(path.read_text(encoding="utf-8")))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def measure_signature(name: str, seeds: Sequence[int] = range(ENOUGH)) -> None:
    """Train an architecture on its signature task under the seeds that are not known yet."""
    from nna.training import files
    from nna.workbench import signature

    task, path = registry.describe(name).signature, registry.folder(name) / paired.FILE
    kept = paired.read(registry.folder(name))
    asked = {"data": task.data, "metric": task.metric, "baseline": task.baseline}
    quantities = signature.hangs_on(name)
    if {key: kept.get(key) for key in asked} != asked or stale(kept, quantities):
        kept = {**asked, "tested": signature.tested(task.data), "seeds": {}}
    for seed in seeds:
        if str(seed) in kept["seeds"]:
            continue
        figure, rival = signature.compared(task, signature.behave(name, seed)["results"])
        kept["seeds"][str(seed)] = {"figure": figure.to_json(), "rival": rival.to_json()}
        verdict = signature.of_seeds(kept)
        kept |= {"paired": asdict(verdict) if verdict else None, "quantities": quantities}
        files.write(path, results.text(kept, 3) + "\n")
        print(f"{name} signature, seed {seed}: {figure.value} against {rival.value}", flush=True)


def stale(kept: dict[str, Any], quantities: dict[str, Any]) -> str | None:
    """In what a signature training computes otherwise than when its seeds were run."""
    return probe.differs({"quantities": kept.get("quantities", {})}, {"quantities": quantities})


def verdicts(name: str, kept: Path = KEPT) -> tuple[Signed | None, list[Verdict]]:
    """What the seeds measured so far say of an architecture's thresholds."""
    store = Store(kept, name)
    source = figures.asserted(tests_of(name).read_text(encoding="utf-8"))
    task = registry.describe(name).signature
    signed = results.signed(name, paired.read(registry.folder(name)), task.threshold)
    return signed, [*results.own(store, source)]


def fresh(names: Sequence[str], trained: bool) -> int:
    """Judge every assertion on a trained figure under a seed drawn now; 1 if too many fail."""
    from nna.workbench import signature

    seed = random.SystemRandom().randrange(ENOUGH, 10**6)
    print(f"SEED={seed}")
    failed, total = [], 0
    for name in names:
        source = figures.asserted(tests_of(name).read_text(encoding="utf-8"))
        trusted = sorted({_function(verdict.case) for verdict in verdicts(name)[1]})
        told: dict[str, Any] = {"figures": {}}
        if trusted:
            with runner(name) as ask:
                told = ask(seed, trusted)
        for case, held in told["figures"].items():
            for key, operands in held.items():
                total += 1
                if not source[key].gap(operands) >= 0:
                    failed.append(f"{name} {case} {key}: {operands}")
        if trained:
            total += 1
            held = signature.behave(name, seed)
            failed += [] if held["kept"] else [f"{name}: {held['evidence']}"]
        print(f"{name}: {len(failed)} of {total} failed so far", flush=True)
    print(*failed, sep="\n")
    return int(results.bound(len(failed), total))


def main() -> int:
    """Measure, store, write the page; 1 if a threshold lies within its margin."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("names", nargs="*", help="architectures; without any, all")
    words.add_argument("--signature", action="store_true", help="signature trainings instead")
    words.add_argument("--fresh", action="store_true", help="one new seed; nothing is kept")
    words.add_argument("--page", action="store_true", help="only write the page from what is kept")
    asked = words.parse_args()
    try:
        names = [registry.split(name)[0] for name in asked.names] or list(registry.names())
        if asked.fresh:
            return fresh(names, asked.signature)
        for name in [] if asked.page else names:
            (measure_signature if asked.signature else measure_tests)(name)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    told = [verdicts(name) for name in registry.names()]
    signatures = [one for one, _ in told if one]
    own = [one for _, several in told for one in several]
    PAGE.write_text(results.page(signatures, own), encoding="utf-8")
    thin = [f"{v.architecture}: {v}: {min(v.gaps):.3g}" for v in own if not v.holds]
    thin += [
        f"{s.architecture}: threshold {s.threshold:g}, the seeds ask for {s.suggested:.4g}"
        for s in signatures
        if not s.reached
    ]
    print(*thin, sep="\n")
    return int(bool(thin))


if __name__ == "__main__":
    sys.exit(main())
