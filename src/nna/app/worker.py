"""A training that shows itself: what the playground's process runs. Imported once, then forked."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from nna import objectives, registry
from nna.app.play_request import FRAMES, PARAMS, SHOWN, SIDE, STEPS, PlayRequest, packed
from nna.data import sources
from nna.errors import UserError
from nna.learning.losses import with_auxiliary
from nna.spec import Recipe
from nna.training import devices, start
from nna.training.in_memory import Tensors
from nna.workbench.data_source import Source
from nna.workbench.formatting import short
from nna.workbench.prepared_data import Material, gather
from nna.workbench.trained_model import Trained

MEASURED = 1000  # examples by which accuracy is shown
WEIGHTS = 0.5  # seconds between two pictures of the weights
PART = 48  # rows and columns shown of a matrix of weights
UNITS, MAPS, SPOT = 64, 12, 28  # shown of a layer's output: units, maps, points along a map's side
LAYERS = 60  # whose outputs are shown


class Show:
    """Watches a training from within, sends frames, and obeys orders between steps."""

    def __init__(self, wish: PlayRequest, pipe: Any) -> None:
        self.pipe = pipe
        target = _last_column(wish.data) if wish.sent and wish.target is None else wish.target
        origin = Source(data=wish.data, target=target, dates=wish.dates)
        self.material = gather(wish.model, origin, wish.seed, wish.settings)
        draft = registry.outline(self.material.reference, self.material.config)
        if (count := sum(p.numel() for p in draft.parameters())) > PARAMS:
            raise UserError(f"{count:,} parameters are too many to watch: at most {PARAMS:,}")
        self.model = self.material.fresh(wish.seed)
        recipe = _recipe(self.material, wish)
        self.trained = Trained.of(self.material, self.model, recipe)
        parts = {key: Tensors.of(part) for key, part in self.material.parts.items()}
        self.train, self.validation = parts["train"], parts["validation"]
        if not len(self.validation):
            self.validation = self.train
        self.training = start.training(
            self.model,
            recipe,
            self.train,
            fabric=devices.processor(),
            seed=wish.seed,
            watcher=self,
        )
        if self.training.total > STEPS:
            raise UserError(f"{self.training.total:,} steps are too many to watch: fewer epochs")
        self.numbers = self.material.task.numeric
        self.probable = self.material.objective.likelihood
        self.paused, self.single, self.stays = wish.paused, False, wish.stays
        self.shown, self.weighed, self.done = 0.0, 0.0, 0
        self.cost = 0.0  # seconds that a frame takes: at most a third of the time goes into showing
        self.curve: list[tuple[int, float]] = []
        self.probe: Tensor | None = None
        self.input: dict[str, Any] = {}  # the same, as the reader knows it
        self.points = self._points()
        self.grid = self._grid()

    def run(self) -> None:
        """Train to the end, showing the start and the end as well; then answer, where asked to."""
        self.pipe.send({"scene": self._scene()})
        self._frame()
        self._obey()
        self.training.run()
        self._frame()
        self.pipe.send({"done": True})
        while self.stays:
            self._look(self.pipe.recv())

    # --- the loop's watcher ------------------------------------------------------------------

    def step(self, done: int, total: int) -> None:
        """Note the loss; show a frame when one is due; wait while paused."""
        self.done = done
        if time.monotonic() - self.shown > max(1 / FRAMES, 2 * self.cost):
            self._frame()
        self._obey()

    def epoch(self, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Keep the epoch's mean loss for the curve."""
        loss = next((value for key, value in figures.items() if "loss" in key), None)
        if loss is None and figures:
            loss = next(iter(figures.values()))
        if loss is not None:
            self.curve.append((self.done, float(loss)))

    # --- orders ------------------------------------------------------------------------------

    def _obey(self) -> None:
        if self.single:
            self.single, self.paused = False, True
            self._frame()
        while self.pipe.poll(None if self.paused else 0):
            order = self.pipe.recv()
            kind = order.get("order")
            if kind == "pause":
                self.paused = True
                self._frame()
            elif kind in ("go", "step"):
                self.paused, self.single = False, kind == "step"
                return
            elif kind == "learning_rate":
                self.training.recipe = replace(
                    self.training.recipe, learning_rate=float(order["learning_rate"])
                )
            else:
                self._look(order)

    def _look(self, order: Mapping[str, Any]) -> None:
        """Choose the example that each layer's output is shown for."""
        if order.get("order") != "probe":
            return
        raw = self.material.raw["train"]
        self.input = {}
        try:
            if "at" in order:
                self.probe = torch.tensor([order["at"]], dtype=torch.float32)
                self.input["at"] = order["at"]
            elif "example" in order:
                place = int(order["example"]) % len(self.train)
                self.probe = self.train.x[place : place + 1]
                own = raw.take(np.array([place]))
                self.input = {"example": place, **_known(own.x, self._ink())}
                self.input["label"] = self._told(_labels(self.train)[place])
            elif "ink" in order and (ink := self._ink()):
                low, high = ink["low"], ink["high"]
                x = np.array(order["ink"], dtype=np.float32).reshape(1, *ink["shape"])
                self.probe = self._prepared(low + (high - low) * x)
                self.input = _known(low + (high - low) * x, ink)
            elif "row" in order:
                self.probe = self._prepared(_row(order["row"], raw.x))
                self.input["row"] = order["row"]
        except (ValueError, TypeError, UserError) as error:
            self.pipe.send({"refused": f"that is no example of these data: {error}"})
            return
        self._frame()

    def _prepared(self, x: Any) -> Tensor:
        """An example of the reader's, as the network takes it."""
        raw = self.material.raw["train"].changed(x=x, y=None, names=(), windows=None)
        return self.trained.inputs(raw).x

    # --- what is shown -----------------------------------------------------------------------

    def _scene(self) -> dict[str, Any]:
        """What stays the same: examples, their classes, the axes, what an input looks like."""
        raw = self.material.raw["train"].x
        scene: dict[str, Any] = {
            "task": self.material.task.name,
            "probable": self.probable,
            "classes": list(self.material.classes),
            "total": self.training.total,
            "params": sum(p.numel() for p in self.model.parameters() if p.requires_grad),
            "examples": len(self.train),
            "model": self.material.reference,
            "objective": self.material.objective_name,
            "learning_rate": self.training.recipe.learning_rate,
            "points": self.points.round(3).tolist(),
            "labels": self._shown(_labels(self.train)[:SHOWN]).tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "side": SIDE,
            "plane": self.grid is not None,
        }
        if self.numbers:
            ends = torch.stack([_labels(self.train).min(), _labels(self.train).max()])
            scene["least"], scene["most"] = self._restored(ends)
        if ink := self._ink():
            scene["ink"] = ink
        elif len(raw.shape) == 2:
            named = isinstance(raw, pd.DataFrame)
            scene["columns"] = [str(c) for c in raw.columns] if named else raw.shape[1]
        return scene

    def _ink(self) -> dict[str, Any] | None:
        """What a picture of these data is made of, where they are pictures."""
        raw = self.material.raw["train"]
        if not raw.behaviour.pictured or not isinstance(raw.x, np.ndarray):
            return None
        shape = [int(n) for n in raw.x.shape[1:]]
        return {"shape": shape, "low": float(raw.x.min()), "high": float(raw.x.max())}

    def _points(self) -> np.ndarray:
        """Where examples are drawn: as they are in a plane, else by their two widest directions."""
        x = self.train.x[:SHOWN].flatten(1).float()
        if self.train.x.shape[1:] != (2,):
            x = x - x.mean(0)
            x = x @ torch.linalg.svd(x, full_matrices=False).Vh[:2].T
        points = torch.nn.functional.pad(x, (0, max(0, 2 - x.shape[1])))[:, :2].numpy()
        rim = 0.15 * np.ptp(points, axis=0) + 1e-6
        self.low, self.high = points.min(0) - rim, points.max(0) + rim
        return points

    def _grid(self) -> Tensor | None:
        """The points at which the surface is drawn, where examples are points of a plane."""
        if self.train.x.shape[1:] != (2,):
            return None
        across, down = (np.linspace(self.low[i], self.high[i], SIDE) for i in range(2))
        points = np.stack(np.meshgrid(across, down[::-1]), axis=-1).reshape(-1, 2)
        return torch.tensor(points, dtype=torch.float32)

    @torch.no_grad()
    def _frame(self) -> None:
        self.shown = time.monotonic()
        training = self.model.training
        self.model.eval()
        frame: dict[str, Any] = {
            "step": self.done,
            "curve": self.curve,
            "training": self._figure(self.train),
            "validation": self._figure(self.validation),
            "layers": self._layers(),
            "paused": self.paused,
        }
        if self.grid is not None:
            answers = self._answers(self.grid)
            frame["surface"] = packed(self._shown(answers))
            if self.probable:
                sure = answers.softmax(1).max(1).values
                frame["sure"] = packed((255 * sure.numpy()).astype(np.uint8))
        else:
            frame["named"] = packed(self._shown(self._answers(self.train.x[:SHOWN])))
        if self.probe is not None:
            frame["probe"] = {**self.input, **self._outputs(self.probe)}
        self.model.train(training)
        self.curve = []
        self.pipe.send(frame)
        self.cost = time.monotonic() - self.shown

    def _layers(self) -> list[dict[str, Any]]:
        """Spread and gradient of each parameter, and now and then a picture of its numbers."""
        weigh = self.shown - self.weighed > WEIGHTS or self.paused
        if weigh:
            self.weighed = self.shown
        return [
            {
                "name": name,
                "size": list(p.shape),
                "spread": float(p.float().std(correction=0)),
                "gradient": None if p.grad is None else float(p.grad.norm()),
                "weights": _picture(_matrix(p)) if weigh else None,
            }
            for name, p in self.model.named_parameters()
        ]

    def _answers(self, x: Tensor) -> Tensor:
        """Scores of classes `(n, classes)`, or scaled numbers `(n,)`."""
        return _output(self.model, x)[:, 0] if self.numbers else _scores(self.model, x)

    def _figure(self, part: Tensors) -> float:
        """The share that is right; of numbers, the share of their variance that is explained."""
        answers, true = self._answers(part.x[:MEASURED]), _labels(part)[:MEASURED]
        if not self.numbers:
            return float((answers.argmax(1) == true).float().mean())
        missed, whole = (true - answers).double().square(), (true - true.mean()).double().square()
        return 1 - float(missed.sum() / whole.sum()) if whole.sum() > 0 else 0.0

    def _shown(self, answers: Tensor) -> np.ndarray:
        """Numbers of classes; numbers as levels from 0 to 255, the ends of the training part's."""
        if not self.numbers:
            return (answers.argmax(1) if answers.ndim > 1 else answers).numpy().astype(np.uint8)
        known = _labels(self.train)
        share = (answers - known.min()) / (known.max() - known.min()).clamp_min(1e-12)
        return (255 * share.nan_to_num().clamp(0, 1)).round().numpy().astype(np.uint8)

    def _restored(self, scaled: Tensor) -> list[float]:
        return self.trained.preparation.restore(scaled.numpy()).tolist()

    def _told(self, label: Tensor) -> str:
        """What an example is in truth, in words."""
        if self.numbers:
            return short(self._restored(label.reshape(1))[0], 6)
        return self.material.classes[int(label)]

    def _outputs(self, x: Tensor) -> dict[str, Any]:
        """What each part of the network gives for one example."""
        found: list[dict[str, Any]] = []

        def hook(name: str) -> Any:
            def keep(module: nn.Module, inputs: Any, out: Any) -> None:
                if isinstance(out, Tensor) and 2 <= out.ndim <= 4 and len(found) < LAYERS:
                    about = {"name": name, "kind": type(module).__name__}
                    found.append({**about, "size": list(out.shape[1:]), **_seen(out[0].float())})

            return keep

        with contextlib.ExitStack() as hooked:
            for name, module in self.model.named_modules():
                if name and not list(module.children()):
                    hooked.callback(module.register_forward_hook(hook(name)).remove)
            answers = self._answers(x)
        return {**self._answer(answers[:1]), "layers": found}

    def _answer(self, answers: Tensor) -> dict[str, Any]:
        """A number in its own units; probabilities where the objective makes them; else scores."""
        if self.numbers:
            return {"value": self._restored(answers)[0]}
        if self.probable:
            return {"shares": answers.softmax(1)[0].numpy().round(3).tolist()}
        return {"scores": answers[0].double().numpy().round(4).tolist()}


def _seen(out: Tensor) -> dict[str, Any]:
    """One layer's output: numbers of units, or pictures of maps (of a sequence: one)."""
    if out.ndim == 1:
        return {"values": out[:UNITS].numpy().round(3).tolist()}
    maps = out[:MAPS] if out.ndim == 3 else out[None]
    if max(maps.shape[1:]) > SPOT:
        high, wide = (min(side, SPOT) for side in maps.shape[1:])
        maps = torch.nn.functional.adaptive_avg_pool2d(maps, (high, wide))
    return {"maps": [_picture(each) for each in maps]}


def _matrix(p: Tensor) -> Tensor:
    """A parameter as a matrix, a row a unit, cut to what can be shown."""
    numbers = p.detach().float()
    return (numbers.flatten(1) if p.ndim > 1 else numbers.reshape(1, -1))[:PART, :PART]


def _picture(numbers: Tensor) -> dict[str, Any]:
    """Numbers as bytes: 128 is nought, 1 and 255 the largest size below and above it."""
    most = float(numbers.abs().max()) or 1.0
    levels = (128 + 127 * numbers / most).round().clamp(0, 255).to(torch.uint8)
    high, wide = numbers.shape
    return {"high": high, "wide": wide, "most": most, "levels": packed(levels.numpy())}


def _known(x: Any, ink: dict[str, Any] | None) -> dict[str, Any]:
    """An example as the reader knows it: a picture, or a row of a table."""
    if ink is not None:
        return {"picture": _picture(torch.as_tensor(np.asarray(x)[0].mean(0)).float())}
    cells = np.asarray(x)[0].ravel().tolist() if len(x.shape) == 2 else []
    return {"row": [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in cells]}


def _last_column(table: str) -> str:
    """What is learnt of a table where nothing else was said."""
    return str(sources.open_sheet(Path(table)).frame.columns[-1])


def _row(cells: list[str], raw: Any) -> Any:
    """A row of the reader's, with the columns of the data.

    Raises:
        ValueError: another number of cells, or words where numbers belong.
    """
    if len(cells) != raw.shape[1]:
        raise ValueError(f"{len(cells)} values for {raw.shape[1]} columns")
    if not isinstance(raw, pd.DataFrame):
        return np.array([cells], dtype=np.float32)
    frame = pd.DataFrame([cells], columns=raw.columns)
    return frame.astype({c: kind for c, kind in raw.dtypes.items() if kind.kind in "fiu"})


def _labels(part: Tensors) -> Tensor:
    assert part.target is not None  # of classification or regression
    return part.target


def _output(model: nn.Module, x: Tensor) -> Tensor:
    return with_auxiliary(model(x))[0]


def _scores(model: nn.Module, x: Tensor) -> Tensor:
    """Scores of classes; one number is the score of the second of two."""
    out = _output(model, x)
    return torch.cat([torch.zeros_like(out), out], dim=1) if out.shape[1] == 1 else out


def _recipe(material: Material, wish: PlayRequest) -> Recipe:
    own = material.spec.recipe
    closed = material.objective.at_once
    epochs = 1 if closed else wish.epochs or own.epochs
    return replace(
        own,
        objective=material.objective_name,
        objective_settings=objectives.settings_of(material.objective),
        epochs=epochs,
        learning_rate=own.learning_rate if wish.learning_rate is None else wish.learning_rate,
        batch_size=0 if closed else own.batch_size if wish.batch_size is None else wish.batch_size,
        patience=None,
    )
