"""What a task has to say of itself; most of it has a default."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

Scores = Mapping[str, tuple[np.ndarray, bool]]

if TYPE_CHECKING:
    import torch

    from nna.spec import Task as Name


class Task:
    """What examples are for. A task that differs says so; the defaults are of class numbers."""

    name: ClassVar[Name]
    supervised: ClassVar[bool] = True  # examples bring the answer that is to be learnt
    one_class: ClassVar[bool] = False  # the answer is one class for each example
    in_column: ClassVar[bool] = False  # a column of a table may hold the target
    by_folder: ClassVar[bool] = False  # folders may be its classes
    names_classes: ClassVar[bool] = True  # classes have names; else they are called by number
    numeric: ClassVar[bool] = False  # targets are numbers, scaled by what the training part shows
    binary: ClassVar[bool] = False  # values are 0 or 1, and are left as they are
    draws: ClassVar[bool] = False  # what is asked for is new examples
    on_grid: ClassVar[bool] = False  # answers are units of a grid
    sequence: ClassVar[bool] = False  # the data are one sequence, cut into parts by its order
    translates: ClassVar[bool] = False  # a sequence is written for another: it may be searched for
    ahead: ClassVar[bool] = False  # answers are the steps after a window of a series
    learns_as: ClassVar[Name | None] = None  # the task whose objectives it is learnt by
    needs: ClassVar[str | None] = None  # a package that its figures need, beyond the core
    whole_classes: ClassVar[bool] = False  # tested on classes that training never saw
    independent: ClassVar[bool] = True  # examples stand for themselves: a repeated one is no test
    portable: ClassVar[bool] = False  # a run may be measured on other data
    comparable: ClassVar[bool] = False  # networks and simple rivals give the same kind of answer
    scored: ClassVar[bool] = False  # single scores of an example say what was answered, and why
    strange: ClassVar[bool] = False  # says how usual an example is
    learnt_by: ClassVar[tuple[str, ...]] = ()  # objectives whose outputs are its scores
    weighs: ClassVar[bool] = False  # errors may count more in one class than in another
    blends: ClassVar[bool] = False  # two examples and their targets may be mixed
    moves: ClassVar[str | None] = None  # what moves along with a picture
    beside: ClassVar[str | None] = None  # what a folder of pictures must hold beside them

    def __str__(self) -> str:
        """Its name: messages call it by that."""
        return self.name

    def __eq__(self, other: object) -> bool:
        """Whether it is the same task, in another process as well."""
        return isinstance(other, Task) and self.name == other.name

    def __hash__(self) -> int:
        """Of its name."""
        return hash(self.name)

    def renumbered(self, y: np.ndarray, number: np.ndarray) -> np.ndarray:
        """Targets whose classes are numbered otherwise; below 0 stands no class.

        Args:
            y: targets, of which class numbers are a part.
            number: the new number of each class.
        """
        return np.where(y < 0, y, number[y])

    def resized(self, y: np.ndarray, size: tuple[int, int], side: int) -> tuple[np.ndarray, str]:
        """Targets of pictures that are made square, and what is to be said of them.

        Args:
            y: targets.
            size: of the pictures, height and width in pixels.
            side: that they get.
        """
        return y, ""

    def usualness(self, outputs: np.ndarray, x: np.ndarray) -> np.ndarray:
        """A score for each example, `(n,)`; the lower, the stranger. Only where `strange`.

        Args:
            outputs: what the network gives, `(n, ...)`.
            x: the examples as it sees them, `(n, ...)`.
        """
        raise NotImplementedError(f"{self.name} doesn't say how usual an example is")

    def lacking(self, y: np.ndarray, part: str) -> str | None:
        """Why nothing can be learnt from a part, or tested by it; None: it can."""
        return None

    def example(self, x: torch.Tensor, given: tuple[int, ...], draw: torch.Generator) -> Any:
        """What examples are, where a network takes `x` and gives what is of a shape."""
        return x

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor | None:
        """Targets drawn at random, to try a training with; None: the task has none.

        Args:
            x: examples.
            given: the shape of what the network gives for them.
            classes: how many there are.
            draw: decides them.
        """
        import torch

        return torch.randint(classes, given[:-1], generator=draw)


class Unsupervised(Task):
    """A task whose examples bring no answer: nothing but themselves is learnt from."""

    supervised = False

    def target(
        self, x: torch.Tensor, given: tuple[int, ...], classes: int, draw: torch.Generator
    ) -> torch.Tensor | None:
        """None."""
        return None


class Brought(Task, ABC):
    """A task that measures and tells itself, as one in the `task.py` of an external architecture.

    Its `target` also says what a training is tried with: a tensor, a list where examples differ in
    length, or several of these by name.
    """

    independent = False
    portable = True

    @abstractmethod
    def scores(self, given: Mapping[str, np.ndarray], targets: Mapping[str, Any]) -> Scores:
        """What is measured, by name.

        Args:
            given: what the network gives for every example, by name; beyond the end of an example
                that is shorter than others it is NaN.
            targets: what should come out, by name; a list where examples differ in length.

        Returns:
            A value an example, `(n,)`, whose mean is the figure, and whether higher is better.
        """

    @abstractmethod
    def answers(self, given: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
        """What is told of each example.

        Args:
            given: as for `scores`.
        """

    def baselines(self, train: Mapping[str, Any], test: Mapping[str, Any]) -> Mapping[str, Scores]:
        """What simple rules that are fitted to the training part reach on the test part, by name.

        Args:
            train: values of every input and target, by name; a list where lengths differ.
            test: likewise.
        """
        return {}
