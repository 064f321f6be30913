"""Tasks, one file each: what a target is, and what becomes of it on the way to the loss.

Everything else asks the task; nothing compares its name. A task is found by its file, so adding one
is adding a file with a `TASK` in it.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from nna import external
from nna.errors import UserError
from nna.tasks.base import Brought, Task

__all__ = ["Brought", "Task", "all_of", "get", "names"]


def get(name: str) -> Task:
    """The task of that name, such as "node-classification"; an external architecture's own as well.

    Raises:
        UserError: there is none.
    """
    if name in names():
        return _own(name)
    for _, module in external.brought("task", "TASK"):
        if module.TASK.name == name:
            return module.TASK
    raise UserError(f"no task {name!r}; there are: {', '.join(names())}")


@cache
def _own(name: str) -> Task:
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}").TASK


@cache
def names() -> tuple[str, ...]:
    """The names of all tasks, sorted."""
    files = (module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")
    return tuple(sorted(name.replace("_", "-") for name in files))


def all_of() -> tuple[Task, ...]:
    """All tasks, by their names."""
    return tuple(map(get, names()))
