"""What decides the answers of a network that reads tables: column by column, overall or for a row.

All through libraries: permutation importance and partial dependence are scikit-learn's, Shapley
values, integrated gradients and occlusion captum's. Columns that preparation made of one column
(the 0s and 1s of a word, say) are put in or left out together.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from nna import registry
from nna.data.columns import date_parsing, numbers
from nna.data.columns.dates import Date
from nna.data.columns.fitting import Column
from nna.data.columns.numbers import Number
from nna.data.examples import Examples
from nna.data.scaling import restored
from nna.errors import UserError
from nna.workbench.evaluation import model_outputs, uncertainty
from nna.workbench.explain import attribution
from nna.workbench.explain.results import Cell
from nna.workbench.trained_model import Trained

REPEATS = 10  # shuffles of each column
ROWS = 100  # of the test part that are explained one by one for the overall picture
SAMPLES = 25  # orders of the columns that Shapley values are a mean over
POINTS = 20  # of a curve of partial dependence
CURVES = 4


@dataclass(frozen=True, slots=True)
class Table:
    """A trained network with the test rows it is asked about."""

    trained: Trained
    raw: Examples  # as they came
    x: Tensor  # as the network sees them
    background: Tensor  # (1, columns): the mean of the training rows, as the network sees it
    names: list[str]  # of the columns as they came
    owner: Tensor  # for each prepared column, the number of the column it comes from

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty where numbers are predicted."""
        return tuple(self.trained.run.request.classes)

    @property
    def temperature(self) -> float | None:
        """What makes probabilities of the scores of classes; None where nothing does."""
        run = self.trained.run
        return uncertainty.temperature(uncertainty.read(run), run.request.recipe["objective"])

    def score(self, model: nn.Module) -> Callable[[Tensor], Tensor]:
        """What is explained: scores of classes, or the number in its own units."""
        spread = self.trained.run.request.preparation["target"][1]

        def ask(x: Tensor) -> Tensor:
            out = model(x)
            return out if self.classes else out * spread

        return ask


def table(trained: Trained) -> Table:
    """The test rows of a run on a table.

    Raises:
        UserError: its data are no table, or its task gives no score to explain.
    """
    from nna.workbench.train import material_of

    if not trained.task.comparable:
        raise UserError(f"{trained.task} gives no score to explain")
    material = material_of(trained.run)
    raw = material.raw["test"]
    if not raw.behaviour.tabular:
        raise UserError(f"the data of {trained.run.folder} are {raw.port.kind}, no table")
    if not material.parts["test"].behaviour.tabular:
        raise UserError(
            f"{trained.run.folder} reads the words of one column of texts: there are no columns to "
            "weigh against each other"
        )
    names, owner = _owners(material.preparation.labels(), np.shape(material.parts["test"].x)[1])
    background = torch.as_tensor(np.asarray(material.parts["train"].x)).mean(0, keepdim=True)
    x = trained.inputs(raw).x
    return Table(trained, raw, x, background.to(x), names, torch.tensor(owner))


def _owners(labels: list[tuple[str, str]], wide: int) -> tuple[list[str], list[int]]:
    """The columns as they came, and of each prepared column which it comes from."""
    sources = [name for name, _ in labels] or [str(place) for place in range(wide)]
    names = [*dict.fromkeys(sources)]
    return names, [names.index(name) for name in sources]


# --- overall ---------------------------------------------------------------------------------


class _Asked(BaseEstimator):
    """A trained network under scikit-learn's verbs, for rows as they came."""

    def __init__(self, of: Table | None = None) -> None:
        self.of = of

    def fit(self, x: Any, y: Any = None) -> _Asked:
        """It is fitted already."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def outputs(self, frame: pd.DataFrame) -> np.ndarray:
        """Scores, or numbers in their own units."""
        assert self.of is not None
        x = frame if isinstance(self.of.raw.x, pd.DataFrame) else frame.to_numpy(np.float64)
        seen = self.of.trained.inputs(self.of.raw.changed(x=x, y=None))
        out = model_outputs.outputs(self.of.trained.model, seen)
        scale = self.of.trained.run.request.preparation["target"]
        return out if self.of.classes else restored(out, *scale)

    def right(self, frame: pd.DataFrame, y: np.ndarray) -> float:
        """The figure that falls when a column that matters is shuffled: higher is better."""
        out = self.outputs(frame)
        assert self.of is not None
        if self.of.classes:
            return float((self.of.trained.scoring.predicted(out) == y).mean())
        return -float(np.sqrt(((out[:, 0] - y) ** 2).mean()))


def frame_of(of: Table) -> pd.DataFrame:
    """The test rows as they came, by column."""
    if isinstance(of.raw.x, pd.DataFrame):
        return of.raw.x
    return pd.DataFrame(of.raw.x, columns=of.names)


def permutation(of: Table, seed: int = 0) -> dict[str, tuple[float, float]]:
    """How much accuracy falls, or the error rises, when a column is shuffled: mean and spread."""
    from sklearn.inspection import permutation_importance

    frame = frame_of(of)
    assert of.raw.y is not None
    found: Any = permutation_importance(
        _Asked(of),
        frame,
        of.raw.y,
        scoring=lambda asked, x, y: asked.right(x, y),
        n_repeats=REPEATS,
        random_state=seed,
    )
    pairs = zip(found.importances_mean, found.importances_std, strict=True)
    return {
        str(name): (float(mean), float(spread))
        for name, (mean, spread) in zip(frame.columns, pairs, strict=True)
    }


def dependence(of: Table, name: str) -> tuple[Sequence[Cell], np.ndarray]:
    """The mean answer over the test rows with one column set to each of some values.

    Returns:
        The values, and the probability (or score) of each class `(points, classes)`, or the number
        `(points, 1)`.
    """
    from scipy.special import softmax

    frame = frame_of(of)
    known = {column.name: column for column in of.trained.preparation.columns}
    values = _points(pd.Series(frame[name]), known.get(name))
    asked, means = _Asked(of), []
    for value in values:
        out = asked.outputs(frame.assign(**{name: value}))
        if of.classes and of.temperature is not None:
            out = softmax(out / of.temperature, axis=1)
        means.append(out.mean(0))
    return values, np.stack(means)


def _points(column: pd.Series, prepared: Column | None = None) -> Sequence[Cell]:
    """Values to set a column to: evenly between its ends, or the most frequent words.

    Args:
        column: its values, of some rows.
        prepared: how training read it; None: training left it out, or has no such columns.
    """
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column) and known.nunique() > POINTS:
        low, high = np.quantile(known.to_numpy(dtype=float), [0.02, 0.98])
        return np.linspace(low, high, POINTS).tolist()
    different = pd.Series(known.unique())
    if isinstance(prepared, Number):
        order = numbers.parse(different, prepared.style)
    elif isinstance(prepared, Date):
        order = date_parsing.parse(different, prepared.format)
    else:
        return sorted(known.value_counts().index[:POINTS].tolist())
    ranked = different.iloc[np.argsort(order)[: np.isfinite(order).sum()]]
    places = np.linspace(0, len(ranked) - 1, min(POINTS, len(ranked))).round().astype(int)
    return ranked.iloc[places].tolist()


# --- row by row ------------------------------------------------------------------------------


METHODS = ("shapley", "gradients", "occlusion")
ON_REQUEST = ("attention",)  # means something for networks whose tokens are columns only


class _Listening(TorchFunctionMode):
    """Notes the attention of every layer `(b, heads, t, t)` while a network runs."""

    def __init__(self) -> None:
        super().__init__()
        self.maps: list[Tensor] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is functional.scaled_dot_product_attention:
            query, key = args[:2]
            self.maps.append((query @ key.mT / query.shape[-1] ** 0.5).softmax(-1))
        return func(*args, **(kwargs or {}))


@torch.no_grad()
def attention(of: Table, x: Tensor, model: nn.Module | None = None) -> np.ndarray:
    """How much the token that gathers the answer looks at each column, `(rows, columns)`.

    The mean over layers and heads of the attention of [CLS] (Gorishniy, Rubachev, Khrulkov, Babenko
    2021, Revisiting Deep Learning Models for Tabular Data, section 5.3); columns that come from one
    are added up.

    Raises:
        UserError: the network has no attention whose tokens are the columns.
    """
    with _Listening() as heard:
        (of.trained.model if model is None else model)(x)
    if not heard.maps or any(one.shape[-1] != x.shape[1] + 1 for one in heard.maps):
        raise UserError(
            f"{of.trained.run.request.architecture} has no attention between columns: "
            f"--method {', '.join(METHODS)}; ft_transformer has"
        )
    from_first = torch.stack([one[:, :, 0, 1:].mean(1) for one in heard.maps]).mean(0)
    return _summed(from_first, of)


def attributions(
    of: Table,
    rows: np.ndarray,
    method: str,
    target: int | None = None,
    model: nn.Module | None = None,
) -> np.ndarray:
    """What each column adds to the score of some rows, against the mean training row.

    Args:
        of: the table.
        rows: numbers of test rows.
        method: "shapley" (mean over orders of putting columns in: Castro, Gomez, Tejada 2009),
            "gradients" (integrated: Sundararajan, Taly, Yan 2017), "occlusion" (put the mean in
            the place of one column) or "attention" (shares, without a sign or a class).
        target: the class explained; None: of each row the one predicted.
        model: instead of the trained one.

    Returns:
        `(rows, columns as they came)`.
    """
    attribution.captum()
    from captum.attr import FeatureAblation, IntegratedGradients, ShapleyValueSampling

    network = of.trained.model if model is None else model
    score, x = of.score(network), of.x[torch.as_tensor(rows)].float()
    if method == "attention":
        return attention(of, x, network)
    goal = _goal(of, score, x, target)
    torch.manual_seed(0)
    common: dict[str, Any] = {"baselines": of.background.float(), "target": goal}
    if method == "gradients":
        found = IntegratedGradients(score).attribute(x, n_steps=64, **common)
        return _summed(found.detach(), of)
    if method == "shapley":
        shapley = ShapleyValueSampling(score)
        found = shapley.attribute(x, feature_mask=of.owner, n_samples=SAMPLES, **common)
    else:
        found = FeatureAblation(score).attribute(x, feature_mask=of.owner, **common)
    first = [int((of.owner == place).nonzero()[0]) for place in range(len(of.names))]
    return found.detach()[:, first].cpu().numpy()  # captum gives a group's value to all of it


@torch.no_grad()
def _goal(of: Table, score: Callable[[Tensor], Tensor], x: Tensor, target: int | None) -> Tensor:
    if not of.classes:
        return torch.zeros(len(x), dtype=torch.int64)
    if target is not None:
        return torch.full((len(x),), target)
    return torch.from_numpy(of.trained.scoring.predicted(score(x).numpy()))


def _summed(found: Tensor, of: Table) -> np.ndarray:
    """Prepared columns added up to those that they come from."""
    summed = torch.zeros(len(found), len(of.names))
    return summed.index_add(1, of.owner, found.float().cpu()).numpy()


def sanity(of: Table, rows: np.ndarray, method: str) -> float:
    """Rank correlation of attributions with those of the same network with random weights.

    An explanation of what was learnt must change when that is destroyed (Adebayo and others 2018,
    Sanity Checks for Saliency Maps): near 1, it explains the data or the wiring.
    """
    from scipy.stats import spearmanr

    request = of.trained.run.request
    torch.manual_seed(request.seed + 1)
    blank = copy.deepcopy(of.trained.model)
    fresh = registry.construct(request.architecture, request.configuration())
    blank.load_state_dict(fresh.state_dict())
    target = 0 if of.classes else None
    one = attributions(of, rows, method, target).ravel()
    other = attributions(of, rows, method, target, blank.eval()).ravel()
    agreement: Any = spearmanr(one, other) if np.ptp(one) and np.ptp(other) else None
    return 0.0 if agreement is None else float(agreement.statistic)
