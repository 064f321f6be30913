"""Choose architectures by family, task, port and year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from nna import registry
from nna.atlas import catalogue
from nna.errors import UserError, nearest
from nna.spec import TASKS, Architecture, Input, Output, Task


def select(
    specs: Mapping[str, Architecture],
    family: str | None = None,
    task: str | None = None,
    port: str | None = None,
    year: str | None = None,
) -> dict[str, Architecture]:
    """The architectures that fit every filter given.

    Args:
        specs: by id.
        family: the folder that holds them.
        task: one of `nna.spec.TASKS`.
        port: the kind of what goes in or comes out.
        year: of the idea's first public version: "1998", "1980-1999", "-1989" or "2010-".

    Raises:
        UserError: unknown family, task or port, or no year.
    """
    _check("family", family, catalogue.families())
    check_task(task)
    _check("port", port, ports())
    first, last = years(year)
    return {
        name: spec
        for name, spec in specs.items()
        if family in (None, registry.family(name))
        and (task is None or spec.does(task))
        and (port is None or port in kinds(spec))
        and first <= spec.year <= last
    }


def tasks() -> tuple[str, ...]:
    """All tasks that an architecture can do."""
    return TASKS


def check_task(task: str | None) -> Task | None:
    """The task, if it is one; None stays None.

    Raises:
        UserError: no such task.
    """
    _check("task", task, tasks())
    return task


def ports() -> tuple[str, ...]:
    """All kinds of ports that an architecture can declare, sorted."""
    kinds = {port.__dataclass_fields__["kind"].default for port in get_args(Input | Output)}
    return tuple(sorted(kinds))


def kinds(spec: Architecture) -> tuple[str, ...]:
    """The kinds of an architecture's ports: what goes in, then what comes out."""
    return tuple(dict.fromkeys(port.kind for port in (*spec.inputs.values(), spec.outputs)))


def years(span: str | None) -> tuple[int, int]:
    """First and last year of "1998", "1980-1999", "-1989" or "2010-"; of None, all.

    Raises:
        UserError: it is no such span, or it ends before it begins.
    """
    if span is None:
        return 0, 9999
    match = re.fullmatch(r"(\d{4})|(\d{4})?-(\d{4})?", span.strip())
    if not match or not any(match.groups()):
        raise UserError(f"year {span!r}: give a year (1998) or a span (1980-1999, -1989, 2010-)")
    first, last = int(match[1] or match[2] or 0), int(match[1] or match[3] or 9999)
    if first > last:
        raise UserError(f"year {span!r}: the span ends before it begins")
    return first, last


def _check(what: str, wanted: str | None, known: tuple[str, ...]) -> None:
    if wanted is not None and wanted not in known:
        listed = f"there are: {', '.join(known)}"
        near = nearest(wanted, known, "")
        raise UserError(f"no {what} {wanted!r}; {near if near.endswith('?') else listed}")
