"""Build the notebooks of applications/ from their sources, percent scripts that read as Python.

    python tools/notebooks.py                 every notebook, without outputs
    python tools/notebooks.py --run 3         number 3, run cell by cell, with what each cell shows

A source is what is reviewed and tested; editors open it as a notebook as it is. Running needs no
Jupyter: cells run in this process, and what they print, draw and end with is kept.
"""

from __future__ import annotations

import argparse
import ast
import base64
import contextlib
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nna import notebook
from nna.notebook import Cell
from nna.training import files

FOLDER = Path(__file__).parents[1] / "applications"
BEGIN = re.compile(r"^# %%(?P<words> \[markdown\])?\n", re.M)
FORMS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_svg_": "image/svg+xml",
}


def sources() -> list[Path]:
    """All of them, in order."""
    return sorted(FOLDER.glob("[0-9]_*.py"))


def cells(source: str) -> list[Cell]:
    """The cells of a percent script."""
    starts = [*BEGIN.finditer(source)]
    ends = [one.start() for one in starts[1:]] + [len(source)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        text = source[start.end() : end].strip("\n")
        if start["words"]:
            found.append(Cell("markdown", re.sub(r"^# ?", "", text, flags=re.M)))
        else:
            found.append(Cell("code", text))
    return found


def ran(made: Sequence[Cell]) -> Iterator[Cell]:
    """The cells one after another, each with what it shows; run in the present folder."""
    import matplotlib

    matplotlib.use("agg")
    space: dict[str, Any] = {"__name__": "__main__"}
    for cell in made:
        yield (
            replace(cell, outputs=tuple(_outputs(cell.text, space)))
            if cell.kind == "code"
            else cell
        )


def _outputs(text: str, space: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from matplotlib import pyplot

    body = ast.parse(text).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    printed, value = io.StringIO(), None
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "<cell>", "exec"), space)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    if said := printed.getvalue():
        yield {"output_type": "stream", "name": "stdout", "text": said.splitlines(keepends=True)}
    for number in pyplot.get_fignums():
        picture = io.BytesIO()
        pyplot.figure(number).savefig(picture, format="png", dpi=80, bbox_inches="tight")
        pyplot.close(number)
        yield _shown({"image/png": base64.b64encode(picture.getvalue()).decode()})
    if value is not None:
        yield _shown({"text/plain": repr(value)} | _forms(value))


def _forms(value: Any) -> dict[str, str]:
    asked = ((form, getattr(value, name, None)) for name, form in FORMS.items())
    made = ((form, ask()) for form, ask in asked if ask is not None)
    return {form: text for form, text in made if text is not None}


def _shown(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def build(path: Path, run: bool) -> Path:
    """Write the notebook of a source beside it; run, in a folder of its own, if asked."""
    made = cells(path.read_text(encoding="utf-8"))
    if run:
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            made = list(ran(made))
    target = path.with_suffix(".ipynb")
    files.write(target, notebook.written(made))
    return target


def main() -> None:
    """Build those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", nargs="*", help="which; all if none is named")
    parser.add_argument("--run", action="store_true", help="run them, and keep what cells show")
    asked = parser.parse_args()
    for path in sources():
        if not asked.numbers or path.name[0] in asked.numbers:
            print(build(path, asked.run))


if __name__ == "__main__":
    main()
