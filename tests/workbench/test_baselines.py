"""Baselines see what they should: of a text which words it has, not their numbers or places."""

import numpy as np

from nna.workbench.evaluation import baselines
from nna.workbench.prepared_data import Source, gather


def test_a_text_is_a_bag_to_the_baseline():
    texts = np.array([[3, 0, 3, 1], [1, 3, 3, 0]])
    assert baselines._bags(texts, vocab=5).tolist() == [[1, 1, 0, 2, 0]] * 2


def test_boosted_trees_see_steps_that_a_straight_line_misses(tmp_path):
    x = np.random.default_rng(0).uniform(0, 4, 400)
    rows = "".join(f"{v},{int(v) % 2 + 0.01 * v}\n" for v in x)
    (tmp_path / "steps.csv").write_text("x,y\n" + rows)
    source = Source(data=str(tmp_path / "steps.csv"), target="y", task="regression")
    errors = {k: v["rmse"].value for k, v in baselines.baselines(gather("mlp", source)).items()}
    assert errors["gradient boosting"] < 0.2 < 0.4 < errors["ridge"]
