"""`nna train`, `evaluate`, `predict`, `resume`, `explain`: parses, calls, prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from nna import registry
from nna.cli import output, over_seeds, run_output
from nna.cli.options import (
    SERIES,
    ClassWeights,
    Code,
    Data,
    DataDir,
    Dates,
    Device,
    Encoding,
    Fill,
    Folder,
    FutureCovariates,
    Groups,
    Horizon,
    Json,
    Metric,
    Positive,
    Season,
    Series,
    SkipBad,
    Split,
    Target,
    TaskName,
    TestData,
    Threshold,
    Time,
)
from nna.errors import UserError

if TYPE_CHECKING:
    from nna.workbench.prediction.answers import Answers


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (train, evaluate, predict, resume):
        app.command(rich_help_panel="Learn")(command)


def train(  # noqa: PLR0913 - one option a thing that the user may say
    architecture: Annotated[
        str,
        typer.Argument(
            metavar="ID[/VARIANT]",
            help="Such as lenet5 or resnet/20, or the folder of your own; resnet/18@imagenet1k "
            "starts from public weights.",
        ),
    ],
    data: Data,
    target: Target = None,
    task: TaskName = None,
    data_dir: DataDir = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    max_samples: Annotated[
        int | None,
        typer.Option(help="Training examples to draw at most; of other parts half as many each."),
    ] = None,
    horizon: Horizon = None,
    time: Time = None,
    series: Series = None,
    future_covariates: FutureCovariates = None,
    groups: Groups = None,
    split: Split = None,
    test: TestData = None,
    dates: Dates = None,
    lookback: Annotated[
        int | None, typer.Option(help="Steps to look back.", rich_help_panel=SERIES)
    ] = None,
    season: Season = None,
    freq: Annotated[
        str | None,
        typer.Option(help="The frequency, such as h, D or MS.", rich_help_panel=SERIES),
    ] = None,
    fill: Fill = False,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A setting, as field=value or, of the objective, objective.margin=1; repeatable.",
        ),
    ] = None,
    objective: Annotated[str | None, typer.Option(help="How to learn; see `nna show ID`.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training part.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Examples a step; 0: all at once.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    optimiser: Annotated[str | None, typer.Option(help="sgd, adam, adamw or rmsprop.")] = None,
    schedule: Annotated[str | None, typer.Option(help="constant, cosine or inverse-sqrt.")] = None,
    warmup: Annotated[float | None, typer.Option(help="Share of steps to warm up over.")] = None,
    weight_decay: Annotated[float | None, typer.Option(help="Weight decay.")] = None,
    clip_norm: Annotated[float | None, typer.Option(help="Greatest norm of the gradient.")] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after so many epochs without a better validation.")
    ] = None,
    augment: Annotated[
        list[str] | None,
        typer.Option(
            help="A random change to training pictures, such as affine or mixup; repeatable."
        ),
    ] = None,
    class_weights: ClassWeights = None,
    metric: Metric = None,
    positive: Positive = None,
    threshold: Threshold = None,
    start: Annotated[
        Path | None, typer.Option(help="A finished run whose weights to start from.")
    ] = None,
    freeze: Annotated[
        list[str] | None, typer.Option(help="A part that doesn't learn, such as body; repeatable.")
    ] = None,
    layer_lr_decay: Annotated[
        float | None, typer.Option(help="Rate of a block as a share of the next block's.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides split, first weights and order.")] = 0,
    seeds: Annotated[
        int | None,
        typer.Option(help="Trainings from so many seeds on the same parts: mean and interval."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Of the run's folder.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of runs.")] = Path("runs"),
    strategy: Annotated[str, typer.Option(help="auto, ddp or fsdp (under torchrun).")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, 32-true or bf16-mixed.")] = "auto",
    device: Device = "auto",
    json: Json = False,
) -> None:
    """Train an architecture on a dataset or on your own data."""
    from nna.training.loop import Interrupted
    from nna.workbench.class_weights import parse as weights_said
    from nna.workbench.evaluation.scoring import parse as cut_said
    from nna.workbench.prepared_data import parse_settings
    from nna.workbench.seeds import Seeds, several
    from nna.workbench.train import train as learn

    if start is not None and "@" in start.name and not start.exists():
        raise UserError(f"--start is for a run; public weights go by: nna train {start} {data}")
    if layer_lr_decay is not None and layer_lr_decay > 1:
        raise UserError(f"--layer-lr-decay {layer_lr_decay:g}: a share, between 0 and 1")
    recipe: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": lr,
        "optimiser": optimiser,
        "schedule": schedule,
        "warmup": warmup,
        "weight_decay": weight_decay,
        "clip_norm": clip_norm,
        "patience": patience,
        "augment": tuple(augment) if augment else None,
        "freeze": tuple(freeze) if freeze else None,
        "layer_lr_decay": layer_lr_decay,
    }
    forecast: dict[str, Any] = {
        "horizon": horizon,
        "series": series,
        "future_covariates": future_covariates or [],
        "lookback": lookback,
        "season": season,
        "freq": freq,
        "fill": fill,
    }
    try:
        run = (learn if seeds is None else several(seeds))(
            architecture,
            data,
            out=out,
            name=name,
            data_dir=data_dir,
            target=target,
            task=task,
            skip_bad=skip_bad,
            encoding=encoding,
            max_samples=max_samples,
            forecast=forecast | {"time": time} if any(forecast.values()) else None,
            groups=groups,
            time=None if any(forecast.values()) else time,
            split=split,
            test=test,
            dates=dates or (),
            seed=seed,
            objective=objective,
            settings=parse_settings(set_ or []),
            recipe=recipe,
            class_weights=weights_said(class_weights or ()),
            metric=metric,
            positive=positive,
            threshold=cut_said(threshold),
            start=start,
            strategy=strategy,
            precision=precision,
            device=device,
            quiet=json,
        )
    except Interrupted as stop:
        _paused(stop, run_output.code_of(registry.identify(architecture)))
    over_seeds.show(run, json) if isinstance(run, Seeds) else run_output.show(run, json)


def resume(
    folder: Folder,
    device: Annotated[
        str | None,
        typer.Option(help="Where it goes on, as of `nna train`; [where it was begun]."),
    ] = None,
    code: Code = None,
    json: Json = False,
) -> None:
    """Continue an interrupted run, to the bits an uninterrupted one reaches."""
    from nna.training.loop import Interrupted
    from nna.workbench.train import resume as proceed

    try:
        run = proceed(folder, quiet=json, device=device)
    except Interrupted as stop:
        _paused(stop, f" --code {code[-1]}" if code else "")
    run_output.show(run, json)


def evaluate(  # noqa: PLR0913 - one option a thing that the user may say
    folder: Folder,
    data: Annotated[
        str | None, typer.Argument(help="Other data, with answers; else the run's test part.")
    ] = None,
    target: Target = None,
    skip_bad: SkipBad = False,
    encoding: Encoding = None,
    metric: Metric = None,
    threshold: Threshold = None,
    device: Device = "cpu",
    code: Code = None,
    json: Json = False,
) -> None:
    """Measure a run on other data; or again on its test part, and write its report anew."""
    from nna.workbench.evaluation.scoring import parse as cut_said
    from nna.workbench.prediction.predict import load
    from nna.workbench.run_options import with_scoring
    from nna.workbench.train import finish, material_of

    trained, cut = load(folder, device), cut_said(threshold)
    if data is not None:
        from nna.workbench import other_data

        measured = other_data.measure(
            trained.with_threshold(cut), data, target, skip_bad, encoding, metric
        )
        if json:
            output.print_json({"run": str(folder), "data": data, **measured.to_json()})
            return
        run_output.show_figures(trained.run.request, data, measured, ())
        return
    if target or skip_bad or encoding:
        raise UserError("--target, --skip-bad and --encoding are for other data: name them, too")
    with trained.run.held():
        material, request = material_of(trained.run), trained.run.request
        if metric or cut is not None:
            said = (metric or request.metric, request.positive, request.threshold)
            material = with_scoring(material, *said[:2], said[2] if cut is None else cut)
        finish(trained.run, trained.model, material)
    run_output.show(trained.run, json)


def predict(  # noqa: PLR0913 - one option a thing that the user may say
    folder: Folder,
    source: Annotated[
        str | None, typer.Argument(help="A table, a picture or a folder of them, or a dataset.")
    ] = None,
    prompt: Annotated[str | None, typer.Option(help="A text to continue.")] = None,
    steps: Annotated[int, typer.Option(help="Tokens to write, or samples to draw.")] = 200,
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
    from nna.workbench.evaluation import uncertainty
    from nna.workbench.evaluation.scoring import parse as cut_said
    from nna.workbench.prediction import chunked_predict
    from nna.workbench.prediction.predict import load

    trained = load(folder, device).with_threshold(cut_said(threshold))
    if trained.writes:
        text = trained.write(prompt or "", steps, seed)
        output.print_json({"text": text}) if json else output.say(text)
        return
    if trained.draws:
        _answers(trained.draw(steps, seed), json, out, escape)
        return
    asked = uncertainty.LEVEL if level is None else level
    if (
        out is not None
        and not (skip_bad or json)
        and (table := chunked_predict.find(trained, source, encoding))
    ):
        assert out is not None
        out.parent.mkdir(parents=True, exist_ok=True)
        tell = output.Countdown(before=0).tell
        notes = chunked_predict.write(trained, table, out, asked, tell, escape)
        for note in (*notes, *trained.unsure(asked)):
            output.warn(note)
        output.say(f"{table.rows:,} answers in {out}")
        return
    examples = trained.read(source, skip_bad, encoding)
    for note in (*trained.odd(examples), *trained.unsure(asked)):
        output.warn(note)
    if trained.run.request.windows is not None:
        _answers(trained.forecast(examples, horizon, level), json, out, escape)
        return
    if masks is None:
        _answers(trained.answers(examples, asked), json, out, escape)
        return
    written = [str(path) for path in trained.write_masks(examples, masks)]
    output.print_json(written) if json else output.say(f"{len(written)} masks in {masks}")


def _answers(found: Answers, json: bool, out: Path | None, escape: bool) -> None:
    answers = found.to_json()
    if out is not None:
        from nna.training import files
        from nna.workbench.prediction.answers_csv import as_csv

        out.parent.mkdir(parents=True, exist_ok=True)
        files.write(out, as_csv(answers, escape=escape))
    if json:
        output.print_json(answers)
        return
    if not answers:
        output.say("nothing found")
        return
    if out is not None:
        output.say(f"{len(answers):,} answers in {out}")
        return
    columns = tuple(answers[0])
    output.table(columns, [tuple(answer[c] for c in columns) for answer in answers])


def _paused(stop: Exception, code: str) -> NoReturn:
    """Say how to continue, and leave as an interrupted program does."""
    output.warn(f"interrupted; continue with: nna resume {stop}{code}")
    raise typer.Exit(130) from stop
