"""What came of each fault: one JSON file an architecture, and the page that is made from them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mutation.draw import Fault

UNRUN = "does not run"  # building it or one pass fails: whoever uses it sees that, without a check
UNDECIDED = "undecided"  # the machine was too busy to tell
DEAD = "never runs"  # no check and no variant comes by its line
OPEN = "open"
BAR = 0.95


@dataclass(frozen=True, slots=True)
class Result:
    """One fault under one seed, and the first check or test that caught it ("" for none)."""

    seed: int
    kind: str
    fault: str
    caught: str
    how: str = ""
    seconds: float = 0.0
    mark: str = ""  # of the sources it was judged with
    reason: str = ""  # of a survivor, written by a person: "equivalent: ..." or "open: ..."

    @property
    def survived(self) -> bool:
        """No check caught it."""
        return self.caught in ("", DEAD)

    @property
    def decided(self) -> bool:
        """Whether the checks came to an end; if not, it is judged again another time."""
        return self.caught != UNDECIDED

    @property
    def ran(self) -> bool:
        """Whether there is something for checks to see: what can't run shows itself."""
        return self.decided and self.caught != UNRUN

    @property
    def counts(self) -> bool:
        """Whether it belongs into the rate: it runs, and computes or learns something else."""
        return self.ran and not (self.survived and self.reason.lower().startswith("equivalent"))


def rate(results: Iterable[Result]) -> float | None:
    """The share caught of what counts; None where nothing counts."""
    held = [result for result in results if result.counts]
    return sum(not result.survived for result in held) / len(held) if held else None


class Store:
    """Results of one architecture on disk, written after every fault."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.json"
        held = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else []
        self.results = [Result(**one) for one in held]

    def find(self, seed: int, fault: Fault, mark: str) -> Result | None:
        """What is known of a fault, if nothing it hangs on has changed."""
        wanted = (seed, fault.key, mark)
        return next((r for r in self.results if (r.seed, r.fault, r.mark) == wanted), None)

    def add(self, result: Result) -> Result:
        """Keep a result in the place of an older one; the reason that a person gave stays."""
        same = [r for r in self.results if r.fault == result.fault]
        told = next((r.reason for r in (result, *same) if r.reason), "")
        result = replace(result, reason=told if result.survived else "")
        self.results = [r for r in self.results if (r.seed, r.fault) != (result.seed, result.fault)]
        self.results.append(result)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        rows = json.dumps([asdict(r) for r in self.results], indent=1, ensure_ascii=False)
        fresh.write_text(rows + "\n", encoding="utf-8")
        fresh.replace(self.path)
        return result


def mark(package: Path, folder: Path) -> str:
    """A hash of what a result hangs on: the architecture, the blocks, and the checks."""
    files = [*folder.glob("*.py"), *(package / "blocks").rglob("*.py"), package / "agreement.py"]
    files += [*package.glob("contract*.py"), *(package / "contract").rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def stored(folder: Path) -> dict[str, list[Result]]:
    """All results by architecture."""
    return {path.stem: Store(folder, path.stem).results for path in sorted(folder.glob("*.json"))}


def page(held: dict[str, list[Result]]) -> str:
    """The results as Markdown: a row an architecture and a kind, then every survivor."""
    every = [result for results in held.values() for result in results]
    lines = [
        "# Faults that the checks catch",
        "",
        "Written by `make mutants`: faults drawn by rule from the source of each architecture,",
        "one at a time in a copy, against its contract, its parity and its own fast tests; no",
        "signature training. A fault that fails to build, or at the first pass, needs no check and",
        "doesn't count; neither does one that is equivalent, with its reason. A fault in a line",
        "that no check runs counts as survived.",
        f"The bar is {BAR:.0%}.",
        "",
        *_table("architecture", held),
        "",
        *_table("kind", _by_kind(every)),
        "",
        "## Survivors",
        "",
    ]
    for name, results in held.items():
        lost = [result for result in results if result.survived]
        if lost:
            lines += [f"**{name}**", "", *dict.fromkeys(map(_survivor, lost)), ""]
    return "\n".join(lines).rstrip() + "\n"


def _survivor(result: Result) -> str:
    what = result.fault.replace("`", "'")
    unrun = f" ({DEAD})" if result.caught == DEAD else ""
    return f"- {result.kind}: `{what}`{unrun}: {result.reason or OPEN}"


def _by_kind(every: Sequence[Result]) -> dict[str, list[Result]]:
    kinds = sorted({result.kind for result in every})
    return {kind: [result for result in every if result.kind == kind] for kind in kinds}


def _table(title: str, held: dict[str, list[Result]]) -> list[str]:
    lines = [
        f"| {title} | caught | survived | equivalent | in lines never run | share caught |",
        "|---|---|---|---|---|---|",
    ]
    total = [result for results in held.values() for result in results]
    for name, results in {**held, "**all**": total}.items():
        lost = [r for r in results if r.survived]
        states = Counter(r.counts for r in lost)
        dead = sum(r.caught == DEAD for r in lost)
        caught = sum(r.counts and not r.survived for r in results)
        share = rate(results)
        shown = "" if share is None else f"{share:.0%}"
        lines.append(f"| {name} | {caught} | {states[True]} | {states[False]} | {dead} | {shown} |")
    return lines
