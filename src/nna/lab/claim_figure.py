"""The figure of a claim: every pair of every condition, the effects, and one verdict above.

All intervals are of one kind, those that decide: together they hold with 95 % confidence.
"""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from nna.lab import catalog, record
from nna.lab.drawing import BLUE, GREY, ORANGE
from nna.lab.experiment import Condition, Experiment, Part
from nna.lab.record import Evidence, Record
from nna.lab.verdict import Estimate, Finding, Judgement, judge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

STYLE: dict[Any, Any] = {"axes.spines.top": False, "axes.spines.right": False, "font.size": 10}
WIDTH, HEIGHT, HEAD, FOOT = 8.2, 1.75, 1.0, 0.75  # inches; at 100 dots an inch 820 pixels wide
COLOURS: dict[str, str] = {
    "first": GREY,
    "confirmation": BLUE,
    "bed": "#cc79a7",
    "budget": "#009e73",
}
NAMES: dict[str, str] = {
    "first": "first seeds",
    "confirmation": "fresh seeds",
    "bed": "second bed",
    "budget": "second budget",
}
DRAWN: tuple[Part, ...] = ("first", "confirmation")  # parts whose runs are drawn one by one


def files(kept: Evidence) -> dict[str, str]:
    """The figures of a result as SVG by the name of the file: the experiment's, and each claim's.

    The same text for the same numbers.
    """
    experiment = catalog.describe(kept.first.experiment)
    found = {record.FIGURE: svg(draw(kept), kept)}
    if kept.first.quick:
        return found
    for judgement in judge(experiment, kept):
        name = f"{judgement.claim.row}.svg"
        found[name] = svg(draw_claim(experiment, judgement, kept.parts), kept)
    return found


def draw(kept: Evidence) -> Figure:
    """The experiment's own figure of what is measured, in one style for all experiments."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        return catalog.describe(kept.first.experiment).figure(kept.columns)


def svg(drawing: Figure, kept: Evidence) -> str:
    """A figure as text: the same for the same numbers."""
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": kept.first.experiment, **STYLE}):
        drawing.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    return text.getvalue()


def named(kept: Evidence, row: str = "") -> tuple[Figure, str]:
    """The figure of a claim, or of the whole experiment, and its text as SVG.

    Args:
        kept: what is measured.
        row: the claim; the experiment where not given.
    """
    experiment = catalog.describe(kept.first.experiment)
    judged = {judgement.claim.row: judgement for judgement in judge(experiment, kept)}
    drawn = draw_claim(experiment, judged[row], kept.parts) if row in judged else draw(kept)
    return drawn, svg(drawn, kept)


def png(drawing: Figure) -> bytes:
    """A figure for slides: twice as many pixels as on a page."""
    picture = io.BytesIO()
    drawing.savefig(picture, format="png", dpi=200, bbox_inches="tight")
    return picture.getvalue()


def draw_claim(
    experiment: Experiment, judgement: Judgement, parts: Mapping[Part, Record]
) -> Figure:
    """The figure of one claim: a line of panels a condition, what was measured and the effect."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows, claim = len(judgement.findings), judgement.claim
    with mpl.rc_context(STYLE):
        drawing = Figure(figsize=(WIDTH, HEAD + FOOT + HEIGHT * rows), layout="constrained")
        axes = drawing.subplots(rows, 2, squeeze=False, width_ratios=(1, 1.5))
        says = textwrap.fill(f"{claim.row}: {claim.says}", 84)
        verdict = textwrap.fill(f"{judgement.label.upper()} {experiment.scope}", 90)
        drawing.suptitle(f"{says}\n{verdict}", fontsize=11, weight="bold")
        for (left, right), finding in zip(axes, judgement.findings, strict=True):
            _runs(left, experiment, finding.condition, parts)
            _effects(right, experiment, finding)
        drawing.supxlabel(_legend(experiment, parts), fontsize=8.5, color=GREY)
    return drawing


def _legend(experiment: Experiment, parts: Mapping[Part, Record]) -> str:
    family = len(experiment.compared)
    held = f"all {family} of the experiment at once" if family > 1 else "by Student or exact"
    broke = any(part.censored for part in parts.values())
    return "\n".join(
        (
            "Left: a line or dot a seed, grey the first seeds, blue the fresh ones"
            + ("; a cross: the run broke off." if broke else "."),
            f"Right: 95 % intervals ({held}); shaded: where the condition is met.",
        )
    )


def _runs(
    axis: Any, experiment: Experiment, condition: Condition, parts: Mapping[Part, Record]
) -> None:
    """Every seed: a pair as a line from one quantity to the other, one number as a dot."""
    names = [name for name in (condition.minus, condition.of) if name is not None]
    spread = np.random.default_rng(0)
    for part, kept in parts.items():
        if part not in DRAWN:
            continue
        columns, colour = kept.columns, COLOURS[part]
        flags = [kept.flags(name) for name in names]
        for place in range(len(columns[names[0]])):
            shift = spread.uniform(-0.06, 0.06) + (0.1 if part == "confirmation" else -0.1)
            x = np.arange(len(names)) + (shift if len(names) == 1 else 0)
            y = [columns[name][place] for name in names]
            axis.plot(x, y, "-o", color=colour, alpha=0.6, linewidth=1, markersize=4)
            broken = [k for k in range(len(names)) if flags[k][place]]
            axis.plot(x[broken], np.take(y, broken), "x", color=ORANGE, markersize=8, zorder=3)
    labels = [_short(experiment.quantities[name].about) for name in names]
    axis.set_xticks(range(len(names)), labels, fontsize=8.5)
    axis.set_xlim(-0.5, len(names) - 0.5)
    axis.margins(y=0.12)  # marks at the ends stay whole
    axis.set_ylabel(textwrap.fill(experiment.quantities[names[0]].unit, 16), fontsize=9)
    axis.grid(axis="y", alpha=0.3)


def _short(about: str) -> str:
    return textwrap.fill(textwrap.shorten(about, 44, placeholder=" …"), 22)


def _effects(axis: Any, experiment: Experiment, finding: Finding) -> None:
    """The interval of each part, and the side of the bound on which the condition is met."""
    condition = finding.condition
    estimates = {part: e for part, e in finding.estimates.items() if e.seeds}
    for place, (part, estimate) in enumerate(estimates.items()):
        _interval(axis, place, estimate, COLOURS[part])
    bound = condition.at_least if condition.at_least is not None else condition.at_most
    assert bound is not None
    _limits(axis, [*estimates.values()], [bound, *_present(condition.no_effect)])
    low, high = axis.get_xlim()
    met = (bound, high) if condition.at_least is not None else (low, bound)
    axis.axvspan(*met, color=BLUE, alpha=0.12, linewidth=0)
    axis.axvline(bound, color=BLUE, linewidth=1)
    if condition.no_effect is not None:
        axis.axvline(condition.no_effect, color=GREY, linewidth=1, linestyle=":")
    axis.set(xlim=(low, high), ylim=(len(estimates) - 0.4, -0.6))
    axis.set_yticks(range(len(estimates)), [NAMES[part] for part in estimates], fontsize=9)
    axis.set_xlabel(f"{condition.bound} {experiment.unit(condition)}".strip(), fontsize=9)
    axis.set_title(textwrap.fill(f"{condition.statement}: {finding.outcome}", 58), fontsize=9)
    axis.grid(axis="x", alpha=0.3)


def _interval(axis: Any, place: int, estimate: Estimate, colour: str) -> None:
    if np.isfinite([estimate.low, estimate.high]).all():
        axis.plot([estimate.low, estimate.high], [place, place], color=colour, linewidth=2.5)
    marker = "X" if estimate.censored else "o"
    axis.plot(estimate.effect, place, marker, color=colour, markersize=7)


def _limits(axis: Any, estimates: Sequence[Estimate], more: Sequence[float]) -> None:
    """Room for the intervals, the bound and a margin at either side."""
    ends = [end for e in estimates for end in (e.low, e.high, e.effect) if np.isfinite(end)]
    low, high = min([*ends, *more]), max([*ends, *more])
    margin = 0.12 * (high - low) or 1.0
    axis.set_xlim(low - margin, high + margin)


def _present(value: float | None) -> list[float]:
    return [] if value is None else [value]
