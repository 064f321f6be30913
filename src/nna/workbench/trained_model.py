"""A trained model, whoever trained it: it prepares, adapts, predicts, and says what that means."""

from __future__ import annotations

import copy
import dataclasses
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor, nn

from nna import registry, tasks, weights
from nna.data import unlabelled
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.data.images import to_port
from nna.data.prepare import Preparation
from nna.data.records.file import Asked
from nna.data.tables import tabular
from nna.errors import UserError
from nna.ports import outputs
from nna.spec import Architecture, Recipe
from nna.training.checkpoint import read_weights
from nna.training.in_memory import Tensors
from nna.training.runs import Run
from nna.workbench import record_files
from nna.workbench.evaluation import model_outputs, results, uncertainty
from nna.workbench.evaluation.results import OfForecasts
from nna.workbench.evaluation.scoring import PLAIN, Scoring
from nna.workbench.evaluation.uncertainty import Calibration
from nna.workbench.formatting import known_to
from nna.workbench.prediction import decoding, forecast_answers, reading, threshold as thresholds
from nna.workbench.prediction.answers import Answer, Answers, DrawnAnswer, Name, OwnAnswer
from nna.workbench.prediction.inference import classifier, ready
from nna.workbench.prediction.texts import continue_text
from nna.workbench.prepared_data import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained model, and what examples must go through before it sees them.

    One of a run also knows how its data were read and how sure its answers are.
    """

    reference: str  # "mlp/desk"
    config: Any
    task: tasks.Task
    classes: tuple[str, ...]
    preparation: Preparation
    model: nn.Module
    recipe: Recipe
    history: tuple[Mapping[str, float], ...] = ()  # of each epoch; a run keeps them in its folder
    cut: float | None = None  # epochs after which the clock ended it; None: it did not
    kept_in: Run | None = None  # None: it was trained in memory
    scoring: Scoring = PLAIN  # from which share on one of two classes is named

    @classmethod
    def of(cls, material: Material, model: nn.Module, recipe: Recipe) -> Trained:
        """A model on the data that it is trained on, in memory."""
        return cls(
            reference=material.reference,
            config=material.config,
            task=material.task,
            classes=material.classes,
            preparation=material.preparation,
            model=model,
            recipe=recipe,
        )

    @property
    def run(self) -> Run:
        """The run that it comes from.

        Raises:
            UserError: it comes from none.
        """
        if self.kept_in is None:
            raise UserError("this model was trained in memory: no run tells how data are read")
        return self.kept_in

    @property
    def epochs(self) -> int:
        """How many were trained, where it was trained in memory."""
        return len(self.history)

    @property
    def stopped(self) -> str | None:
        """In words, how far it came if the clock ended it before it had learnt all it would."""
        if self.cut is None:
            return None
        return f"stopped by the clock after {self.cut:.3g} of {self.recipe.epochs} epochs"

    @property
    def _spec(self) -> Architecture:
        return registry.describe(self.reference)

    # --- from examples to outputs --------------------------------------------------------------

    def prepared(self, examples: Examples) -> Examples:
        """Examples prepared as in training; their notes say what the model has to make up for.

        Raises:
            UserError: other columns than in training, or of another kind.
        """
        return self.preparation.apply(examples)

    def adapted(self, prepared: Examples) -> Examples:
        """Prepared examples as the model takes them."""
        return adapt(prepared, self._spec, self.config)[0]

    def inputs(self, examples: Examples) -> Tensors:
        """What the model gets to see of some examples: prepared and adapted as in its training."""
        return Tensors.of(self.adapted(self.prepared(examples)))

    def seen(self, examples: Examples) -> Examples:
        """The same as examples, without a target; notes tell what preparation did not know."""
        return self.adapted(self.prepared(examples)).changed(y=None)

    def outputs(self, examples: Examples) -> np.ndarray:
        """What the model gives for examples as they came: they are prepared and adapted here."""
        return self.outputs_of(self.seen(examples))

    def outputs_of(self, seen: Examples) -> np.ndarray:
        """What the model gives for each example, in order: `(n, ...)`, in prepared units.

        Tables are answered in double precision: a row's answer must not depend on the rows that it
        is asked along with.
        """
        part = Tensors.of(seen)
        if not seen.behaviour.tabular:
            return model_outputs.finite(model_outputs.outputs(self.model, part))
        exact = copy.deepcopy(self.model).double()
        return model_outputs.finite(model_outputs.outputs(exact, part.double()))

    def restored(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs `(n, 1)` as numbers in the target's own units, `(n,)`."""
        return self.preparation.restore(outputs[:, 0])

    # --- answers -------------------------------------------------------------------------------

    @property
    def writes(self) -> bool:
        """Whether it continues texts."""
        return self.task.sequence

    @property
    def draws(self) -> bool:
        """Whether it draws new examples."""
        return self.task.draws

    def predict(
        self,
        source: str | Path | pd.DataFrame | None,
        level: float = uncertainty.LEVEL,
        encoding: str | None = None,
        threshold: float | None = None,
    ) -> Answers:
        """An answer for every example of a source; a warning says how pictures were made to fit.

        Args:
            source: a table, a frame, a picture, a folder of pictures, or a dataset's id.
            level: share of cases in which an interval is to hold the number predicted.
            encoding: of a file of text; None: it is found out.
            threshold: see `with_threshold`; None: that of the run, if it has one.

        Raises:
            UserError: no source, or one that doesn't fit what the model was trained on.
        """
        examples = self.read(source, encoding=encoding)
        for note in self.odd(examples) if examples.behaviour.pictured else ():
            warnings.warn(note, stacklevel=2)
        return self.with_threshold(threshold).answers(examples, level)

    def with_threshold(self, threshold: float | str | None) -> Trained:
        """The same, naming the positive one of two classes from another probability on.

        Args:
            threshold: as the network gives it, between 0 and 1; None: the run's own way.

        Raises:
            UserError: it isn't, or there are no two classes with probabilities.
        """
        if threshold is None:
            return self
        return dataclasses.replace(self, scoring=thresholds.at(self.run.request, threshold))

    def read(
        self,
        source: str | Path | pd.DataFrame | None,
        skip_bad: bool = False,
        encoding: str | None = None,
    ) -> Examples:
        """The examples of a source, if the model can answer for them.

        Every column of a table is read as it was in training.

        Args:
            source: as `predict` takes it; of series that continue where training data ended, None.
            skip_bad: leave out files of a folder that can't be used; the examples' notes say which.
            encoding: of a file of text; None: it is found out.

        Raises:
            UserError: no source, or one that doesn't fit what the model was trained on.
        """
        request = self.run.request
        if request.windows is not None:
            return reading.latest(request, source, skip_bad, encoding)
        if source is None:
            raise UserError("say what to predict for: a file, a folder, or a dataset")
        asked = Asked(None, self.task, skip_bad, encoding, self.config, learnt=True, answers=False)
        if (found := self.records(source, asked)) is not None:
            return found
        where = request.data["data_dir"]
        return unlabelled.read(
            source if isinstance(source, pd.DataFrame) else str(source),
            request.port,
            self.task,
            Path(where) if where else None,
            skip_bad,
            self.preparation.recorded,
            encoding,
            self.apart,
        )

    def records(self, source: object, asked: Asked) -> Examples | None:
        """The examples of a file of records that the model can take; None: the source is none."""
        if isinstance(source, pd.DataFrame):
            return None
        found = record_files.examples(str(source), self.reference, asked)
        if found is not None:
            record_files.check(self.model, self.adapted(self.prepared(found)), str(source))
        return found

    @property
    def apart(self) -> frozenset[str]:
        """Columns of its table that are no features: the target, and those that split the rows."""
        data = self.run.request.data
        named = {name for what in ("target", "groups", "time", "split") if (name := data.get(what))}
        if data["target"] is None and self.task.supervised:
            forms = (str.lower, str.upper, str.capitalize)
            named |= {form(name) for form in forms for name in tabular.TARGETS}
        return frozenset(named) - {column.name for column in self.preparation.columns}

    def answers(self, examples: Examples, level: float = uncertainty.LEVEL) -> Answers:
        """An answer for each of some examples, as they came: they are prepared and adapted here.

        Raises:
            UserError: the level is no share.
        """
        if self.run.request.windows is not None:
            return self.forecast(examples)
        seen = self.inputs(examples)
        return self.answers_of(self.faster(seen), seen, examples, level)

    def faster(self, seen: Tensors) -> nn.Module:
        """The model as it answers fastest, its decisions on the first of some inputs unchanged."""
        dense = len(seen.inputs) == 1 and isinstance(next(iter(seen.inputs.values())), Tensor)
        if dense and self.task.one_class and self.task.independent:
            return classifier(self.model, seen.x)
        return ready(self.model)

    def answers_of(
        self, model: nn.Module, seen: Tensors, examples: Examples, level: float
    ) -> Answers:
        """What a model, as `faster` gives it, answers for each of some examples.

        Args:
            model: this one, made faster.
            seen: the examples as it sees them.
            examples: as they came.
            level: as `predict` takes it.

        Raises:
            UserError: the level is no share.
        """
        if isinstance(self.task, tasks.Brought):
            given = model_outputs.every_output(model, seen, outputs.along(self._spec.outputs))
            said = self.task.answers(given)
            named = ((decoding.called(examples, i), one) for i, one in enumerate(said))
            return Answers(OwnAnswer(example=name, said=one) for name, one in named)
        out = model_outputs.finite(model_outputs.outputs(model, seen))
        if self.task.moves == "boxes":
            return Answers(decoding.boxes(out, seen.x.numpy(), self.classes, examples))
        known = uncertainty.read(self.run)
        if self.task.strange:
            usual = decoding.usualness(out, seen.x.numpy(), self.task, known, examples)
            return Answers(usual)
        names = (decoding.called(examples, i) for i in range(len(out)))
        return Answers(
            self._answer(name, row, known, level) for name, row in zip(names, out, strict=True)
        )

    def _answer(self, name: Name, row: np.ndarray, known: Calibration, level: float) -> Answer:
        if self.classes and self.task.one_class:
            temperature = uncertainty.temperature(known, self.recipe.objective)
            return decoding.of_class(name, row, self.classes, self.scoring, temperature)
        if self.task.numeric:
            return decoding.of_number(name, row, self.preparation, known, level)
        if self.task.moves == "masks":
            return decoding.of_mask(name, row, self.classes)
        return decoding.of_outputs(name, row)

    def forecast(
        self, examples: Examples, steps: int | None = None, level: float | None = None
    ) -> Answers:
        """What comes after each window: one for each step ahead, with an interval if there is.

        Args:
            examples: windows of series.
            steps: how many; None: as many as the model gives.
            level: share of what comes that intervals are to hold; None: 0.9, or the highest below
                for which the run has windows enough.

        Raises:
            UserError: more than the model gives, or a level that the run has no intervals for.
        """
        found = results.of_run(self.run)
        radii = found.radii if isinstance(found, OfForecasts) else {}

        def ask() -> np.ndarray:
            given = model_outputs.outputs(ready(self.model), self.inputs(examples))
            return model_outputs.finite(given)

        return forecast_answers.answers(examples, ask, radii, steps, level)

    def write_masks(self, examples: Examples, folder: Path) -> list[Path]:
        """The class of every pixel of some pictures, as grey pictures of class numbers.

        Raises:
            UserError: the model makes no masks, or two pictures would share a file.
        """
        if self.task.moves != "masks":
            raise UserError(f"{self.run.folder} is for {self.task}: it makes no masks")
        called = (str(decoding.called(examples, number)) for number in range(len(examples)))
        written = [folder / Path(name).with_suffix(".png") for name in called]
        if len(set(written)) < len(written):
            raise UserError("masks of pictures whose names differ in the ending only would clash")
        scores = model_outputs.finite(
            model_outputs.outputs(ready(self.model), self.inputs(examples))
        )
        height, width = np.asarray(examples.x).shape[2:]
        for path, row in zip(written, scores, strict=True):
            decoding.write_mask(row, (height, width), path)
        return written

    def draw(self, samples: int, seed: int = 0) -> Answers:
        """New examples from a generator, in prepared units."""
        sampler = registry.sampler(self.reference)
        drawn = model_outputs.generate(self.model, sampler, seed, samples)
        rows = (map(float, row.ravel()) for row in drawn)
        return Answers(DrawnAnswer(values=tuple(known_to(v, v) for v in row)) for row in rows)

    def write(self, prompt: str, steps: int, seed: int = 0) -> str:
        """The prompt, continued."""
        start = prompt.encode() or b"\n"
        return continue_text(self.model, self.reference, start, steps, seed)

    # --- what is to be said along with them ----------------------------------------------------

    def odd(self, examples: Examples) -> list[str]:
        """What the model has to make up for in some examples: unknown words, gaps, new columns."""
        if examples.windows is not None:
            return [
                one for one in examples.notes if one.startswith(("left out", "gaps", "warning"))
            ]
        return [*self.unlike(examples), *self.prepared(examples).notes]

    def unlike(self, examples: Examples) -> list[str]:
        """A warning where pictures are of another brightness than those that were trained on."""
        return to_port.brightness(examples, self.preparation.whole)

    def unsure(self, level: float = uncertainty.LEVEL) -> list[str]:
        """Why no interval can be told of so many cases; nothing where one can, or none is due."""
        rows = len(uncertainty.read(self.run).get("errors", []))
        if not self.task.numeric or not rows / (rows + 1) < level < 1:
            return []
        highest = f"{rows:,} test rows bear none above {rows / (rows + 1):.3g}"
        return [f"no intervals of level {level:g}: {highest if rows else 'the run has none'}"]


def opened(reference: str, config: Any, path: Path) -> nn.Module:
    """A model with its weights from a file, for answering.

    Raises:
        UserError: they are damaged, or of another model.
    """
    model = registry.construct(reference, config)
    weights.load_exactly(model, read_weights(path, reference))
    return model.eval()
