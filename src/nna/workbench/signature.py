"""The task that an architecture proves itself on: trained, judged, and cut short as a probe."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from nna import paired, probe, registry
from nna.data import catalog
from nna.data.splits.split import split
from nna.spec import Signature
from nna.workbench import training_probe
from nna.workbench.comparison import significance
from nna.workbench.data_source import Source
from nna.workbench.evaluation import results
from nna.workbench.evaluation.intervals import Figure
from nna.workbench.evaluation.results import Results
from nna.workbench.reports.run_report import cell
from nna.workbench.train import train

PROBE = "probe.json"  # in an architecture's folder


def behave(name: str, seed: int = 0) -> dict[str, Any]:
    """Train an architecture's desk variant on its signature task, in a folder that is then gone.

    Returns:
        "kept" (reached the figure and beat the baseline), "evidence", and "results".
    """
    task = registry.describe(name).signature
    with tempfile.TemporaryDirectory() as folder:
        run = train(name, task.data, out=Path(folder), seed=seed, quiet=True)
        measured = results.of_run(run)
    assert measured is not None
    figure, rival = compared(task, measured)
    goal = Figure(task.threshold, higher_is_better=figure.higher_is_better)
    evidence = (
        f"{cell(task.metric, figure)}, to reach {cell(task.metric, goal)}; "
        f"{task.baseline} {cell(task.metric, rival)}"
    )
    return {"kept": judge(figure, rival, task.threshold), "evidence": evidence, "results": measured}


def compared(task: Signature, measured: Results) -> tuple[Figure, Figure]:
    """The figure that the task is judged by, and the baseline's."""
    return measured.metrics[task.metric], measured.baselines[task.baseline][task.metric]


def judge(figure: Figure, rival: Figure, reach: float) -> bool:
    """Whether a figure reaches what is asked and beats the baseline's."""
    aim = Figure(reach, higher_is_better=figure.higher_is_better)
    reached = figure.value is not None and not aim.beats(figure)
    return reached and figure.beats(rival)


def of_seeds(kept: dict[str, Any]) -> paired.Paired | None:
    """Whether the figures of the seeds are ahead of the baseline's; None of fewer than ten.

    Args:
        kept: "seeds", with the "figure" and the "rival" of each, and "tested".
    """
    seeds = [*kept["seeds"].values()]
    if len(seeds) < paired.ENOUGH:
        return None
    sign = 1 if seeds[0]["figure"]["higher_is_better"] else -1
    apart = np.array([sign * (one["figure"]["value"] - one["rival"]["value"]) for one in seeds])
    mean = float(apart.mean())
    low, high = significance.interval(apart, kept["tested"]) or (mean, mean)
    return paired.Paired(len(seeds), *(float(f"{one:.6g}") for one in (mean, low, high)))


def tested(data: str) -> float:
    """Test rows as a share of the training rows, where each seed draws them; else zero."""
    examples = catalog.load(data)
    one, other = (split(examples, seed) for seed in (0, 1))
    drawn, again = (probe.checksum(training_probe.flat(of["test"].x)) for of in (one, other))
    return 0.0 if drawn == again else round(len(one["test"]) / len(one["train"]), 4)


def hangs_on(name: str) -> dict[str, Any]:
    """The quantities of the stored probe that the figures of seeds hang on, whatever is asked."""
    stored = probe.read(registry.folder(name) / PROBE)["quantities"]
    return {key: value for key, value in stored.items() if key not in ("asked", "verdicts")}


def stale(name: str) -> str | None:
    """In what an architecture's signature training computes otherwise than when it was stored."""
    return probe.differs(probe.read(registry.folder(name) / PROBE), probe_of(name))


def probe_of(name: str) -> probe.Probe:
    """The probe of an architecture's signature training, up to the verdict."""
    return probe.compute(lambda: _quantities(name))


def _quantities(name: str) -> dict[str, Any]:
    task = registry.describe(name).signature
    of_training, measured = training_probe.training(name, Source(data=task.data))
    figure, rival = compared(task, measured)
    return {
        **of_training,
        "figure": [*figure.to_json().values()],
        "rival": [*rival.to_json().values()],
        "asked": task.threshold,
        "verdicts": _verdicts(figure, task.threshold),
    }


def _verdicts(figure: Figure, reach: float) -> list[bool]:
    """What is judged of figures at what is asked and on either side, and of rivals likewise."""
    apart = max(1.0, abs(reach)) / 100
    around = [Figure(reach + apart * k, None, None, figure.higher_is_better) for k in (-1, 0, 1)]
    return [judge(one, rival, reach) for one in around for rival in around]
