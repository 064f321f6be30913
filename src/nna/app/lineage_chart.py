"""The map: architectures by year, families as lanes, who answered whom as lines. Plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from nna import registry
from nna.atlas import attributions, catalogue, lineage

FIRST = 1940
LANE, ROW, LEFT, TOP, DOT = 26, 19, 132, 34, 5  # pixels
LONGEST = 28  # letters of a name
# years pass faster where less was published: a bend in the scale is drawn at each of these
SCALE = ((1940, 0.0), (1980, 130.0), (2000, 270.0), (2010, 370.0), (2030, 1160.0))


@dataclass(frozen=True, slots=True)
class Place:
    """An architecture on the map."""

    id: str
    title: str
    idea: str
    family: str
    year: int
    tasks: tuple[str, ...]
    takes: tuple[str, ...]  # kinds of data
    origins: tuple[str, ...]  # whose ideas it is made of, "Fukushima 1979", as the table has them
    x: float
    y: float

    @property
    def label(self) -> str:
        """Its name, cut at a word where it is long."""
        return _label(self.title)


def _label(title: str) -> str:
    if len(title) <= LONGEST:
        return title
    return title[:LONGEST].rpartition(" ")[0] + " …"


@dataclass(frozen=True, slots=True)
class Lane:
    """A family's part of the map."""

    family: str
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Map:
    """All that is drawn, in pixels, and by what it can be narrowed."""

    width: float
    height: float
    lanes: tuple[Lane, ...]
    places: tuple[Place, ...]
    edges: tuple[tuple[Place, Place], ...]  # from what came before to what came after
    years: tuple[tuple[int, float], ...]

    @property
    def tasks(self) -> list[str]:
        """Every task that some architecture serves."""
        return sorted({task for place in self.places for task in place.tasks})

    @property
    def takes(self) -> list[str]:
        """Every kind of data that some architecture takes."""
        return sorted({kind for place in self.places for kind in place.takes})


def at(year: float) -> float:
    """Where a year stands."""
    for (one, left), (other, right) in pairwise(SCALE):
        if year <= other:
            return LEFT + left + (right - left) * (year - one) / (other - one)
    return LEFT + SCALE[-1][1]


def draw(label: float = 7.0) -> Map:
    """Place every architecture: no two names overlap.

    Args:
        label: pixels that a letter of a name takes.
    """
    specs = catalogue.read().specs
    lanes, places = [], {}
    top = float(TOP)
    for family in catalogue.families():
        own = [name for name in specs if registry.family(name) == family]
        own.sort(key=lambda name: (specs[name].year, name))
        ends: list[float] = []  # of each row, where its last name ends
        for name in own:
            x = at(specs[name].year)
            row = next((r for r, end in enumerate(ends) if end < x), len(ends))
            width = 2 * DOT + label * len(_label(specs[name].name)) + 10
            if row == len(ends):
                ends.append(x + width)
            else:
                ends[row] = x + width
            y = top + LANE / 2 + ROW * row
            spec = specs[name]
            kinds = tuple(sorted({port.kind for port in spec.inputs.values()}))
            year, tasks = spec.year, tuple(spec.tasks)
            whose = tuple(f"{one.who} {one.year}" for one in attributions.about(name))
            places[name] = Place(
                name, spec.name, spec.idea, family, year, tasks, kinds, whose, x, y
            )
        height = LANE + ROW * max(0, len(ends) - 1) + 6
        lanes.append(Lane(family, top, height))
        top += height
    parents = lineage.graph().parents
    edges = tuple(
        (places[before], places[after])
        for after in places
        for before in parents[after]
        if before in places
    )
    last = max((p.x + 2 * DOT + label * len(p.label) + 10 for p in places.values()), default=0.0)
    last = max(last, max((at(p.year + 1) for p in places.values()), default=0.0))
    now = max((p.year for p in places.values()), default=FIRST)
    marked = (1940, 1950, 1960, 1970, 1980, 1985, 1990, 1995, 2000, 2005, *range(2010, now + 1, 2))
    years = tuple((year, at(year)) for year in marked)
    return Map(last, top + 8, tuple(lanes), tuple(places.values()), edges, years)
