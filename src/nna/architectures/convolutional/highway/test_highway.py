"""What the papers claim of highway networks, beyond the contract they share with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.convolutional.highway.model import Highway, HighwayNetwork
from nna.architectures.convolutional.highway.spec import Config
from nna.errors import UserError


def test_shut_gates_carry_the_input_and_open_gates_transform_it():
    layer, x = Highway(6, "tanh", bias=0.0), torch.randn(4, 6)
    nn.init.zeros_(layer.gate.weight)
    nn.init.constant_(layer.gate.bias, -100.0)
    torch.testing.assert_close(layer(x), x)  # equation 4: T = 0
    nn.init.constant_(layer.gate.bias, 100.0)
    torch.testing.assert_close(layer(x), torch.tanh(layer.transform(x)))  # T = 1


@pytest.mark.parametrize(("bias", "expected"), [(-100.0, "identity"), (100.0, "transform")])
def test_so_does_its_derivative(bias, expected):
    torch.manual_seed(0)
    layer, x = Highway(5, "tanh", bias=bias), torch.randn(5)
    nn.init.zeros_(layer.gate.weight)
    found = torch.autograd.functional.jacobian(lambda v: layer(v[None])[0], x)
    transform = torch.autograd.functional.jacobian(lambda v: torch.tanh(layer.transform(v)), x)
    torch.testing.assert_close(found, {"identity": torch.eye(5), "transform": transform}[expected])


def test_what_is_carried_stays_between_what_came_and_what_was_computed():
    torch.manual_seed(0)
    layer, x = Highway(8, "tanh", bias=-1.0), torch.randn(16, 8)
    h = torch.tanh(layer.transform(x))
    y = layer(x)
    assert ((y >= torch.minimum(x, h) - 1e-6) & (y <= torch.maximum(x, h) + 1e-6)).all()


def test_at_the_start_gates_pass_as_much_as_their_bias_says():
    torch.manual_seed(0)
    layer = Highway(50, "relu", bias=-3.0)
    opened = torch.sigmoid(layer.gate(0.1 * torch.randn(500, 50))).mean()
    torch.testing.assert_close(opened, torch.sigmoid(torch.tensor(-3.0)), rtol=0, atol=0.01)


def train(depth: int, bias: float, plain: bool = False) -> float:
    """Mean loss over the last ten of eighty steps on digits."""
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images[:512] / 16).float(), torch.tensor(labels[:512])
    model = HighwayNetwork(
        Config(features=64, units=32, depth=depth, activation="tanh", gate_bias=bias)
    )
    if plain:
        for i, layer in enumerate(model.body):
            assert isinstance(layer, Highway)
            model.body[i] = nn.Sequential(layer.transform, layer.activation)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
    losses = []
    for _ in range(80):
        chosen = torch.randint(512, (64,))
        loss = cross_entropy(model(x[chosen]), y[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    return sum(losses[-10:]) / 10


@pytest.mark.slow
def test_fifty_layers_learn_where_the_plain_network_does_not():
    highway, plain = train(depth=50, bias=-3.0), train(depth=50, bias=-3.0, plain=True)
    shallow = train(depth=4, bias=-3.0, plain=True)
    assert highway < 0.6
    assert shallow < 0.6
    assert plain > 1.8  # chance is log 10 = 2.3


def test_with_gates_that_start_open_it_is_a_plain_network_and_fails_as_one():
    assert train(depth=50, bias=6.0) > 1.8


def test_fifty_gated_units_weigh_as_much_as_seventy_one_plain_ones():
    gated = sum(p.numel() for p in Highway(50, "tanh", bias=0.0).parameters())
    plain = sum(p.numel() for p in nn.Linear(71, 71).parameters())
    assert (gated, plain) == (5100, 5112)  # the two sides of section 3.1's comparison


def test_too_few_layers_are_refused_in_one_sentence():
    with pytest.raises(UserError, match="follow the first layer; 1 leaves none"):
        nna.build("highway", depth=1)
