"""`nna script`: one file that trains an architecture without nna. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nna.cli import output
from nna.cli.options import Json
from nna.errors import UserError, nearest


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Read")(script)


def script(
    architecture: Annotated[str, typer.Argument(metavar="ID", help="Of an architecture.")],
    framework: Annotated[str, typer.Option(help="torch or keras.")] = "torch",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it. [ID_script.py]")
    ] = None,
    json: Json = False,
) -> None:
    """Write one file that trains it without nna: model, data, loop, evaluation and a plot.

    It is made from the architecture's own source; its data are written beside it. With Keras it
    runs on TensorFlow, JAX or PyTorch, as KERAS_BACKEND says.
    """
    from nna.scripts import write
    from nna.training import files

    if framework not in write.FRAMEWORKS:
        known = tuple(write.FRAMEWORKS)
        raise UserError(f"--framework {framework}: {nearest(framework, known, '--help')}")
    name = architecture.partition("/")[0]
    path = out or Path(f"{name}{'_keras' * (framework == 'keras')}_script.py")
    if path.suffix != ".py":
        raise UserError(f"--out {path}: a script's name ends with .py")
    data = path.with_name(f"{path.stem}_data.npz")
    for file in (path, data):
        if file.exists():
            raise UserError(f"{file} is there already; name another file with --out")
    if not path.parent.is_dir():
        raise UserError(f"{path}: there is no folder {path.parent}")
    made = write.script(architecture, path.stem, framework)
    files.write(data, made.data)
    files.write(path, made.text)
    if json:
        output.print_json({"script": str(path), "data": str(data)})
    else:
        output.say(f"{path}, and its data: {data}")
        output.say(f"run it where {framework}, numpy and matplotlib are: python {path}")
