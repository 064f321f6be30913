"""Open a finished run and let its model answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from nna import registry, weights
from nna.data import unlabelled
from nna.data.adapt import adapt
from nna.data.examples import Examples
from nna.data.prepare import Preparation
from nna.errors import UserError
from nna.training import runs
from nna.training.batches import Tensors
from nna.training.runs import Run
from nna.workbench import evaluate


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model with all that its run knows."""

    run: Run
    model: nn.Module

    @property
    def writes(self) -> bool:
        """Whether it continues texts."""
        return self.run.request.task == "language-modelling"

    @property
    def draws(self) -> bool:
        """Whether it draws new examples."""
        return self.run.request.task == "generation"

    def predict(self, source: str | Path | None) -> list[dict[str, Any]]:
        """An answer for every example of a source.

        Args:
            source: a table, a picture, a folder of pictures, or a dataset's id.

        Raises:
            UserError: no source, or one that doesn't fit what the model was trained on.
        """
        if source is None:
            raise UserError("say what to predict for: a file, a folder, or a dataset")
        request = self.run.request
        where = request.data["data_dir"]
        folder = Path(where) if where else None
        return self.answers(unlabelled.read(str(source), request.port, request.task, folder))

    def answers(self, examples: Examples) -> list[dict[str, Any]]:
        """An answer for each of some examples, as they came: they are prepared and adapted here."""
        request = self.run.request
        spec = registry.describe(registry.split(request.architecture)[0])
        prepared = Preparation.from_json(request.preparation).apply(examples)
        adapted, _ = adapt(prepared, spec, request.configuration())
        out = evaluate.outputs(self.model, Tensors.of(adapted))
        return [self._answer(i, row) for i, row in enumerate(out)]

    def _answer(self, number: int, row: np.ndarray) -> dict[str, Any]:
        request = self.run.request
        if request.classes and request.task in ("classification", "node-classification"):
            shares = np.exp(row - row.max())
            shares /= shares.sum()
            best = int(row.argmax())
            return {
                "example": number,
                "class": request.classes[best],
                "probability": round(float(shares[best]), 4),
            }
        if request.task == "regression":
            value = Preparation.from_json(request.preparation).restore(row)
            return {"example": number, "value": float(value[0])}
        if request.task == "mapping":
            return {"example": number, "unit": int(row.argmax())}
        return {"example": number} | {f"output {i}": float(v) for i, v in enumerate(row)}

    def draw(self, samples: int, seed: int = 0) -> list[dict[str, Any]]:
        """New examples from a generator, in prepared units."""
        drawn = evaluate.forge(self.model, seed)[:samples]
        return [{f"column {i + 1}": float(v) for i, v in enumerate(row)} for row in drawn]

    def write(self, prompt: str, steps: int, seed: int = 0) -> str:
        """The prompt, continued."""
        start = prompt.encode() or b"\n"
        return continue_text(self.model, self.run.request.architecture, start, steps, seed)


def load(folder: str | Path) -> Trained:
    """The trained model of a run.

    Raises:
        UserError: no run, not finished, or its weights are damaged or of another model.
    """
    run = runs.open_run(folder)
    if not run.finished:
        raise UserError(f"{folder} isn't finished; `nna resume {folder}` continues it")
    name, _, _ = registry.split(run.request.architecture)
    model = registry.construct(name, run.request.configuration())
    weights.load_exactly(model, weights.read(run.model))
    return Trained(run, model.eval())


def continue_text(model: nn.Module, reference: str, prompt: bytes, steps: int, seed: int) -> str:
    """A byte-level model's continuation of a prompt, with the prompt; odd bytes are replaced.

    The architecture's folder says how it writes, in `generate.py`.
    """
    generate = registry.resolve(registry.split(reference)[0], "generate:generate")
    tokens = torch.tensor([list(prompt)])
    draw = torch.Generator().manual_seed(seed)
    written = generate(model, tokens, steps, temperature=0.8, generator=draw)
    return bytes(written[0].tolist()).decode(errors="replace")
