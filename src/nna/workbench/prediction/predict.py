"""Open a finished run and let its model answer."""

from __future__ import annotations

import dataclasses
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from nna import registry, tasks, weights
from nna.data import unlabelled
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.data.images import to_port
from nna.data.prepare import Preparation
from nna.data.series import panels, parts, readers
from nna.data.series.windows import Plan
from nna.data.tables import tabular
from nna.errors import UserError
from nna.training import devices, files, runs
from nna.training.checkpoint import read_weights
from nna.training.in_memory import Tensors
from nna.training.runs import Run
from nna.workbench.evaluation import model_outputs, uncertainty
from nna.workbench.evaluation.scoring import PLAIN, Scoring
from nna.workbench.forecasting import forecasts
from nna.workbench.formatting import known_to
from nna.workbench.prediction import threshold as thresholds
from nna.workbench.prediction.inference import classifier, ready
from nna.workbench.prediction.texts import continue_text


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model with all that its run knows."""

    run: Run
    model: nn.Module
    preparation: Preparation
    scoring: Scoring = PLAIN  # from which share on one of two classes is named

    @property
    def _task(self) -> tasks.Task:
        return tasks.get(self.run.request.task)

    @property
    def writes(self) -> bool:
        """Whether it continues texts."""
        return self._task.sequence

    @property
    def draws(self) -> bool:
        """Whether it draws new examples."""
        return self._task.draws

    @property
    def apart(self) -> frozenset[str]:
        """Columns of its table that are no features: the target, and those that parted the rows."""
        data = self.run.request.data
        named = {name for what in ("target", "groups", "time", "split") if (name := data.get(what))}
        if data["target"] is None and self._task.supervised:
            forms = (str.lower, str.upper, str.capitalize)
            named |= {form(name) for form in forms for name in tabular.TARGETS}
        return frozenset(named) - {column.name for column in self.preparation.columns}

    def predict(
        self,
        source: str | Path | pd.DataFrame | None,
        level: float = uncertainty.LEVEL,
        encoding: str | None = None,
        threshold: float | None = None,
    ) -> list[dict[str, Any]]:
        """An answer for every example of a source; a warning says how pictures were made to fit.

        Args:
            source: a table, a frame, a picture, a folder of pictures, or a dataset's id.
            level: share of cases in which an interval is to hold the number predicted.
            encoding: of a file of text; None: it is found out.
            threshold: see `cut`; None: that of the run, if it has one.

        Raises:
            UserError: no source, or one that doesn't fit what the model was trained on.
        """
        examples = self.read(source, encoding=encoding)
        for note in self.odd(examples) if examples.port.kind == "image" else ():
            warnings.warn(note, stacklevel=2)
        return self.cut(threshold).answers(examples, level)

    def cut(self, threshold: float | str | None) -> Trained:
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
            return self._latest(source, skip_bad, encoding)
        if source is None:
            raise UserError("say what to predict for: a file, a folder, or a dataset")
        where = request.data["data_dir"]
        return unlabelled.read(
            source if isinstance(source, pd.DataFrame) else str(source),
            request.port,
            request.task,
            Path(where) if where else None,
            skip_bad,
            self.preparation.recorded,
            encoding,
            self.apart,
        )

    def _latest(
        self, source: str | Path | pd.DataFrame | None, skip_bad: bool, encoding: str | None
    ) -> Examples:
        """The end of each series of a table, of the one trained on if there is no other."""
        request = self.run.request
        assert request.windows is not None
        plan, data = Plan.from_json(request.windows), request.data
        skips = skip_bad or (source is None and data["skip_bad"])
        said = {"target": data["target"], "freq": plan.freq, "skip_bad": skips}
        said["format"] = plan.format
        asked = {**data["forecast"], **said, "encoding": encoding or data.get("encoding")}
        if isinstance(source, pd.DataFrame):
            return parts.latest(readers.of_frame(source, asked), plan)
        path = Path(source or data["data"]).expanduser()
        return parts.latest(readers.panel(path, asked), plan)

    def forecast(
        self, examples: Examples, steps: int | None = None, level: float | None = None
    ) -> list[dict[str, Any]]:
        """What comes after each window: a line for each step ahead, with an interval if there is.

        Args:
            examples: windows of series.
            steps: how many; None: as many as the model gives.
            level: share of what comes that intervals are to hold; None: 0.9, or the highest below
                for which the run has windows enough.

        Raises:
            UserError: more than the model gives, or a level that the run has no intervals for.
        """
        cut = forecasts.cut(examples)
        most = cut.plan.horizon
        if not 1 <= (steps or most) <= most:
            raise UserError(f"{steps} steps ahead; the run was trained for 1 to {most}")
        values = cut.restore(model_outputs.outputs(ready(self.model), self.inputs(examples)))
        radii = (self.run.results() or {}).get("radii", {})
        shown = forecasts.usual(map(int, radii)) if level is None else round(100 * level)
        if level is not None and str(shown) not in radii:
            there = ", ".join(f"{int(one) / 100:g}" for one in radii) or "none"
            raise UserError(f"--level {level:g}: the run has intervals for: {there}")
        width = np.array(radii.get(str(shown), [])) * cut.origins["spread"].to_numpy()[:, None]
        lines = []
        for number, (name, cutoff) in enumerate(cut.ends):
            for step, time in enumerate(cut.plan.clock.after(cutoff, steps or most)):
                value = float(values[number, step])
                said = {"forecast": value}
                if shown is not None:
                    half = float(width[number, step])
                    said |= {f"lo-{shown}": value - half, f"hi-{shown}": value + half}
                spread = float(cut.origins["spread"].iloc[number])
                numbers = {key: known_to(one, spread) for key, one in said.items()}
                lines.append({"unique_id": name, "ds": panels.shown(time), **numbers})
        return lines

    def write_masks(self, examples: Examples, folder: Path) -> list[Path]:
        """The class of every pixel of some pictures, as grey pictures of class numbers.

        Raises:
            UserError: the model makes no masks, or two pictures would share a file.
        """
        from PIL import Image

        if self._task.moves != "masks":
            raise UserError(f"{self.run.folder} is for {self.run.request.task}: it makes no masks")
        called = (str(_called(examples, number)) for number in range(len(examples)))
        written = [folder / Path(name).with_suffix(".png") for name in called]
        if len(set(written)) < len(written):
            raise UserError("masks of pictures whose names differ in the ending only would clash")
        seen = self.inputs(examples)
        scores = model_outputs.outputs(ready(self.model), seen)
        height, width = np.asarray(examples.x).shape[2:]
        resized = seen.x.shape[2:] != (height, width)
        for path, row in zip(written, scores, strict=True):
            buffer = io.BytesIO()
            mask = Image.fromarray(row.argmax(0).astype(np.uint8))
            if resized:
                mask = mask.resize((width, height), Image.Resampling.NEAREST)
            mask.save(buffer, "png")
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write(path, buffer.getvalue())
        return written

    def answers(self, examples: Examples, level: float = uncertainty.LEVEL) -> list[dict[str, Any]]:
        """An answer for each of some examples, as they came: they are prepared and adapted here.

        Raises:
            UserError: the level is no share.
        """
        if self.run.request.windows is not None:
            return self.forecast(examples)
        seen = self.inputs(examples)
        return self.told(self.faster(seen), seen, examples, level)

    def faster(self, seen: Tensors) -> nn.Module:
        """The model as it answers fastest, its decisions on the first of some inputs unchanged."""
        if self._task.one_class and self._task.independent:
            return classifier(self.model, seen.x)
        return ready(self.model)

    def told(
        self, model: nn.Module, seen: Tensors, examples: Examples, level: float
    ) -> list[dict[str, Any]]:
        """What a model, as `faster` gives it, answers for each of some examples.

        Args:
            model: this one, made faster.
            seen: the examples as it sees them.
            examples: as they came.
            level: as `predict` takes it.

        Raises:
            UserError: the level is no share.
        """
        out = model_outputs.outputs(model, seen)
        if self._task.moves == "boxes":
            return self._boxes(out, examples)
        if self._task.strange:
            return self._standings(out, seen, examples)
        known = uncertainty.read(self.run)
        return [self._answer(_called(examples, i), row, known, level) for i, row in enumerate(out)]

    def _standings(
        self, out: np.ndarray, seen: Tensors, examples: Examples
    ) -> list[dict[str, Any]]:
        """How usual each example is; of a map also the unit nearest to it."""
        known = uncertainty.read(self.run)
        usual = self._task.usualness(out.astype(np.float64), seen.x.numpy())
        places = [{"unit": int(row.argmax())} if self._task.on_grid else {} for row in out]
        return [
            {"example": _called(examples, i), **place, **uncertainty.standing(known, float(one))}
            for i, (one, place) in enumerate(zip(usual, places, strict=True))
        ]

    def _boxes(self, out: np.ndarray, examples: Examples) -> list[dict[str, Any]]:
        """A line for each thing found with a score of a half or more, in the picture's pixels.

        Boxes end where the picture ends; what lies beyond it altogether is left out.
        """
        seen, (height, width) = self.inputs(examples).x.shape[2:], np.asarray(examples.x).shape[2:]
        scale = np.array([width / seen[1], height / seen[0]] * 2)
        lines = []
        for number, rows in enumerate(model_outputs.found(out, least=0.5)):
            for row in rows:
                box = np.clip(row[2:] * scale, 0, [width, height] * 2).round(1).tolist()
                if box[0] >= box[2] or box[1] >= box[3]:
                    continue
                line = {
                    "example": _called(examples, number),
                    "class": self.run.request.classes[int(row[0])],
                    "score": round(float(row[1]), 4),
                }
                edges = zip(("left", "top", "right", "bottom"), box, strict=True)
                lines.append(line | dict(edges))
        return lines

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
        if not self._task.numeric or not rows / (rows + 1) < level < 1:
            return []
        highest = f"{rows:,} test rows bear none above {rows / (rows + 1):.3g}"
        return [f"no intervals of level {level:g}: {highest if rows else 'the run has none'}"]

    def inputs(self, examples: Examples) -> Tensors:
        """What the model gets to see of some examples: prepared and adapted as in its training."""
        return self.adapted(self.prepared(examples))

    def prepared(self, examples: Examples) -> Examples:
        """Examples prepared as in training; their notes say what the model has to make up for."""
        return self.preparation.apply(examples)

    def adapted(self, prepared: Examples) -> Tensors:
        """Prepared examples as the model takes them."""
        request = self.run.request
        spec = registry.describe(registry.split(request.architecture)[0])
        adapted, _ = adapt(prepared, spec, request.configuration())
        return Tensors.of(adapted)

    def _answer(
        self, example: str | int, row: np.ndarray, known: dict[str, Any], level: float
    ) -> dict[str, Any]:
        request = self.run.request
        if request.classes and self._task.one_class:
            best = int(self.scoring.predicted(row[None])[0])
            answer = {"example": example, "class": request.classes[best]}
            temperature = uncertainty.temperature(known, request.recipe["objective"])
            if temperature is None:
                return answer | {"score": known_to(float(row[best]), float(row[best]))}
            shares = np.exp((row - row.max()) / temperature)
            return answer | {"probability": round(float(shares[best] / shares.sum()), 4)}
        if self._task.numeric:
            value = float(self.preparation.restore(row)[0])
            answer = {"value": value, **uncertainty.bounds(known, value, level)}
            spread = self.preparation.target[1]
            return {"example": example, **{k: known_to(v, spread) for k, v in answer.items()}}
        if self._task.moves == "masks":
            counts = np.bincount(row.argmax(0).ravel(), minlength=len(request.classes))
            shares = (counts / counts.sum()).round(4).tolist()
            return {"example": example, **dict(zip(request.classes, shares, strict=True))}
        return {"example": example} | {
            f"output {i}": known_to(float(v), float(v)) for i, v in enumerate(row)
        }

    def draw(self, samples: int, seed: int = 0) -> list[dict[str, Any]]:
        """New examples from a generator, in prepared units."""
        drawn = model_outputs.forge(self.model, seed)[:samples]
        return [
            {f"column {i + 1}": known_to(float(v), float(v)) for i, v in enumerate(row)}
            for row in drawn
        ]

    def write(self, prompt: str, steps: int, seed: int = 0) -> str:
        """The prompt, continued."""
        start = prompt.encode() or b"\n"
        return continue_text(self.model, self.run.request.architecture, start, steps, seed)


def _called(examples: Examples, number: int) -> str | int:
    """An example's name: of the file that it came from, else its number."""
    return examples.names[number] if examples.names else number


def load(folder: str | Path, device: str = "cpu") -> Trained:
    """The trained model of a run.

    Args:
        folder: of the run.
        device: where the network answers: "cpu", "cuda", "cuda:1", "mps" or "auto" (an accelerator
            if there is one).

    Raises:
        UserError: no run, not finished, its weights are damaged or of another model, or a device
            that isn't there.

    Example:
        >>> run = nna.train("mlp", "iris", recipe={"epochs": 2}, quiet=True)
        >>> answers = nna.load(run.folder).predict("iris")
        >>> len(answers), sorted(answers[0])
        (150, ['class', 'example', 'probability'])
    """
    run = runs.open_run(folder)
    if not run.finished:
        raise UserError(f"{folder} isn't finished; `nna resume {folder}` continues it")
    name, _, _ = registry.split(run.request.architecture)
    model = registry.construct(name, run.request.configuration())
    weights.load_exactly(model, read_weights(run.model, name))
    preparation = Preparation.from_json(run.request.preparation)
    wide = run.request.config.get("features")
    if preparation.columns and wide not in (None, len(preparation.labels())):
        have = f"{len(preparation.labels())} prepared columns, the network takes {wide}"
        raise UserError(f"{folder}: damaged (run.json tells of {have}): train anew")
    model = devices.answering(model.eval(), device)
    return Trained(run, model, preparation, thresholds.of_run(run))
