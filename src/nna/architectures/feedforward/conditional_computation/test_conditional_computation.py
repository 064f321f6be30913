"""What is claimed of conditional computation, beyond the contract it shares with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn.functional import cross_entropy

from nna.architectures.feedforward.conditional_computation.model import (
    ConditionalComputation,
    straight_through,
)
from nna.architectures.feedforward.conditional_computation.objective import (
    GatedCrossEntropy,
    excess,
)
from nna.architectures.feedforward.conditional_computation.spec import VARIANTS, Config
from nna.learning.base import Batch


def small() -> ConditionalComputation:
    torch.manual_seed(0)
    return ConditionalComputation(Config(features=5, hidden=12, classes=3, groups=4, units=6))


def test_gates_are_exactly_open_or_closed():
    model, x = small(), torch.randn(50, 5)
    for training in (True, False):
        gates, p = model.train(training).gates(x)
        assert set(gates.flatten().tolist()) == {0.0, 1.0}
        assert ((p > 0) & (p < 1)).all()
    drawn = torch.stack([model.train().gates(x)[0].detach() for _ in range(500)]).mean(0)
    torch.testing.assert_close(drawn, model.gates(x)[1].detach(), rtol=0, atol=0.12)


def test_units_behind_a_closed_gate_neither_answer_nor_learn():
    model, x = small(), torch.randn(1, 5)
    with torch.no_grad():  # the gates of the second and the fourth group are shut
        model.get_parameter("gater.2.weight").zero_()
        model.get_parameter("gater.2.bias").copy_(torch.tensor([50.0, -50.0, 50.0, -50.0]))
    scores, _ = model(x)
    scores.sum().backward()
    gradient = model.main.weight.grad
    assert gradient is not None
    assert not gradient[3:6].any()
    assert not gradient[9:].any()
    assert gradient.any()
    with torch.no_grad():
        model.main.weight[3:6] += 1
        assert torch.equal(model.eval()(x), scores)


def test_a_hard_gate_stops_the_chain_rule_and_the_estimator_goes_through():
    a = torch.tensor([[0.3, -1.2]], requires_grad=True)
    hard = (torch.rand_like(a) < a.sigmoid()).to(a)
    assert not hard.requires_grad
    through = straight_through(a, hard)
    assert torch.allclose(through, hard)
    (through * torch.tensor([[2.0, -3.0]])).sum().backward()
    assert a.grad is not None
    assert torch.equal(a.grad, torch.tensor([[2.0, -3.0]]))


def test_the_estimate_can_point_the_wrong_way():
    """A loss of (gate - 0.4)^2: closed costs 0.16, open 0.36, so that closed is best.

    The expected loss rises with p everywhere; yet the states' own slopes, -0.8 closed and 1.2
    open, cancel at p = 0.4, and there the straight-through gate stays.
    """
    a = torch.full((1, 4000), -2.0, requires_grad=True)  # p = 0.12
    drawn = (torch.rand(a.shape, generator=torch.manual_seed(0)) < a.sigmoid()).to(a)
    (straight_through(a, drawn) - 0.4).square().mean(1).sum().backward()
    assert a.grad is not None
    estimate = a.grad.sum().item()
    p = a.detach().sigmoid().mean().item()
    truth = p * (1 - p) * (0.36 - 0.16)
    assert truth > 0
    assert estimate == pytest.approx(1.2 * p - 0.8 * (1 - p), abs=0.05)
    assert estimate < -0.3  # downhill, it says, is towards open

    generator = torch.manual_seed(1)
    argument = torch.tensor(-2.0)
    for _ in range(400):
        draws = (torch.rand(64, generator=generator) < argument.sigmoid()).float()
        argument -= 0.05 * (2 * (draws - 0.4)).mean()
    assert argument.sigmoid().item() == pytest.approx(0.4, abs=0.08)


def test_where_the_loss_is_linear_in_the_gate_the_estimate_has_the_right_sign():
    for slope in (-2.0, 0.5):
        a = torch.zeros(1, 100, requires_grad=True)
        drawn = (torch.rand(a.shape) < a.sigmoid()).to(a)
        (slope * straight_through(a, drawn)).mean().backward()
        assert a.grad is not None
        assert torch.sign(a.grad.sum()).item() == (1 if slope > 0 else -1)


def test_the_price_is_nothing_where_gates_open_as_wanted():
    assert excess(torch.full((8, 3), 0.25), 0.25) == pytest.approx(0, abs=1e-6)
    assert excess(torch.full((8, 3), 0.5), 0.25) > 0.1
    assert excess(torch.ones(8, 3), 0.25).isfinite()


def test_in_evaluation_nothing_is_drawn_and_only_scores_are_given():
    model, x = small().eval(), torch.randn(4, 5)
    assert torch.equal(model(x), model(x))
    batch = Batch({"table": x}, {"y": torch.zeros(4, dtype=torch.long)})
    assert "open" not in GatedCrossEntropy().measure(model, batch)


def test_groups_must_be_equal():
    with pytest.raises(ValueError, match="equal groups"):
        ConditionalComputation(Config(features=5, hidden=10, classes=3, groups=4, units=6))


def open_share(weight: float, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Share of gates open on the examples, and of examples right, after training on them."""
    torch.manual_seed(0)
    model = ConditionalComputation(VARIANTS["desk"].config)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(15):
        for rows in torch.randperm(len(x)).split(64):
            scores, p = model(x[rows])
            optimiser.zero_grad()
            (
                cross_entropy(scores, y[rows]) + weight * excess(p, GatedCrossEntropy().open_share)
            ).backward()
            optimiser.step()
    model.eval()
    right = (model(x).argmax(1) == y).float().mean().item()
    return model.gates(x)[0].mean().item(), right


@pytest.mark.exhaustive
def test_the_price_closes_gates_and_the_digits_are_still_read():
    x, y = load_digits(return_X_y=True)
    data = torch.tensor(x / 16, dtype=torch.float32), torch.tensor(y)
    free, dear = open_share(0.0, *data), open_share(GatedCrossEntropy().weight, *data)
    assert free[0] > 0.95
    assert dear[0] < 0.45
    assert dear[1] > 0.94
