"""How well `nna compare --budget` keeps to its time: seconds asked for, and seconds taken.

Comparisons that would take longer than they may: a table, pictures and series, each with budgets
from a minute on. Seconds are those of the clock on the wall, from when the data are read until the
last fit is over; run it on a machine that does nothing else. Each must lie within 20 %.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import make_classification

from nna.workbench import api
from nna.workbench.comparison import comparison
from nna.workbench.comparison.ranking import standing

BUDGETS = (60.0, 120.0)
WITHIN = 0.2


def table() -> pd.DataFrame:
    """Ten thousand rows of forty columns."""
    x, y = make_classification(10_000, 40, n_informative=20, random_state=0)
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(40)]).assign(y=np.where(y, "yes", "no"))


def panel() -> pd.DataFrame:
    """Thirty series of four years, by day."""
    draw, days = np.random.default_rng(0), np.arange(1460)
    ds = pd.date_range("2020-01-01", periods=len(days))
    made = []
    for number in range(30):
        y = 100 + np.cumsum(draw.normal(size=len(days))) + 10 * np.sin(2 * np.pi * days / 7)
        made.append(pd.DataFrame({"unique_id": f"s{number}", "ds": ds, "y": y}))
    return pd.concat(made, ignore_index=True)


def main() -> int:
    """Hold every comparison within every budget, and print what it took."""
    off = 0
    with tempfile.TemporaryDirectory() as folder:
        for budget in BUDGETS:
            cases: dict[str, Any] = {
                "table, 10,000 rows": lambda at, s: api.laid_out(
                    table(), "y", models=("mlp", "ft_transformer"), seconds=s, out=at
                ),
                "digits": lambda at, s: api.laid_out(
                    "digits", models=("lenet5", "resnet"), seconds=s, out=at
                ),
                "30 series": lambda at, s: api.laid_out_ahead(
                    panel(), horizon=14, models=("mlp", "lstm"), seconds=s, out=at
                ),
            }
            for name, lay_out in cases.items():
                held = lay_out(Path(folder) / f"{name} {budget:g}", budget)
                comparison.hold(held)
                took, found = held.spent.took, standing(held)
                off += took > (1 + WITHIN) * budget
                print(f"{name}: {took:.0f} s of {budget:.0f} s ({took / budget:.2f})")
                if found.budget and found.budget.says:
                    print(f"   {found.budget.says}")
                for row in found.rows:
                    print(f"   {row.label}: {found.measure} {row.mean:.4g}")
    print(f"{off} of {len(BUDGETS) * 3} over by more than {WITHIN:.0%}")
    return int(off > 0)


if __name__ == "__main__":
    sys.exit(main())
