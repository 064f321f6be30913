"""The tree of commands: one module a group, and the words for what was typed wrong."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from collections.abc import Sequence
from typing import Any

import typer

from nna.cli import output
from nna.errors import UserError, nearest

GROUPS = {  # a module, and the commands that it brings: only the one that is typed is loaded
    "nna.cli.guide": ("guide",),
    "nna.cli.search": ("list", "show", "tree", "lineage", "diff", "search", "errata"),
    "nna.cli.blocks": ("blocks",),
    "nna.cli.exercise": ("exercise",),
    "nna.cli.script": ("script",),
    "nna.cli.atlas": ("atlas",),
    "nna.cli.data": ("data",),
    "nna.cli.recommend": ("recommend",),
    "nna.cli.compare": ("compare",),
    "nna.cli.tune": ("tune",),
    "nna.cli.training": ("train", "evaluate", "predict", "resume"),
    "nna.cli.explain": ("explain",),
    "nna.cli.verify": ("verify",),
    "nna.cli.doctor": ("doctor",),
    "nna.cli.family": ("family",),
    "nna.cli.lab": ("lab",),
}
PANELS = ("Read", "Data", "Decide", "Learn", "Trust", "Lab")  # of the help, in this order

RENAMED = {  # options of earlier versions
    "--rate": "--lr",
    "--decay": "--weight-decay",
    "--batch": "--batch-size",
    "--clip": "--clip-norm",
    "--layer-decay": "--layer-lr-decay",
    "--most": "--max-samples",
    "--known": "--future-covariates",
    "--every": "--freq",
    "--context": "--lookback",
    "--look": "--quick-benchmark",
    "--no-look": "--no-quick-benchmark",
    "--lens": "--section",
}

STYLE = re.compile(r"\[[a-z#/@][^[]*?\]")  # as rich reads text

# typer keeps this class in a module that moved between its versions; BadParameter is public
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]


def invoke(arguments: Sequence[str]) -> int:
    """Find the command, run it, give its exit status.

    Raises:
        UserError: no such command or option, or arguments that are missing or don't parse.
    """
    everything = build(*arguments[:1])
    command, path, whole = _locate(everything, arguments)
    try:
        with everything.make_context("nna", whole) as context:
            everything.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except USAGE_ERROR as error:
        raise UserError(_usage(error, command, path)) from error
    return 0


def build(word: str = "") -> Any:
    """The commands of the module that brings this one; without one of this name, all of them."""
    app = typer.Typer(
        help="The executable encyclopedia of neural networks: read it, verify it, train it.",
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        invoke_without_command=True,
    )
    app.callback()(_nna)
    for module in [m for m, names in GROUPS.items() if word in names] or GROUPS:
        importlib.import_module(module).register(app)
    command: Any = typer.main.get_command(app)
    places = {panel: place for place, panel in enumerate(PANELS)}
    ordered = sorted(command.commands.items(), key=lambda item: places[item[1].rich_help_panel])
    command.commands = dict(ordered)
    for group in command.commands.values():
        if hasattr(group, "commands"):  # `nna --help` shows one line a group: name what is in it
            group.short_help = f"{group.help.rstrip('.')}: {', '.join(group.commands)}."
    _escape(command)
    return command


def _escape(command: Any) -> None:
    """Keep brackets in help: the library that sets it would take [the second] for a style."""
    for described in (command, *command.params):
        for field in ("help", "short_help"):
            if text := getattr(described, field, None):
                setattr(described, field, STYLE.sub(r"\\\g<0>", text))
    for inner in getattr(command, "commands", {}).values():
        _escape(inner)


def _nna(
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        output.say(f"nna {importlib.metadata.version('nna')}")


def _locate(command: Any, arguments: Sequence[str]) -> tuple[Any, str, list[str]]:
    """The command that is meant, its path, and all arguments; a group alone is asked for help."""
    path = "nna"
    for word in arguments:
        if word.startswith("-"):
            return command, path, list(arguments)
        if word not in command.commands:
            near = nearest(word, tuple(command.commands), f"{path} --help")
            raise UserError(f"no command {f'{path} {word}'!r}; {near}")
        command, path = command.commands[word], f"{path} {word}"
        if not hasattr(command, "commands"):
            return command, path, list(arguments)
    return command, path, [*arguments, "--help"]


def _usage(error: Any, command: Any, path: str) -> str:
    """What is wrong with the options or arguments of a command, in the words of this program."""
    if hasattr(error, "possibilities"):  # no such option
        options = tuple(option for parameter in command.params for option in parameter.opts)
        if (new := RENAMED.get(error.option_name)) in options:
            return f"{path} has no option {error.option_name} any more; it is called {new}"
        near = nearest(error.option_name, options, f"{path} --help")
        return f"{path} has no option {error.option_name}; {near}"
    said = error.format_message().rstrip(".")
    return f"{path}: {said[:1].lower()}{said[1:]}; see `{path} --help`"
