"""What a script is written of, and the parts of it that a framework decides."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nna import registry
from nna.scripts.inline import Collected
from nna.spec import Architecture, Recipe

if TYPE_CHECKING:
    import numpy as np

    from nna.workbench.prepared_data import Material

ARRAYS = "nna.scripts.arrays"
Kind = Literal["rows", "nodes", "graphs"]
SOME = {"rows": "some", "nodes": "some_nodes", "graphs": "some_graphs"}

# By metric: the function of `nna.scripts.arrays`, and what it is given.
FIGURES = {
    "accuracy": "accuracy(outputs(model, examples), examples.target)",
    "exact match": "exact_match(outputs(model, examples), examples.target)",
    "mse": "mse(outputs(model, examples), examples.x)",
    "modes": "modes(samples(model, {count}), examples.x, examples.target)",
    "bits per byte": "bits_per_byte(outputs(model, examples), examples.target)",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An architecture's desk variant, and its signature data as the network takes them."""

    name: str
    stem: str
    material: Material
    recipe: Recipe
    arrays: Mapping[str, np.ndarray]  # by part, side and name: "train/inputs/image"

    @property
    def spec(self) -> Architecture:
        """The architecture's."""
        return self.material.spec

    @property
    def package(self) -> str:
        """Where its modules lie."""
        return f"nna.architectures.{registry.family(self.name)}.{self.name}"

    @property
    def kind(self) -> Kind:
        """What its examples are: rows of arrays, nodes of one graph, or graphs."""
        if "train/rows" in self.arrays:
            return "nodes"
        return "graphs" if "train/inputs/sizes" in self.arrays else "rows"

    @property
    def some(self) -> str:
        """The function that gives the examples in some rows."""
        return SOME[self.kind]

    @property
    def inputs(self) -> list[str]:
        """The names of what goes in."""
        return [key.split("/")[2] for key in self.arrays if key.startswith("train/inputs/")]

    @property
    def words(self) -> bool:
        """Whether missing words are asked for, which a network gives beside something else."""
        return "train/targets/words" in self.arrays

    def take_arrays(self, taken: Collected) -> None:
        """What holds the examples, and what measures."""
        taken.take(ARRAYS, "Examples", self.some)


@dataclass(frozen=True, slots=True)
class Parts:
    """The text of what differs between frameworks."""

    model: str
    learnt: str  # by: an objective, where it is written before the training
    data: str
    training: str
    outputs: str
    kind: str  # of the model: a class
    loss: str  # the evaluation by the loss itself


def called(name: str, given: Mapping[str, Any]) -> str:
    """A call with arguments by name."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})"


def written(config: Any) -> str:
    """The line that says a configuration."""
    fields = {f.name: getattr(config, f.name) for f in dataclasses.fields(config)}
    text = f"CONFIG = {called(type(config).__name__, fields)}"
    return textwrap.fill(text, 98, subsequent_indent="    ", break_long_words=False)


def blocks(*texts: str) -> str:
    """Pieces of a script one after the other, as top-level definitions stand."""
    return "\n\n\n".join(text.strip("\n") for text in texts if text.strip())
