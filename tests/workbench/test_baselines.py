"""Baselines see what they should: of a text which words it has, not their numbers or places."""

import numpy as np

from nna import tasks
from nna.workbench.data_source import Source
from nna.workbench.evaluation import baselines
from nna.workbench.prepared_data import gather


def test_boosted_trees_see_steps_that_a_straight_line_misses(tmp_path):
    x = np.random.default_rng(0).uniform(0, 4, 400)
    rows = "".join(f"{v},{int(v) % 2 + 0.01 * v}\n" for v in x)
    (tmp_path / "steps.csv").write_text("x,y\n" + rows)
    source = Source(data=str(tmp_path / "steps.csv"), target="y", task=tasks.get("regression"))
    errors = {k: v["rmse"].value for k, v in baselines.baselines(gather("mlp", source)).items()}
    assert errors["gradient boosting"] < 0.2 < 0.4 < errors["ridge"]
