"""A short training on made-up examples, cut off and continued: does that change a bit of it?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from nna import objectives, ports, registry, tasks
from nna.data.examples import TARGET
from nna.spec import Recipe, size
from nna.training import checkpoint, devices, start
from nna.training.in_memory import Tensors, ragged
from nna.training.loop import Interrupted, Training


class _StopAfter:
    """Asks a training to stop after so many steps, as Ctrl-C does."""

    def __init__(self, training: Training, steps: int) -> None:
        self._training, self._steps = training, steps

    def step(self, done: int, total: int) -> None:
        if done == self._steps:
            self._training.stop()

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        pass


def examples(
    name: str, objective: str, inputs: Mapping[str, Tensor | list[Any]], seed: int = 0
) -> Tensors:
    """Examples of inputs at the test size, with targets drawn at random.

    Args:
        name: of the architecture.
        objective: that is to learn from them.
        inputs: the values of each port, by name.
        seed: decides the targets.
    """
    spec = registry.describe(name)
    learnt = objectives.get(objective).tasks
    task = next(task for task in spec.tasks if (tasks.get(task).learns_as or task) in learnt)
    kind, classes = tasks.get(task), size(getattr(spec.tiny, "classes", 2), spec.tiny)
    first, draw = next(iter(inputs)), torch.Generator().manual_seed(seed)
    count = len(inputs[first])
    given: Any = spec.outputs.shape(count, spec.tiny)
    values: dict[str, Any] = dict(inputs)
    values[first] = kind.example(values[first], given, draw)
    target = kind.target(values[first], given, classes, draw)
    targets = target if isinstance(target, dict) else {} if target is None else {TARGET: target}
    whole = any(ports.of(port).whole for port in spec.inputs.values())
    return Tensors(
        {key: ragged(of, spec.inputs[key]) for key, of in values.items()},
        {key: ragged(of) for key, of in targets.items()},
        torch.arange(count) if whole else None,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Rehearsal:
    """A training of an architecture at its test size, as often as wanted."""

    name: str
    recipe: Recipe
    examples: Tensors

    def training(self, folder: Path | None = None) -> Training:
        """The same training, anew or from what lies in the folder."""
        torch.manual_seed(0)
        model = registry.construct(self.name, registry.describe(self.name).tiny)
        return start.training(
            model, self.recipe, self.examples, self.examples, fabric=devices.fabric(), folder=folder
        )

    def whole(self, folder: Path | None = None) -> Training:
        """Trained to the end at once."""
        training = self.training(folder)
        training.run()
        return training

    def resumed(self, step: int, folder: Path) -> Training:
        """Trained to the end, but interrupted after a step, and random numbers lost meanwhile."""
        cut = self.training(folder)
        cut.watcher = _StopAfter(cut, step)
        try:
            cut.run()
        except Interrupted:
            torch.manual_seed(12345)
            cut = self.training(folder)
            cut.run()
        return cut


def differences(one: Training, other: Training) -> list[str]:
    """What differs by as much as a bit: weights, buffers, moments, figures."""
    ours, theirs = dict(_everything(one)), dict(_everything(other))
    names = [
        key for key in ours.keys() & theirs.keys() if not checkpoint.same(ours[key], theirs[key])
    ]
    names += ours.keys() ^ theirs.keys()
    return sorted(names) + ["figures"] * (repr(one.at.history) != repr(other.at.history))


def _everything(training: Training) -> Iterator[tuple[str, Tensor]]:
    yield from checkpoint.weights_of(training.model).items()
    if (state := training.objective.state) is not None:
        yield from ((f"state: {key}", of.detach()) for key, of in state.state_dict().items())
    for player, (module, optimiser) in training.optimisers.items():
        for name, kept in checkpoint.moments_of(module, optimiser).items():
            yield from ((f"{player}: {key} of {name}", value) for key, value in kept.items())
