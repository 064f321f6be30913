"""`nna guide`: the chapters to learn from, in the terminal. Parses, calls, prints."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nna.cli import output
from nna.cli.options import Json
from nna.errors import UserError, nearest

if TYPE_CHECKING:
    from nna.atlas.guide import Chapter

# Links lead to other pages, or to what was measured: [words](neurons.html), [words](lab:xor).
_LINK = re.compile(r"(!?)\[([^\]]+)\]\(([^)\s]+)\)")
_FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.S)
_STORED = re.compile(r"\[([^\]\n]+): `nna lab show (\w+)`\]")  # what `plain` makes of a figure
_SHOWN_BY = {"lab": "nna lab show", "block": "nna blocks show"}
_DRAWN = ("trials", "families")  # counts that only pages draw


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(rich_help_panel="Read")(guide)


def guide(
    chapter: Annotated[
        str | None, typer.Argument(metavar="[CHAPTER]", help="Its number or name, such as 4.")
    ] = None,
    solutions: Annotated[
        bool, typer.Option("--solutions", help="With the exercises' solutions, and no step blank.")
    ] = False,
    notebook: Annotated[
        bool, typer.Option("--notebook", help="Write it as a notebook, steps left blank.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to write the notebook. [CHAPTER.ipynb]"),
    ] = None,
    json: Json = False,
) -> None:
    """Learn neural networks from the start: list the chapters, or read one.

    As a notebook, steps are left blank and checked by `nna.learn.check`, which answers with a hint.
    """
    from nna.atlas import guide as chapters

    every = chapters.read()
    if notebook or out:
        _check_notebook(chapter, notebook, json)
        _write(_found(chapter or "", every), out, solutions)
    elif chapter is not None:
        _one(_found(chapter, every), solutions, json)
    elif json:
        keys = ("number", "id", "title", "minutes")
        output.print_json([dict(zip(keys, row, strict=True)) for row in _rows(every)])
    else:
        rows = [(number, name, title, f"{long} min") for number, name, title, long in _rows(every)]
        output.table(("", "chapter", "title", "to read"), rows, right=("", "to read"))
        output.say("\nBegin with: nna guide 1")


def _rows(every: tuple[Chapter, ...]) -> list[tuple[int, str, str, int]]:
    return [(place, one.id, one.title, one.minutes) for place, one in enumerate(every, start=1)]


def _found(asked: str, every: tuple[Chapter, ...]) -> Chapter:
    if asked.isdecimal() and 1 <= int(asked) <= len(every):
        return every[int(asked) - 1]
    for one in every:
        if one.id == asked.lower():
            return one
    known = tuple(one.id for one in every)
    raise UserError(f"no chapter {asked!r}; {nearest(asked, known, 'nna guide')}")


def _check_notebook(chapter: str | None, notebook: bool, json: bool) -> None:
    """See that the options fit together."""
    if not notebook:
        raise UserError("--out is for --notebook, which writes a chapter as a notebook")
    if json:
        raise UserError("--notebook writes a file; leave out --json")
    if chapter is None:
        raise UserError("--notebook: name a chapter, such as `nna guide 2 --notebook`")


def _write(chapter: Chapter, out: Path | None, solutions: bool) -> None:
    """Write a chapter as a notebook.

    Raises:
        UserError: it has no steps, or the file is there already or can't be.
    """
    from nna import notebook
    from nna.learn import chapter as form, step
    from nna.training import files

    blanks = step.of_chapter(chapter.id)
    if not blanks:
        there = ", ".join(step.chapters())
        raise UserError(f"{chapter.id} has no steps to fill in; those that have: {there}")
    path = out or Path(f"{chapter.id}.ipynb")
    if path.exists():
        raise UserError(f"{path} is there already; name another file with --out")
    if not path.parent.is_dir():
        raise UserError(f"{path}: there is no folder {path.parent}")
    text = _STORED.sub(_drawn, _text(chapter, solutions))
    files.write(path, notebook.written(form.cells(chapter, text, solutions)))
    output.say(f"{path}: {len(blanks)} steps are {'filled in' if solutions else 'blank'}")


def _drawn(found: re.Match[str]) -> str:
    """The figure of an experiment that is stored; of one that is computed its command."""
    from nna.app import figures
    from nna.lab import catalog

    if found[2] not in catalog.names():
        return found[0]
    picture, _ = figures.named(f"lab:{found[2]}", "")
    return f"![{found[1]}]({picture})\n\n*{found[1]}* (`nna lab show {found[2]}`)"


def _text(chapter: Chapter, solutions: bool) -> str:
    """A chapter's text with its figures and tables, as a terminal or a notebook can show it."""
    from nna import stated
    from nna.app import member_tables

    return plain(stated.fill(member_tables.fill(chapter.text)), solutions)


def _one(chapter: Chapter, solutions: bool, json: bool) -> None:
    text = f"# {chapter.title}\n\n{_text(chapter, solutions)}"
    if json:
        output.print_json({"id": chapter.id, "title": chapter.title, "text": text})
    else:
        output.markdown(text)


def plain(text: str, solutions: bool) -> str:
    """A chapter as a terminal can show it: figures and links by the command that shows them.

    Args:
        text: Markdown of a page.
        solutions: whether what is folded away there is shown.
    """
    unfolded = _FOLD.sub(
        lambda fold: f"**{fold[1]}.** {fold[2].strip()}" if solutions else "", text
    )
    return re.sub(r"\n{3,}", "\n\n", _LINK.sub(_command, unfolded))


def _command(link: re.Match[str]) -> str:
    picture, words, where = link[1], link[2], link[3]
    kind, _, name = where.partition(":")
    if kind in _SHOWN_BY:
        shown = f"`{_SHOWN_BY[kind]} {name}`"
        return f"[{words}: {shown}]" if picture else f"{words} ({shown})"
    if kind in _DRAWN:
        return f"[{words}: drawn on the page, `nna atlas`]"
    if found := re.fullmatch(r"([\w-]+)\.html(#.*)?", where):
        return f"{words} (`nna guide {found[1]}`)"
    return f"{words} ({where})"
