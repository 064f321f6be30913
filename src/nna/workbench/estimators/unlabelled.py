"""What estimators share that learn from rows without labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nna.data.examples import Examples, Part
from nna.spec import Table, Task
from nna.workbench.estimators.base import Network, UnfitError
from nna.workbench.estimators.inputs import Read
from nna.workbench.material import Material, compose


class Unlabelled(Network):
    """A network that learns what rows look like."""

    _own: tuple[str, ...] = ("_scaled",)

    def _learn_rows(self, read: Read, task: Task) -> None:
        """Fit to rows alone.

        Raises:
            UnfitError: a density of numbers that aren't shares.
        """
        self._scaled = task == "density"
        if self._scaled:
            x = read[0]
            shares = isinstance(x, np.ndarray) and bool(((x >= 0) & (x <= 1)).all())
            if not shares:
                raise UnfitError(
                    f"{self.architecture} takes rows of numbers from 0 to 1: scale them before"
                )
        self._learn(read, task)

    def _material(self, parts: Mapping[Part, Examples]) -> Material:
        """A code as wide as the rows would teach nothing: it is made half as wide, unless told."""
        material = super()._material(parts)
        given: Mapping[str, Any] = self.settings or {}
        port, code = material.parts["train"].port, getattr(material.config, "code", 0)
        if not isinstance(port, Table) or "code" in given:
            return material
        columns = int(port.features)
        if code < columns:
            return material
        narrower = {**given, "code": max(1, columns // 2)}
        return compose(self.architecture, parts, narrower, self.objective)
