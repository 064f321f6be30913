"""What is claimed of bidirectional networks, beyond the contract shared with the rest."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nna import contract, registry
from nna.architectures.recurrent.birnn.model import BiRNN, one_direction
from nna.architectures.recurrent.birnn.spec import VARIANTS, Config
from nna.data import catalog

CELLS = ("rnn", "lstm")


def _model(cell: str = "rnn", **config) -> BiRNN:
    torch.manual_seed(0)
    return BiRNN(Config(**{"hidden": 5, "channels": 2, "classes": 3, "cell": cell, **config}))


@pytest.mark.parametrize(("cell", "maps"), [("rnn", 1), ("lstm", 4)])
def test_a_second_direction_doubles_the_layer_and_the_heads_inputs(cell, maps):
    model = _model(cell, hidden=20, channels=10, classes=7)
    assert contract.count_parameters(model.body) == 2 * maps * (20 * (20 + 10) + 20)
    assert contract.count_parameters(model.head) == 7 * (2 * 20 + 1)
    with_redundant = sum(p.numel() for p in model.body.parameters())
    assert with_redundant == 1_280 * maps


def test_the_two_layers_are_the_same_equation_read_from_either_end():
    model, series = _model().double(), torch.randn(4, 9, 2, dtype=torch.float64)
    layers = [
        [
            model.body.get_parameter(f"{name}_l0{end}")
            for name in ("weight_ih", "weight_hh", "bias_ih")
        ]
        for end in ("", "_reverse")
    ]
    ahead = one_direction(series, *layers[0])
    back = one_direction(series.flip(1), *layers[1]).flip(1)
    torch.testing.assert_close(model.states(series), torch.cat([ahead, back], dim=2))


@pytest.mark.parametrize("cell", CELLS)
def test_each_layer_has_read_its_own_side_and_the_place_itself(cell):
    model, series = _model(cell), torch.randn(1, 9, 2, requires_grad=True)
    states = model.states(series)[0, 4].split(5)
    for state, seen in zip(states, (range(5), range(4, 9)), strict=True):
        (slope,) = torch.autograd.grad(state.sum(), series, retain_graph=True)
        assert [*slope[0].abs().sum(1).nonzero().flatten()] == [*seen]


@pytest.mark.parametrize("cell", CELLS)
def test_an_exclusive_or_of_the_two_sides_is_beyond_a_linear_head(cell):
    """Scores are a sum of what is before and what is behind; over both pairs their differences
    agree, so that of the four cases of an exclusive or one at least is told wrong."""
    torch.manual_seed(0)
    before, place, behind = (torch.randn(n, m, 2) for n, m in ((2, 4), (1, 1), (2, 4)))
    model = _model(cell, hidden=7).double()
    scores = {
        (p, q): model(torch.cat([before[p], place[0], behind[q]])[None].double())
        for p in (0, 1)
        for q in (0, 1)
    }
    torch.testing.assert_close(scores[0, 0] - scores[0, 1], scores[1, 0] - scores[1, 1])
    assert (scores[0, 0] - scores[0, 1]).abs().max() > 5e-4


def test_a_layer_in_one_direction_answers_alike_whatever_follows():
    model, series = _model(), torch.randn(2, 9, 2)
    series[1, :5] = series[0, :5]
    assert (model(series)[0] - model(series)[1]).abs().max() > 1e-3
    with torch.no_grad():
        model.head.weight[:, 5:] = 0.0  # the layer that came from the end
    torch.testing.assert_close(model(series)[0], model(series)[1])


def _accuracy(both: bool, epochs: int) -> float:
    """Trained on three of four streams; the layer from the end is kept from the head, or not."""
    data = catalog.load("both_sides")
    x, y = torch.tensor(data.x), torch.tensor(data.y)
    torch.manual_seed(0)
    model = BiRNN(VARIANTS["desk"].config)
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 3e-3)

    def scores(series):
        ahead, back = model.states(series)[:, 7].chunk(2, dim=1)
        return model.head(torch.cat([ahead, back if both else torch.zeros_like(back)], dim=1))

    loss = torch.ones(())
    for _ in range(epochs):
        for batch in torch.randperm(3_000).split(32):
            optimiser.zero_grad()
            loss = F.cross_entropy(scores(x[batch]), y[batch])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
        if loss < 0.01:  # of the epoch's last batch
            break
    with torch.no_grad():
        return (scores(x[3_000:]).argmax(1) == y[3_000:]).double().mean().item()


@pytest.mark.slow
def test_read_from_both_ends_the_middle_is_told_and_from_one_end_half_of_it():
    assert _accuracy(both=True, epochs=20) > 0.9
    assert _accuracy(both=False, epochs=4) < 0.6


def test_the_middle_is_first_last_inside_or_alone():
    data = catalog.load("both_sides")
    assert data.classes == ("inside", "last", "first", "alone")
    bits = data.x[..., 0]
    for kind, (before, behind) in enumerate([(1, 1), (1, -1), (-1, 1), (-1, -1)]):
        own = bits[np.asarray(data.y) == kind]
        assert (own[:, 6] * own[:, 7] == before).all()
        assert (own[:, 7] * own[:, 8] == behind).all()
    assert len({row.tobytes() for row in bits}) == len(bits)


def test_the_cards_example_by_hand():
    model = BiRNN(Config(hidden=1)).double()
    values = {"weight_ih_l0": 1.0, "weight_hh_l0": 0.5, "bias_ih_l0": 0.0}
    values |= {"weight_ih_l0_reverse": 1.0, "weight_hh_l0_reverse": -1.0, "bias_ih_l0_reverse": 0.0}
    with torch.no_grad():
        for name, value in values.items():
            model.body.get_parameter(name).fill_(value)
        model.head.weight.copy_(torch.tensor([[1.0, 2.0]]))
        model.head.bias.fill_(-1.0)
    series = torch.tensor([[[1.0], [0.0], [-1.0]]], dtype=torch.float64)
    states, card = model.states(series)[0], registry.card("birnn")
    for value in (states[0, 0], states[1, 0], states[2, 1], states[1, 1], model(series)[0, 0]):
        assert f"{value.item():.4f}" in card


@pytest.mark.parametrize("cell", CELLS)
def test_the_redundant_biases_stay_frozen_at_zero(cell):
    model = _model(cell)
    for end in ("", "_reverse"):
        redundant = model.body.get_parameter(f"bias_hh_l0{end}")
        assert not redundant.requires_grad
        assert redundant.count_nonzero() == 0


def test_refuses_a_layer_without_units():
    with pytest.raises(ValueError, match="at least 1"):
        BiRNN(Config(hidden=0))
