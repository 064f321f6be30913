"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from nna import registry

SERIES = "Series"

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Reference = Annotated[
    str,
    typer.Argument(
        metavar="ID[/VARIANT]", help="Such as resnet or resnet/50, or the folder of your own."
    ),
]


def _register(folders: list[Path] | None) -> list[Path] | None:
    for folder in folders or ():
        registry.register(folder)
    return folders


Folder = Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, such as runs/NAME.")]
Code = Annotated[
    list[Path] | None,
    typer.Option(
        "--code",
        metavar="FOLDER",
        callback=_register,
        help="Folder of the run's architecture, where it isn't the library's own.",
    ),
]

Device = Annotated[
    str, typer.Option(help="Where networks compute: cpu, cuda, cuda:1, mps, or auto.")
]

# --- data --------------------------------------------------------------------------------------

Data = Annotated[
    str, typer.Argument(help="A dataset (`nna data list`) or a path to your own file or folder.")
]
Target = Annotated[str | None, typer.Option(help="Column to predict, of a table.")]
TaskName = Annotated[str | None, typer.Option(help="Inferred from the target unless given.")]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the files of a dataset lie that isn't fetched.")
]
SkipBad = Annotated[
    bool,
    typer.Option(
        "--skip-bad", help="Leave out files of a folder, or lines of a table, that can't be used."
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(help="Of a file of text, such as cp1251 or shift_jis. [UTF-8, else a guess]"),
]
Groups = Annotated[
    str | None, typer.Option(help="Column whose equal values must not be torn apart.")
]
Ordered = Annotated[
    str | None, typer.Option(help="Column that orders the rows: test on later ones only.")
]

Dates = Annotated[
    list[str] | None,
    typer.Option(
        help="How dates are written where no value proves it: day-first or month-first, or of one "
        "column COLUMN=day-first or COLUMN=%d.%m.%y; repeatable.",
    ),
]
Split = Annotated[
    str | None, typer.Option(help="Column that says train, validation or test of each row.")
]
TestData = Annotated[
    str | None, typer.Option("--test", help="Data to be tested on, of the same kind.")
]

# --- learning and scoring ----------------------------------------------------------------------

ClassWeights = Annotated[
    list[str] | None,
    typer.Option(
        help="How much the classes count: balanced, or CLASS=WEIGHT (1 where none is given); "
        "repeatable.",
    ),
]

Metric = Annotated[
    str | None,
    typer.Option(
        help="What decides and is told first, such as f1, roc_auc, balanced_accuracy or mae."
    ),
]
Positive = Annotated[
    str | None,
    typer.Option(
        help="Of two classes the one that f1, precision, recall and --threshold are about; "
        "[the second by name]."
    ),
]
Threshold = Annotated[
    str | None,
    typer.Option(
        help="Probability, as the network gives it, from which the positive class is named; auto: "
        "best on validation by --metric, or by balanced accuracy."
    ),
]

# --- series ------------------------------------------------------------------------------------

Horizon = Annotated[
    int | None, typer.Option(help="Steps ahead to forecast.", rich_help_panel=SERIES)
]
Time = Annotated[
    str | None,
    typer.Option(
        help="Column of times; without --horizon it orders the rows: test on later ones only."
    ),
]
Series = Annotated[
    str | None, typer.Option(help="Column that names each row's series.", rich_help_panel=SERIES)
]
Season = Annotated[
    int | None, typer.Option(help="Steps after which things repeat.", rich_help_panel=SERIES)
]
FutureCovariates = Annotated[
    list[str] | None,
    typer.Option(help="A column known beforehand; repeatable.", rich_help_panel=SERIES),
]
Fill = Annotated[
    bool,
    typer.Option(
        "--fill",
        help="Fill gaps by the value before, average what comes twice.",
        rich_help_panel=SERIES,
    ),
]
