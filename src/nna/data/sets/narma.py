"""NARMA-10: a nonlinear system that remembers ten steps, to be told from what drives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Series

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="NARMA-10: the next output of a driven system",
    task="regression",
    port=Series(channels=1, steps=50),
    rows=4000,
    origin="generated",
    source="after Atiya, Parlos (2000). New results on recurrent network training. IEEE "
    "Transactions on Neural Networks 11(3), and Jaeger (2002). Adaptive nonlinear system "
    "identification with echo state networks. NIPS 15",
    licence="none needed",
    about="A system y is driven by numbers u drawn evenly from 0 to 0.5: y(t+1) = 0.3 y(t) + 0.05 "
    "y(t) (y(t) + ... + y(t-9)) + 1.5 u(t-9) u(t) + 0.1. Shown are the last 50 numbers that drove "
    "it, after 50 others; asked is y behind the last. Each row is a system of its own; one that "
    "grew beyond 1 was drawn anew.",
)

ORDER = 10  # steps that the system remembers


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 systems."""
    import numpy as np

    from nna.data.examples import Examples

    rows, steps, _ = DATASET.port.shape(DATASET.rows, None)
    draw = np.random.default_rng(0)
    u = draw.uniform(0, 0.5, (rows + rows // 4, 2 * steps))
    y = np.zeros((len(u), 2 * steps + 1))
    with np.errstate(over="ignore", invalid="ignore"):  # of those that grow without end
        for t in range(ORDER - 1, 2 * steps):
            past = y[:, t - ORDER + 1 : t + 1].sum(1)
            driven = 1.5 * u[:, t - ORDER + 1] * u[:, t]
            y[:, t + 1] = 0.3 * y[:, t] + 0.05 * y[:, t] * past + driven + 0.1
    tame = np.flatnonzero((y < 1).all(1))[:rows]
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=u[tame, steps:, None].astype(np.float32),
        y=y[tame, -1].astype(np.float32),
        scaled=True,
    )
