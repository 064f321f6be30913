"""The reader's own runs: what was trained here, and its curves while they grow."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nna.app.jobs import Yard
from nna.app.pages import Page
from nna.errors import UserError
from nna.training import runs
from nna.training.runs import Run

WIDE, HIGH, RIM = 640.0, 240.0, 48.0  # pixels of a drawing of curves
MOST = 4  # runs side by side


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure, epoch by epoch, ready to draw."""

    name: str
    last: float
    points: str  # of an SVG polyline


@dataclass(frozen=True, slots=True)
class Drawing:
    """Curves of one figure, with what stands at the ends of the axes."""

    title: str
    curves: tuple[Curve, ...]
    low: float
    high: float
    last: int  # epoch


def found(folder: Path) -> list[Run]:
    """All runs in a folder, the newest first; what is no run is left out."""
    if not folder.is_dir():
        return []
    made = []
    for path in folder.iterdir():
        try:
            made.append(runs.open_run(path))
        except UserError:  # the folder may hold anything
            continue
    return sorted(made, key=lambda run: (run.folder / "run.json").stat().st_mtime, reverse=True)


def listing(folder: Path) -> Page:
    """The page of all runs."""
    return Page("runs.html", "Runs", "runs.html", "runs", lambda: _listed(folder))


def _listed(folder: Path) -> dict[str, Any]:
    rows = []
    for run in found(folder):
        request, history = run.request, _history(run)
        rows.append(
            {
                "name": run.folder.name,
                "architecture": request.architecture,
                "data": Path(str(request.data["data"])).name,
                "state": _state(run),
                "epochs": len(history),
                "figures": _figures(run),
            }
        )
    return {"rows": rows, "folder": folder}


def one(folder: Path, name: str, yard: Yard) -> Page:
    """The page of one run.

    Args:
        folder: of all runs.
        name: of its folder.
        yard: where it may be in training now.

    Raises:
        UserError: no such run.
    """
    run = runs.open_run(folder / _safe(name))
    return Page(f"run/{name}.html", name, "run.html", "runs", lambda: _shown(run, yard))


def report(folder: Path, name: str) -> str:
    """The report of a run.

    Raises:
        UserError: no such run, or it has none yet.
    """
    path = runs.open_run(folder / _safe(name)).folder / "report.html"
    if not path.is_file():
        raise UserError(f"{name} has no report yet: it is not finished")
    return path.read_text(encoding="utf-8")


def _safe(name: str) -> str:
    if name != Path(name).name or name.startswith("."):
        raise UserError(f"{name!r} is no name of a run")
    return name


def _shown(run: Run, yard: Yard) -> dict[str, Any]:
    history = _history(run)
    return {
        "run": run,
        "state": _state(run),
        "stoppable": yard.running(run.folder.name),
        "said": yard.said(run.folder.name),
        "report": (run.folder / "report.html").is_file(),
        "figures": _figures(run),
        "total": run.request.recipe["epochs"],
        "done": len(history),
        "curves": curves(history),
        "wide": WIDE,
        "high": HIGH,
    }


def _state(run: Run) -> str:
    try:
        if run.finished and run.results() is not None:
            return "finished"
    except UserError:
        return "its results are damaged"
    return "in training, or interrupted"


def _history(run: Run) -> list[dict[str, float]]:
    try:
        return run.history()
    except UserError:  # its last line is being written
        return []


def _figures(run: Run) -> list[tuple[str, str]]:
    """What was measured on the test part, in words."""
    from nna.workbench.evaluation import results
    from nna.workbench.reports.run_report import cell

    try:
        measured = results.of_run(run)
    except UserError:
        return []
    return [(name, cell(name, of)) for name, of in measured.metrics.items()] if measured else []


def curves(history: list[dict[str, float]]) -> list[Drawing]:
    """What belongs in one drawing: a figure of training and the same one of validation."""
    groups: dict[str, dict[str, Points]] = {}
    for name, points in _points(history).items():
        groups.setdefault(name.removeprefix("validation "), {})[name] = points
    return [_drawing(title, values) for title, values in groups.items()]


def compared(folder: Path, names: list[str]) -> Page:
    """The page of several runs side by side.

    Args:
        folder: of all runs.
        names: of theirs.

    Raises:
        UserError: no such run, or fewer than two or more than a few.
    """
    names = list(dict.fromkeys(names))
    if not 2 <= len(names) <= MOST:
        raise UserError(f"choose two to {MOST} runs to compare, not {len(names)}")
    chosen = [runs.open_run(folder / _safe(name)) for name in names]
    return Page(
        "compared.html", "Runs side by side", "compared.html", "runs", lambda: _abreast(chosen)
    )


def _abreast(chosen: list[Run]) -> dict[str, Any]:
    """Configuration that differs, what each reached, and the curves of each figure together."""
    asked = [
        {"architecture": r.request.architecture, "data": r.request.data["data"], **r.request.recipe}
        for r in chosen
    ]
    reached = [dict(_figures(run)) for run in chosen]
    known = [_points(_history(run)) for run in chosen]
    figures = dict.fromkeys(name for points in known for name in points)
    return {
        "names": [run.folder.name for run in chosen],
        "asked": {k: row for k, row in _rows(asked).items() if len(set(map(str, row))) > 1},
        "reached": _rows(reached),
        "drawings": [
            _drawing(
                name,
                {
                    r.folder.name: own[name]
                    for r, own in zip(chosen, known, strict=True)
                    if name in own
                },
            )
            for name in figures
        ],
        "wide": WIDE,
        "high": HIGH,
    }


def _rows(told: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """What several tell, by its name; empty where one doesn't."""
    return {key: [own.get(key, "") for own in told] for key in {k: 0 for own in told for k in own}}


Points = list[tuple[float, float]]  # epoch and value


def _points(history: list[dict[str, float]]) -> dict[str, Points]:
    """Each figure's course."""
    names = dict.fromkeys(key for line in history for key in line if key != "epoch")
    return {
        name: [(line["epoch"], line[name]) for line in history if name in line] for name in names
    }


def _drawing(title: str, values: dict[str, Points]) -> Drawing:
    every = [value for points in values.values() for _, value in points]
    low, high = min(every), max(every)
    last = max(epoch for points in values.values() for epoch, _ in points)
    made = tuple(_curve(name, points, low, high, last) for name, points in values.items())
    return Drawing(title, made, low, high, int(last))


def _curve(name: str, values: Points, low: float, high: float, last: float) -> Curve:
    across, down = WIDE - 2 * RIM, HIGH - RIM
    points = " ".join(
        f"{RIM + across * (epoch - 1) / max(1, last - 1):.1f},"
        f"{RIM / 2 + down * (1 - (value - low) / ((high - low) or 1)):.1f}"
        for epoch, value in values
    )
    return Curve(name, values[-1][1], points)
