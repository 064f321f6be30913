"""What `nna recommend` names is trained by the very command that it prints."""

import shlex
import string

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import nna
from nna import cli
from nna.errors import UserError
from nna.workbench import train as training
from nna.workbench.recommendation import trainable

COLUMNS = {
    "number": lambda rng, n: rng.normal(size=n),
    "far out": lambda rng, n: np.where(np.arange(n) == rng.integers(n), 1e9, rng.normal(size=n)),
    "constant": lambda rng, n: np.full(n, 7),
    "gaps": lambda rng, n: np.where(rng.random(n) < 0.6, np.nan, rng.normal(size=n)),
    "nothing": lambda rng, n: np.full(n, np.nan),
    "words": lambda rng, n: rng.choice(["red", "green", "blue"], n),
    "many words": lambda rng, n: rng.choice([a + b for a in "abcdefgh" for b in "xyz"], n),
    "identifier": lambda rng, n: [f"row{i}" for i in range(n)],
    "mixed": lambda rng, n: np.where(
        rng.random(n) < 0.1, "none", rng.integers(9, size=n).astype(str)
    ),
    "truth": lambda rng, n: rng.random(n) < 0.5,
    "group name": lambda rng, n: rng.choice(list("pqrs"), n),
    "day": lambda rng, n: pd.date_range("2024-01-01", periods=n).strftime("%Y-%m-%d"),
    "part $x; 'of'": lambda rng, n: rng.choice(["train", "train", "train", "test"], n),
}


def targets(data, rng, n):
    kind = data.draw(st.sampled_from(["classes", "rare", "numbers", "amounts", "skewed"]))
    if kind == "numbers":
        return rng.normal(size=n)
    if kind == "amounts":
        return rng.integers(100_000, size=n) * 10
    if kind == "skewed":
        return np.exp(rng.normal(size=n) * 20)
    count = data.draw(st.integers(2, 4))
    y = np.array(list(string.ascii_lowercase[:count]))[rng.integers(count, size=n)]
    if kind == "rare":  # a class of one, two or three rows
        y[rng.permutation(n)[: data.draw(st.integers(1, 3))]] = "rare"
    return y


def table(data):
    """A small odd table, and what a user may say of it."""
    n = data.draw(st.sampled_from([5, 7, 12, 30, 60, 140]))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**20)))
    names = data.draw(st.lists(st.sampled_from([*COLUMNS]), min_size=1, max_size=6, unique=True))
    frame = pd.DataFrame({name: COLUMNS[name](rng, n) for name in names})
    frame["the answer"] = targets(data, rng, n)
    said = {"groups": "group name", "time": "day", "split": "part $x; 'of'"}
    there = [option for option, column in said.items() if column in names]
    chosen = data.draw(st.lists(st.sampled_from(there), unique=True)) if there else []
    return frame, {option: said[option] for option in chosen}


class Begun(Exception):  # noqa: N818 - it is no error
    """All that a training checks before its first step has passed."""


def _begun(*_):
    raise Begun


@pytest.fixture
def only_checked(monkeypatch):
    """`nna train` up to the moment at which it makes its folder; nothing is timed."""
    monkeypatch.setattr(training, "_create", _begun)
    monkeypatch.setattr(trainable, "_timed", lambda *_: 0.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "an odd table's.csv"


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_command_passes_the_checks_of_train(data, path, only_checked):
    frame, said = table(data)
    frame.to_csv(path, index=False)
    seed = data.draw(st.integers(0, 2))
    try:
        found = nna.recommend(path, "the answer", quick_benchmark=False, seed=seed, **said)
    except UserError:
        return
    assert found.candidates
    for row in data.draw(st.permutations(found.candidates))[:5]:
        _, *words = shlex.split(row.command)
        with pytest.raises(Begun):
            cli.run(words)


@pytest.mark.slow
@settings(
    max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_command_trains(data, path, tmp_path):
    frame, said = table(data)
    frame.to_csv(path, index=False)
    try:
        found = nna.recommend(path, "the answer", quick_benchmark=False, **said)
    except UserError:
        return
    for row in found.candidates:
        _, *words = shlex.split(row.command)
        few = ["--epochs", "1"] if row.seconds > 1 else []
        assert cli.run([*words, *few, "--out", str(tmp_path / "runs"), "--json"]) == 0, row
