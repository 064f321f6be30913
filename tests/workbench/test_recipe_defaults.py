import numpy as np
import pytest
from sklearn.datasets import load_diabetes

import nna
from nna import registry
from nna.workbench.recipe_defaults import BRIEF, held, paced

MLP, KAN = registry.describe("mlp"), registry.describe("kan")


@pytest.mark.parametrize("rows", [2, 10, 129, 257, 1_000, BRIEF])
def test_few_rows_are_trained_on_briefly_where_the_spec_says_so(rows):
    chosen = paced(MLP, "squared_error", rows)
    batches = -(-rows // chosen["batch_size"])
    assert rows % chosen["batch_size"] != 1 or rows <= chosen["batch_size"]
    assert 0 <= batches * chosen["epochs"] - (20 + 0.45 * rows) < batches
    assert chosen["patience"] == chosen["epochs"]
    assert held(MLP, "squared_error", rows) == 0
    assert held(MLP, "squared_error", BRIEF + 1) == held(KAN, "squared_error", rows) == 0.15
    assert "learning_rate" not in paced(MLP, "squared_error", BRIEF + 1)
    assert "learning_rate" not in paced(KAN, "squared_error", rows)


def test_what_the_user_keeps_back_is_kept_back():
    x, y = load_diabetes(return_X_y=True)
    brief = {"epochs": 1}
    lines = [
        nna.Regressor(recipe=brief, validation=share).fit(x, y).fitted_.history[0]
        for share in (None, 0.0, 0.2)
    ]
    assert ["validation loss" in line for line in lines] == [False, False, True]


@pytest.mark.parametrize("rows", [10, 150, 2_000, 20_000, 1_000_000])
def test_every_size_gets_steps_enough_and_not_too_many(rows):
    chosen = paced(KAN, "cross_entropy", rows)
    steps = -(-rows // chosen["batch_size"])
    assert chosen["batch_size"] >= 8
    assert steps * chosen["epochs"] >= 500
    assert steps <= 3000
    assert steps >= min(14, rows / 8)
    assert steps * chosen["epochs"] <= max(2000, 40 * steps)


def test_no_batch_is_left_with_a_single_row():
    spec = registry.describe("residual_mlp")
    for rows in range(2, 700):
        batch = paced(spec, "squared_error", rows)["batch_size"]
        assert rows < batch or rows % batch != 1


def test_decay_gives_way_to_rows_and_never_replaces_a_recipes_own():
    few, many = (paced(MLP, "squared_error", rows)["weight_decay"] for rows in (400, 40_000))
    assert (few, many) == (1.0, 0.01)
    assert "decay" not in paced(registry.describe("lenet5"), "cross_entropy", 400)
    assert "decay" not in paced(registry.describe("autoencoder"), "reconstruction", 400)


def test_closed_forms_and_rules_keep_their_recipe():
    assert paced(registry.describe("elm"), "pseudo_inverse", 100) == {}
    assert paced(registry.describe("perceptron"), "perceptron_rule", 100) == {}


def test_what_the_user_says_wins():
    x, y = load_diabetes(return_X_y=True)
    own = {"epochs": 2, "weight_decay": 0.5, "batch_size": 50}
    recipe = nna.Regressor(recipe=own).fit(x, y).fitted_.recipe
    assert (recipe.epochs, recipe.weight_decay, recipe.batch_size) == (2, 0.5, 50)


@pytest.mark.slow
def test_a_small_noisy_table_is_learnt_better_than_by_the_recipe_alone():
    """Three draws of a third of diabetes to be predicted from the rest."""
    from sklearn.model_selection import ShuffleSplit, cross_val_score

    x, y = load_diabetes(return_X_y=True)
    draws = ShuffleSplit(3, test_size=0.3, random_state=0)
    recipe = {
        "batch_size": 64,
        "epochs": 40,
        "optimiser": "adam",
        "weight_decay": 0.0,
        "patience": None,
    }
    alone = cross_val_score(nna.Regressor(recipe=recipe, validation=0.0), x, y, cv=draws)
    chosen = cross_val_score(nna.Regressor(), x, y, cv=draws)
    assert np.mean(chosen) > np.mean(alone) + 0.02
