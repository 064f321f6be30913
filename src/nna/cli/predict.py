"""`nna predict`: parses, calls, prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna.cli import output
from nna.cli.options import Code, Device, Encoding, Json, SkipBad, Threshold
from nna.errors import UserError

if TYPE_CHECKING:
    from nna.data.examples import Examples
    from nna.workbench.prediction.answers import Answers
    from nna.workbench.prediction.pretrained import Pretrained
    from nna.workbench.trained_model import Trained


def predict(  # noqa: PLR0913 - one option a thing that the user may say
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="RUN",
            help="A run's folder, such as runs/NAME, or public weights for texts, such as "
            "bert/base@uncased.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Argument(
            help="A table, a picture or a folder of them, or a dataset; for public weights a text."
        ),
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="A text to continue.")] = None,
    steps: Annotated[int, typer.Option(help="Tokens to write, or samples to draw.")] = 200,
    top: Annotated[
        int | None,
        typer.Option(help="Of public weights for texts: how many likely words to list. [5]"),
    ] = None,
    beam: Annotated[
        int | None,
        typer.Option(help="Of translators: beginnings kept while searching for the likeliest. [4]"),
    ] = None,
    length_penalty: Annotated[
        float | None,
        typer.Option(help="Of translators: how much the search favours longer ones. [0.6]"),
    ] = None,
    horizon: Annotated[int | None, typer.Option(help="Of series: steps ahead.")] = None,
    level: Annotated[
        float | None,
        typer.Option(help="Share of cases in which an interval holds the number. [0.9]"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides what is drawn.")] = 0,
    threshold: Threshold = None,
    masks: Annotated[
        Path | None, typer.Option(help="Folder to write the class of every pixel to.")
    ] = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    out: Annotated[
        Path | None,
        typer.Option(help="CSV file for the answers; tables of any length."),
    ] = None,
    escape: Annotated[
        bool,
        typer.Option(help="In the CSV file, put ' before texts that a spreadsheet would run."),
    ] = True,
    device: Device = "cpu",
    code: Code = None,
    json: Json = False,
) -> None:
    """Let a trained model answer for new examples; a text model writes, a generator draws."""
    from nna.workbench.evaluation.scoring import parse as cut_said
    from nna.workbench.prediction.predict import load
    from nna.workbench.prediction.pretrained import pretrained

    show = Shown(json, out, escape)
    if "@" in folder.name and not folder.exists():
        of_runs = {
            "--beam": beam,
            "--length-penalty": length_penalty,
            "--horizon": horizon,
            "--level": level,
            "--threshold": threshold,
            "--masks": masks,
            "--skip-bad": skip_bad,
            "--encoding": encoding,
        }
        _none_of(of_runs, f"{folder.as_posix()} is asked about texts")
        _of_text(pretrained(folder.as_posix(), device), source, prompt, (steps, seed), top, show)
        return
    _none_of({"--top": top}, "words are listed for public weights only")
    trained = load(folder, device).with_threshold(cut_said(threshold))
    if beam is not None or length_penalty is not None:
        _translate(trained, source, (skip_bad, encoding), (beam, length_penalty), show)
    elif trained.writes:
        show.text(trained.write(prompt or "", steps, seed))
    elif trained.draws:
        show.answers(trained.draw(steps, seed))
    elif not _of_long_table(trained, source, (skip_bad, encoding), level, show):
        _of_examples(
            trained, trained.read(source, skip_bad, encoding), (horizon, level), masks, show
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """How answers are shown, as the user wants it."""

    json: bool
    out: Path | None
    escape: bool

    def text(self, text: str) -> None:
        """A text that a model wrote."""
        output.print_json({"text": text}) if self.json else output.say(text)

    def answers(self, found: Answers) -> None:
        """A line an answer: in a file, as JSON, or as a table."""
        answers = found.to_json()
        if self.out is not None:
            from nna.training import files
            from nna.workbench.prediction.answers_csv import as_csv

            self.out.parent.mkdir(parents=True, exist_ok=True)
            files.write(self.out, as_csv(answers, escape=self.escape))
        if self.json:
            output.print_json(answers)
        elif not answers:
            output.say("nothing found")
        elif self.out is not None:
            output.say(f"{len(answers):,} answers in {self.out}")
        else:
            columns = tuple(answers[0])
            output.table(columns, [tuple(answer[c] for c in columns) for answer in answers])


def _none_of(options: Mapping[str, Any], why: str) -> None:
    """Refuse options that would change nothing.

    Raises:
        UserError: one is given.
    """
    for name, value in options.items():
        if value not in (None, False):
            raise UserError(f"{why}: leave out {name}")


def _of_text(  # noqa: PLR0913 - one argument a thing that the user may say
    public: Pretrained,
    text: str | None,
    prompt: str | None,
    drawn: tuple[int, int],
    top: int | None,
    show: Shown,
) -> None:
    """What public weights answer for a text, or write behind one."""
    if prompt is not None:
        if text is not None or top is not None:
            raise UserError(
                "--prompt is continued: leave out the text that is asked about, and --top"
            )
        show.text(public.write(prompt, *drawn))
        return
    if text is None:
        raise UserError(f"give a text: nna predict {public.reference} TEXT")
    show.answers(public.predict(text, 5 if top is None else top))


def _translate(
    trained: Trained,
    source: str | None,
    read: tuple[bool, str | None],
    search: tuple[int | None, float | None],
    show: Shown,
) -> None:
    from nna.workbench.prediction import translations

    beam, penalty = search
    examples = translations.read(trained, source, *read)
    for note in examples.notes:
        output.warn(note)
    show.answers(
        translations.translate(
            trained,
            examples,
            translations.BEAM if beam is None else beam,
            translations.LENGTH_PENALTY if penalty is None else penalty,
        )
    )


def _of_long_table(
    trained: Trained,
    source: str | None,
    read: tuple[bool, str | None],
    level: float | None,
    show: Shown,
) -> bool:
    """Answer for a table part by part, into a file; False: it is none, or not wanted so."""
    from nna.workbench.evaluation import uncertainty
    from nna.workbench.prediction import chunked_predict

    skip_bad, encoding = read
    if show.out is None or skip_bad or show.json:
        return False
    if (table := chunked_predict.find(trained, source, encoding)) is None:
        return False
    asked = uncertainty.LEVEL if level is None else level
    show.out.parent.mkdir(parents=True, exist_ok=True)
    tell = output.Countdown(before=0).tell
    notes = chunked_predict.write(trained, table, show.out, asked, tell, show.escape)
    for note in (*notes, *trained.unsure(asked)):
        output.warn(note)
    output.say(f"{table.rows:,} answers in {show.out}")
    return True


def _of_examples(
    trained: Trained,
    examples: Examples,
    ahead: tuple[int | None, float | None],
    masks: Path | None,
    show: Shown,
) -> None:
    from nna.workbench.evaluation import uncertainty

    horizon, level = ahead
    asked = uncertainty.LEVEL if level is None else level
    for note in (*trained.odd(examples), *trained.unsure(asked)):
        output.warn(note)
    if trained.run.request.windows is not None:
        show.answers(trained.forecast(examples, horizon, level))
    elif masks is None:
        show.answers(trained.answers(examples, asked))
    else:
        written = [str(path) for path in trained.write_masks(examples, masks)]
        output.print_json(written) if show.json else output.say(f"{len(written)} masks in {masks}")
