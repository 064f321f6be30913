"""Is the recommendation any good? On real data that nobody tuned nna for, one command says.

For each set: what `nna recommend` names first after its quick look, with no knowledge of this set's
own results; then a comparison of five folds with the mandatory baselines and more networks, whose
folds the look has not drawn. The table says who won, how far the first choice was behind, and how
the best network did against the best baseline. What was fitted is kept and continued.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from real_sets import SETS, RealSet

from nna.data.examples import Examples
from nna.training import files, runs
from nna.workbench.comparison import comparison, ranking
from nna.workbench.recommendation import family_results, recommend

WITHIN = 0.02  # of the winner's figure, for the first choice to count as right
SEED = 1  # of the comparisons; looks have seed 0
SECONDS = {"table": 10.0, "image": 60.0, "series": 30.0, "tokens": 30.0}  # a fit
NETWORKS = {
    "table": ("mlp", "ft_transformer", "rbfn", "elm", "kan", "flnn"),
    "image": ("lenet5", "resnet", "mlp_mixer", "wide_resnet"),
    "series": ("cnn1d", "lstm"),
    "tokens": ("textcnn",),
}
FOLDS = 3


def main() -> None:
    """Judge all sets, or those named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*", help="sets; all")
    asked.add_argument("--work", type=Path, default=Path("runs/recommendations"))
    options = asked.parse_args()
    names = options.names or [*SETS]
    loaded = {name: SETS[name].load() for name in names}
    for name, examples in loaded.items():
        hold(name, SETS[name], examples, options.work)
    files.write_json(family_results.COMPARISONS, kept(options.work, "comparison"))
    for name, examples in loaded.items():
        first = advise(name, SETS[name], examples, options.work)
        hold(name, SETS[name], examples, options.work, first)
    text = page(kept(options.work, "comparison"), kept(options.work, "advised"))
    files.write(Path("docs/recommendations.md"), text)


def hold(name: str, real: RealSet, examples: Examples, work: Path, first: str = "") -> None:
    """Hold the comparison; what is kept stays.

    Args:
        name: of the set.
        real: what is known of it.
        examples: its rows.
        work: folder of all comparisons.
        first: who was recommended: a network that wasn't there plays as well, on the same folds.
    """
    path = work / name / "comparison.json"
    if (known := _read(path)) and first in ("", *(row["name"] for row in known["rows"])):
        return
    kind, folder = examples.port.kind, work / name / ("with-" + first if first else "fitted")
    models = [n for n in NETWORKS[kind] if n in recommend.order(examples)]
    held = comparison.plan(
        examples,
        name,
        folder,
        models=(*models, *([first] if first else [])),
        folds=FOLDS,
        seconds=SECONDS[kind],
        seed=SEED,
        groups=real.groups,
        time=real.time,
    )
    if first:
        shutil.copytree(folder.with_name("fitted") / "fits", folder / "fits", dirs_exist_ok=True)
    comparison.hold(held, said=lambda done, total, line: _said(f"{name} {done}/{total} {line}"))
    found = ranking.standing(held).to_json()
    kept = ("name", "kind", "mean", "low", "high", "p")
    about = {
        "task": examples.task,
        "port": kind,
        "source": real.source,
        "examples": len(examples),
        "columns": int(np.prod(np.shape(examples.x)[1:])),
        "measure": found["measure"],
        "higher is better": found["higher is better"],
        "rows": [{key: row[key] for key in kept} for row in found["rows"]],
        "refused": found["refused"],
        "versions": runs.versions(),
    }
    files.write_json(path, about)


def advise(name: str, real: RealSet, examples: Examples, work: Path) -> str:
    """Keep, and return, what is recommended by those who don't know this set's comparison."""
    path = work / name / "advised.json"
    if known := _read(path):
        return known["first"]
    advised = recommend.recommend(examples, name, without=name, groups=real.groups, time=real.time)
    _said(f"{name}: {advised['advice']}")
    first = advised["candidates"][0]["name"]
    files.write_json(path, {"first": first, "says": advised["advice"]})
    return first


def kept(work: Path, what: str) -> dict[str, dict[str, Any]]:
    """What is kept of each set: its "comparison" or what was "advised"."""
    found = {name: _read(work / name / f"{what}.json") for name in SETS}
    return {name: of for name, of in found.items() if of}


def _said(line: str) -> None:
    print(line, flush=True)


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def behind(first: str, held: dict[str, Any]) -> float:
    """How far the first choice is behind the winner, as a share of the winner's figure."""
    figures = {row["name"]: row["mean"] for row in held["rows"]}
    best = held["rows"][0]["mean"]
    if first not in figures:
        return float("inf")
    gap = best - figures[first] if held["higher is better"] else figures[first] - best
    return gap / best


def page(comparisons: dict[str, dict[str, Any]], advised: dict[str, dict[str, str]]) -> str:
    """The table in Markdown."""
    lines, right, ahead = [], 0, 0
    done = {name: held for name, held in comparisons.items() if name in advised}
    for name, held in done.items():
        first = advised[name]["first"]
        gap = behind(first, held)
        right += gap <= WITHIN
        best = {
            kind: next(row for row in held["rows"] if row["kind"] == kind)
            for kind in ("network", "baseline")
        }
        ahead += held["rows"][0]["kind"] == "network"
        figures = [
            f"{best[kind]['name']} {best[kind]['mean']:.4g}" for kind in ("network", "baseline")
        ]
        lines.append(
            f"| {name} | {held['source']} | {held['examples']:,} | {held['columns']:,} | "
            f"{held['measure']} | {first} | {held['rows'][0]['name']} | {100 * gap:.1f} % | "
            f"{' | '.join(figures)} |"
        )
    return "\n".join(
        [
            "# Recommendations, proven on data that nobody tuned nna for",
            "",
            f"`make recommendations`: the first choice of `nna recommend` is within "
            f"{100 * WITHIN:.0f} % of the winner of a comparison of {FOLDS} folds on {right} of "
            f"{len(done)} sets. A network won on {ahead} of them; on the others it lost to a "
            f"baseline, as the last two columns show. At most {SECONDS['table']:.0f} s a fit "
            f"({SECONDS['series']:.0f} for series and texts, {SECONDS['image']:.0f} for pictures); "
            "the order in which a set's networks are looked at rests on the other sets' "
            "comparisons alone.",
            "",
            "| data | package | rows | columns | measure | recommended | winner | behind | "
            "best network | best baseline |",
            "|---|---|---|---|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
