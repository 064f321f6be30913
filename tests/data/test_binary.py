"""Examples for units that are on or off."""

import numpy as np
import pytest

import nna
from nna import tasks
from nna.data import unlabelled
from nna.data.sources import open_file


def test_columns_of_0_and_1_stay_as_they_are_in_the_order_of_their_names(tmp_path):
    path, other = tmp_path / "bits.csv", tmp_path / "other.csv"
    path.write_text("wet,hot\n1,true\n0,false\n0,true\n")
    other.write_text("hot,wet\n1,1\n0,0\n1,0\n")
    examples = open_file(path, task=tasks.get("density"))
    assert examples.scaled
    assert np.array_equal(examples.x, [[1, 1], [0, 0], [1, 0]])
    again = unlabelled.read(str(other), {"kind": "table", "features": 2}, tasks.get("density"))
    assert np.array_equal(again.x, examples.x)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("1,-1.25\n0,0.5\n", "column 'b', line 2: '-1.25' is neither 0 nor 1"),
        ("1,0\nyes,1\n", "column 'a', line 3: 'yes' is neither 0 nor 1"),
        ("1,0\n,1\n", "column 'a', line 3: a gap is neither 0 nor 1"),
    ],
)
def test_anything_else_is_refused_with_its_place(rows, words, tmp_path, refuses):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + rows)
    refuses(lambda: open_file(path, task=tasks.get("density")), words)
    refuses(lambda: nna.train("rbm", str(path), out=tmp_path, quiet=True), words)


def test_arrays_go_the_same_way(tmp_path, refuses):
    path = tmp_path / "x.npz"
    np.savez(path, x=np.eye(4).reshape(4, 1, 2, 2))
    assert open_file(path, task=tasks.get("density")).scaled
    np.savez(path, x=np.eye(4).reshape(4, 1, 2, 2) / 2)
    refuses(
        lambda: open_file(path, task=tasks.get("density")),
        r"x\[0, 0, 0, 0\] is 0.5, neither 0 nor 1",
    )


@pytest.mark.slow
def test_a_machine_of_binary_units_learns_what_goes_together(tmp_path):
    draw = np.random.default_rng(0)
    rain, heat = draw.integers(0, 2, (2, 300))
    rows = np.where(draw.random((300, 4)) < 0.05, 1, 0) ^ np.stack([rain, rain, heat, heat], 1)
    path = tmp_path / "bits.csv"
    np.savetxt(path, rows, "%d", ",", header="rain,wet,heat,thirst", comments="")
    run = nna.train("boltzmann_machine", str(path), out=tmp_path, quiet=True)
    results = run.results()
    nats = results["metrics"]["nats"]["value"]
    assert nats > 2 * np.log(2)  # of rain and heat, which are coins
    assert nats < results["baselines"]["independent"]["nats"]["value"] - 0.3
    usual = [one.usualness for one in nna.load(run.folder).predict(path)]
    agree = (rows[:, 0] == rows[:, 1]) & (rows[:, 2] == rows[:, 3])
    assert np.mean(np.array(usual)[agree]) > np.mean(np.array(usual)[~agree]) + 0.5
