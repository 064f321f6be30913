"""What is claimed of deep feedforward networks, beyond the contract they share with the rest."""

import math

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

import nna
from nna.architectures.feedforward.deep_feedforward.model import DeepFeedforward
from nna.architectures.feedforward.deep_feedforward.spec import Config
from nna.errors import UserError


def seeded(**sizes) -> DeepFeedforward:
    torch.manual_seed(0)
    return DeepFeedforward(Config(**sizes))


def sawtooth(folds: int) -> DeepFeedforward:
    """The triangle map m(x) = 2 relu(x) - 4 relu(x - 1/2) on [0, 1], applied `folds` times.

    Two ReLUs a layer: each layer sums the two of the layer before to its input.
    """
    model = seeded(features=1, depth=folds, width=2, classes=1)
    slopes = torch.tensor([[2.0, -4.0]])
    with torch.no_grad():
        for i in range(folds):
            weight = slopes.repeat(2, 1) if i else torch.ones(2, 1)
            model.get_parameter(f"body.{i}.linear.weight").copy_(weight)
            model.get_parameter(f"body.{i}.linear.bias").copy_(torch.tensor([0.0, -0.5]))
        model.head.weight.copy_(slopes)
        model.head.bias.zero_()
    return model.double()


def pieces(model: nn.Module, grid: Tensor) -> int:
    """Straight pieces of a function of one variable, seen on a grid that meets all its corners."""
    with torch.no_grad():
        y = model(grid[:, None])[:, 0]
    bends = y.diff().diff().abs() > 1e-9
    return int(bends.sum()) + 1


@pytest.mark.parametrize("folds", [1, 3, 6, 9])
def test_two_units_a_layer_fold_the_line_exponentially_often(folds):
    grid = torch.linspace(0, 1, 2**11 + 1, dtype=torch.float64)
    assert pieces(sawtooth(folds), grid) == 2**folds


def test_one_layer_has_a_piece_more_than_it_has_units_at_most():
    """So the sawtooth of nine folds, 18 units in depth, takes 511 of them in one layer."""
    grid = torch.linspace(-3, 3, 100_001, dtype=torch.float64)
    for seed in range(5):
        torch.manual_seed(seed)
        model = DeepFeedforward(Config(features=1, depth=1, width=18, classes=1)).double()
        nn.init.normal_(model.get_parameter("body.0.linear.bias"))
        with torch.no_grad():
            slope = model(grid[:, None])[:, 0].diff() * (len(grid) - 1) / 6
        assert len(slope.round(decimals=5).unique_consecutive()) <= 2 * 18 + 1  # corners off grid
        kinks = model.body[0](grid[:, None]).gt(0).diff(dim=0).any(dim=1).sum()
        assert kinks <= 18


def signal(model: DeepFeedforward) -> tuple[float, float]:
    """Spread of the last layer's answers and of the first layer's gradient, as shares.

    Of the spread of the first layer's answers and of the last layer's gradient.
    """
    x = torch.randn(500, 64)
    answers = []
    for layer in model.body:
        x = layer(x)
        x.retain_grad()
        answers.append(x)
    (model.head(x) * torch.randn(500, 10)).sum().backward()
    gradients = [a.grad for a in answers]
    assert gradients[0] is not None
    assert gradients[-1] is not None
    forwards = answers[-1].std(dim=0).mean() / answers[0].std(dim=0).mean()
    return float(forwards.detach()), float(gradients[0].std() / gradients[-1].std())


@pytest.mark.parametrize("activation", ["tanh", "softsign", "relu"])
def test_signals_and_gradients_live_through_ten_layers(activation):
    forwards, backwards = signal(seeded(features=64, depth=10, width=256, activation=activation))
    assert forwards > 0.1
    assert 0.1 < backwards < 10


def test_before_the_normalised_start_gradients_died():
    """Weights uniform within 1 / sqrt(inputs), as was usual: a third of the variance is left."""
    model = seeded(features=64, depth=10, width=256, activation="tanh")
    for i in range(10):
        weight = model.get_parameter(f"body.{i}.linear.weight")
        bound = weight.shape[1] ** -0.5
        nn.init.uniform_(weight, -bound, bound)
    forwards, backwards = signal(model)
    assert forwards < 0.02
    assert backwards < 0.02


def learn(model: nn.Module, epochs: int) -> float:
    """Accuracy on the training digits themselves after Adam on a thousand of them."""
    x, y = load_digits(return_X_y=True)
    x = torch.tensor((x[:1000] - 4.9) / 6, dtype=torch.float32)
    y = torch.tensor(y[:1000])
    torch.manual_seed(1)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(50):
            optimiser.zero_grad()
            cross_entropy(model(x[rows]), y[rows]).backward()
            optimiser.step()
    with torch.no_grad():
        return float((model(x).argmax(dim=1) == y).float().mean())


@pytest.mark.slow
def test_many_sigmoid_layers_do_not_learn():
    """Ten layers: chance after what suffices for softsign and ReLU, and for one sigmoid layer."""
    sizes = {"features": 64, "width": 64, "classes": 10}
    assert learn(seeded(depth=10, activation="sigmoid", **sizes), epochs=8) < 0.3
    assert learn(seeded(depth=1, activation="sigmoid", **sizes), epochs=8) > 0.8
    assert learn(seeded(depth=10, activation="softsign", **sizes), epochs=8) > 0.9
    assert learn(seeded(depth=10, activation="relu", **sizes), epochs=8) > 0.9


def test_the_gradient_of_a_sigmoid_layer_is_a_quarter_at_most():
    x = torch.linspace(-8, 8, 1001, requires_grad=True)
    x.sigmoid().sum().backward()
    assert x.grad is not None
    assert float(x.grad.max()) == pytest.approx(0.25)
    forwards, backwards = signal(seeded(features=64, depth=10, width=256, activation="sigmoid"))
    assert max(forwards, backwards) < 1e-4


def test_weights_start_within_the_normalised_bounds():
    model = seeded(features=64, depth=3, width=200, activation="softsign")
    weight = model.get_parameter("body.1.linear.weight")
    bound = math.sqrt(6 / (200 + 200))
    assert 0.99 * bound < float(weight.abs().max()) <= bound


def test_no_layer_is_refused_in_one_sentence():
    with pytest.raises(UserError, match="there has to be a hidden layer; got depth 0"):
        nna.build("deep_feedforward/desk", depth=0)
