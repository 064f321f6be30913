"""What is claimed of the Jordan network, beyond the contract it shares with the rest."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nna import contract
from nna.architectures.recurrent.jordan.model import Jordan
from nna.architectures.recurrent.jordan.spec import Config


def _with(decay: float = 0.5, **tensors: object) -> Jordan:
    """A network of one input and one output with the weights given: W, U, b, V, c."""
    hidden = torch.tensor(tensors["b"]).numel()
    model = Jordan(Config(hidden=hidden, decay=decay)).double()
    names = {"w": "input.weight", "u": "context.weight", "b": "input.bias"}
    names |= {"v": "head.weight", "c": "head.bias"}
    with torch.no_grad():
        for key, value in tensors.items():
            own = model.get_parameter(names[key])
            own.copy_(torch.tensor(value, dtype=torch.float64).reshape(own.shape))
    return model


@pytest.mark.parametrize(("i", "h", "o"), [(1, 16, 2), (3, 5, 4), (10, 7, 1)])
def test_the_formula_counts_what_is_learnt(i, h, o):
    model = Jordan(Config(channels=i, hidden=h, classes=o))
    assert contract.count_parameters(model) == h * (i + o) + h + o * (h + 1)


def test_the_cards_example_by_hand():
    model = _with(w=[2], u=[-4], b=[0], v=[4], c=[-2])
    plan = torch.ones(1, 3, 1, dtype=torch.float64)
    scores = [model(plan[:, :steps]).item() for steps in (1, 2, 3)]
    assert scores == pytest.approx([1.5232, -1.1325, -0.5979], abs=6e-5)
    outputs = torch.tensor(scores).sigmoid().tolist()
    assert outputs[:2] == pytest.approx([0.8210, 0.2437], abs=6e-5)
    state = torch.zeros(1, 1, dtype=torch.float64)
    for score in scores[:2]:
        state = model.after(state, torch.tensor([[score]], dtype=torch.float64).sigmoid())
    assert state.item() == pytest.approx(0.6542, abs=6e-5)


def test_the_state_is_a_fading_sum_of_outputs():
    model, outputs = Jordan(Config(hidden=2, decay=0.7, classes=3)), torch.rand(6, 1, 3)
    state = torch.zeros(1, 3)
    for out in outputs:
        state = model.after(state, out)
    fading = 0.7 ** torch.arange(5.0, -1.0, -1.0)
    torch.testing.assert_close(state, (fading[:, None, None] * outputs).sum(0))


def test_pasts_with_equal_outputs_are_one_past():
    """Two hidden units that the head adds up: which of them saw the input, nobody can tell later.

    In Elman's network, which feeds back the hidden units, the two pasts stay apart.
    """
    torch.manual_seed(0)
    model = Jordan(Config(hidden=2, channels=2, classes=1)).double()
    with torch.no_grad():
        model.input.weight.copy_(torch.eye(2))
        model.context.weight.fill_(1.0)
        model.head.weight.fill_(1.0)
        model.input.bias.zero_()
    later = torch.randn(5, 2, dtype=torch.float64)
    pasts = torch.tensor([[3.0, -1.0], [-1.0, 3.0]], dtype=torch.float64)
    one, other = (torch.cat([past[None], later])[None] for past in pasts)
    torch.testing.assert_close(model(one), model(other), rtol=0, atol=1e-12)
    rnn = nn.RNN(2, 2, batch_first=True).double()
    assert (rnn(one)[0][:, -1] - rnn(other)[0][:, -1]).abs().max() > 1e-9


def _taught(decay: float) -> Jordan:
    """Taught, by forcing, to say A, A, B under a plan of ones."""
    torch.manual_seed(0)
    model = Jordan(Config(hidden=8, decay=decay, classes=2))
    targets = torch.eye(2)[[0, 0, 1]]
    state, states = torch.zeros(1, 2), []
    for target in targets.split(1):
        states.append(state)
        state = model.after(state, target)
    optimiser = torch.optim.Adam(model.parameters(), 0.05)
    for _ in range(300):
        optimiser.zero_grad()
        scores = model.scores(torch.ones(3, 1), torch.cat(states))
        F.binary_cross_entropy_with_logits(scores, targets).backward()
        optimiser.step()
    return model


def _said(model: Jordan, steps: int = 3) -> str:
    """What it says by itself, from nothing but its own outputs."""
    said, state = "", torch.zeros(1, 2)
    for _ in range(steps):
        outputs = model.scores(torch.ones(1, 1), state).sigmoid()
        said += "AB"[int(outputs.argmax())]
        state = model.after(state, outputs)
    return said


def test_without_decay_a_repeated_output_cannot_be_followed_by_two_things():
    assert _said(_taught(0.5)) == "AAB"
    assert _said(_taught(0.0)) != "AAB"
    for first, second in itertools.product((0.0, 1.0), repeat=2):  # whatever came before
        model = Jordan(Config(hidden=2, decay=0.0, classes=1))
        before = model.after(torch.full((1, 1), first), torch.ones(1, 1))
        again = model.after(torch.full((1, 1), second), torch.ones(1, 1))
        assert torch.equal(before, again)


@pytest.mark.slow
def test_a_symbol_is_lost_over_a_hundred_steps():
    torch.manual_seed(0)
    model = Jordan(Config(channels=8, hidden=32, classes=4))
    optimiser = torch.optim.Adam(model.parameters(), 3e-2)

    def draw(count):
        first = torch.randint(4, (count, 1))
        return F.one_hot(torch.cat([first, torch.randint(4, 8, (count, 100))], 1), 8).float(), first

    for _ in range(60):
        series, first = draw(32)
        optimiser.zero_grad()
        F.cross_entropy(model(series), first[:, 0]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    with torch.no_grad():
        series, first = draw(400)
        assert (model(series).argmax(1) == first[:, 0]).double().mean() < 0.4


def test_refuses_sizes_and_decays_that_make_no_network():
    with pytest.raises(ValueError, match="at least 1"):
        Jordan(Config(hidden=0))
    with pytest.raises(ValueError, match="below 1"):
        Jordan(Config(hidden=2, decay=1.0))
