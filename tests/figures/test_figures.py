"""A figure shows what is computed, whole, and can be read: for every architecture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from torch import nn

import nna
from nna import registry
from nna.figures import definitions, draw, fold, layout, run, trace

SVG = "{http://www.w3.org/2000/svg}"
JOINS = ("add", "sub", "mul", "div", "cat")


@pytest.fixture(scope="module")
def panels():
    """The panels of an architecture at its test size, made once."""
    made = {}

    def of(name):
        if name not in made:
            made[name] = fold.fold(run.run(name, registry.describe(name).tiny, full=False))
        return made[name]

    return of


@pytest.mark.parametrize("name", registry.names())
def test_joins_are_those_that_the_dispatcher_computes(panels, counted, name):
    drawn = Counter()
    for item in ElementTree.fromstring(draw.svg(panels(name), name)).iter(f"{SVG}g"):
        if item.get("data-kind") in JOINS and item.get("data-count"):
            drawn[item.get("data-kind")] += int(item.get("data-count", "0"))
    assert drawn == counted(name, registry.describe(name).tiny)


@pytest.mark.parametrize("name", registry.names())
def test_boxes_lie_apart_and_hold_their_text(panels, name):
    for panel in panels(name):
        drawing = layout.lay_out(panel)
        assert set(drawing.places) == set(panel.items)
        for one, other in combinations(drawing.places.values(), 2):
            across = abs(one.x - other.x) >= (one.width + other.width) / 2 - 1e-6
            along = abs(one.y - other.y) >= (one.height + other.height) / 2 - 1e-6
            assert across or along
        for number, place in drawing.places.items():
            assert place.x - place.width / 2 + 1e-6 >= 0
            assert place.x + place.width / 2 <= drawing.width + 1e-6
            assert place.y - place.height / 2 + 1e-6 >= 0
            assert place.y + place.height / 2 <= drawing.height + 1e-6
            lines = layout.texts(panel.items[number])
            assert all(layout.text_width(t, layout.SIZES[s]) <= place.width for t, s in lines)
            assert len(lines) * 14 <= place.height


@pytest.mark.parametrize("name", registry.names())
def test_every_box_lies_on_a_way_from_an_input_to_an_output(panels, name):
    for panel in panels(name):
        for number, item in panel.items.items():
            assert panel.into(number) or item.kind == "input"
            assert panel.out_of(number) or item.kind in ("output", "input")


@pytest.mark.parametrize("name", ["lstm", "unet", "nasnet"])
def test_a_figure_is_the_same_each_time(name):
    config = registry.describe(name).tiny
    one, other = (draw.svg(fold.fold(run.run(name, config, full=False)), name) for _ in range(2))
    assert one == other


def test_blocks_that_repeat_are_drawn_once():
    whole, *blocks = fold.fold(run.run("gpt2", registry.configure("gpt2/desk")))
    (block,) = (item for item in whole.items.values() if item.kind == "block")
    assert block.times == registry.configure("gpt2/desk").layers
    assert [panel.name for panel in blocks] == ["Block", "CausalAttention"]


def test_an_lstm_shows_its_gates():
    (cell,) = (p for p in fold.fold(run.run("lstm", registry.configure("lstm"))) if p.definition)
    kinds = Counter(item.kind for item in cell.items.values())
    assert kinds["mul"] == 3
    said = {line for item in cell.items.values() for line in item.lines}
    assert {"forget gate", "input gate", "output gate", "candidate"} <= said


def test_a_u_goes_down_on_the_left_and_up_on_the_right():
    (panel,) = fold.fold(run.run("unet", registry.configure("unet")))
    bottom = layout.bottom_of_u(panel)
    assert bottom is not None
    drawing = layout.lay_out(panel)
    for number, item in panel.items.items():
        if item.kind == "cat":
            below, beside = sorted(panel.into(number), key=lambda n: -drawing.places[n].y)
            assert drawing.places[below].y > drawing.places[number].y
            assert drawing.places[beside].y == drawing.places[number].y
            assert drawing.places[beside].x < drawing.places[number].x
    assert max(p.y for p in drawing.places.values()) == drawing.places[bottom].y


def test_definitions_give_what_the_kernels_give():
    torch.manual_seed(0)
    plain = lambda tensor, name: tensor  # noqa: E731
    query, key, value = torch.randn(3, 2, 4, 5, 6).unbind()
    mask = torch.rand(5, 5) < 0.5
    mask |= torch.eye(5, dtype=torch.bool)
    masks: tuple[dict[str, Any], ...] = (
        {},
        {"is_causal": True},
        {"attn_mask": mask},
        {"attn_mask": torch.randn(5, 5)},
    )
    for more in masks:
        kernel = nn.functional.scaled_dot_product_attention(query, key, value, **more)
        torch.testing.assert_close(definitions.attention(plain, query, key, value, **more), kernel)
    torch.testing.assert_close(
        definitions.lerp(plain, query, key, value), torch.lerp(query, key, value)
    )
    own = nn.LSTM(3, 4)
    x, h, c = torch.randn(2, 3), torch.randn(2, 4), torch.randn(2, 4)
    _, (h_next, c_next) = own(x[None], (h[None], c[None]))
    made = definitions.lstm_cell(plain, own, x, h, c)
    torch.testing.assert_close(made, (h_next[0], c_next[0]))
    cells: list[tuple[nn.Module, Callable[..., Any]]] = [
        (nn.RNN(3, 4), definitions.rnn_cell),
        (nn.RNN(3, 4, nonlinearity="relu"), definitions.rnn_cell),
        (nn.GRU(3, 4), definitions.gru_cell),
    ]
    for layer, cell in cells:
        torch.testing.assert_close(cell(plain, layer, x, h), (layer(x[None], h[None])[1][0],))


class Odd(nn.Module):
    """In place, reversed scalars, a concatenation with a parameter, and one that is not used."""

    def __init__(self):
        super().__init__()
        self.first, self.token = nn.Linear(4, 4), nn.Parameter(torch.zeros(1, 4))

    def forward(self, x):
        y = self.first(x)
        torch.cat([y, x])
        y += x
        y = 2 ** (1 - y.relu_() * x + 0)
        y = torch.add(input=3 / y, other=1.5)
        return torch.cat([self.token, y])


def test_steps_are_told_apart():
    model, tracer, x = Odd(), trace.Tracer("odd"), torch.randn(2, 4)
    trace.follow(tracer, model)
    tracer.input("x", x)
    with tracer:
        tracer.outputs(model(x))
    (panel,) = fold.fold(tracer.trace)
    kinds = Counter(item.kind for item in panel.items.values())
    assert kinds == {"input": 1, "box": 6, "add": 1, "mul": 1, "cat": 1, "output": 1}
    lines = [item.lines for item in panel.items.values()]
    assert [line for line in lines if "x" in line[0]][1:] == [("1 − x",), ("2 ^ x",), ("3 ÷ x",)]
    assert ("concat", "token") in lines


def test_in_a_notebook():
    shown = nna.figure("mlp")._repr_svg_()
    assert shown == nna.figure("mlp/desk").svg
    assert ElementTree.fromstring(shown).tag == f"{SVG}svg"
