"""`nna explain`: parses, calls, prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nna.cli import output
from nna.cli.options import Code, Device, Folder, Json
from nna.workbench.formatting import short

if TYPE_CHECKING:
    from nna.workbench.explain.results import (
        Explanation,
        OfColumns,
        OfFeatures,
        OfFilters,
        OfPicture,
        OfRow,
        OfSteps,
        OfWindow,
    )


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Learn")(explain)


def explain(  # noqa: PLR0913 - one option a thing that the user may say
    folder: Folder,
    picture: Annotated[
        str | None,
        typer.Argument(
            help="A picture, or the number of a test example; else the first, of a table all rows."
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="saliency, grad-cam, occlusion (without a method: all three), filters, features; "
            "of a table shapley, gradients, occlusion, attention."
        ),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(help="For grad-cam, filters, features; else chosen by nna.")
    ] = None,
    class_: Annotated[
        str | None, typer.Option("--class", help="To explain; else the one predicted.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The PNG to write.")] = None,
    device: Device = "cpu",
    code: Code = None,
    json: Json = False,
) -> None:
    """Say what decides: the columns of a table, or what a convolutional network looked at."""
    from nna.workbench.explain.images import explain as look

    told = look(folder, picture, method=method, layer=layer, target=class_, out=out, device=device)
    for note in getattr(told.found, "notes", ()):
        output.warn(note)
    output.print_json(told.to_json()) if json else _show(told)


def _show(told: Explanation) -> None:
    from nna.workbench.explain import results

    show = {
        results.OfColumns: _columns,
        results.OfRow: _row,
        results.OfSteps: _steps,
        results.OfWindow: _window,
        results.OfFilters: _filters,
        results.OfFeatures: _features,
        results.OfPicture: _picture,
    }
    show[type(told.found)](told.found)
    output.say(f"\ndrawn    {told.path}")
    for place, line in enumerate(_next(told)):
        output.say(f"{'' if place else 'next':9}{line}")


def _picture(found: OfPicture) -> None:
    output.say(found.picture)
    sure = "" if found.probability is None else f", {100 * found.probability:.1f} % sure"
    output.say(f"explained: {found.class_}, score {found.score:.4g}{sure}\n")
    columns = ("", "sum", "least", "mean", "greatest", "row", "column")
    rows = [
        (name, *map(_figure, (of.sum, of.least, of.mean, of.greatest, of.row, of.column)))
        for name, of in found.attributions.items()
    ]
    output.table(columns, rows, right=columns[1:])


def _features(found: OfFeatures) -> None:
    output.say(found.picture)
    columns = ("layer", "maps", "sum", "least", "mean", "greatest")
    rows = [
        (layer.layer, _shape(layer.shape), *map(_figure, (of.sum, of.least, of.mean, of.greatest)))
        for layer in found.layers
        for of in (layer.figures,)
    ]
    output.table(columns, rows, right=columns[2:])


def _filters(found: OfFilters) -> None:
    least, greatest = found.figures.least, found.figures.greatest
    output.say(f"{found.layer}: {_shape(found.shape)}, from {least:.3g} to {greatest:.3g}")


def _window(found: OfWindow) -> None:
    """What decides the forecast for a window."""
    output.say(f"test window {found.window}: {found.series}, after {found.after}")
    still = f"{short(found.standing_still)} if nothing moved"
    output.say(f"explained: {found.explained}, {short(found.score)}; {still}\n")
    rows = [(name, short(push, 3, "+")) for name, push in found.pushes.items()]
    output.table(("column", "adds"), rows, right=("adds",))


def _steps(found: OfSteps) -> None:
    """What decides the answers of a network that forecasts."""
    order = sorted(found.columns.items(), key=lambda one: -one[1].mean)
    rows = [(name, short(of.mean, 3), short(of.spread, 2)) for name, of in order]
    columns = ("column", "permutation importance (rmse)", "standard deviation")
    output.table(columns, rows, right=columns[1:])
    first = sorted(found.steps_back.items(), key=lambda one: -one[1])[:3]
    steps = ", ".join(f"{back} back ({short(gained, 3)})" for back, gained in first)
    output.say(f"\nsteps that matter most: {steps}; the error itself: {short(found.error, 3)}")
    output.say(
        f"with random weights the steps agree by {found.sanity:.2f} in rank (near 1 they "
        "would not tell of what was learnt)"
    )


def _row(found: OfRow) -> None:
    """What decides the answer for a row of a table."""
    output.say(f"test row {found.row}: {found.explained}\n")
    columns = ("column", "value", *found.added)
    first = next(iter(found.added.values()))
    order = sorted(first, key=lambda name: -abs(first[name]))
    rows = [
        (name, found.values[name], *(short(of[name], 3, "+") for of in found.added.values()))
        for name in order
    ]
    output.table(columns, rows, right=columns[1:])


def _columns(found: OfColumns) -> None:
    """What decides the answers of a network that reads a table."""
    sizes, size = found.mean_size, f"mean size, {found.method}"
    columns = ("column", "permutation importance", "standard deviation", size)
    order = sorted(found.permutation.items(), key=lambda one: -one[1].mean)
    rows = [
        (
            name,
            short(of.mean, 3),
            short(of.spread, 2),
            short(sizes[name], 3) if name in sizes else "left out",
        )
        for name, of in order
    ]
    output.table(columns, rows, right=columns[1:])
    output.say(
        f"\nwith random weights the attributions agree by {found.sanity:.2f} in rank "
        "(near 1 they would not tell of what was learnt)"
    )


def _next(told: Explanation) -> tuple[str, ...]:
    """Commands that go on from here."""
    from nna.workbench.explain.results import OfColumns, OfFeatures, OfFilters, OfPicture, OfSteps

    run, found = told.run, told.found
    filters = f"nna explain {run} --method filters     what its first layer looks for"
    features = f"nna explain {run} 0 --method features  what each layer sees in a picture"
    again = f"nna explain {run} 1                    what it looked at, in another one"
    lines = {
        OfColumns: (f"nna explain {run} 0      what decided for the first test row",),
        OfSteps: (f"nna explain {run} 0      what decided for the first window",),
        OfFilters: (features, again),
        OfFeatures: (filters, again),
        OfPicture: (filters, features),
    }
    return lines.get(type(found), ())


def _shape(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


def _figure(value: float | None) -> object:
    return f"{value:.3g}" if isinstance(value, float) else value
