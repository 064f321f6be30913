"""What is claimed of multilayer perceptrons, beyond the contract they share with the rest."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn.functional import cross_entropy, pad

from nna import registry
from nna.architectures.feedforward.mlp.model import MLP
from nna.architectures.feedforward.mlp.spec import VARIANTS, Config

FIRST = "body.0.linear.weight"


def test_two_hidden_units_compute_xor():
    model = MLP(Config(features=2, hidden=(2,), classes=1))
    with torch.no_grad():  # at least one input is on; minus twice: both are
        model.get_parameter(FIRST).fill_(1)
        model.get_parameter("body.0.linear.bias").copy_(torch.tensor([0.0, -1.0]))
        model.head.weight.copy_(torch.tensor([[1.0, -2.0]]))
        model.head.bias.zero_()
    cases = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert torch.equal(model(cases), torch.tensor([[0.0], [1.0], [1.0], [0.0]]))


def six_bits() -> tuple[torch.Tensor, torch.Tensor]:
    """All 64 patterns, and whether each is its own mirror image."""
    patterns = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 6)
    return patterns, (patterns == patterns.flip(1)).all(dim=1)


def test_the_symmetry_net_of_figure_1_judges_all_64_patterns():
    # mirrored weights cancel on symmetric input; 1:2:4 leaves no other way to cancel
    model = MLP(VARIANTS["symmetry"].config)
    half = torch.tensor([2.0, 4.0, 8.0])
    with torch.no_grad():
        row = torch.cat([half, -half.flip(0)])
        model.get_parameter(FIRST).copy_(torch.stack([row, -row]))
        model.get_parameter("body.0.linear.bias").fill_(-1)
        model.head.weight.fill_(-9)
        model.head.bias.fill_(6)
    patterns, symmetric = six_bits()
    assert torch.equal(model(patterns)[:, 0] > 0, symmetric)


def test_backpropagation_finds_the_mirror_by_itself():
    """The paper's training: squared error, all patterns a step, rate 0.1, momentum 0.9.

    The paper needed 1,425 sweeps from its own start. From most starts as many end in calling no
    pattern symmetric; of twenty, some come through.
    """
    patterns, symmetric = six_bits()
    starts = (swept(start, patterns, symmetric) for start in range(3, 20))  # 0 to 2 don't
    weights = next(weights for weights, through in starts if through)
    assert (weights + weights.flip(1)).abs().max() < 0.05 * weights.abs().max()


def swept(start: int, patterns: torch.Tensor, symmetric: torch.Tensor) -> tuple[torch.Tensor, bool]:
    """The first layer's weights after 1,425 sweeps or all right answers, and whether they are."""
    torch.manual_seed(start)
    model = MLP(VARIANTS["symmetry"].config)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.3, 0.3)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(1425):
        scores = model(patterns)[:, 0]
        if torch.equal(scores > 0, symmetric):
            return model.get_parameter(FIRST).detach(), True
        optimiser.zero_grad()
        ((scores.sigmoid() - symmetric.float()).square().sum() / 2).backward()
        optimiser.step()
    return model.get_parameter(FIRST).detach(), False


def squared_error_of_best_output(model: MLP, x: torch.Tensor, y: torch.Tensor) -> float:
    """Mean over the examples, the hidden units staying what they are."""
    hidden = torch.cat([model.body(x), torch.ones_like(x)], dim=1).detach().numpy()
    weights = np.linalg.lstsq(hidden, y.numpy(), rcond=1e-10)[0]
    return float(((hidden @ weights - y.numpy()) ** 2).mean())


class Square(nn.Module):
    def forward(self, x):
        return x.square()


@pytest.mark.parametrize("activation", [nn.Sigmoid, nn.Tanh, nn.ReLU, Square])
def test_wider_layers_fit_a_sine_unless_the_squashing_is_a_polynomial(activation):
    x = torch.linspace(-1, 1, 200, dtype=torch.float64)[:, None]
    y = torch.sin(2 * math.pi * x)
    errors = []
    for units in (4, 16, 64, 256):
        torch.manual_seed(0)
        model = MLP(Config(features=1, hidden=(units,), classes=1)).double()
        for parameter in model.body.parameters():
            nn.init.uniform_(parameter, -8, 8)
        model.body[0].register_module("activation", activation())
        errors.append(squared_error_of_best_output(model, x, y))
    if activation is Square:  # any number of parabolas is a parabola
        assert min(errors) > 0.42
    else:
        assert errors[0] > 0.01
        assert errors[-1] < 1e-4


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        MLP(Config(features=2, hidden=(3, 0), classes=1))


def trained(x: torch.Tensor, y: torch.Tensor, columns: torch.Tensor, epochs: int) -> MLP:
    """The desk size after some epochs on the columns of x in this order, started likewise."""
    torch.manual_seed(0)
    model = MLP(VARIANTS["desk"].config)
    with torch.no_grad():
        first = model.get_parameter(FIRST)
        first.copy_(first[:, columns])
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            cross_entropy(model(x[rows][:, columns]), y[rows]).backward()
            optimiser.step()
    return model


@pytest.fixture(scope="module")
def digits() -> tuple[torch.Tensor, torch.Tensor]:
    x, y = load_digits(return_X_y=True)
    return torch.tensor(x / 16, dtype=torch.float32), torch.tensor(y)


def test_the_order_of_the_inputs_is_nothing_to_it(digits):
    x, y = digits
    shuffled = torch.randperm(64, generator=torch.Generator().manual_seed(1))
    plain, other = (trained(x[:500], y[:500], c, epochs=2) for c in (torch.arange(64), shuffled))
    torch.testing.assert_close(other(x[:, shuffled]), plain(x), rtol=0, atol=1e-4)


def test_a_shift_by_one_pixel_undoes_what_it_learned(digits):
    x, y = digits
    model = trained(x[:1200], y[:1200], torch.arange(64), epochs=20)
    framed = pad(x[1200:].reshape(-1, 8, 8), (1, 1, 1, 1))

    def accuracy(down: int, right: int) -> float:
        seen = framed[:, 1 - down : 9 - down, 1 - right : 9 - right].reshape(-1, 64)
        return (model(seen).argmax(dim=1) == y[1200:]).float().mean().item()

    assert accuracy(0, 0) > 0.9
    assert max(accuracy(*by) for by in ((0, 1), (0, -1), (1, 0), (-1, 0))) < 0.6


def test_the_cards_example_by_hand():
    model = MLP(Config(features=2, hidden=(2,), classes=1, activation="sigmoid")).double()
    weight, bias = (model.get_parameter(f"body.0.linear.{one}") for one in ("weight", "bias"))
    with torch.no_grad():
        weight.copy_(torch.tensor([[0.5, -0.25], [1.0, 0.5]]))
        bias.copy_(torch.tensor([0.0, -1.0]))
        model.head.weight.copy_(torch.tensor([[1.0, -2.0]]))
        model.head.bias.fill_(0.5)
    out = model(torch.tensor([[1.0, 2.0]], dtype=torch.float64))[0, 0]
    loss = (out - 1).square() / 2
    of_head, of_bias, of_weight, of_sums = torch.autograd.grad(
        loss, [model.head.weight, model.head.bias, weight, bias]
    )
    card = registry.card("mlp")
    for value in (out, loss, of_bias, *of_head[0], *of_sums, *of_weight[0], *of_weight[1]):
        assert f"{value.item():.4f}" in card
    assert sum(p.numel() for p in model.parameters()) == 9
    assert f"{VARIANTS['300-100'].params:,}" in card


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_units_are_dropped_behind_their_nonlinearity(activation):
    """A sigmoid of a dropped sum would be one half, not silent."""
    torch.manual_seed(0)
    config = Config(features=4, hidden=(200,), classes=2, activation=activation, dropout=0.5)
    hidden = MLP(config).train().body(torch.randn(1, 4))
    assert (hidden == 0).float().mean() > 0.35
    assert not ((hidden - 0.5).abs() < 1e-12).any()
