"""Do scripts run to their end without nna, and learn? `tools/scripts.py [NAMES] [--framework F]`.

Each is written as `nna script` writes it and run in a process that can't import nna; what it
printed lies in docs/measured/scripts, a file an architecture, kept after each one: a run that was
cut off goes on, and what has changed since is run anew. docs/measured/scripts.md is made of it.
Ends with 1 where a script failed, or its figure is no eleventh of the ten seeds.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import io
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import pstdev
from typing import Any

import numpy as np

from nna import paired, registry
from nna.errors import UserError
from nna.scripts import write
from nna.scripts.parts import FIGURES

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "measured" / "scripts"
PAGE = KEPT.with_suffix(".md")
BACKEND = os.environ.get("KERAS_BACKEND", "jax")
ALONE = """import resource, runpy, sys
sys.modules["nna"] = None
path, limit = sys.argv[1], int(sys.argv[2])
sys.argv = [""]
if limit:
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
runpy.run_path(path, run_name="__main__")
"""
HEAD = """# Scripts, run

Written by `tools/scripts.py`: each script that `nna script` writes, run to its end where nna
can't be imported, and its figure on the test part. "As the ten seeds" says that it lies within
what ten seeds of the signature task gave, give or take their standard deviation; "reaches" that
it is as good as the signature's threshold, where ten seeds were not run. In Keras, where the twin
is trained by `fit`, a figure must do both. Keras ran on {backend}. Minutes are of one thread, and
only say what to expect.

"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one script came to."""

    mark: str  # of what it computes
    metric: str
    figure: float | None
    minutes: float
    failed: str = ""  # the last line of what it fell over

    @property
    def done(self) -> bool:
        """Whether it ran to its end."""
        return self.figure is not None


def frameworks(name: str) -> list[str]:
    """What an architecture's script can be written in."""
    return ["torch", *(["keras"] if registry.describe(name).twin else [])]


def metric_of(name: str) -> str:
    """What a script measures: the signature's metric, if it is written out."""
    metric = registry.describe(name).signature.metric
    return metric if metric in FIGURES else "its objective"


def mark(made: write.Script) -> str:
    """A hash of what a script computes: its statements without their sentences, and its data."""
    tree = ast.parse(made.text)
    for node in ast.walk(tree):
        sayable = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        if sayable and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    seen = hashlib.sha256(ast.unparse(tree).encode())
    with np.load(io.BytesIO(made.data)) as held:
        for key in held.files:
            seen.update(key.encode() + held[key].tobytes())
    return seen.hexdigest()[:16]


def run(folder: Path, made: write.Script, stem: str, limit: int | None = None) -> str:
    """What a script prints, run in a folder by a process that can't import nna.

    Raises:
        subprocess.CalledProcessError: it fails, or takes more than `limit` processor seconds.
    """
    (folder / f"{stem}_data.npz").write_bytes(made.data)
    path = folder / f"{stem}.py"
    path.write_text(made.text, encoding="utf-8")
    settings = {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ALONE, str(path), str(limit or 0)],
        env=os.environ | settings | {"KERAS_BACKEND": BACKEND},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def outcome(name: str, framework: str, limit: int | None = None) -> Outcome:
    """Write a script and run it."""
    made, metric = write.script(name, "script", framework), metric_of(name)
    began, figure, failed = _used(), None, ""
    with tempfile.TemporaryDirectory(prefix="script-") as folder:
        try:
            said = run(Path(folder), made, "script", limit)
            (found,) = re.findall(r" on the test part: (\S+)$", said, re.M)
            figure = float(found)
        except subprocess.CalledProcessError as error:
            said = error.stderr.strip().splitlines()[-1:]
            failed = f"not at its end after {limit} s" if error.returncode < 0 else said[0][:200]
    return Outcome(mark(made), metric, figure, round((_used() - began) / 60, 1), failed)


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def verdict(name: str, framework: str, found: Outcome) -> tuple[bool, str]:
    """Whether a script does what it should, and in a few words what it does."""
    if found.figure is None:
        return False, found.failed
    if not np.isfinite(found.figure):
        return False, "no number"
    if found.metric not in FIGURES:
        return True, "ran to its end"
    signature, kept = registry.describe(name).signature, paired.read(registry.folder(name))
    lower = found.metric in ("mse", "bits per byte")
    short = (signature.threshold - found.figure) * (-1 if lower else 1)
    reached = short <= 0
    seen = [one["figure"]["value"] for one in kept.get("seeds", {}).values()]
    if len(seen) < paired.ENOUGH:
        if framework == "torch" and not reached:  # another draw of what nna itself trains
            return True, f"under {signature.threshold:g}, and no ten seeds yet to judge it by"
        return reached, f"{'reaches' if reached else 'misses'} {signature.threshold:g}"
    margin = pstdev(seen)
    if not min(seen) - margin <= found.figure <= max(seen) + margin:
        return False, f"the ten seeds gave {min(seen):.4g} to {max(seen):.4g}"
    if framework == "keras" and not reached:
        return False, f"misses {signature.threshold:g}"
    return True, f"as the ten seeds: {min(seen):.4g} to {max(seen):.4g}"


def stored(name: str, kept: Path = KEPT) -> dict[str, Outcome]:
    """What is known of an architecture's scripts, by framework."""
    path = kept / f"{name}.json"
    held = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {framework: Outcome(**one) for framework, one in held.items()}


def keep(name: str, framework: str, found: Outcome, kept: Path = KEPT) -> None:
    """Put one beside what is known."""
    known = stored(name, kept) | {framework: found}
    rows = [f' "{key}": {json.dumps(_plain(one))}' for key, one in sorted(known.items())]
    kept.mkdir(parents=True, exist_ok=True)
    (kept / f"{name}.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def _plain(one: Outcome) -> dict[str, Any]:
    return {key: getattr(one, key) for key in Outcome.__slots__}


def page() -> str:
    """All that ran, and what didn't, as a page."""
    lines = ["| architecture | in | figure | | minutes |", "|---|---|---|---|---|"]
    missing: list[str] = []
    for name in sorted(registry.names()):
        known = stored(name)
        for framework in frameworks(name):
            if (found := known.get(framework)) is None or not found.done:
                if registry.describe(name).twin or found:
                    why = f" ({found.failed})" if found else ""
                    missing.append(f"{name} in {framework}{why}")
                continue
            kept, said = verdict(name, framework, found)
            figure = f"{found.metric} {found.figure:.4g}"
            said = said if kept else f"**{said}**"
            lines.append(f"| {name} | {framework} | {figure} | {said} | {found.minutes:g} |")
    text = HEAD.format(backend=BACKEND.upper())
    text += "\n".join(lines) + "\n"
    if missing:
        text += f"\nOf those with a twin, not run to their end yet: {', '.join(missing)}.\n"
    return text


def asked(names: Sequence[str], framework: str | None) -> Iterator[tuple[str, str]]:
    """The scripts that are to be run."""
    for name in names:
        if registry.family(name) != registry.EXTERNAL:
            yield from ((name, of) for of in frameworks(name) if framework in (None, of))


def main() -> int:
    """Run what isn't known yet, write the page; 1 where something isn't as it should be."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("names", nargs="*", help="architectures; without any, all")
    words.add_argument("--framework", choices=[*write.FRAMEWORKS], help="only in this one")
    words.add_argument("--limit", type=int, help="processor seconds that a script may take")
    words.add_argument("--page", action="store_true", help="only write the page from what is kept")
    given = words.parse_args()
    failed = False
    try:
        names = given.names or registry.names()
        for name, framework in asked(names, given.framework):
            found = stored(name).get(framework)
            if not given.page and _is_due(name, framework, found):
                found = outcome(name, framework, given.limit)
                keep(name, framework, found)
            if found is not None:
                kept, said = verdict(name, framework, found)
                failed |= not kept
                told = [name, framework, found.metric, found.figure, said, f"{found.minutes:g} min"]
                print(*told, sep="  ", flush=True)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    PAGE.write_text(page(), encoding="utf-8")
    return int(failed)


def _is_due(name: str, framework: str, found: Outcome | None) -> bool:
    if found is None or not found.done:
        return True
    return found.mark != mark(write.script(name, "script", framework))


if __name__ == "__main__":
    sys.exit(main())
