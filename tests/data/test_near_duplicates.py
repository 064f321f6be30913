"""Rows that repeat others are told; rows that are merely alike are not."""

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from nna.data.examples import Examples
from nna.data.profile import profile
from nna.data.profiling import near_duplicates
from nna.spec import Table
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import gather


def share(x):
    x = np.asarray(x, dtype=float)
    of = Examples.of(task="regression", port=Table(features=x.shape[1]), x=x, y=x[:, 0])
    order = np.random.default_rng(1).permutation(len(x))
    cut = len(x) // 5
    return near_duplicates.between(of.take(order[cut:]), of.take(order[:cut]))


def people(noise, seed=0, fresh=0):
    """Sixty people, each measured ten times; some columns are new each time."""
    rng = np.random.default_rng(seed)
    own = rng.normal(size=(60, 6))[np.repeat(np.arange(60), 10)]
    return np.hstack([own + noise * rng.normal(size=own.shape), rng.normal(size=(600, fresh))])


@pytest.mark.parametrize("table", [people(0.0), people(0.02, 1), people(0.03, 2), people(0, 3, 1)])
def test_people_measured_several_times(table):
    assert share(table) > 0.8


def test_what_is_merely_alike():
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(800, 1)) @ rng.normal(size=(1, 8))
    turns = np.sin(np.linspace(0, 6, 800)[:, None] * np.arange(1, 7))
    for x in (rng.normal(size=(800, 8)), factor + 0.05 * rng.normal(size=(800, 8)), turns):
        assert share(x) < near_duplicates.MANY / 2
    for load in (datasets.load_iris, datasets.load_wine, datasets.load_diabetes):
        assert share(load().data) < near_duplicates.MANY / 2
    assert share(rng.integers(3, size=(500, 10))) is None


def test_profile_and_train_warn_where_no_groups_are_named(tmp_path):
    frame = pd.DataFrame(people(0.02), columns=list("abcdef"))
    frame = frame.assign(who=np.repeat(np.arange(60), 10) % 7 + 0.5, y=np.arange(600) % 2)
    path = tmp_path / "people.csv"
    frame.to_csv(path, index=False)
    assert any("share nearly all their values" in line for line in profile(path)["warnings"])
    alone = gather("mlp", Source(data=str(path), target="y"))
    assert any("warning" in note and "--groups COLUMN" in note for note in alone.adapted)
    grouped = gather("mlp", Source(data=str(path), target="y", groups="who"))
    assert not any("warning" in note for note in grouped.adapted)
    assert "who" not in grouped.raw["train"].x
