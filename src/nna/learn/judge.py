"""Check a learner's function on random cases, and where it errs say what to look at.

The answer is compared with another derivation of the same quantity, never with text. What is wrong
is found by computing too: an answer that agrees with a known mistake in every case gets that
mistake's hint, one that is off by a sign or a factor is told so, and no hint is the solution.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nna import html
from nna.learn import step as steps
from nna.learn.step import Formula, Step

CASES = 20
CLOSE = 1e-6  # relative to the largest number of a case
LINE = 160  # characters of what an error says

Values = list[np.ndarray]  # of a case: one array a thing that is returned


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a check."""

    right: bool
    line: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.line

    def _repr_html_(self) -> str:
        return f"<p>{'✓' if self.right else '✗'} {html.escape(self.line)}</p>"


def check(name: str, answer: Any) -> Answer:
    """Whether a step is right, and if not what to look at.

    Args:
        name: "chapter/step", as the notebook has it.
        answer: the function that was written.

    Raises:
        UserError: there is no such step.
    """
    step = steps.find(name)
    if not callable(answer):
        return Answer(False, f"{name}: not a function; define {step.name}(...) and pass it itself")
    wrong = fault(step, answer)
    if wrong is None:
        return Answer(True, f"{name}: right, in {CASES} random cases")
    return Answer(False, f"{name}: not yet. {wrong}")


def fault(step: Step, answer: Formula) -> str | None:
    """What is wrong with an answer, in a line; None where it is right in every case."""
    cases, true = truths(step)
    own: list[Values] = []
    for case in cases:
        given = copy.deepcopy(case)
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = answer(*given)
        except Exception as error:  # whatever a learner's function breaks on is told
            return f"It stops with {type(error).__name__}: {_first_line(error)}"
        if value is None or value is ...:
            return "It is still blank: nothing is returned"
        try:
            own.append(arrays(value))
        except (TypeError, ValueError):
            return f"It returns {type(value).__name__} where numbers are asked"
        if any(
            not _same(arrays(a), arrays(b)) for a, b in zip(given, case, strict=True) if _data(a)
        ):
            return "It changes its arguments; work on a copy"
    if all(map(_same, own, true)):
        return None
    return _known(step, own, cases) or _general(own, true) or _where(step, own, true)


@cache
def truths(step: Step) -> tuple[list[tuple[Any, ...]], list[Values]]:
    """The cases of a step, and what is right in each; the same at every call."""
    draw = np.random.default_rng(sum(step.name.encode()))
    cases = [step.draw(draw) for _ in range(CASES)]
    return cases, [arrays(step.truth(*copy.deepcopy(case))) for case in cases]


def arrays(value: Any) -> Values:
    """What a function returned, as arrays.

    Raises:
        TypeError: it holds no numbers.
        ValueError: likewise, or rows of different lengths.
    """
    if hasattr(value, "detach"):  # of torch
        value = value.detach().numpy()
    several = isinstance(value, tuple)
    return [np.asarray(one, dtype=float) for one in (value if several else (value,))]


def _data(argument: Any) -> bool:
    return isinstance(argument, np.ndarray)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:LINE]


def _same(one: Values, other: Values) -> bool:
    if [a.shape for a in one] != [b.shape for b in other]:
        return False
    return all(_near(a, b) for a, b in zip(one, other, strict=True))


def _near(one: np.ndarray, other: np.ndarray) -> bool:
    finite = np.abs(other[np.isfinite(other)])
    scale = float(finite.max()) if finite.size else 1.0
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE * scale + 1e-12, equal_nan=True))


def _known(step: Step, own: Sequence[Values], cases: Sequence[tuple[Any, ...]]) -> str | None:
    """The hint of the first mistake that gives the same in every case."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for hint, mistake in step.mistakes.items():
            made = (arrays(mistake(*copy.deepcopy(case))) for case in cases)
            if all(_same(one, other) for one, other in zip(own, made, strict=True)):
                return hint
    return None


def _general(own: Sequence[Values], true: Sequence[Values]) -> str | None:
    """What is wrong whatever is asked: number, shape, sign, factor, offset."""
    for a, b in zip(own, true, strict=True):
        if len(a) != len(b):
            return f"It returns {_count(len(a))} where {_count(len(b))} {_verb(len(b))} asked"
        for place, (one, other) in enumerate(zip(a, b, strict=True), 1):
            if one.shape != other.shape:
                which = f"Value {place}" if len(b) > 1 else "It"
                turned = "; its transpose would fit" if one.shape == other.shape[::-1] else ""
                return f"{which} has shape {one.shape} where {other.shape} is asked{turned}"
            if not np.isfinite(one).all() and np.isfinite(other).all():
                return "It isn't finite in some cases: a division by zero, or an overflow"
    for told, change in _CHANGES.items():
        if all(
            _same([change(a, b) for a, b in zip(x, y, strict=True)], y)
            for x, y in zip(own, true, strict=True)
        ):
            return told
    return _steady(own, true)


def _count(values: int) -> str:
    return "one value" if values == 1 else f"{values} values"


def _verb(values: int) -> str:
    return "is" if values == 1 else "are"


_CHANGES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "Its size is right everywhere, its sign is not": lambda own, true: -own,
    "Every number is there, and stands in the transposed place": lambda own, true: (
        own.T if own.T.shape == true.shape else own
    ),
    "Every number is there, in the opposite order": lambda own, true: (
        own[::-1] if own.ndim else own
    ),
}


def _steady(own: Sequence[Values], true: Sequence[Values]) -> str | None:
    """Whether all cases are off by one factor or one number."""
    a = np.concatenate([one.ravel() for case in own for one in case])
    b = np.concatenate([one.ravel() for case in true for one in case])
    known = np.abs(b) > CLOSE * np.abs(b).max()
    if known.sum() > 1 and np.ptp(ratio := a[known] / b[known]) < CLOSE * np.abs(ratio).max() * 10:
        return "It is off by the same factor in every case: look for a constant"
    if len(a) > 1 and np.ptp(a - b) < CLOSE * max(1.0, np.abs(b).max()):
        return "It is off by the same amount in every case: look for a constant that is added"
    return None


def _where(step: Step, own: Sequence[Values], true: Sequence[Values]) -> str:
    right = sum(map(_same, own, true))
    return f"It is right in {right} of {CASES} cases. {step.hint}"
