"""How the architectures divide, counted from what they declare: by learning, and by data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from nna import registry
from nna.atlas import catalogue
from nna.spec import Architecture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Counts = dict[str, Counter[str]]  # family to how many of its architectures do what


def learning() -> Counts:
    """Families to the kinds of learning that suit their architectures; some know several."""
    from nna import objectives  # with torch, which the first page does without

    return _counted(lambda spec: {objectives.get(name).kind for name in spec.objectives})


def reading() -> Counts:
    """Families to the kinds of data that their architectures read; some read two at once."""
    return _counted(lambda spec: {port.kind for port in spec.inputs.values()})


def _counted(of: Callable[[Architecture], Iterable[str]]) -> Counts:
    found: Counts = {family: Counter() for family in catalogue.families()}
    for name, spec in catalogue.read().specs.items():
        found[registry.family(name)].update(of(spec))
    return found


def draw(counts: Counts) -> Figure:
    """A field for each family and kind, darker the larger its share of the family."""
    from nna.lab.drawing import new

    total = sum(counts.values(), Counter())
    kinds = [kind for kind, _ in total.most_common()]
    drawing, (axis,) = new(7.6, 0.8 + 0.42 * len(counts))
    shares = [[row[kind] / max(1, row.total()) for kind in kinds] for row in counts.values()]
    axis.imshow(shares, cmap="Blues", vmin=0, vmax=1.8, aspect="auto")
    for y, row in enumerate(counts.values()):
        for x, kind in enumerate(kinds):
            axis.text(x, y, row[kind] or "", ha="center", va="center", fontsize=10)
    axis.set_xticks(range(len(kinds)), kinds)
    axis.set_yticks(range(len(counts)), list(counts))
    axis.tick_params(length=0)
    axis.xaxis.tick_top()
    for side in axis.spines.values():
        side.set_visible(False)
    return drawing


PICTURES: dict[str, Callable[[], Counts]] = {"learning": learning, "reading": reading}
