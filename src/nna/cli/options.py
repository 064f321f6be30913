"""Options and arguments that several commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Reference = Annotated[
    str, typer.Argument(metavar="ID[/VARIANT]", help="Such as resnet or resnet/50.")
]
