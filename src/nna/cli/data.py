"""`nna data`: the datasets, and what is known of a file of one's own. Parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import DataDir, Dates, Encoding, Json, Target, TaskName
from nna.workbench.formatting import short

SHOWN = 60  # lines of each table
YOURS = (  # said here, for what reads them takes long to import
    ".csv, .tsv and .jsonl (also .gz, .bz2, .xz), .xlsx, .parquet, .npz, .npy, .safetensors, .txt, "
    ".md, or a folder: a sub-folder of pictures, arrays or texts a class, images/ and masks/, or "
    "annotations of COCO or Pascal VOC"
)

data = typer.Typer(help="Datasets, and a look at your own files.")


def register(app: typer.Typer) -> None:
    """Add the sub-commands to the command line."""
    app.add_typer(data, name="data", rich_help_panel="Data")


@data.command("list")
def list_(json: Json = False) -> None:
    """List the datasets."""
    from nna.data import catalog

    rows = [{"id": name, **output.plain(catalog.describe(name))} for name in catalog.names()]
    if json:
        output.print_json(rows)
        return
    columns = ("id", "task", "port", "rows", "origin", "title")
    shown = [
        (r["id"], r["task"], r["port"]["kind"], f"{r['rows']:,}", r["origin"], r["title"])
        for r in rows
    ]
    output.table(columns, shown, right=("rows",))
    output.say(f"\n{output.wrapped(f'your own: {YOURS}')}")


@data.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A dataset, such as digits.")],
    json: Json = False,
) -> None:
    """Show what is known of a dataset, without loading it."""
    from nna.data import catalog

    about = catalog.describe(name)
    if json:
        output.print_json({"id": name, **output.plain(about)})
        return
    output.heading(f"{about.title} ({name})", space=False)
    output.facts(
        [
            ("about", about.about),
            ("task", about.task),
            ("port", output.port(about.port)),
            ("rows", f"{about.rows:,}"),
            ("origin", about.origin),
            ("source", about.source),
            ("licence", about.licence),
        ]
    )


@data.command()
def profile(  # noqa: PLR0913 - one option a thing that the user may say
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A file or folder of yours, or a dataset.")
    ],
    target: Target = None,
    task: TaskName = None,
    data_dir: DataDir = None,
    dates: Dates = None,
    encoding: Encoding = None,
    report: Annotated[
        Path | None, typer.Option(help="A page to write, with pictures: report.html.")
    ] = None,
    json: Json = False,
) -> None:
    """Look at data before training: what is there, and what may go wrong."""
    from nna import tasks
    from nna.atlas.select import check_task
    from nna.data import catalog, sources
    from nna.data.profile import profile as look

    named = check_task(task)
    wanted = tasks.get(named) if named else None
    path = Path(source).expanduser()
    yours = source not in catalog.names() and path.exists()
    held = path if yours else sources.source(source, data_dir, target, wanted)
    found = look(held, target, wanted, dates or (), encoding)
    if report is not None:
        from nna.workbench.reports import profile_report

        profile_report.write(report, source, found)
    if json:
        output.print_json(found)
    else:
        _print_profile(source, found)
        if report is not None:
            output.say(f"\nreport   {report}")


def _print_profile(source: str, found: dict[str, Any]) -> None:
    from nna.workbench.reports import profile_report

    output.heading(source, space=False)
    output.facts(profile_report.facts(found))
    if found["classes"]:
        output.heading("Classes")
        rows = [(name, f"{count:,}") for name, count in found["classes"].items()]
        output.table(("class", "rows"), rows[:SHOWN], right=("rows",))
        _more(rows, "classes")
    output.heading("Columns")
    columns = ("name", "kind", "missing", "infinite", "distinct", "min", "mean", "max")
    rows = [[_figure(column[key]) for key in columns] for column in found["columns"]]
    output.table(columns, rows[:SHOWN], right=columns[2:])
    _more(rows, "columns")
    output.heading("Warnings")
    for warning in found["warnings"][:SHOWN] or ["nothing found"]:
        output.say(output.wrapped(warning))
    _more(found["warnings"], "lines")


def _more(shown: list[Any], what: str) -> None:
    if (more := len(shown) - SHOWN) > 0:
        output.say(f"and {more:,} more {what}: --json shows all")


def _figure(value: object) -> object:
    return short(value) if isinstance(value, float) else output.number(value)
