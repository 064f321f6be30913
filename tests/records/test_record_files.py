"""Files of a user's own that hold several inputs by name: read as what they say, or refused."""

import dataclasses
import json
import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings, strategies as st

import nna
from nna import registry, tasks
from nna.cli import run as cli
from nna.data import catalog
from nna.data.adapt import wanted_inputs
from nna.data.examples import Examples
from nna.data.records import file, read
from nna.data.records.file import Asked
from nna.errors import UserError
from nna.ports import Field
from nna.spec import Graphs, Series, Table
from nna.training.in_memory import Tensors
from nna.workbench.prediction.answers import ClassAnswer


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def data_of(known, *rows):
    """Some of the examples that come with an architecture, a single input called as it calls it."""
    whole, wanted = catalog.load(known.name), wanted_inputs(registry.describe(known.name))
    inputs = dict(zip(wanted, whole.inputs.values(), strict=True))
    targets = whole.targets if whole.task.supervised else {}
    classes = whole.classes if targets else ()
    whole = dataclasses.replace(whole, inputs=inputs, targets=targets, classes=classes)
    return whole.take(np.arange(*rows))


def columns(examples):
    """What a file of these examples holds, by name."""
    held = {}
    for name, of in {**examples.inputs, **examples.targets}.items():
        values = of.values if isinstance(of, Field) else of
        if isinstance(values, pd.DataFrame):
            values = values.to_dict("records")
        elif name in examples.targets and examples.classes:
            values = [examples.classes[int(one)] for one in values]
        held[name] = [plain(one) for one in values]
    return held


def write(path, examples):
    """The examples as JSON lines."""
    held = columns(examples)
    rows = [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def same(one, other):
    """Whether two fields or targets hold the same."""
    first, second = (getattr(of, "values", of) for of in (one, other))
    if isinstance(first, pd.DataFrame):
        return first.reset_index(drop=True).equals(second.reset_index(drop=True))
    pairs = zip(first, second, strict=True)
    return all(
        np.allclose(a[key], b[key]) if isinstance(a, dict) else np.allclose(a, b)
        for a, b in pairs
        for key in (a if isinstance(a, dict) else [None])
    )


def opened(path, known, **asked):
    name = known.name
    return read.examples(path, registry.describe(name), name, Asked(**asked))


def test_a_file_says_what_the_data_are(known, tmp_path):
    whole = data_of(known, 40)
    found = opened(write(tmp_path / "own.jsonl", whole), known)
    assert found.task == whole.task
    assert found.classes == whole.classes
    for name, of in whole.inputs.items():
        assert same(found.inputs[name], of), name
    for name, of in whole.targets.items():
        assert same(found.targets[name], of), name
        assert isinstance(found.targets[name], Field) == isinstance(of, Field)


def test_arrays_by_name_say_the_same(known, tmp_path):
    whole = data_of(known, 40)
    held = {**whole.inputs, **whole.targets}
    values = {name: getattr(of, "values", of) for name, of in held.items()}
    if not all(isinstance(one, np.ndarray) for one in values.values()):
        return  # of many lengths, or of columns with names: JSON lines alone can hold them
    np.savez(tmp_path / "own.npz", **values)
    found = opened(tmp_path / "own.npz", known)
    assert all(same(found.inputs[name], of) for name, of in whole.inputs.items())
    assert all(same(found.targets[name], of) for name, of in whole.targets.items())


def test_from_a_file_a_run_is_trained_asked_and_measured(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own, new = write(tmp_path / "own.jsonl", data_of(known, 60)), data_of(known, 60, 75)
    other = write(tmp_path / "new.jsonl", new)
    few = {"steps": 2} if new.task.name == "generation" else {}
    recipe = {"epochs": 1, "batch_size": 16}
    run = nna.train(known, own, settings=few, recipe=recipe, quiet=True)
    trained = nna.load(run.folder)
    if trained.draws:
        assert len(trained.draw(3)) == 3
        return
    bare = tmp_path / "bare.jsonl"  # what is asked about knows no answers
    names = [*new.inputs]
    rows = [json.loads(line) for line in other.read_text().splitlines()]
    bare.write_text("".join(json.dumps({n: row[n] for n in names}) + "\n" for row in rows))
    answers = trained.predict(bare)
    assert answers == trained.predict(other) == trained.answers(new)
    assert cli(["predict", str(run.folder), str(bare), "--out", "a.csv"]) == 0
    assert cli(["evaluate", str(run.folder), str(other), "--json"]) == 0
    if len(new.inputs) < 2:
        return
    tested = nna.train(known, own, test=other, recipe=recipe, quiet=True)
    assert tested.results()["test examples"] == len(new)


def refusal(path, known, **asked):
    with pytest.raises(UserError) as told:
        opened(path, known, **asked)
    assert "\n" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("known", ["translator"], indirect=True)
def test_what_is_wrong_is_said_with_its_place(known, tmp_path):
    path = tmp_path / "own.jsonl"
    good = {"source": [1, 2], "before": [1, 2, 3], "after": [2, 3, 0]}

    def told(*rows, **asked):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return refusal(path, known, **asked)

    assert "line 2: 'source': 1.5 where whole numbers" in told(good, good | {"source": [1.5]})
    assert "line 3: 'before': text where numbers" in told(good, good, good | {"before": "abc"})
    assert "line 2: it has no 'source'" in told(good, {k: good[k] for k in ("before", "after")})
    assert "no 'source'; translator takes source, before" in told({"before": [1], "after": [1]})
    assert "--target NAME" not in told(good | {"source": []})
    assert "no 'gone' to predict" in told(good, target="gone")
    assert "'source': 2 dimensions where 1" in told(good | {"source": [[1]]})
    held = nna.build(known).config if hasattr(nna.build(known), "config") else None
    config = registry.describe("translator").tiny if held is None else held
    assert "'source' has vocab 10; the model was trained for at most 7" in told(
        good | {"source": [9]}, config=config, answers=False
    )


@pytest.mark.parametrize("known", ["two_tower"], indirect=True)
def test_tables_among_the_inputs_have_columns_and_gaps(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = catalog.load("two_tower")
    path = write(tmp_path / "own.jsonl", whole.take(np.arange(80)))
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[3]["user"].pop("age")
    rows[4]["y"] = None
    rows[5].pop("thing")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "line 6: it has no 'thing'" in refusal(path, known)
    found = opened(path, known, skip_bad=True)
    assert len(found) == 78
    assert np.isnan(found.x["age"].iloc[3])
    assert any("without y: line 5" in note for note in found.notes)
    assert any("line 6: it has no 'thing'" in note for note in found.notes)
    run = nna.train(known, path, skip_bad=True, recipe={"epochs": 1}, quiet=True)
    assert len(nna.load(run.folder).read(path, skip_bad=True)) == 79
    table = tmp_path / "t.csv"
    table.write_text("age,y\n1,a\n")
    with pytest.raises(UserError, match=r"takes user, thing: bring JSON lines"):
        nna.train(known, table, quiet=True)


@pytest.mark.parametrize("known", ["episodes"], indirect=True)
def test_values_that_only_the_model_can_judge_are_refused_in_a_line(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = columns(catalog.load("episodes").take(np.arange(20)))
    lines = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    for line in lines:
        line["label"] = line["label"][:-1]  # one known example has no class
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(UserError, match="can't take these values") as told:
        nna.train(known, path, quiet=True)
    assert "\n" not in str(told.value)


def test_a_graph_comes_as_arrays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    club = catalog.load("karate")
    assert club.y is not None
    assert club.edges is not None
    held = {"nodes": club.x, "edges": club.edges}
    np.savez(tmp_path / "own.npz", **held, community=club.y.astype(float))
    run = nna.train("gcn", "own.npz", target="community", recipe={"epochs": 2}, quiet=True)
    assert len(nna.load(run.folder).predict("own.npz")) == 34
    y = club.y.astype(float)
    y[7] = np.nan
    np.savez(tmp_path / "gap.npz", **held, community=y)
    spec = registry.describe("gcn")
    found = read.examples(tmp_path / "gap.npz", spec, "gcn", Asked())
    assert len(found) == 33
    assert found.rows is not None
    assert 7 not in found.rows
    np.savez(tmp_path / "far.npz", nodes=club.x[:5], edges=club.edges, y=y[:5])
    with pytest.raises(UserError, match="node numbers below 5"):
        read.examples(tmp_path / "far.npz", spec, "gcn", Asked())


def test_one_input_alone_may_come_as_records_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    draw = np.random.default_rng(0)
    rows = [{"series": draw.normal(i % 2, 1, (6, 2)).tolist(), "y": "ab"[i % 2]} for i in range(40)]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = nna.train("lstm", path, recipe={"epochs": 1}, quiet=True)
    answers = nna.load(run.folder).predict(path)
    assert {one.class_ for one in answers if isinstance(one, ClassAnswer)} <= {"a", "b"}
    assert not file.is_one(path, registry.describe("lenet5"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


def said(path, known, **asked):
    try:
        opened(path, known, **asked)
    except UserError as told:
        return str(told)
    return "read"


@pytest.mark.parametrize("known", ["two_tower", "molecules", "listener"], indirect=True)
def test_whatever_a_file_holds_is_examples_or_one_line(known, tmp_path_factory):
    held = columns(data_of(known, 8))
    rows = [dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)]
    path = tmp_path_factory.mktemp("odd") / "own.jsonl"

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 7), st.sampled_from([*held]), JSON, st.booleans())
    def check(place, name, value, skip):
        odd = [dict(row) for row in rows]
        odd[place][name] = value
        path.write_text("".join(json.dumps(row) + "\n" for row in odd))
        assert "\n" not in said(path, known, skip_bad=skip)

    check()


@pytest.mark.parametrize("known", ["episodes"], indirect=True)
@pytest.mark.parametrize("ending", ["jsonl", "npz"])
def test_a_damaged_file_is_examples_or_one_line(known, tmp_path, ending):
    whole, draw = data_of(known, 8), random.Random(ending)
    path = tmp_path / f"own.{ending}"
    if ending == "npz":
        values: dict[str, Any] = {name: of.values for name, of in whole.inputs.items()}
        np.savez_compressed(path, **values, y=whole.targets["y"])
    else:
        write(path, whole)
    content = path.read_bytes()
    refused = 0
    for _ in range(60):
        data = bytearray(content)
        for _ in range(draw.choice([1, 8])):
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        path.write_bytes(data[: draw.choice([len(data), draw.randrange(len(data))])])
        line = said(path, known)
        assert "\n" not in line
        refused += line != "read"
    assert refused > 10


def test_values_of_many_lengths_are_widened_with_the_others():
    lengths = [np.ones((n, 1), np.float32) for n in (2, 3)]
    graph = {"nodes": np.ones((2, 1), np.float32), "edges": np.zeros((2, 0), np.int64)}
    inputs = {
        "row": Field(Table(features=1), np.ones((2, 1), np.float32)),
        "steps": Field(Series(channels=1, mask=True), lengths),
        "graph": Field(Graphs(features=1), [graph, graph]),
    }
    part = Tensors.of(Examples(task=tasks.get("classification"), inputs=inputs)).double()
    kinds = {one.dtype for one in part.held()}
    assert kinds == {torch.float64, torch.int64}
