"""`nna explain` on a network that forecasts: which columns, and which steps of the past, decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from nna import ports, registry
from nna.data.series.layout import shown as time_shown
from nna.data.series.windows import Plan, Windows
from nna.errors import UserError
from nna.workbench.explain import attribution
from nna.workbench.explain.results import Importance, OfSteps, OfWindow
from nna.workbench.forecasting import forecasts
from nna.workbench.formatting import drawable
from nna.workbench.reports.figures import BLUE, GREY, ORANGE, new
from nna.workbench.trained_model import Trained

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Plot

Ask = Callable[[torch.Tensor], torch.Tensor]  # windows to forecasts

MOST = 200  # windows that are shuffled
REPEATS = 5
BARS = 48  # steps back that are shuffled one by one; of more, some together


@dataclass(frozen=True, slots=True)
class Held:
    """Windows that were not learnt from."""

    x: np.ndarray  # (n, context, channels)
    y: np.ndarray  # (n, horizon), in units of each window
    windows: Windows

    @property
    def plan(self) -> Plan:
        """What a window is."""
        return self.windows.plan


def overall(trained: Trained) -> tuple[Plot, OfSteps]:
    """How much the error grows when a column, or a step of the series, is shuffled over windows.

    Shuffled within validation and test windows (200 at most, evenly), five times, seeded. The same
    is done to a network of random weights: its ranks must differ (Adebayo and others 2018).
    """
    held = _held(trained)
    blank = registry.construct(
        trained.run.request.architecture, trained.run.request.configuration()
    )
    ask, random = _asked(trained, trained.model), _asked(trained, blank.eval())
    columns = {name: _grown(ask, held, at) for name, at in _columns(held.plan).items()}
    steps = {back: _grown(ask, held, at) for back, at in _steps(held.plan).items()}
    others = [_grown(random, held, at)[0] for at in _steps(held.plan).values()]
    plot, axes = new(8.4, 2.2 + 0.3 * len(columns) + 2.2, 2, 1)
    means, spreads = zip(*columns.values(), strict=True)
    axes[0, 0].barh(range(len(columns)), means, xerr=spreads, color=BLUE, ecolor=GREY)
    axes[0, 0].set_yticks(range(len(columns)), [drawable(name) for name in columns])
    axes[0, 0].invert_yaxis()
    axes[0, 0].set(xlabel="error gained when the column is shuffled (in spreads of a window)")
    places = [-first for first in steps]
    axes[1, 0].bar(places, [mean for mean, _ in steps.values()], color=BLUE)
    axes[1, 0].set(
        xlabel="step of the series, counted back from the last",
        ylabel="error gained when shuffled",
    )
    for axis in axes[:, 0]:
        axis.grid(alpha=0.3)
    return plot, OfSteps(
        windows=len(held.x),
        error=_error(ask, held.x, held.y),
        columns={name: Importance(*of) for name, of in columns.items()},
        steps_back={str(first): mean for first, (mean, _) in steps.items()},
        sanity=_agreement([mean for mean, _ in steps.values()], others),
    )


def one(trained: Trained, number: int) -> tuple[Plot, OfWindow]:
    """What each step of one test window adds to the mean of its forecast.

    Integrated gradients (Sundararajan, Taly, Yan 2017) from a window that stands still at its last
    value, with all other columns at their means.

    Raises:
        UserError: no such window.
    """
    from nna.workbench.train import material_of

    test = material_of(trained.run).raw["test"]
    if not 0 <= number < len(test):
        raise UserError(f"the test part has {len(test)} windows: 0 to {len(test) - 1}")
    window = test.take(np.array([number]))
    cut, x = forecasts.cut(window), np.asarray(window.x)
    shape = x.shape[1:]
    ask = _asked(trained, trained.model)
    seen = torch.as_tensor(x)
    gradients = attribution.captum().IntegratedGradients(lambda x: ask(x).mean(1))
    found = gradients.attribute(seen, torch.zeros_like(seen), n_steps=64).detach().numpy()[0]
    units = float(cut.origins["spread"].iloc[0])
    found = found.reshape(shape) * units
    with torch.no_grad():
        forecast = cut.restore(ask(seen).numpy())[0]
    name, cutoff = cut.ends[0]
    plot, axes = new(8.4, 2.4 + 1.5 * shape[1], 1 + shape[1], 1)
    back = np.arange(1 - shape[0], 1)
    axes[0, 0].plot(back, cut.restore(x[:, :, 0])[0], color="black", linewidth=1)
    axes[0, 0].plot(np.arange(1, len(forecast) + 1), forecast, color=BLUE, label="forecast")
    axes[0, 0].plot(np.arange(1, len(forecast) + 1), forecasts.came(window)[0], "k:", label="came")
    axes[0, 0].legend(frameon=False, fontsize=8)
    axes[0, 0].set_title(drawable(f"{name}, after {time_shown(cutoff)}"), fontsize=9)
    for axis, channel, pushes in zip(axes[1:, 0], cut.plan.channels, found.T, strict=True):
        axis.bar(back, pushes, color=[BLUE if push >= 0 else ORANGE for push in pushes])
        axis.set_title(drawable(f"what {channel} adds to the mean forecast"), fontsize=9)
        axis.sharex(axes[0, 0])
        if axis is not axes[1, 0]:
            axis.sharey(axes[1, 0])  # so that sizes can be compared
    return plot, OfWindow(
        window=number,
        series=name,
        after=time_shown(cutoff),
        explained="the mean of the steps ahead",
        score=float(forecast.mean()),
        standing_still=float(cut.origins["level"].iloc[0]),
        pushes=dict(zip(cut.plan.channels, found.sum(0).tolist(), strict=True)),
    )


def _held(trained: Trained) -> Held:
    from nna.workbench.train import material_of

    raw = material_of(trained.run).raw
    x, y = (
        np.concatenate([np.asarray(getattr(raw[part], of)) for part in ("validation", "test")])
        for of in ("x", "y")
    )
    kept = np.unique(np.linspace(0, len(x) - 1, min(MOST, len(x))).astype(int))
    return Held(x[kept], y[kept], forecasts.cut(raw["test"]))


def _columns(plan: Plan) -> dict[str, tuple[slice, slice]]:
    """Where each column stands in a window, a column known beforehand with all it tells."""
    seen, known = len(plan.past_covariates), len(plan.future_covariates)
    first = {"y": [0], **{name: [1 + i] for i, name in enumerate(plan.past_covariates)}}
    both = {
        name: [1 + seen + i, 1 + seen + known + i] for i, name in enumerate(plan.future_covariates)
    }
    step = max(known, 1)
    return {
        name: (slice(None), slice(at[0], at[-1] + 1, step)) for name, at in (first | both).items()
    }


def _steps(plan: Plan) -> dict[int, tuple[slice, slice]]:
    """The steps of the series, by how far back they begin; the last value has no choice but 0."""
    wide = -(-(plan.lookback - 1) // BARS) or 1
    return {
        back: (slice(max(0, plan.lookback - back - wide), plan.lookback - back), slice(0, 1))
        for back in range(1, plan.lookback, wide)
    }


def _grown(ask: Ask, held: Held, at: tuple[slice, slice]) -> tuple[float, float]:
    """How much the error grows with some numbers shuffled over the windows: mean and spread."""
    before, draw = _error(ask, held.x, held.y), np.random.default_rng(0)
    grown = []
    for _ in range(REPEATS):
        x, where = held.x.copy(), (slice(None), *at)
        x[where] = held.x[draw.permutation(len(x))][where]
        grown.append(_error(ask, x, held.y) - before)
    return float(np.mean(grown)), float(np.std(grown))


@torch.no_grad()
def _error(ask: Ask, x: np.ndarray, y: np.ndarray) -> float:
    """The mean absolute error, in spreads of a window."""
    return float(np.abs(ask(torch.as_tensor(x)).numpy() - y).mean())


def _asked(trained: Trained, model: nn.Module) -> Ask:
    """What the model says of windows, also where it reads their numbers in a row."""
    spec = registry.describe(trained.run.request.architecture)
    if ports.of(next(iter(spec.inputs.values()))).tabular:
        return lambda x: model(x.flatten(1))
    return model


def _agreement(one: list[float], other: list[float]) -> float:
    from scipy.stats import spearmanr

    if len(one) < 2 or not np.ptp(one) or not np.ptp(other):
        return 0.0
    found: Any = spearmanr(one, other)
    return 0.0 if np.isnan(found.statistic) else float(found.statistic)
