"""`nna.Forecaster`: any architecture that does regression, on frames as Nixtla's libraries have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from nna import registry
from nna.data.examples import Examples
from nna.workbench import fitting
from nna.workbench.estimators import series_keeping
from nna.workbench.estimators.base import sklearn_errors
from nna.workbench.estimators.windowed import Windowed
from nna.workbench.prepared_data import compose
from nna.workbench.recipe_defaults import for_rows


class Forecaster(Windowed):
    """A network that reads a window of the past and answers with all steps ahead at once.

    Example:
        >>> days = pd.date_range("2024-01-01", periods=60)
        >>> sales = pd.DataFrame({"unique_id": "shop", "ds": days, "y": np.arange(60.0) % 7})
        >>> ahead = nna.Forecaster("mlp", horizon=3, recipe={"epochs": 2}).fit(sales).predict()
        >>> list(ahead["ds"].dt.day)
        [1, 2, 3]
    """

    def __init__(  # noqa: PLR0913 - one parameter a thing that the user may say
        self,
        architecture: str | Path | ModuleType = "lstm",
        *,
        horizon: int = 1,
        lookback: int | None = None,
        season: int | None = None,
        freq: str | None = None,
        future_covariates: Sequence[str] = (),
        fill: bool = False,
        settings: Mapping[str, Any] | None = None,
        recipe: Mapping[str, Any] | None = None,
        objective: str | None = None,
        validation: float = 0.15,
        seconds: float | None = None,
        device: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.architecture = architecture
        self.horizon = horizon
        self.lookback = lookback
        self.season = season
        self.freq = freq
        self.future_covariates = future_covariates
        self.fill = fill
        self.settings = settings
        self.recipe = recipe
        self.objective = objective
        self.validation = validation
        self.seconds = seconds
        self.device = device
        self.random_state = random_state

    @property
    def _reference(self) -> str:
        return registry.identify(self.architecture)

    @property
    def name(self) -> str:
        """The architecture's id."""
        return self._reference.split("/")[0]

    def save(self, folder: str | Path) -> None:
        """Keep it in a new folder: weights as safetensors, all else as JSON.

        Raises:
            UserError: the folder exists, or a parameter is no plain data.
        """
        check_is_fitted(self)
        with sklearn_errors():
            series_keeping.save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """One that was saved.

        Raises:
            UserError: there is none, or it is damaged.
        """
        return series_keeping.load(cls, Path(folder))

    def _learn(self, examples: Examples) -> None:
        assert examples.parts is not None
        parts = {part: examples.take(examples.parts[part]) for part in ("train", "validation")}
        material = compose(self._reference, parts, self.settings, self.objective)  # type: ignore[arg-type]
        seed = int(check_random_state(self.random_state).randint(2**31))
        recipe = for_rows(material.spec, material.objective, len(parts["train"]))
        with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
            self.fitted_ = fitting.fit(
                material,
                recipe | dict(self.recipe or {}),
                seed,
                self.seconds,
                device=self.device,
            )
        self.n_iter_ = self.fitted_.epochs

    def _answer(self, examples: Examples) -> np.ndarray:
        return self.fitted_.outputs(examples.changed(y=None))
