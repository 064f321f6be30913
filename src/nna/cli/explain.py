"""`nna explain`: parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import Code, Device, Folder, Json
from nna.workbench.formatting import short


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
    for note in told.get("notes", ()):
        output.warn(note)
    output.print_json(told) if json else _show(told)


def _show(told: dict[str, Any]) -> None:
    if "windows" in told or "window" in told:
        _steps(told)
        return
    if "permutation" in told or "added" in told:
        _columns(told)
        return
    if "picture" in told:
        output.say(told["picture"])
    if "attributions" in told:
        sure = "" if told["probability"] is None else f", {100 * told['probability']:.1f} % sure"
        output.say(f"explained: {told['class']}, score {told['score']:.4g}{sure}\n")
        columns = ("", "sum", "least", "mean", "greatest", "row", "column")
        rows = [(name, *map(_figure, of.values())) for name, of in told["attributions"].items()]
        output.table(columns, rows, right=columns[1:])
    elif told["method"] == "features":
        columns = ("layer", "maps", "sum", "least", "mean", "greatest")
        rows = [[_figure(value) for value in of.values()] for of in told["layers"]]
        output.table(columns, rows, right=columns[2:])
    else:
        shape = "x".join(map(str, told["shape"]))
        output.say(f"{told['layer']}: {shape}, from {told['least']:.3g} to {told['greatest']:.3g}")
    output.say(f"\ndrawn    {told['path']}")
    one, other = _next(told)
    output.say(f"next     {one}\n         {other}")


def _steps(told: dict[str, Any]) -> None:
    """What decides the answers of a network that forecasts."""
    if "window" in told:
        output.say(f"test window {told['window']}: {told['series']}, after {told['after']}")
        still = f"{short(told['standing still'])} if nothing moved"
        output.say(f"explained: {told['explained']}, {short(told['score'])}; {still}\n")
        rows = [(name, short(push, 3, "+")) for name, push in told["pushes"].items()]
        output.table(("column", "adds"), rows, right=("adds",))
    else:
        order = sorted(told["columns"].items(), key=lambda one: -one[1]["mean"])
        rows = [(name, short(of["mean"], 3), short(of["spread"], 2)) for name, of in order]
        columns = ("column", "permutation importance (rmse)", "standard deviation")
        output.table(columns, rows, right=columns[1:])
        first = sorted(told["steps back"].items(), key=lambda one: -one[1])[:3]
        steps = ", ".join(f"{back} back ({short(gained, 3)})" for back, gained in first)
        output.say(
            f"\nsteps that matter most: {steps}; the error itself: {short(told['error'], 3)}"
        )
        output.say(
            f"with random weights the steps agree by {told['sanity']:.2f} in rank (near 1 they "
            "would not tell of what was learnt)"
        )
    output.say(f"\ndrawn    {told['path']}")
    if "window" not in told:
        output.say(f"next     nna explain {told['run']} 0      what decided for the first window")


def _columns(told: dict[str, Any]) -> None:
    """What decides the answers of a network that reads a table."""
    if "added" in told:
        output.say(f"test row {told['row']}: {told['explained']}\n")
        columns = ("column", "value", *told["added"])
        first = next(iter(told["added"].values()))
        order = sorted(first, key=lambda name: -abs(first[name]))
        rows = [
            (
                name,
                told["values"][name],
                *(short(of[name], 3, "+") for of in told["added"].values()),
            )
            for name in order
        ]
    else:
        columns = (
            "column",
            "permutation importance",
            "standard deviation",
            f"mean size, {told['method']}",
        )
        found, sizes = told["permutation"], told["mean size"]
        order = sorted(found, key=lambda name: -found[name]["mean"])
        rows = [
            (
                name,
                short(found[name]["mean"], 3),
                short(found[name]["spread"], 2),
                short(sizes[name], 3) if name in sizes else "left out",
            )
            for name in order
        ]
    output.table(columns, rows, right=columns[1:])
    if "sanity" in told:
        output.say(
            f"\nwith random weights the attributions agree by {told['sanity']:.2f} in rank "
            "(near 1 they would not tell of what was learnt)"
        )
    output.say(f"\ndrawn    {told['path']}")
    if "added" not in told:
        output.say(f"next     nna explain {told['run']} 0      what decided for the first test row")


def _next(told: dict[str, Any]) -> tuple[str, str]:
    """Two commands that go on from here."""
    run, method = told["run"], told["method"]
    filters = f"nna explain {run} --method filters     what its first layer looks for"
    features = f"nna explain {run} 0 --method features  what each layer sees in a picture"
    again = f"nna explain {run} 1                    what it looked at, in another one"
    if method == "filters":
        return features, again
    return (filters, again) if method == "features" else (filters, features)


def _figure(value: object) -> object:
    if isinstance(value, list):
        return "x".join(map(str, value))
    return f"{value:.3g}" if isinstance(value, float) else value
