"""A step that a learner derives: what is asked, how it is checked, what typically goes wrong."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nna.atlas import guide
from nna.errors import UserError, nearest

Formula = Callable[..., Any]
BLANK = "..."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One blank of a chapter.

    Attributes:
        answer: the solution; its name, arguments and docstring are shown, its body is left blank.
        section: the heading of the chapter that it belongs to.
        ask: what is to be derived, in Markdown.
        draw: the arguments of one random case.
        truth: the same by another way than the solution's: a loop over definitions, automatic
            differentiation, or another library.
        mistakes: what typically goes wrong, by the hint that helps with it.
        hint: for whatever else is wrong.
    """

    answer: Formula
    section: str
    ask: str
    draw: Callable[[np.random.Generator], tuple[Any, ...]]
    truth: Formula
    mistakes: Mapping[str, Formula]
    hint: str

    @property
    def name(self) -> str:
        """Within its chapter."""
        return self.answer.__name__

    @property
    def solution(self) -> str:
        """The source of the answer."""
        return inspect.getsource(self.answer).rstrip()

    @property
    def stub(self) -> str:
        """What a learner begins with."""
        head = f"def {self.name}{inspect.signature(self.answer)}:"
        words = inspect.getdoc(self.answer) or ""
        told = "\n".join(f"    {line}".rstrip() for line in words.splitlines())
        return f'{head}\n    """{told.strip()}"""\n    return {BLANK}'


@cache
def of_chapter(chapter: str) -> tuple[Step, ...]:
    """The steps of a chapter, in its order; none where nothing is computed."""
    name = f"nna.learn.steps.{chapter}"
    if importlib.util.find_spec(name) is None:
        return ()
    return importlib.import_module(name).STEPS


def chapters() -> tuple[str, ...]:
    """The ids of the chapters that have steps, in the guide's order."""
    return tuple(one.id for one in guide.read() if of_chapter(one.id))


def find(name: str) -> Step:
    """A step by "chapter/step".

    Raises:
        UserError: there is no such step.
    """
    chapter, _, wanted = name.partition("/")
    there = of_chapter(chapter) if chapter in chapters() else ()
    for step in there:
        if step.name == wanted:
            return step
    known = tuple(f"{one}/{step.name}" for one in chapters() for step in of_chapter(one))
    raise UserError(f"no step {name!r}; {nearest(name, known, 'nna guide CHAPTER --notebook')}")
