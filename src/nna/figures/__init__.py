"""The figure of a network: from its computation to a drawing of its structure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from nna import registry
from nna.figures import draw, fold, run
from nna.figures.draw import Area


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing that notebooks show by themselves."""

    svg: str
    areas: tuple[Area, ...]  # where each line of `model.py` is drawn

    def _repr_svg_(self) -> str:
        return self.svg


def figure(reference: str | Path | ModuleType) -> Figure:
    """The structure of a variant, drawn from what it computes for one example of its size.

    Args:
        reference: `"architecture"` or `"architecture/variant"`, or the folder or module of one.

    Raises:
        UserError: no such architecture or variant.

    Example:
        >>> nna.figure("mlp").svg.startswith("<svg")
        True
    """
    name, variant, _ = registry.split(registry.identify(reference))
    return _figure(name, variant)


@cache
def _figure(name: str, variant: str) -> Figure:
    panels = fold.fold(run.run(name, registry.configure(f"{name}/{variant}")))
    return Figure(*draw.drawn(panels, f"Structure of {registry.describe(name).name}"))
