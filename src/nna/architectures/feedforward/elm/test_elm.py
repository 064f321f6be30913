"""What is proven of extreme learning machines, beyond the contract they share with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits

from nna import registry
from nna.architectures.feedforward.elm.model import ELM
from nna.architectures.feedforward.elm.spec import VARIANTS, Config
from nna.learning.base import Batch, Turn
from nna.objectives.pseudo_inverse import PseudoInverse

CASES = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]).double()


def solve(model: ELM, x: torch.Tensor, y: torch.Tensor) -> ELM:
    PseudoInverse().step(
        model, {}, Batch({"table": x}, {"y": y}), Turn(lambda *_: None, 1.0, progress=0.0)
    )
    return model


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels on the scale that training gives them, and the digits, in a mixed order."""
    pixels, digit = load_digits(return_X_y=True)
    x, y = torch.tensor(pixels), torch.tensor(digit)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    return ((x - x.mean()) / x.std())[order], y[order]


def learnt(hidden: int, shown: int, seed: int = 0) -> tuple[float, float, float]:
    """Accuracy on the digits shown and on 500 others, and the size of the output weights."""
    x, y = digits()
    torch.manual_seed(seed)
    model = ELM(Config(features=64, hidden=hidden, classes=10)).double()
    solve(model, x[:shown], y[:shown])
    right = (model(x).argmax(1) == y).double()
    norm = float(model.linear.weight.detach().norm())
    return right[:shown].mean().item(), right[-500:].mean().item(), norm


def test_as_many_units_as_examples_learn_all_by_heart_and_understand_nothing():
    """And the fault lies there alone: half as many do well, and so do four times as many."""
    shown = 500
    few, equal, many = (learnt(hidden, shown) for hidden in (shown // 2, shown, 4 * shown))
    assert equal[0] == 1
    assert equal[1] < 0.4
    assert few[1] > 0.88
    assert many[0] == 1
    assert many[1] > 0.95
    assert equal[2] > 8 * max(few[2], many[2])


@pytest.mark.parametrize("examples", [4, 20, 40])
def test_a_unit_an_example_meets_any_targets(examples):
    """Theorem 2.1 for the sigmoid: H is square and, with probability one, invertible."""
    noise = torch.Generator().manual_seed(examples)
    x = torch.randn(examples, 6, generator=noise).double()
    y = torch.randn(examples, 2, generator=noise).double()
    torch.manual_seed(1)
    model = ELM(Config(features=6, hidden=examples, classes=2)).double()
    assert torch.linalg.matrix_rank(model.hidden(x)) == examples
    torch.testing.assert_close(solve(model, x, y)(x), y, atol=1e-6, rtol=0)


def test_the_exclusive_or_is_met_exactly_with_four_units():
    torch.manual_seed(0)
    model = solve(ELM(VARIANTS["xor"].config).double(), CASES, torch.tensor([0, 1, 1, 0]))
    expected = torch.tensor([[1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]]).double()
    torch.testing.assert_close(model(CASES), expected, atol=1e-6, rtol=0)


def test_smoothness_alone_does_not_suffice_for_the_theorem():
    """Squares are infinitely differentiable too, yet span no more than all quadratics do."""
    noise = torch.Generator().manual_seed(0)
    x = torch.randn(40, 3, generator=noise).double()
    w, b = torch.randn(3, 40, generator=noise).double(), torch.rand(40, generator=noise).double()
    assert torch.linalg.matrix_rank(torch.square(x @ w + b)) == 10  # 1, 3 x, 3 x^2, 3 products
    assert torch.linalg.matrix_rank(torch.sigmoid(x @ w + b)) == 40


def test_with_more_units_than_examples_the_shortest_weights_are_chosen():
    x, y = digits()
    torch.manual_seed(0)
    model = solve(ELM(Config(features=64, hidden=200, classes=10)).double(), x[:50], y[:50])
    fed, weight = model.hidden(x[:50]), model.linear.weight.detach()
    # the shortest solution has no part that the examples can't see
    seen = torch.linalg.lstsq(fed.T, weight.T, driver="gelsd").solution
    torch.testing.assert_close(fed.T @ seen, weight.T, atol=1e-8, rtol=0)


def test_the_hidden_layer_is_drawn_from_its_ranges_and_learns_nothing():
    torch.manual_seed(0)
    model = ELM(Config(features=30, hidden=2000, classes=2)).double()
    weight, bias = model.weight.clone(), model.bias.clone()
    assert (weight.min() > -1) & (weight.max() < 1)
    assert (bias.min() > 0) & (bias.max() < 1)
    assert weight.mean().abs() < 0.02
    assert (bias.mean() - 0.5).abs() < 0.02
    x = torch.randn(50, 30, generator=torch.Generator().manual_seed(0)).double()
    solve(model, x, torch.arange(50) % 2)
    assert torch.equal(model.weight, weight)
    assert torch.equal(model.bias, bias)
    assert [name for name, p in model.named_parameters() if p.requires_grad] == ["linear.weight"]


@pytest.mark.slow
def test_trained_hidden_units_do_with_fewer():
    """Thirty units on digits: drawn, or trained by gradient with everything else alike."""
    x, y = digits()
    x = x.float()
    torch.manual_seed(0)
    mlp = registry.build("mlp", features=64, hidden=(30,), activation="sigmoid")
    optimiser = torch.optim.Adam(mlp.parameters(), lr=0.01)
    for _ in range(40):
        for rows in torch.randperm(1200).split(100):
            loss = torch.nn.functional.cross_entropy(mlp(x[rows]), y[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    trained = (mlp(x[-500:]).argmax(1) == y[-500:]).double().mean().item()
    drawn = max(learnt(30, 1200, seed)[1] for seed in range(5))
    assert trained > 0.93
    assert drawn < trained - 0.05


def test_digits_cost_one_linear_system():
    seen, unseen, _ = learnt(600, 1200)
    assert seen == 1
    assert unseen > 0.96
