import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_diabetes

import nna
from nna import registry
from nna.data import catalog
from nna.data.examples import Examples
from nna.objectives import get
from nna.spec import Table
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import gather
from nna.workbench.recipe_defaults import (
    BRIEF,
    TRAINED,
    for_few_rows,
    for_rows,
    validation_share,
)
from nna.workbench.train import requested

MLP, KAN = registry.describe("mlp"), registry.describe("kan")


def table(rows):
    return Examples.of(task="regression", port=Table(features=2), x=np.zeros((rows, 2)))


@pytest.mark.parametrize("rows", [2, 10, 129, 257, 1_000, BRIEF])
def test_few_rows_are_trained_on_briefly_where_the_spec_says_so(rows):
    chosen = for_rows(MLP, get("squared_error"), rows, table(rows))
    batches = -(-rows // chosen["batch_size"])
    assert rows % chosen["batch_size"] != 1 or rows <= chosen["batch_size"]
    assert 0 <= batches * chosen["epochs"] - (20 + 0.45 * rows) < batches
    assert chosen["patience"] == chosen["epochs"]
    assert validation_share(MLP, get("squared_error"), table(rows)) == 0
    assert validation_share(MLP, get("squared_error"), table(BRIEF + 1)) == 0.15
    assert validation_share(KAN, get("squared_error"), table(rows)) == 0.15
    assert "learning_rate" not in for_rows(MLP, get("squared_error"), BRIEF + 1)
    assert "learning_rate" not in for_rows(KAN, get("squared_error"), rows)


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
    chosen = for_rows(KAN, get("cross_entropy"), rows)
    steps = -(-rows // chosen["batch_size"])
    assert chosen["batch_size"] >= 8
    assert steps * chosen["epochs"] >= 500
    assert steps <= 3000
    assert steps >= min(14, rows / 8)
    assert steps * chosen["epochs"] <= max(2000, 40 * steps)


def test_no_batch_is_left_with_a_single_row():
    spec = registry.describe("residual_mlp")
    for rows in range(2, 700):
        batch = for_rows(spec, get("squared_error"), rows)["batch_size"]
        assert rows < batch or rows % batch != 1


def test_decay_gives_way_to_rows_and_never_replaces_a_recipes_own():
    few, many = (
        for_rows(MLP, get("squared_error"), rows)["weight_decay"] for rows in (400, 40_000)
    )
    assert (few, many) == (1.0, 0.01)
    assert "decay" not in for_rows(registry.describe("lenet5"), get("cross_entropy"), 400)
    assert "decay" not in for_rows(registry.describe("autoencoder"), get("reconstruction"), 400)


def test_closed_forms_and_rules_keep_their_recipe():
    assert for_rows(registry.describe("elm"), get("pseudo_inverse"), 100) == {}
    assert for_rows(registry.describe("perceptron"), get("perceptron_rule"), 100) == {}


def learnt_by_steps():
    """Architectures of pictures, series and texts, with the steps of their recipe on its data."""
    for name in registry.names():
        spec = registry.describe(name)
        kinds = {port.kind for port in spec.inputs.values()}
        language = spec.outputs.kind == "step-scores"
        learns = spec.recipe.batch_size and for_rows(spec, get(spec.recipe.objective), 100)
        if kinds <= {"image", "series", "tokens"} and learns and not language:
            own = catalog.describe(spec.signature.data).rows * TRAINED
            yield pytest.param(
                spec, own, spec.recipe.epochs * own / spec.recipe.batch_size, id=name
            )


@pytest.mark.parametrize(("spec", "own", "steps"), learnt_by_steps())
def test_few_pictures_series_or_texts_get_the_steps_of_the_recipe(spec, own, steps):
    for rows in (20, 65, 195, 650, int(own) - 1):
        chosen = for_few_rows(spec, get(spec.recipe.objective), rows)
        if rows >= own:
            assert chosen == {}
            continue
        epochs, batch = chosen["epochs"], chosen["batch_size"]
        assert epochs >= spec.recipe.epochs
        assert 2 <= batch <= spec.recipe.batch_size + 1
        assert rows < batch or rows % batch != 1
        assert epochs * -(-rows // batch) >= 0.9 * steps
    assert for_few_rows(spec, get(spec.recipe.objective), int(own) + 1) == {}


def test_language_models_keep_their_recipe():
    assert for_few_rows(registry.describe("gpt2"), get("cross_entropy"), 100) == {}


def test_a_folder_of_few_pictures_is_trained_so_and_a_set_of_the_library_by_its_recipe(tmp_path):
    noise = np.random.default_rng(0)
    for label in "ab":
        (tmp_path / label).mkdir()
        for place in range(30):
            picture = noise.integers(0, 255, (8, 8), dtype=np.uint8)
            Image.fromarray(picture).save(tmp_path / label / f"{place}.png")

    def recipe(data, **own):
        origin = Source(data=str(data))
        return requested("resnet", origin, gather("resnet", origin), recipe=own).recipe

    alone = registry.describe("resnet").recipe
    chosen = recipe(tmp_path)
    assert (chosen["batch_size"], chosen["patience"]) == (8, None)
    assert chosen["epochs"] > alone.epochs
    assert recipe(tmp_path, epochs=3)["epochs"] == 3
    assert recipe("digits")["epochs"] == alone.epochs


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
