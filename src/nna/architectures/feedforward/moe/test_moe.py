"""What is claimed of mixtures of experts, beyond the contract they share with the rest."""

import pytest
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nna import contract, registry
from nna.architectures.feedforward.moe.model import MoE
from nna.architectures.feedforward.moe.objective import BalancedCrossEntropy, unevenness
from nna.architectures.feedforward.moe.spec import SPEC, VARIANTS, Config
from nna.learning.base import Batch


def stirred(**sizes: int) -> MoE:
    torch.manual_seed(0)
    model = MoE(Config(**{"features": 5, "hidden": 4, "classes": 3, "experts": 6} | sizes))
    for parameter in model.gate.parameters():
        nn.init.normal_(parameter, std=0.5)
    return model


@pytest.mark.slow
def test_an_example_costs_the_same_whatever_the_number_of_experts():
    costs, sizes = [], []
    for experts in (8, 64):
        config = Config(features=64, hidden=128, classes=10, experts=experts, top_k=2)
        gating = 64 * experts
        costs.append(contract.count_multiply_adds("moe", SPEC, config) - gating)
        sizes.append(contract.count_parameters(registry.construct("moe", config)))
    mixing = 2 * 10  # each chosen answer, times its share
    assert costs[0] == costs[1] == 2 * (64 * 128 + 128 * 10) + mixing
    assert sizes[1] == 8 * sizes[0]


def test_an_expert_has_the_million_parameters_of_the_paper_and_biases():
    few, many = VARIANTS["moe-32"], VARIANTS["moe-256"]
    each = (many.params - few.params) / (256 - 32) - 2 * 512  # two columns of the gate
    assert each == 512 * 1024 + 1024 * 512 + 1024 + 512
    assert each == pytest.approx(2**20, rel=0.002)


def test_weights_that_nobody_chose_get_no_gradient():
    model = stirred(top_k=2).eval()
    x = torch.randn(1, 5)
    model(x).square().sum().backward()
    chosen = set(model.gate(x)[1].flatten().tolist())
    gradient = model.enter.grad
    assert gradient is not None
    assert {i for i in range(6) if gradient[i].any()} == chosen


@pytest.mark.parametrize(("chosen", "learns"), [(1, False), (2, True)])
def test_asking_one_expert_teaches_the_gate_nothing(chosen, learns):
    """A softmax over one value is one: the task's loss says nothing of the choice."""
    model = stirred(top_k=chosen)
    scores, *_ = model(torch.randn(20, 5))
    cross_entropy(scores, torch.randint(3, (20,))).backward()
    assert model.gate.weight.grad is not None
    assert bool(model.gate.weight.grad.any()) is learns


def test_the_balancing_losses_teach_the_gate_of_a_single_choice():
    model = stirred(top_k=1)
    batch = Batch({"table": torch.randn(20, 5)}, {"y": torch.randint(3, (20,))})
    BalancedCrossEntropy().loss(model, batch)[0].backward()
    assert model.gate.weight.grad is not None
    assert model.gate.weight.grad.any()


def test_the_load_is_how_often_experts_are_asked():
    model = stirred(top_k=2)
    x = torch.randn(6, 5)
    asked, load = torch.zeros(6), torch.zeros(6)
    for _ in range(2000):
        _, chosen, probability = model.gate(x)
        asked += chosen.flatten().bincount(minlength=6) / 2000
        load += probability.detach().sum(0) / 2000
    torch.testing.assert_close(load, asked, rtol=0, atol=0.06)
    assert load.max() > 1.5 * load.min()  # some are asked more than others, and that is seen


def test_at_first_all_experts_are_asked_alike():
    torch.manual_seed(0)
    model = MoE(VARIANTS["desk"].config)
    _, importance, load = model(torch.randn(4000, 64))
    assert unevenness(importance) < 0.01
    assert unevenness(load) < 0.01


def test_unevenness_is_zero_for_equal_shares_and_greatest_for_one():
    assert unevenness(torch.full((4,), 3.0)) == 0
    assert unevenness(torch.tensor([1.0, 0, 0, 0])) == pytest.approx(3)


def test_in_evaluation_nothing_is_drawn_and_only_scores_are_given():
    model = stirred(top_k=2).eval()
    x = torch.randn(4, 5)
    assert torch.equal(model(x), model(x))
    assert "unevenness" not in BalancedCrossEntropy().measure(
        model, Batch({"table": x}, {"y": torch.zeros(4, dtype=torch.long)})
    )


@pytest.mark.parametrize("chosen", [0, 6])
def test_asking_nobody_or_everybody_is_refused(chosen):
    with pytest.raises(ValueError, match="at least one and fewer than all"):
        stirred(top_k=chosen)


def dead(weight: float, x: Tensor, y: Tensor) -> int:
    """How many of sixteen experts are asked by no example, after training with this weight."""
    torch.manual_seed(0)
    model = MoE(Config(features=64, hidden=32, classes=10, experts=16, top_k=2))
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
    for _ in range(10):
        for rows in torch.randperm(len(x)).split(64):
            scores, importance, load = model(x[rows])
            uneven = unevenness(importance) + unevenness(load)
            optimiser.zero_grad()
            (cross_entropy(scores, y[rows]) + weight * uneven).backward()
            optimiser.step()
    asked = model.eval().gate(x)[1].flatten().bincount(minlength=16)
    return int((asked == 0).sum())


@pytest.mark.slow
def test_without_the_balancing_losses_experts_die():
    x, y = load_digits(return_X_y=True)
    data = torch.tensor(x / 16, dtype=torch.float32), torch.tensor(y)
    assert dead(0.0, *data) >= 5
    assert dead(BalancedCrossEntropy().weight, *data) == 0
