"""Which architectures suit some series, in what order, and why; and the rules that they must beat.

Networks are looked at beside rules that learn nothing, naive and seasonal naive among them.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from nna import registry
from nna.data.series import parts
from nna.data.series.panels import Panel
from nna.data.series.parts import Span
from nna.workbench import command_line
from nna.workbench.comparison import comparison, over_time, ranking
from nna.workbench.comparison.results import Ranking
from nna.workbench.data_source import Source
from nna.workbench.formatting import short
from nna.workbench.recommendation import recommend as recommending
from nna.workbench.recommendation.results import Recommendation
from nna.workbench.recommendation.trainable import SplitData

FOLDS = 3  # times in the past at which the quick benchmark asks
STEPS = 10_000  # of all series together in the quick benchmark, at most


def order() -> list[str]:
    """The networks that forecast: those that are always compared, then from small to large."""
    able = [name for name in registry.names() if registry.describe(name).does("forecasting")]
    others = {*able} - {*over_time.NETWORKS}
    small = sorted(others, key=lambda name: registry.describe(name).variants["desk"].params)
    return [*over_time.NETWORKS, *small]


def recommend(  # noqa: PLR0913 - one argument a thing that the user may say
    panel: Panel,
    data: str,
    horizon: int,
    season: int | None = None,
    quick_benchmark: bool = True,
    seed: int = 0,
    said: Callable[[int, int, str], None] = lambda done, total, line: None,
    origin: Source | None = None,
    device: str = "auto",
) -> Recommendation:
    """What to try on these series, in order, each with its reasons.

    Args:
        panel: the series.
        data: where they come from, in the user's words.
        horizon: steps ahead.
        season: steps after which things repeat; None: by the clock.
        quick_benchmark: hold a small comparison first; without it, see `order`.
        seed: of the quick benchmark.
        said: told of every fit of the quick benchmark: how many are over, of how many, and how it
            went.
        origin: what `nna` reads to come to the same series; None: nothing, they are in memory.
        device: where networks train, as `nna.train` takes it.

    Raises:
        UserError: series too short, or the same value throughout.
    """
    examples = parts.examples(panel, Span(horizon=horizon, season=season))
    split_data = SplitData.of(examples, origin or Source(data=data), seed, device)
    found, refused = recommending.candidates(order(), split_data, origin, seed)
    # what was measured of them was not in forecasting
    found = [dataclasses.replace(one, measured=()) for one in found]
    able = tuple(one.name for one in found)
    seen = None
    if quick_benchmark:
        seen = _benchmarked(panel, data, horizon, season, able, seed, said, device)
    return Recommendation(
        data=data,
        task="forecasting",
        port="series",
        rows=sum(map(len, panel.strands)),
        columns=1 + len(panel.past_covariates) + len(panel.future_covariates),
        classes=0,
        measure=seen.measure if seen else None,
        candidates=recommending.ranked(found, seen),
        refused=refused,
        advice=_advice(panel, horizon, able[0], seen),
        notes=examples.notes,
        compare=None if origin is None else command_line.compare(origin),
    )


def _benchmarked(  # noqa: PLR0913 - one argument a thing that decides the quick benchmark
    panel: Panel,
    data: str,
    horizon: int,
    season: int | None,
    names: tuple[str, ...],
    seed: int,
    said: Callable[[int, int, str], None],
    device: str,
) -> Ranking:
    """A comparison of the rules and some networks, at a few times of the past."""
    longest = max(map(len, panel.strands))
    with tempfile.TemporaryDirectory() as folder:
        held = over_time.plan(
            _some(panel, seed),
            data,
            Path(folder) / "benchmark",
            horizon=horizon,
            season=season,
            models=names[: recommending.NETWORKS],
            folds=max(1, min(FOLDS, longest // horizon - 2)),
            seconds=recommending.HASTE,
            seed=seed,
            device=device,
        )
        comparison.hold(held, said=said)
        return ranking.standing(held)


def _some(panel: Panel, seed: int) -> Panel:
    """As many whole series as the quick benchmark has time for, drawn; one at least."""
    drawn, steps = list[int](), 0
    for number in np.random.default_rng(seed).permutation(len(panel.strands)):
        steps += len(panel.strands[number])
        if drawn and steps > STEPS:
            break
        drawn.append(int(number))
    return dataclasses.replace(panel, strands=tuple(panel.strands[i] for i in sorted(drawn)))


def _advice(panel: Panel, horizon: int, first: str, seen: Ranking | None) -> str:
    count = len(panel.strands)
    shape = f"{count:,} series, {sum(map(len, panel.strands)):,} steps in all, {panel.clock}, "
    shape += f"{horizon:,} ahead"
    if seen is None:
        rule = "seasonal naive" if over_time.season_of(panel) > 1 else "naive"
        return f"{shape}: begin with {first}; the rule to beat is {rule}"
    if not seen.rows:
        return f"{shape}: too short for a quick benchmark: {next(iter(seen.refused.values()))}"
    told = recommending.first_told(seen)
    plain = next((row for row in seen.rows if row.name == "seasonal naive"), None)
    plain = plain or next((row for row in seen.rows if row.name == "naive"), None)
    if plain is None or plain is seen.rows[0]:
        return f"{shape}: {told}"
    return f"{shape}: {told}; {plain.name}, which learns nothing: {short(plain.mean)}"
