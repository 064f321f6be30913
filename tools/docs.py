"""Regenerate what the documents say: ledger, tables, pictures of a report and of the map.

`make docs` runs it all (some minutes); `--table` only rewrites the tables from what is stored,
names of architectures prove only these anew (`tools/docs.py lenet5 resnet`), `--stale` those whose
signature training computes something else by now, as their probes tell, and `--facts` the counts of
all alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import screenshots

from nna import ledger, probe, registry
from nna.training import files
from nna.workbench import signature
from nna.workbench.recommendation import family_results

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def main() -> None:
    """Prove, write, draw."""
    for stem, held in family_results.shipped().items():
        (DOCS / "measured" / f"{stem}.md").write_text(family_results.table(held), encoding="utf-8")
    asked = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--stale" in sys.argv:
        asked += [
            name for name in registry.names() if not ledger.kept(name) or signature.stale(name)
        ]
    if "--facts" in sys.argv:
        keep_facts()
    only = tuple(registry.split(name)[0] for name in asked)
    if only:
        keep([entry for entry in ledger.stored() if entry.architecture not in only], only)
    elif len(sys.argv) == 1:
        keep([], registry.names())
    files.write(DOCS / "architectures.md", table())
    screenshots.main()


def keep(known: Sequence[ledger.Entry], names: Sequence[str]) -> None:
    """Prove these anew and put the ledger into the package and the documents, after each one.

    Args:
        known: entries of all others.
        names: ids; one process a core, each with one thread.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    entries = list(known)
    with ProcessPoolExecutor(mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        for name, (found, hangs_on) in zip(names, pool.map(_prove, names), strict=True):
            for entry in found:
                print(entry.architecture, entry.check, entry.state, flush=True)
            entries += found
            entries.sort(key=lambda e: registry.names().index(e.architecture))
            files.write_json(ledger.SHIPPED, ledger.plain(entries))
            files.write(DOCS / "ledger.md", ledger.markdown(entries))
            files.write(registry.folder(name) / signature.PROBE, probe.text(hangs_on))


def keep_facts() -> None:
    """Count parameters and multiply-adds anew, and put them into the ledger as it is."""
    fresh = {(e.architecture, e.check): e for name in registry.names() for e in ledger.facts(name)}
    entries = [fresh.get((e.architecture, e.check), e) for e in ledger.stored()]
    files.write_json(ledger.SHIPPED, ledger.plain(entries))
    files.write(DOCS / "ledger.md", ledger.markdown(entries))


def _prove(name: str) -> tuple[list[ledger.Entry], probe.Probe]:
    return [*ledger.verify([name])], signature.probe_of(name)


def table() -> str:
    """One row an architecture, from the specs and the stored ledger."""
    stored = ledger.stored()
    lines = [
        "# Architectures",
        "",
        "By year; the figures are those of the last ledger, with 95 % intervals.",
        "",
        "| architecture | year | idea | facts | parity | behaviour: on its signature task |",
        "|---|---|---|---|---|---|",
    ]
    order = sorted(registry.names(), key=lambda name: registry.describe(name).paper.year)
    for name in order:
        spec = registry.describe(name)
        own = [e for e in stored if e.architecture == name]
        states = [_state([e for e in own if e.proof == p]) for p in ("facts", "parity")]
        behaved = next((e for e in own if e.proof == "behaviour"), None)
        shown = f"{behaved.check}: {behaved.evidence}; {behaved.paired}" if behaved else "not run"
        cells = [f"`{name}`", str(spec.paper.year), spec.idea, *states, shown]
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _state(entries: list[ledger.Entry]) -> str:
    states = {entry.state for entry in entries}
    return "proven" if states == {"proven"} else ", ".join(sorted(states)) or "not run"


if __name__ == "__main__":
    main()
