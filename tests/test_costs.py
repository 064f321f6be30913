"""Multiply-adds are counted as their definition has it, of every variant, for a stated size."""

import dataclasses
import importlib
import itertools
import math
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from nna import costs, registry
from nna.specimens import sample, shapes_only, tiny
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import gather

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))
tool = importlib.import_module("costs")

few = st.integers(2, 9)
sparing = settings(deadline=None, max_examples=10)


class Written(nn.Module):
    """A function of two tensors, as a model."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x, y):
        return self.function(x, y)


def counted(function, *shapes) -> int:
    x, y = (torch.empty(shape, device="meta") for shape in shapes)
    return costs.count(Written(function), {"x": x, "y": y})


PRODUCTS = {
    "matrix product": lambda x, y: x @ y.T,
    "einsum": lambda x, y: torch.einsum("bd,md->bm", x, y),
    "vector by vector": lambda x, y: torch.stack([x @ row for row in y]),
    "dots": lambda x, y: torch.stack([row @ other for row in x for other in y]),
    "products summed": lambda x, y: (x[:, None] * y).sum(-1),
    "distances written out": lambda x, y: (x[:, None] - y).square().sum(-1),
    "distances by power": lambda x, y: ((x[:, None] - y) ** 2).sum(-1),
    "cdist": torch.cdist,
}


@pytest.mark.parametrize("writing", PRODUCTS)
@sparing
@given(b=few, m=few, d=few)
def test_a_product_costs_the_same_however_it_is_written(writing, b, m, d):
    assert counted(PRODUCTS[writing], (b, d), (m, d)) == b * m * d


@sparing
@given(b=few, d=few)
def test_what_is_not_summed_is_not_counted(b, d):
    for function in (
        lambda x, y: x * y,
        lambda x, y: torch.sigmoid(x) * torch.relu(y),
        lambda x, y: nn.functional.layer_norm(x, x.shape[1:]) + y,
        lambda x, y: (x * y).mean(),
        lambda x, y: (x + y).sum(),
    ):
        assert counted(function, (b, d), (b, d)) == 0


def test_what_is_not_known_is_refused():
    with pytest.raises(NotImplementedError, match="not known"):
        counted(lambda x, y: nn.functional.bilinear(x, y, torch.empty(2, 3, 4)), (5, 3), (5, 4))


def config(name, **fields):
    return dataclasses.replace(registry.configure(name), **fields)


def count(name, config, at=None):
    return costs.count_multiply_adds(name, registry.describe(name), config, at or {})


@sparing
@given(n=st.integers(2, 40), e=st.integers(0, 90), f=few, h=few, c=few)
def test_a_graph_costs_its_nodes_by_their_matrices_and_its_edges_by_their_widths(n, e, f, h, c):
    wide = config("gcn", features=f, hidden=h, classes=c)
    assert count("gcn", wide, {"nodes": n, "edges": e}) == n * h * (f + c) + (n + e) * (h + c)


@sparing
@given(steps=st.integers(1, 9), channels=few, hidden=few, classes=few)
def test_an_lstm_costs_its_four_gates_at_every_step(steps, channels, hidden, classes):
    made = config("lstm", channels=channels, hidden=hidden, classes=classes)
    gates = 4 * hidden * (hidden + channels)
    assert count("lstm", made, {"steps": steps}) == steps * gates + hidden * classes


@sparing
@given(d=st.integers(2, 20), rows=st.integers(1, 6), columns=st.integers(2, 6))
def test_maps_and_radial_units_cost_a_square_for_every_difference(d, rows, columns):
    assert count("som", config("som", features=d, rows=rows, columns=columns)) == d * rows * columns
    radial = config("rbfn", features=d, units=rows, classes=columns)
    assert count("rbfn", radial) == rows * d + rows * columns
    assert count("hopfield", config("hopfield", features=d)) == d * d  # a sweep


@sparing
@given(connections=st.integers(1, 3), widths=st.lists(st.integers(4, 30), min_size=2, max_size=4))
def test_a_sparse_layer_costs_its_connections(connections, widths):
    made = config(
        "sparse_feedforward", features=widths[0], hidden=tuple(widths[1:]), connections=connections
    )
    listed = (min(connections * (i + o), i * o) for i, o in itertools.pairwise(widths))
    assert count("sparse_feedforward", made) == sum(listed) + widths[-1] * made.classes


@pytest.mark.filterwarnings("ignore:TF32")
@pytest.mark.parametrize("name", registry.names())
def test_numbers_change_nothing(name):
    """What is counted without numbers, and with short cuts, is what real ones are multiplied by."""
    spec = registry.describe(name)
    inputs = sample(spec, 1)
    meta = {key: tensor.to("meta") for key, tensor in inputs.items()}
    plain = torch.backends.mkldnn.flags(enabled=False), sdpa_kernel(SDPBackend.MATH)
    with torch.no_grad(), plain[0], plain[1], costs._Counter() as real:
        tiny(name, spec).eval()(**inputs)
    model, _ = shapes_only(name, spec, spec.tiny)
    assert costs.count(model, meta) == real.total


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.names())
def test_the_desk_variant_is_counted_on_an_example_of_its_own_data(name):
    spec = registry.describe(name)
    desk = spec.variants[registry.DESK]
    examples = gather(name, Source(data=spec.signature.data)).parts["train"]
    shapes = [port.full_shape(1, desk.config, desk.costs_at) for port in spec.inputs.values()]
    if examples.edges is not None:
        assert shapes == [examples.x.shape, examples.edges.shape]
    elif isinstance(examples.x, list):  # of different lengths: the longest
        assert shapes == [(1, max(map(len, of.values))) for of in examples.inputs.values()]
    else:
        given = shapes[: len(examples.inputs)]  # a denoiser's timestep is none of the data's
        assert given == [(1, *examples.x.shape[1:])]


SOURCE = """
DESK = Variant(Config(width=1), 5)
VARIANTS = {
    "desk": DESK,
    "a": Variant(Config(width=2), 6, {"params": Printed(6, "é")}, 7, costs_at={"side": 8}),
    "b": Variant(Config(width=3), params=7, macs=1),
    "c": made(3),
    "d": Variant(
        Config(width=3),
        params=7,
    ),
}
"""


def test_the_tool_writes_the_numbers_where_they_belong():
    new = {"desk": 10, "a": 20_000, "b": 30, "c": 40, "d": 50}
    after, missed = tool.written(SOURCE.encode(), new)
    assert missed == ["c"]
    text = after.decode()
    assert "Config(width=1), 5, macs=10)" in text
    assert 'Printed(6, "é")}, 20_000, costs_at' in text
    assert "params=7, macs=30)" in text
    assert "params=7, macs=50,\n" in text
    assert tool.written(after, {}) == (after, [])


@pytest.mark.parametrize("name", ["gcn", "lenet1"])
def test_the_specs_hold_what_the_tool_would_write(name):
    assert [*tool.changed(name)] == []


def test_every_variant_states_its_cost():
    specs = {name: registry.describe(name) for name in registry.names()}
    blank = [
        f"{name}/{key}"
        for name, spec in specs.items()
        for key, variant in spec.variants.items()
        if not isinstance(variant.macs, int) or (variant.macs <= 0) or math.isnan(variant.macs)
    ]
    assert blank == []
