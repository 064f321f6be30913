"""The ledger of proofs: what was shown of each architecture, against what, how closely."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nna import paired, registry
from nna.errors import MissingPackageError

if TYPE_CHECKING:
    from nna import contract

Proof = Literal["facts", "parity", "behaviour", "contract"]

FACTS = ("check_parameter_counts", "check_multiply_adds")
SHIPPED = Path(__file__).with_name("ledger.json")
PARITY = ("check_parity", "check_twin")


@dataclass(frozen=True, slots=True)
class Entry:
    """One promise of one architecture, and what came of it."""

    architecture: str
    proof: Proof
    check: str
    state: Literal["proven", "open", "broken", "not run"]
    evidence: str
    command: str  # repeats it
    paired: str = ""  # of a behaviour: what ten seeds beside the baseline say


def stored() -> tuple[Entry, ...]:
    """The ledger that comes with the package: what the maintainers proved."""
    held = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return tuple(over_seeds(Entry(**entry)) for entry in held["entries"])


def verify(names: Sequence[str], behaviour: bool = True) -> Iterator[Entry]:
    """Check every promise of some architectures, one after another.

    Args:
        names: ids.
        behaviour: also train each on its signature task.
    """
    from nna import contract  # with torch, which reading the stored ledger does without

    for name in names:
        for check in contract.checks(registry.describe(name)):
            yield _checked(name, check)
        if behaviour:
            yield _behaved(name)


def facts(name: str) -> Iterator[Entry]:
    """What counting alone shows of an architecture."""
    from nna import contract

    for check in FACTS:
        yield _checked(name, getattr(contract, check))


def _checked(name: str, check: contract.Check) -> Entry:
    from nna import contract

    kind: Proof = "contract"
    if check.__name__ in FACTS:
        kind = "facts"
    elif check.__name__ in PARITY:
        kind = "parity"
    title = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        evidence, state = contract.run(check, name) or "", "proven"
    except MissingPackageError as missing:
        evidence, state = str(missing), "not run"
    except Exception as broken:  # whatever a check breaks on is evidence
        evidence, state = f"{type(broken).__name__}: {broken}", "broken"
    return Entry(name, kind, title, state, evidence, f"nna verify {name} --no-behaviour")  # type: ignore[arg-type]


def _behaved(name: str) -> Entry:
    from nna.workbench.signature import behave

    task = registry.describe(name).signature
    try:
        told = behave(name)
        evidence, state = told["evidence"], "proven" if told["kept"] else "broken"
    except MissingPackageError as missing:
        evidence, state = str(missing), "not run"
    except Exception as broken:  # whatever a training breaks on is evidence
        evidence, state = f"{type(broken).__name__}: {broken}", "broken"
    command = f"nna train {name} {task.data}"
    check = f"{task.metric} on {task.data}"
    return over_seeds(Entry(name, "behaviour", check, state, evidence, command))  # type: ignore[arg-type]


def over_seeds(entry: Entry) -> Entry:
    """The entry with the verdict of ten seeds.

    A training that kept its promise is open until the architecture is ahead of its baseline in a
    paired test over ten of them.
    """
    if entry.proof != "behaviour" or entry.state not in ("proven", "open"):
        return entry
    kept = paired.of_seeds(paired.read(registry.folder(entry.architecture)))
    if kept is None:
        return replace(entry, state="open", paired="not measured over ten seeds")
    baseline = registry.describe(entry.architecture).signature.baseline
    state = "proven" if kept.verdict == "ahead" else "open"
    return replace(entry, state=state, paired=kept.sentence(baseline))


def kept(name: str) -> bool:
    """Whether the stored ledger has this architecture's signature training as promised."""
    own = [e for e in stored() if (e.architecture, e.proof) == (name, "behaviour")]
    return any(e.state in ("proven", "open") for e in own)


def write(entries: Sequence[Entry], folder: Path) -> None:
    """Write `ledger.md` and `ledger.json` into a folder."""
    from nna.training import files

    folder.mkdir(parents=True, exist_ok=True)
    files.write(folder / "ledger.md", markdown(entries))
    files.write_json(folder / "ledger.json", plain(entries))


def plain(entries: Sequence[Entry]) -> dict[str, Any]:
    """The ledger as plain data, with the versions it was computed with."""
    from nna.training.runs import versions

    return {"versions": versions(), "entries": [asdict(e) for e in entries]}


def markdown(entries: Sequence[Entry]) -> str:
    """The ledger as a table of Markdown: one row an architecture."""
    from nna.training.runs import versions

    made = ", ".join(f"{k} {v}" for k, v in versions().items())
    lines = [
        "# Ledger of proofs",
        "",
        f"Computed by `nna verify`, with {made}.",
        "",
        "| architecture | facts | parity | behaviour | contract |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(e.architecture for e in entries):
        own = [e for e in entries if e.architecture == name]
        cells = [_cell([e for e in own if e.proof == p]) for p in ("facts", "parity", "behaviour")]
        kept = [e for e in own if e.proof == "contract"]
        proven = sum(e.state == "proven" for e in kept)
        broken = "; ".join(f"{e.check}: {e.evidence}" for e in kept if e.state != "proven")
        cells.append(f"{proven} of {len(kept)}" + (f": {broken}" if broken else ""))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(entries: Sequence[Entry]) -> str:
    shown = []
    for e in entries:
        text = "\n".join(filter(None, (e.evidence, e.paired))).replace("|", "/")
        text = text.replace("\n", "<br>" if e.state in ("proven", "open") else " ")
        if text:
            shown.append(text if e.state == "proven" else f"**{e.state}**: {text}")
    return "<br>".join(shown) or "not run"
