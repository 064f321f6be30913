"""What is proven of Adaline, beyond the contract it shares with the rest."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

from nna.architectures.feedforward.adaline.model import Adaline
from nna.architectures.feedforward.adaline.spec import Config
from nna.errors import UserError
from nna.learning.base import Batch, Turn
from nna.objectives.delta_rule import DeltaRule
from nna.objectives.perceptron_rule import PerceptronRule
from nna.objectives.pseudo_inverse import PseudoInverse

CASES = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]).double()


def unit(features: int, classes: int = 1) -> Adaline:
    return Adaline(Config(features=features, classes=classes)).double()


def turn(rate: float) -> Turn:
    return Turn(lambda *_: None, rate, progress=0.0)


def learn(model: Adaline, x: torch.Tensor, y: torch.Tensor, rate: float, passes: int) -> None:
    for _ in range(passes):
        DeltaRule().step(model, {}, Batch({"table": x}, {"y": y}), turn(rate))


def weights(model: Adaline) -> torch.Tensor:
    return torch.cat([model.linear.weight, model.linear.bias[:, None]], dim=1).detach()


def test_an_error_shrinks_by_the_rate_times_the_squared_length():
    x, y = torch.tensor([[1.0, -2.0, 3.0]]).double(), torch.tensor([[5.0]]).double()
    model = unit(3)
    learn(model, x, y, rate=0.01, passes=1)
    assert (y - model(x)).item() == pytest.approx(5 * (1 - 0.01 * (1 + 4 + 9 + 1)))


def test_on_four_by_four_switches_all_seventeen_weights_change_by_equal_amounts():
    """With inputs of +1 and -1; a rate of 1/17 takes the whole error away at once."""
    noise = torch.Generator().manual_seed(0)
    x = torch.randint(2, (1, 16), generator=noise).double() * 2 - 1
    model = unit(16)
    learn(model, x, torch.ones(1, 1).double(), rate=1 / 17, passes=1)
    torch.testing.assert_close(weights(model).abs(), torch.full((1, 17), 1 / 17).double())
    torch.testing.assert_close(model(x), torch.ones(1, 1).double())


def test_it_comes_to_least_squares():
    """At a falling rate the rule's path ends where the pseudo-inverse jumps to."""
    patients: Any = load_diabetes()
    x = torch.as_tensor(scale(patients.data))[:, :5]
    y = torch.as_tensor(scale(patients.target))[:, None]
    slow, jump = unit(5), unit(5)
    for step in range(60):
        learn(slow, x, y, rate=0.01 / (1 + step), passes=1)
    PseudoInverse().step(jump, {}, Batch({"table": x}, {"y": y}), turn(0.0))
    expected = np.linalg.lstsq(np.c_[x.numpy(), np.ones(len(x))], y.numpy(), rcond=None)[0].T
    np.testing.assert_allclose(weights(jump), expected, atol=1e-12)
    assert np.abs(expected).max() > 0.3
    np.testing.assert_allclose(weights(slow), expected, atol=5e-3)


def test_on_xor_it_settles_at_saying_nothing():
    model = unit(2, classes=2)
    learn(model, CASES, torch.tensor([0, 1, 1, 0]), rate=0.5, passes=3)  # far from the optimum
    assert weights(model).abs().max() > 0.1
    for step in range(400):
        learn(model, CASES, torch.tensor([0, 1, 1, 0]), rate=0.5 / (2 + step), passes=1)
    assert weights(model).abs().max() < 0.01
    solved = unit(2, classes=2)
    PseudoInverse().step(
        solved, {}, Batch({"table": CASES}, {"y": torch.tensor([0, 1, 1, 0])}), turn(0.0)
    )
    assert weights(solved).abs().max() < 1e-12


def test_while_and_is_learnt():
    model = unit(2, classes=2)
    learn(model, CASES, torch.tensor([0, 0, 0, 1]), rate=0.05, passes=50)
    assert model(CASES).argmax(1).tolist() == [0, 0, 0, 1]


def test_all_together_steps_settle_below_two_over_the_largest_eigenvalue_and_not_above():
    noise = torch.Generator().manual_seed(1)
    x = torch.randn(50, 3, generator=noise).double() * torch.tensor([3.0, 1.0, 0.5])
    y = torch.randn(50, 1, generator=noise).double()
    rows = torch.cat([x, torch.ones(50, 1)], dim=1)
    largest = torch.linalg.eigvalsh(rows.T @ rows / 50).max().item()
    best = torch.linalg.lstsq(rows, y).solution
    for share, settles in ((0.98, True), (1.02, False)):
        w = torch.zeros(4, 1).double()
        for _ in range(2000):
            w += share * 2 / largest * rows.T @ (y - rows @ w) / 50
        assert (float((w - best).norm()) < 1e-6) == settles


@pytest.mark.parametrize(("share", "settles"), [(0.95, True), (1.05, False)])
def test_one_at_a_time_the_bound_for_a_lone_pattern_is_exact(share, settles):
    """Its squared length is then the only eigenvalue that is not zero."""
    x = torch.tensor([[2.0, -1.0]]).double()
    model = unit(2)
    learn(model, x, torch.ones(1, 1).double(), rate=share * 2 / 6, passes=200)
    assert (abs(1 - model(x).item()) < 1e-6) == settles


def test_weights_that_grow_without_bound_are_one_clear_line():
    noise = torch.Generator().manual_seed(2)
    x, y = 100 * torch.randn(500, 4, generator=noise), torch.randn(500, 1, generator=noise)
    with pytest.raises(
        UserError, match=r"without bound: the learning rate \(1\) must stay .* 2 over"
    ):
        DeltaRule().step(
            Adaline(Config(features=4, classes=1)), {}, Batch({"table": x}, {"y": y}), turn(1.0)
        )


def test_a_right_answer_moves_adaline_and_not_the_perceptron():
    x, label = torch.tensor([[2.0, 0.0]]).double(), torch.tensor([0])
    by_delta, by_mistakes = unit(2, classes=2), unit(2, classes=2)
    for model in (by_delta, by_mistakes):
        with torch.no_grad():
            model.linear.weight.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))
    before = weights(by_delta)
    PerceptronRule().step(by_mistakes, {}, Batch({"table": x}, {"y": label}), turn(0.1))
    learn(by_delta, x, label, rate=0.1, passes=1)
    assert torch.equal(weights(by_mistakes), before)
    # right by 2 where 1 was asked, it is drawn back
    assert by_delta.linear.weight[0, 0].item() == pytest.approx(1 - 0.1 * 1 * 2)


def test_least_squares_can_miss_a_line_that_exists():
    """Examples far on the right side drag the boundary over those near it."""
    x = torch.tensor([[-1.0], [1.0], [1.2], [40.0], [60.0], [80.0]]).double()
    y = torch.tensor([0, 1, 1, 1, 1, 1])
    solved, parted = unit(1, classes=2), unit(1, classes=2)
    PseudoInverse().step(solved, {}, Batch({"table": x}, {"y": y}), turn(0.0))
    assert (solved(x).argmax(1) == y).sum() < 6
    for _ in range(100):
        PerceptronRule().step(parted, {}, Batch({"table": x}, {"y": y}), turn(1.0))
    assert torch.equal(parted(x).argmax(1), y)
