"""The figures of pages: computed and drawn when they are first asked for, each with its home."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache

from nna import registry
from nna.lab import catalog, record, report
from nna.lab.blocks import catalog as blocks


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a figure, and the line that computes it."""

    coords: str  # as an area of an image has them: left, top, right, bottom
    says: str
    line: int
    code: str


@cache
def block(name: str) -> str:
    """What a block does, computed and drawn when it is first asked for, as an image's address."""
    from nna.lab.blocks import panels, plots

    own = blocks.describe(name)
    return _address(panels.image(panels.draw(plots.numbers(own), own.title), "svg"))


def structure(name: str) -> tuple[str, tuple[Written, ...]]:
    """What an architecture computes, at its size for a desk, and where each part is written.

    Returns:
        The address of an image, and its places that a line of the source computes.
    """
    from nna import figures

    made, source = figures.figure(name), registry.source(name).read_text("utf-8").splitlines()
    places = tuple(
        Written(
            ",".join(f"{v:.0f}" for v in (a.left, a.top, a.left + a.width, a.top + a.height)),
            a.says,
            a.line,
            source[a.line - 1].strip(),
        )
        for a in made.areas
    )
    return _address(made.svg.encode()), places


@cache
def check(row: str) -> str:
    """The figure of a structural check, computed when it is first asked for, as an address."""
    from nna.lab import check as checks
    from nna.lab.blocks import panels

    return _address(panels.image(checks.draw(catalog.checks(row)[0]), "svg"))


def _address(svg: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()


def named(asked: str, root: str) -> tuple[str, str]:
    """A figure that a chapter names: its picture, and the page that it comes from.

    `lab:xor` is an experiment's or a check's, `block:relu` a block's, `trials:norm` that of all
    trials of a kind of block, `families:reading` a count of the architectures.
    """
    kind, _, name = asked.partition(":")
    if kind in ("trials", "families"):
        page = f"blocks.html#{name}" if kind == "trials" else "taxonomy.html"
        return _counted(kind, name), root + page
    if kind == "block":
        picture = block(name)
    elif rows := catalog.checks(name):
        picture = check(rows[0].row)
    else:
        picture = report.figure(name, record.SHIPPED)
    return picture, root + home(kind, name)


def home(kind: str, name: str) -> str:
    """The page of a block, an experiment or a check."""
    if kind == "lab" and catalog.checks(name):
        return f"lab/topic-{name.partition('-')[0].lower()}.html#{name}"
    return f"{kind}/{name}.html"


@cache
def _counted(kind: str, name: str) -> str:
    """A figure of stored trials or of declarations, as an image's address."""
    from nna.app import totals
    from nna.lab.blocks import abreast, panels

    drawing = abreast.draw(name) if kind == "trials" else totals.draw(totals.PICTURES[name]())
    return _address(panels.image(drawing, "svg"))
