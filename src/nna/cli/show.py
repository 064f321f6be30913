"""`nna show`: one architecture, whole or by a part. Parses, calls, prints."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nna import registry
from nna.atlas.example_size import example_size
from nna.cli import output
from nna.cli.options import Json, Reference
from nna.errors import UserError

if TYPE_CHECKING:
    from nna.atlas.attributions import Attribution
    from nna.spec import Architecture, Recipe, Variant


def show(  # noqa: PLR0913  its options are its arguments
    reference: Reference,
    section: Annotated[
        str | None, typer.Option(help="Only this lens of the card, such as Intuition.")
    ] = None,
    card: Annotated[bool, typer.Option("--card", help="Only the card.")] = False,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Only the paper, as BibTeX.")] = False,
    source: Annotated[bool, typer.Option("--source", help="Only the model's source.")] = False,
    framework: Annotated[
        str | None, typer.Option(help="Of the source: torch or keras. [torch]")
    ] = None,
    figure: Annotated[
        bool, typer.Option("--figure", help="Only the figure of its structure, as SVG.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the figure. [stdout]")
    ] = None,
    json: Json = False,
) -> None:
    """Show an architecture: its facts, sizes and sources, and its card."""
    reference = registry.identify(reference)
    name, variant, weights = registry.split(reference)
    if weights is not None:
        raise UserError(f"{reference}: leave out @{weights}; `nna show {name}` names all weights")
    given = {
        "--section": section is not None,
        "--card": card,
        "--bibtex": bibtex,
        "--source": source,
        "--figure": figure,
    }
    asked = [option for option, wanted in given.items() if wanted]
    if len(asked) > 1:
        raise UserError(f"{' and '.join(asked)}: ask for one part at a time")
    if out is not None and not figure:
        raise UserError("--out names a file for the figure: add --figure")
    if framework is not None and not source:
        raise UserError("--framework chooses a source: add --source")
    if figure:
        _figure(f"{name}/{variant}", out, json)
    elif asked:
        _part(name, asked[0], framework or "torch" if source else section or "", json)
    else:
        _whole(name, variant if "/" in reference else None, json)


def _figure(reference: str, out: Path | None, json: bool) -> None:
    """Print the figure of a variant, or write it into a file."""
    from nna import figures
    from nna.training import files

    svg = figures.figure(reference).svg
    if out is not None:
        if out.exists() and not (out.is_file() and out.suffix == ".svg"):
            raise UserError(f"--out {out}: is there already and is no .svg; name another file")
        try:
            files.write(out, svg)
        except OSError as error:
            raise UserError(f"{out}: can't be written ({error.strerror or error})") from error
    if json:
        written = {"svg": svg} if out is None else {"path": str(out)}
        output.print_json({"id": registry.split(reference)[0], **written})
    else:
        output.say(svg.rstrip("\n") if out is None else f"written: {out}")


def _part(name: str, option: str, which: str, json: bool) -> None:
    """Print one part alone: of the card which lens, of the source in which framework."""
    from nna import stated
    from nna.atlas import cards, citation

    printer = output.say
    if option == "--section":
        heading, text = cards.read(name).lens(which)
        text = stated.fill(text)
        data = {"lens": heading, "text": text}
        printer, text = output.markdown, f"## {heading}\n\n{text}"
    elif option == "--card":
        printer = partial(output.markdown, source=True)
        text = stated.fill(cards.source(name))
        data = {"card": text}
    elif option == "--bibtex":
        text = citation.entry(name)
        data = {"bibtex": text}
    else:
        path = registry.source(name, which)
        text = path.read_text(encoding="utf-8").rstrip("\n")
        data = {"path": str(path), "source": text}
    if json:
        output.print_json({"id": name, **data})
    else:
        printer(text)


def _whole(name: str, only: str | None, json: bool) -> None:
    """Print everything, of all variants or of one."""
    from nna import stated
    from nna.atlas import attributions, cards, lineage
    from nna.workbench.recommendation import family_results

    spec, family = registry.describe(name), registry.family(name)
    led_to = lineage.graph().children[name]
    variants = {key: value for key, value in spec.variants.items() if only in (None, key)}
    card, reached = stated.fill(cards.source(name)), family_results.of(name)
    if json:
        known = output.plain(spec)
        for entry in known["weights"].values():
            del entry["rules"]  # they say how a loader renames, and mean nothing without their kind
        chosen = {"variants": output.plain(variants)}
        output.print_json(
            {
                "id": name,
                "family": family,
                "year": spec.year,
                **known,
                "led_to": led_to,
                **chosen,
                "card": card,
            }
            | {"standings": reached, "comparisons": family_results.compared_on(name)}
        )
        return
    what = (name, family, *([spec.year] if spec.year else []))  # external ones may name no paper
    output.heading(f"{spec.name} ({', '.join(map(str, what))})", space=False)
    comparisons = _comparisons(family_results.compared_on(name))
    output.facts(
        [
            *_facts(name, spec, attributions.about(name), led_to),
            *map(_standing, reached),
            *comparisons,
        ]
    )
    output.heading("Variants")
    columns = ("", "parameters", "multiply-adds", "of", "printed", "configuration")
    output.table(columns, [_size(spec, k, v) for k, v in variants.items()], right=columns[1:3])
    output.facts(_differing(variants))
    output.say()
    output.markdown(card)


def _facts(
    name: str, spec: Architecture, origins: tuple[Attribution, ...], led_to: tuple[str, ...]
) -> list[tuple[str, object]]:
    from nna.atlas.citation import line

    task = spec.signature
    return [
        ("idea", spec.idea),
        *((f"{one.who} {one.year}", f"{one.idea} ({one.source})") for one in origins),
        ("limitation", spec.limitation),
        ("paper", line(spec.paper)),
        ("tasks", ", ".join(spec.tasks)),
        *((f"takes {argument}", output.port(port)) for argument, port in spec.inputs.items()),
        ("outputs", output.port(spec.outputs)),
        ("grew from", ", ".join(spec.builds_on)),
        ("led to", ", ".join(led_to)),
        ("recipe", _recipe(spec.recipe)),
        ("objectives", ", ".join(spec.objectives)),
        ("in Keras", "model_keras.py (--source --framework keras)" if spec.twin else ""),
        *_take_home(name, spec.twin),
        (
            "must reach",
            f"{task.metric} {task.threshold:g} on {task.data}, beating: {task.baseline}",
        ),
        *(("parity", parity.against) for parity in spec.parity),
        *((f"weights {key}", f"{w.hub}, {w.licence}") for key, w in spec.weights.items()),
        *((f"waived {check}", reason) for check, reason in spec.waive.items()),
    ]


def _take_home(name: str, twin: str | None) -> Iterator[tuple[str, str]]:
    """The commands that write a script and an exercise, of what nna holds the source of."""
    if registry.family(name) != registry.EXTERNAL:
        also = " [--framework keras]" if twin else ""
        yield "script", f"nna script {name}{also}"
        yield "exercise", f"nna exercise start {name}{also}"


def _standing(reached: dict[str, Any]) -> tuple[str, object]:
    from nna.workbench.recommendation.family_results import percent

    family, data, place = (reached[key] for key in ("family", "data", "place"))
    return "measured", (
        f"on {data}: accuracy {percent(reached)}, place {place} among {reached['among']} of its "
        f"family under one protocol (`nna family {family} {data} --stored`)"
    )


def _comparisons(met: list[dict[str, Any]]) -> list[tuple[str, object]]:
    """Its places in comparisons on real data, in a line."""
    places = ", ".join(f"{one['place']} of {one['among']} on {one['data']}" for one in met)
    return [("in comparisons", f"place {places}")] if met else []


def _recipe(recipe: Recipe) -> str:
    """The fields that say something: set ones, with their names where the value alone is dark."""
    default = type(recipe)(objective="", epochs=0)
    always = ("epochs", "optimiser", "learning_rate", "batch_size")
    values = {f.name: getattr(recipe, f.name) for f in dataclasses.fields(recipe)}
    shown = {k: v for k, v in values.items() if k in always or v != getattr(default, k)}
    shown.pop("objective")
    return f"{recipe.objective}; " + ", ".join(f"{k} {_value(v)}" for k, v in shown.items())


def _size(spec: Architecture, name: str, variant: Variant) -> tuple[object, ...]:
    printed = (f"{k} {_value(p.value)} ({p.where})" for k, p in variant.paper.items())
    config = dataclasses.fields(variant.config)
    fields = ", ".join(f"{f.name} {_value(getattr(variant.config, f.name))}" for f in config)
    macs = None if variant.macs is None else f"{variant.macs:,}"
    cost = (macs, example_size(spec, variant))
    return name, f"{variant.params:,}", *cost, "; ".join(printed), fields


def _differing(variants: Mapping[str, Variant]) -> Iterator[tuple[str, object]]:
    """Figures that the source prints otherwise than they are counted, and why."""
    for key, variant in variants.items():
        for figure, printed in variant.paper.items():
            if printed.differs:
                yield f"{key} {figure} {_value(printed.value)} printed", printed.differs


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_value, value)) + ")"
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:g}"
    return str(value)
