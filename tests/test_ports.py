"""Ports are objects: what they say of themselves agrees."""

import dataclasses
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

from nna import ports, spec
from nna.errors import UserError
from nna.ports import Field
from nna.spec import IGNORED, Graphs, Image, Series, Table, Tokens
from nna.training import run_validation

SOURCE = Path(ports.__file__).parents[1]


def test_every_declared_port_has_a_file_of_its_own():
    files = {path.stem for path in (SOURCE / "ports").glob("*.py")} - {
        "__init__",
        "base",
        "outputs",
        "parsing",
    }
    assert files == {*ports.kinds()}
    assert len(ports.kinds()) == len(get_args(spec.Input))
    for kind in ports.kinds():
        assert isinstance(ports.called(kind), ports.Port)


@pytest.mark.parametrize("kind", get_args(spec.Input), ids=lambda kind: kind.__name__)
def test_values_are_drawn_collated_and_blank_alike(kind):
    class Config:
        channels = features = vocab = length = classes = 4

    port = kind()
    behaviour = ports.of(port)
    drawn = behaviour.draw(port, Config, 3, torch.Generator().manual_seed(0))
    batch = behaviour.collate("x", port, drawn)
    blank = behaviour.blank("x", port, Config, port.shape(3, Config))
    assert {k: v.dtype for k, v in batch.items()} == {k: v.dtype for k, v in blank.items()}
    assert {k: v.ndim for k, v in batch.items()} == {k: v.ndim for k, v in blank.items()}
    again = behaviour.draw(port, Config, 3, torch.Generator().manual_seed(0))
    for name, values in behaviour.collate("x", port, again).items():
        assert torch.equal(values, batch[name])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.booleans())
def test_sequences_are_padded_masked_and_never_counted_beyond_their_end(lengths, target):
    port = Tokens(vocab=9, length=9, mask=True)
    values = [torch.arange(1, n + 1) for n in lengths]
    batch = ports.of(port).collate("x", port, values, target)
    assert batch["x"].shape == (len(lengths), max(lengths))
    for row, value in zip(batch["x"], values, strict=True):
        assert torch.equal(row[: len(value)], value)
        assert (row[len(value) :] == (IGNORED if target else 0)).all()
    if target:
        assert batch.keys() == {"x"}
    else:
        assert batch["x_mask"].sum(1).tolist() == lengths


@pytest.mark.parametrize("port", [Tokens(vocab=9, length=9), Series(channels=1)])
def test_sequences_of_several_lengths_need_a_network_that_takes_them(port):
    shape = (1,) if isinstance(port, Series) else ()
    values = [torch.ones(n, *shape, dtype=torch.long) for n in (2, 3)]
    with pytest.raises(UserError, match=r"2 to 3 steps \(x\)"):
        ports.of(port).collate("x", port, values)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_graphs_in_a_batch_stay_apart(counts):
    port = Graphs(features=2)
    made = [
        {"nodes": torch.full((n, 2), float(i)), "edges": torch.randint(n, (2, 2 * n))}
        for i, n in enumerate(counts)
    ]
    batch = ports.of(port).collate("graphs", port, made)
    assert batch["sizes"].tolist() == counts
    of = torch.arange(len(counts)).repeat_interleave(batch["sizes"])
    assert torch.equal(batch["nodes"][:, 0], of.float())
    assert torch.equal(of[batch["edges"][0]], of[batch["edges"][1]])


def test_numbers_of_edges_travel_with_their_edges_or_are_asked_for():
    port, behaviour = Graphs(features=1, edge_features=2), ports.of(Graphs())
    raw = {"nodes": [[1.0], [2.0]], "edges": [[0, 1], [1, 0]], "edge_features": [[3, 4], [5, 6]]}
    graph = behaviour.value(raw)
    assert behaviour.alike(port, graph) == (1, 2)
    field = behaviour.field(port, [graph, graph])
    assert behaviour.flat(field)[0].tolist() == [1.5, 2, 2, 4, 5]
    wanted = Graphs(edge_features="edge_features")
    assert behaviour.sizes(wanted, field) == {"features": 1, "edge_features": 2}
    tensors = [{key: torch.as_tensor(value) for key, value in graph.items()}] * 2
    batch = behaviour.collate("graphs", port, tensors)
    assert [*batch] == ["nodes", "edges", "edge_features", "sizes"]
    assert batch["edge_features"].tolist() == [[3, 4], [5, 6]] * 2
    plain, said = behaviour.fit(field, Graphs(), None)
    assert (plain.port.edge_features, said) == (None, ["edge_features left out"])
    assert [*plain.values[0]] == ["nodes", "edges"]
    with pytest.raises(UserError, match="have none"):
        behaviour.fit(plain, wanted, None)
    with pytest.raises(UserError, match="lacks edge_features"):
        behaviour.alike(port, plain.values[0])
    with pytest.raises(UserError, match="1 rows of edge_features for 2 edges"):
        behaviour.value({**raw, "edge_features": [[3, 4]]})
    with pytest.raises(UserError, match="without edges"):
        behaviour.alike(port, behaviour.value({**raw, "edges": [[], []]}))


def test_examples_of_several_shapes_are_refused_in_a_line():
    port = Image(channels=1)
    with pytest.raises(UserError, match="2 shapes"):
        ports.of(port).collate("x", port, [torch.ones(1, 2, 2), torch.ones(1, 3, 3)])


def test_flat_rows_are_what_a_plain_rival_can_take():
    table = Field(Table(features=3), np.arange(6.0).reshape(2, 3))
    assert ports.of(table.port).flat(table).tolist() == [[0, 1, 2], [3, 4, 5]]
    texts = Field(Tokens(vocab=4, length=3), [np.array([1, 1, 3]), np.array([0])])
    assert ports.of(texts.port).flat(texts).tolist() == [[0, 2, 0, 1], [1, 0, 0, 0]]
    series = Field(Series(channels=1), [np.array([[1.0], [3.0]]), np.array([[5.0]])])
    assert ports.of(series.port).flat(series).tolist() == [[2, 1, 2], [5, 0, 1]]


def test_a_run_may_record_every_field_of_a_port():
    """What reads a run's record knows all that a port may say of data."""
    inputs = (spec.Image, spec.Table, spec.Series, spec.Tokens, spec.Nodes, spec.Edges, spec.Graphs)
    said = {of.name for kind in inputs for of in dataclasses.fields(kind)}
    assert said - {of.name for of in dataclasses.fields(run_validation.Port)} == set()
