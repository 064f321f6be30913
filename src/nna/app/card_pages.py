"""What pages of architectures hold: the table, the taxonomy, a card, several side by side."""

from __future__ import annotations

import dataclasses
from typing import Any

from nna import ledger, registry
from nna.app import figures, markdown, play_pages, play_request, structure, take_home
from nna.atlas import attributions, cards, catalogue, citation, diff, errata, lineage
from nna.atlas.example_size import example_size
from nna.workbench.recommendation import family_results


def rows() -> list[dict[str, Any]]:
    """A row an architecture: facts, measured results and proofs."""
    made, entries = [], ledger.stored()
    for name, spec in catalogue.read().specs.items():
        desk, largest = spec.variants[registry.DESK], max(spec.variants.values(), key=_size)
        reached = family_results.of(name)
        own = [entry for entry in entries if entry.architecture == name]
        made.append(
            {
                "id": name,
                "name": spec.name,
                "family": registry.family(name),
                "year": spec.year,
                "idea": spec.idea,
                "params": desk.params,
                "largest": largest.params,
                "macs": desk.macs,
                "example": example_size(spec, desk),
                "accuracy": reached[0] if reached else None,
                "proven": sum(entry.state == "proven" for entry in own),
                "promises": len(own),
            }
        )
    return made


def _size(variant: Any) -> int:
    return variant.params


def taxonomy() -> dict[str, Any]:
    """The families with their members, the oldest first."""
    specs = catalogue.read().specs
    tree = {
        family: sorted(
            (name for name in specs if registry.family(name) == family),
            key=lambda name: (specs[name].year, name),
        )
        for family in catalogue.families()
    }
    return {"tree": tree, "specs": specs}


def card(name: str, drawn: bool = True) -> dict[str, Any]:
    """A card with all that stands beside it; its structure alone needs torch, to be drawn."""
    spec, graph = registry.describe(name), lineage.graph()
    described = graph.specs
    frameworks = ("torch", "keras") if spec.twin else ("torch",)
    written = [registry.source(name, framework) for framework in frameworks]
    return {
        "id": name,
        "spec": spec,
        "family": registry.family(name),
        "card": cards.read(name),
        "before": [n for n in graph.parents[name] if n in described],
        "after": [n for n in graph.children[name] if n in described],
        "specs": described,
        "cite": citation.line(spec.paper),
        "bibtex": citation.entry(name) if spec.paper.title else "",
        "proofs": [entry for entry in ledger.stored() if entry.architecture == name],
        "standings": family_results.of(name),
        "comparisons": family_results.compared_on(name),
        "errata": errata.about(name),
        "origins": attributions.about(name),
        "structure": structure.of(f"{name}/{registry.DESK}") if drawn else None,
        "figure": figures.structure(name) if drawn else None,
        "examples": {key: example_size(spec, v) for key, v in spec.variants.items()},
        "configs": {key: dataclasses.asdict(v.config) for key, v in spec.variants.items()},
        "mechanisms": play_pages.mechanisms_of(name),
        "played": play_pages.PLAYED,
        "watched": name in play_request.models(),
        "offers": [*take_home.offers(name)],
        "sources": {
            path.name: markdown.code(path.read_text(encoding="utf-8"), path.stem)
            for path in written
        },
        "model": registry.source(name).stem,
    }


def between(*names: str) -> dict[str, Any]:
    """What differs between architectures or variants, and what each has reached."""
    found = dataclasses.asdict(diff.diff(*names))
    reached = [_reached(name) for name in found["names"]]
    rows = {key: 0 for own in reached for key in own}
    measured = {key: tuple(own.get(key) for own in reached) for key in rows}
    return {
        "compared": {**found, "measured": measured},
        "specs": catalogue.read().specs,
        "most": diff.MOST,
    }


def _reached(reference: str) -> dict[str, str]:
    """What a variant did under the common protocols, which train desk sizes alone."""
    name, variant, _ = registry.split(reference)
    told = {}
    for row in family_results.of(name) if variant == registry.DESK else []:
        low, high = 100 * row["low"], 100 * row["high"]
        told[f"accuracy on {row['data']}"] = (
            f"{100 * row['accuracy']:.1f} % ({low:.1f} to {high:.1f})"
        )
        if row.get("step"):
            told[f"a step on {row['data']}"] = f"{row['step']:.1f} ms"
    return told
