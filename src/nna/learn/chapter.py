"""A chapter of the guide as a notebook: its text, and after each section the steps left blank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nna.atlas.guide import Chapter
from nna.learn import step as steps
from nna.learn.step import Step
from nna.notebook import Cell

BEGIN = "import math\n\nimport numpy as np\n\nfrom nna import learn"
INTRO = (
    "*Steps are left blank (`...`). Fill one in and run its cell: `learn.check` computes your "
    "answer on random cases beside another derivation, and says what to look at where they "
    "differ. `np` and `math` are all that a solution needs.*"
)


def cells(chapter: Chapter, text: str, solved: bool = False) -> list[Cell]:
    """The cells of a chapter's notebook.

    Args:
        chapter: one that has steps.
        text: its Markdown, ready to be read, without the title.
        solved: with the solutions in place of the blanks.
    """
    left = list(steps.of_chapter(chapter.id))
    found = [Cell("markdown", f"# {chapter.title}\n\n{INTRO}"), Cell("code", BEGIN)]
    for heading, words in sections(text):
        found.append(Cell("markdown", words.strip()))
        for one in [one for one in left if one.section == heading]:
            found += [
                Cell("markdown", f"**Step `{one.name}`.** {one.ask}"),
                _code(chapter, one, solved),
            ]
    return found


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a text, each with its heading; what stands before the first has none."""
    for part in re.split(r"^(?=## )", text, flags=re.M):
        heading = re.match(r"## (.+)", part)
        yield (heading[1].strip() if heading else "", part)


def _code(chapter: Chapter, step: Step, solved: bool) -> Cell:
    body = step.solution if solved else step.stub
    return Cell("code", f'{body}\n\n\nlearn.check("{chapter.id}/{step.name}", {step.name})')
