"""A training that shows itself: what the playground's process runs. Imported once, then forked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from nna import objectives, registry
from nna.app.play import FRAMES, PARAMS, SHOWN, SIDE, STEPS, Wish, packed
from nna.errors import UserError
from nna.spec import Recipe
from nna.training.batches import Tensors
from nna.training.loop import Training
from nna.workbench.material import Material, Source, gather

UNITS = 48  # activations shown of a layer
MEASURED = 1000  # examples by which accuracy is shown


class Show:
    """Watches a training from within, sends frames, and obeys orders between steps."""

    def __init__(self, wish: Wish, pipe: Any) -> None:
        torch.set_num_threads(1)
        self.pipe = pipe
        self.material = gather(
            wish.model, Source(data=wish.data, target=wish.target), wish.seed, wish.settings
        )
        name = registry.split(wish.model)[0]
        with torch.device("meta"):
            draft = registry.construct(name, self.material.config)
        if (count := sum(p.numel() for p in draft.parameters())) > PARAMS:
            raise UserError(f"{count:,} parameters are too many to watch: at most {PARAMS:,}")
        torch.manual_seed(wish.seed)
        self.model = registry.construct(name, self.material.config)
        recipe = _recipe(self.material, wish)
        parts = {key: Tensors.of(part) for key, part in self.material.parts.items()}
        self.train, self.validation = parts["train"], parts["validation"]
        if not len(self.validation):
            self.validation = self.train
        self.training = Training(
            self.model,
            objectives.get(recipe.objective),
            recipe,
            self.train,
            None,
            Fabric(accelerator="cpu", devices=1, precision="32-true"),
            seed=wish.seed,
            watcher=self,
        )
        if self.training.total > STEPS:
            raise UserError(f"{self.training.total:,} steps are too many to watch: fewer epochs")
        self.paused, self.single = False, False
        self.shown, self.done = 0.0, 0
        self.curve: list[tuple[int, float]] = []
        self.probe: np.ndarray | None = None
        self.grid = self._grid()

    def run(self) -> None:
        """Train to the end, showing the start and the end as well."""
        self.pipe.send({"scene": self._scene()})
        self._frame()
        self.training.run()
        self._frame()

    # --- the loop's watcher ------------------------------------------------------------------

    def step(self, done: int, total: int) -> None:
        """Note the loss; show a frame when one is due; wait while paused."""
        self.done = done
        if time.monotonic() - self.shown > 1 / FRAMES:
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
            elif kind == "rate":
                self.training.recipe = replace(self.training.recipe, rate=float(order["rate"]))
            elif kind == "probe" and self.grid is not None:
                self.probe = np.array([order["at"]], dtype=np.float32)
                self._frame()

    # --- what is shown -----------------------------------------------------------------------

    def _scene(self) -> dict[str, Any]:
        """What stays the same: examples, their classes, the axes."""
        scene: dict[str, Any] = {
            "classes": list(self.material.classes),
            "total": self.training.total,
            "params": sum(p.numel() for p in self.model.parameters() if p.requires_grad),
            "examples": len(self.train),
            "model": self.material.reference,
            "objective": self.material.objective,
            "rate": self.training.recipe.rate,
        }
        if self.grid is not None:
            x = self.train.x[:SHOWN].numpy()
            scene |= {
                "points": x.round(3).tolist(),
                "labels": _labels(self.train)[:SHOWN].tolist(),
                "low": self.low.tolist(),
                "high": self.high.tolist(),
                "side": SIDE,
            }
        return scene

    def _grid(self) -> Tensor | None:
        """The points at which the surface is drawn, where examples are points of a plane."""
        if self.train.x.shape[1:] != (2,):
            return None
        x = self.train.x.numpy()
        rim = 0.15 * np.ptp(x, axis=0)
        self.low, self.high = x.min(0) - rim, x.max(0) + rim
        across, down = (np.linspace(self.low[i], self.high[i], SIDE) for i in range(2))
        points = np.stack(np.meshgrid(across, down[::-1]), axis=-1).reshape(-1, 2)
        return torch.tensor(points, dtype=torch.float32)

    @torch.no_grad()
    def _frame(self) -> None:
        self.shown = time.monotonic()
        training = self.model.training
        norms = {
            name: float(p.grad.norm())
            for name, p in self.model.named_parameters()
            if p.grad is not None
        }
        self.model.eval()
        frame: dict[str, Any] = {
            "step": self.done,
            "curve": self.curve,
            "accuracy": self._accuracy(self.train),
            "validation": self._accuracy(self.validation),
            "layers": [
                {
                    "name": name,
                    "size": list(p.shape),
                    "spread": float(p.float().std(correction=0)),
                    "gradient": norms.get(name),
                }
                for name, p in self.model.named_parameters()
            ],
            "paused": self.paused,
        }
        if self.grid is not None:
            shares = _scores(self.model, self.grid).softmax(1)
            sure, best = shares.max(1)
            frame["surface"] = packed(best.numpy().astype(np.uint8))
            frame["sure"] = packed((255 * sure.numpy()).astype(np.uint8))
            if self.probe is not None:
                frame["probe"] = self._activations(torch.tensor(self.probe))
        self.model.train(training)
        self.curve = []
        self.pipe.send(frame)

    def _accuracy(self, part: Tensors) -> float:
        right = _scores(self.model, part.x[:MEASURED]).argmax(1) == _labels(part)[:MEASURED]
        return float(right.float().mean())

    def _activations(self, x: Tensor) -> dict[str, Any]:
        """What each block gives for one point."""
        found: list[dict[str, Any]] = []

        def hook(name: str) -> Any:
            def keep(module: nn.Module, inputs: Any, out: Any) -> None:
                if isinstance(out, Tensor) and out.ndim == 2:
                    values = out[0, :UNITS].float().numpy().round(3).tolist()
                    found.append({"name": name, "kind": type(module).__name__, "values": values})

            return keep

        handles = [
            module.register_forward_hook(hook(name))
            for name, module in self.model.named_modules()
            if name and not list(module.children())
        ]
        try:
            shares = _scores(self.model, x).softmax(1)[0]
        finally:
            for handle in handles:
                handle.remove()
        return {"at": x[0].tolist(), "shares": shares.numpy().round(3).tolist(), "layers": found}


def _labels(part: Tensors) -> Tensor:
    assert part.target is not None  # the playground's data are all for classification
    return part.target


def _scores(model: nn.Module, x: Tensor) -> Tensor:
    """Scores of classes; one number is the score of the second of two."""
    out = model(x)
    out = out[0] if isinstance(out, tuple) else out
    return torch.cat([torch.zeros_like(out), out], dim=1) if out.shape[1] == 1 else out


def _recipe(material: Material, wish: Wish) -> Recipe:
    own = material.spec.recipe
    closed = objectives.get(material.objective).kind == "closed form"
    epochs = 1 if closed else wish.epochs or own.epochs
    return replace(
        own,
        objective=material.objective,
        epochs=epochs,
        rate=own.rate if wish.rate is None else wish.rate,
        batch=0 if closed else own.batch if wish.batch is None else wish.batch,
        patience=None,
    )
