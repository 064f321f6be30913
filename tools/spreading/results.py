"""What trained figures were over seeds, a JSON file an architecture, and what follows from them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from nna import paired
from nna.paired import ENOUGH
from spreading.figures import Asserted

RATE, SURE = 0.01, 0.01  # failures expected of an assertion at most; of a verdict on all of them
THRICE = 3.0  # how far a threshold lies from the worst figure that no margin need be kept to


class Store:
    """One architecture's figures on disk, written after every seed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.path = name, folder / f"{name}.json"
        known = self.path.exists()
        self.tests: dict[str, Any] = json.loads(self.path.read_text("utf-8")) if known else {}

    def keep(self) -> None:
        """Write what is known, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(text(self.tests, 3) + "\n", encoding="utf-8")
        fresh.replace(self.path)

    def begin(self, mark: str) -> dict[str, Any]:
        """What is known by seed, as far as it still hangs on the same."""
        if self.tests.get("mark") != mark:
            self.tests = {"mark": mark, "seeds": {}}
        return self.tests["seeds"]


def text(held: Any, levels: int, indent: int = 0) -> str:
    """JSON with a line for each seed of a figure."""
    if isinstance(held, dict) and held and indent < levels:
        space = " " * (indent + 1)
        rows = [f"{space}{json.dumps(k)}: {text(v, levels, indent + 1)}" for k, v in held.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    return json.dumps(held, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What ten seeds say of one threshold."""

    architecture: str
    case: str
    asserted: Asserted
    gaps: tuple[float, ...]  # by seed: how far from failing

    @property
    def margin(self) -> float:
        """What the worst of the seeds must keep to the threshold: their standard deviation."""
        return stdev(self.gaps) if all(map(math.isfinite, self.gaps)) else math.nan

    @property
    def varies(self) -> bool:
        """Whether the seed has any say; if not, the figure is computed and not trained."""
        return not max(self.gaps) - min(self.gaps) <= 1e-9 * max(map(abs, self.gaps))

    @property
    def holds(self) -> bool:
        """Whether the threshold lies a margin beyond the worst of the seeds, or far beyond it.

        Far is a factor of THRICE: figures that differ by orders of magnitude have no margin to
        add or take away, such as an error of 1e-9 to 1e-6 that must stay below 1e-3. Of two
        figures compared with each other, such as a bound and what it bounds, nobody chose a
        threshold: that they stand so in every seed is all there is to ask.
        """
        return min(self.gaps) >= self.margin or self._far()

    def _far(self) -> bool:
        threshold = self.asserted.threshold
        if threshold is None:
            return min(self.gaps) >= 0
        if threshold < 0 or min(self.gaps) <= 0:
            return False
        if self.asserted.below:
            return max(threshold - gap for gap in self.gaps) <= threshold / THRICE
        return min(self.gaps) + threshold >= THRICE * threshold

    def __str__(self) -> str:
        """The case, what it asserts, and the threshold that the seeds ask for, if it's another."""
        where = "" if self.case.partition("[")[0] == self.asserted.test else self.asserted.test
        further = "" if self.holds else self.asserted.further(self.margin - min(self.gaps))
        asks = f" (the seeds ask for {further})" if further else ""
        return f"{self.case}{where and f' > {where}'}: {self.asserted.text}{asks}"


def own(store: Store, source: dict[str, Asserted]) -> Iterator[Verdict]:
    """A verdict on each assertion of the own tests that ten seeds were measured of.

    Args:
        store: of what was measured.
        source: the assertions that stand in the tests today.
    """
    measured: dict[tuple[str, str], list[Sequence[float]]] = {}
    for told in store.tests.get("seeds", {}).values():
        for case, figures in told["figures"].items():
            for key, operands in figures.items():
                measured.setdefault((case, key), []).append(operands)
    for (case, key), seeds in measured.items():
        if key not in source or len(seeds) < ENOUGH:
            continue
        gaps = tuple(source[key].gap(operands) for operands in seeds)
        verdict = Verdict(store.name, case, source[key], gaps)
        if verdict.varies:
            yield verdict


@dataclass(frozen=True, slots=True)
class Signed:
    """What ten seeds say of a signature task."""

    architecture: str
    task: str
    threshold: float
    own: tuple[float, ...]
    rival: tuple[float, ...]
    bound: float | None  # where the rival's interval ends on our side; None: it has none
    higher: bool
    paired: paired.Paired

    @property
    def suggested(self) -> float:
        """The worst of the seeds, less the margin."""
        margin = stdev(self.own)
        return min(self.own) - margin if self.higher else max(self.own) + margin

    @property
    def reached(self) -> bool:
        """Whether the threshold lies a margin beyond the worst of the seeds."""
        return self._far(self.suggested, self.threshold)

    @property
    def beyond(self) -> bool:
        """Whether the threshold lies beyond all that the rival may be."""
        bound = max(self.rival) if self.higher else min(self.rival)
        bound = bound if self.bound is None else self.bound
        return self._far(self.threshold, bound) and self.threshold != bound

    def _far(self, one: float, other: float) -> bool:
        return one >= other if self.higher else one <= other


def signed(name: str, kept: dict[str, Any], threshold: float) -> Signed | None:
    """The verdict on a signature task; None while fewer than ten seeds are measured."""
    verdict = paired.of_seeds(kept)
    if verdict is None:
        return None
    seeds = [*kept["seeds"].values()]
    higher = seeds[0]["figure"]["higher_is_better"]
    side = "high" if higher else "low"
    bounds = [one["rival"][side] for one in seeds if one["rival"][side] is not None]
    return Signed(
        name,
        f"{kept['metric']} on {kept['data']}, {kept['baseline']}",
        threshold,
        tuple(one["figure"]["value"] for one in seeds),
        tuple(one["rival"]["value"] for one in seeds),
        (max(bounds) if higher else min(bounds)) if bounds else None,
        higher,
        verdict,
    )


def bound(failed: int, of: int) -> bool:
    """Whether so many failures are too many for assertions that fail one time in a hundred."""
    chance = sum(math.comb(of, k) * RATE**k * (1 - RATE) ** (of - k) for k in range(failed))
    return failed > 0 and 1 - chance < SURE


def page(signatures: Iterable[Signed], verdicts: Iterable[Verdict]) -> str:
    """The verdicts as Markdown."""
    signatures, verdicts = [*signatures], [*verdicts]
    apart = [one for one in signatures if one.paired.verdict == "ahead"]
    lines = [
        "# Trained figures over seeds",
        "",
        "Written by `tools/spreads.py`. A threshold must lie beyond the worst of ten seeds by",
        "their standard deviation, so that a test fails for a fault and not for its draw.",
        "",
        "## Signature tasks",
        "",
        f"Of {len(signatures)} measured, {len(apart)} are ahead of their baseline in a paired test",
        "over ten seeds (95 %, widened where seeds redraw one set); the others are open: their",
        "task can't tell yet. The last column says whether the threshold also lies beyond the",
        "baseline's interval in each of the ten.",
        "",
        "| architecture | task, baseline | threshold | worst | mean | ahead by | state | beyond |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in signatures:
        worst = min(one.own) if one.higher else max(one.own)
        cells = [one.architecture, one.task, f"{one.threshold:g}", f"{worst:.4g}"]
        of = one.paired
        cells += [f"{mean(one.own):.4g}", f"{of.mean:.3g} ({of.low:.3g} to {of.high:.3g})"]
        cells += [of.verdict if of.verdict == "ahead" else f"**open**: {of.verdict}"]
        cells += ["yes" if one.beyond else "no"]
        lines.append(f"| {' | '.join(cells)} |")
    held = sum(one.holds for one in verdicts)
    lines += [
        "",
        "## Own tests",
        "",
        f"{len(verdicts)} assertions depend on the seed; {held} keep their margin.",
        "",
        "| architecture | assertion | nearest to failing | margin |",
        "|---|---|---|---|",
    ]
    for one in verdicts:
        shown = str(one).replace("|", "/")
        if _near(one):
            cells = [one.architecture, f"`{shown}`", f"{min(one.gaps):.3g}", f"{one.margin:.3g}"]
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "Listed are those whose worst seed keeps less than three margins.", ""]
    return "\n".join(lines)


def _near(one: Verdict) -> bool:
    return not min(one.gaps) >= 3 * one.margin
