import itertools

import numpy as np
import pytest

from nna.data.catalog import load
from nna.data.splits.split import split
from nna.errors import UserError
from nna.workbench.data_source import Source
from nna.workbench.fitting import fit
from nna.workbench.prepared_data import compose, gather


def wine(**changes):
    return compose("mlp", split(load("wine"), seed=0), changes)


def test_examples_in_memory_are_learnt_without_a_folder():
    raw = split(load("wine"), seed=0)
    fitted = fit(compose("mlp", raw, {"hidden": (16,)}), {"epochs": 60})
    scores = fitted.outputs(raw["test"])
    assert scores.shape == (len(raw["test"]), 3)
    assert (scores.argmax(1) == raw["test"].y).mean() > 0.9


def test_numbers_come_back_in_their_own_units():
    raw = split(load("diabetes"), seed=0)
    made = fit(compose("mlp", raw, {"hidden": (16,)}), {"epochs": 10})
    values = made.restored(made.outputs(raw["test"]))
    assert 50 < values.mean() < 300


def test_composed_parts_are_those_that_gathering_makes():
    gathered, composed = gather("mlp", Source(data="wine")), wine()
    np.testing.assert_array_equal(gathered.parts["test"].x, composed.parts["test"].x)
    assert gathered.config == composed.config
    assert gathered.rows == composed.rows
    assert gathered.fingerprint


def test_no_epoch_begins_once_the_time_is_up(monkeypatch):
    clock = itertools.count(0, 10)
    monkeypatch.setattr("nna.training.loop.time.monotonic", lambda: next(clock))
    assert 1 <= fit(wine(hidden=(4,)), {"epochs": 500}, seconds=25).epochs < 5


def test_the_same_seed_gives_the_same_network():
    raw = split(load("wine"), seed=0)
    one, other = (fit(wine(hidden=(4,)), {"epochs": 2}, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.outputs(raw["test"]), other.outputs(raw["test"]))


def test_without_validation_examples_all_epochs_are_trained():
    parts = split(load("wine"), seed=0)
    material = compose("mlp", {"train": parts["train"]}, {"hidden": (4,)})
    assert fit(material, {"epochs": 3, "patience": 1}).epochs == 3


def test_a_recipe_that_makes_no_sense_is_told():
    with pytest.raises(UserError, match="epochs is 0"):
        fit(wine(), {"epochs": 0})


@pytest.mark.parametrize("name", ["rbm", "boltzmann_machine"])
def test_units_that_are_on_or_off_take_no_measurements(name):
    with pytest.raises(UserError, match="leave the range from 0 to 1"):
        gather(name, Source(data="iris"))
