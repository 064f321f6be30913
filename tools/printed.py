"""Every figure that a spec takes from print, with its place: `tools/printed.py` writes the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nna import registry
from nna.spec import Paper

PAGE = Path(__file__).parents[1] / "docs" / "printed.md"
COUNTED = ("params", "macs")  # the contract counts them


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def rows() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Architecture, variant or weights, figure, value, place, and how it is checked."""
    for name in registry.names():
        spec = registry.describe(name)
        for size, variant in spec.variants.items():
            for figure, printed in variant.paper.items():
                checked = "counted" if figure in COUNTED else "by reading"
                if printed.differs:
                    checked += f"; {printed.differs}"
                yield name, size, figure, f"{printed.value:,.15g}", printed.where, checked
        for key, weights in spec.weights.items():
            checked = "beside torchvision" if ".tv" in weights.hub else "by reading"
            for figure, value in weights.reported.items():
                yield name, key, figure, f"{value:,.15g}", weights.hub, checked


def address(paper: Paper) -> str:
    """Where the paper can be read."""
    if paper.arxiv:
        return f"https://arxiv.org/abs/{paper.arxiv}"
    return f"https://doi.org/{paper.doi}" if paper.doi else paper.url or ""


def page() -> str:
    """A table an architecture, under the address of its paper."""
    lines = [
        "# Printed figures",
        "",
        "Written by `tools/printed.py` from the specs: what a source prints, and where. Parameters",
        "and multiply-adds are counted by the contract, to the unit: the count, rounded, is the",
        "figure printed, or behind `counted` stands why not. Accuracies of torchvision's weights",
        "are compared with torchvision's own; all others hang on whoever reads the place named.",
    ]
    every = [*rows()]
    for name in registry.names():
        if own := [row for row in every if row[0] == name]:
            spec = registry.describe(name)
            title = f"{spec.paper.title} ({spec.paper.year})"
            lines += ["", f"## {name}", "", f"[{title}]({address(spec.paper)})", ""]
            lines += ["| of | figure | value | where | checked |", "|---|---|---|---|---|"]
            lines += [
                f"| {' | '.join(cell.replace('|', '/') for cell in row[1:])} |" for row in own
            ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
