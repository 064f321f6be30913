"""Each objective computes what its formula says, and changes only what it may."""

import math
from collections import Counter
from pathlib import Path

import pytest
import torch
from torch import nn

from nna import objectives, registry
from nna.errors import UserError
from nna.learning.base import Batch, Gradient, Turn

STILL = Turn(lambda player, loss: None, learning_rate=1.0, progress=0.0)


class Fixed(nn.Module):
    """Gives what it was made of, whatever comes in."""

    def __init__(self, outputs):
        super().__init__()
        self.outputs = nn.Parameter(torch.as_tensor(outputs, dtype=torch.float32))

    def forward(self, input):
        return self.outputs


def gradient(name: str) -> Gradient:
    found = objectives.get(name)
    assert isinstance(found, Gradient)
    return found


def test_every_file_holds_an_objective_of_a_known_kind():
    kinds = {objectives.get(name).kind for name in objectives.names()}
    assert kinds == {"gradient", "game", "rule", "closed form"}
    with pytest.raises(UserError, match="did you mean cross_entropy"):
        objectives.get("cross_entrpy")


def test_an_objective_that_one_architecture_alone_needs_lies_in_its_folder():
    users = Counter(name for one in registry.names() for name in registry.describe(one).objectives)
    shared = {file.stem for file in Path(objectives.__file__).parent.glob("[a-z]*.py")}
    heirs = {"adversarial"}  # of games between a generator and a discriminator
    assert {name for name in shared if users[name] < 2} == heirs


def test_cross_entropy_of_an_even_guess_is_log_n():
    model = Fixed(torch.zeros(4, 8))
    loss, _ = gradient("cross_entropy").loss(
        model, Batch({"input": torch.zeros(4)}, {"y": torch.arange(4)})
    )
    assert loss.item() == pytest.approx(math.log(8))


def test_cross_entropy_counts_every_step_and_only_the_marked_nodes():
    objective = gradient("cross_entropy")
    steps = Fixed(torch.zeros(2, 3, 5))
    loss, figures = objective.loss(
        steps, Batch({"input": torch.zeros(2)}, {"y": torch.zeros(2, 3).long()})
    )
    assert loss.item() == pytest.approx(math.log(5))
    assert float(figures["error"]) == 0.0
    sure = torch.tensor([[9.0, 0.0], [9.0, 0.0]])
    target, rows = torch.tensor([0, 1]), torch.tensor([0])
    marked, _ = objective.loss(Fixed(sure), Batch({"input": torch.zeros(2)}, {"y": target}, rows))
    assert marked.item() < 1e-3


def test_squared_error_takes_numbers_and_classes():
    objective = gradient("squared_error")
    numbers, _ = objective.loss(
        Fixed([[3.0]]), Batch({"input": torch.zeros(1)}, {"y": torch.tensor([1.0])})
    )
    assert numbers.item() == pytest.approx(2.0)
    classes, _ = objective.loss(
        Fixed([[0.0, 1.0]]), Batch({"input": torch.zeros(1)}, {"y": torch.tensor([0])})
    )
    assert classes.item() == pytest.approx(1.0)


class Judged(nn.Module):
    """The smallest game: a generator and a discriminator of one layer each."""

    noise = 2

    def __init__(self):
        super().__init__()
        self.generator, self.discriminator = nn.Linear(2, 3), nn.Linear(3, 1)


def test_each_player_of_a_game_descends_its_own_loss():
    torch.manual_seed(0)
    model, told = Judged(), {}
    objective = objectives.get("adversarial")
    turn = Turn(
        lambda player, loss: told.__setitem__(player, loss), learning_rate=1.0, progress=0.0
    )
    objective.step(model, objective.players(model), Batch({"input": torch.randn(16, 3)}), turn)
    assert list(told) == ["discriminator", "generator"]
    d, g = told["discriminator"], told["generator"]
    of_generator = torch.autograd.grad(
        d, [*model.generator.parameters()], allow_unused=True, retain_graph=True
    )
    assert all(gradient is None for gradient in of_generator)
    assert all(
        gradient is not None for gradient in torch.autograd.grad(g, [*model.generator.parameters()])
    )


class Unit(nn.Module):
    """One layer, as the perceptron rule wants it."""

    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x):
        return self.linear(x)


def test_perceptron_rule_adds_an_example_after_a_mistake_and_rests_after_a_success():
    model, rule = Unit(2, 2), objectives.get("perceptron_rule")
    x, y = torch.tensor([[1.0, 2.0]]), torch.tensor([0])
    rule.step(model, {}, Batch({"input": x}, {"y": y}), STILL)
    expected = torch.tensor([[1.0, 2.0], [-1.0, -2.0]])
    assert torch.equal(model.linear.weight, expected)
    assert torch.equal(model.linear.bias, torch.tensor([1.0, -1.0]))
    rule.step(model, {}, Batch({"input": x}, {"y": y}), STILL)
    assert torch.equal(model.linear.weight, expected)


def test_reconstruction_of_a_perfect_copy_costs_nothing():
    x = torch.randn(3, 4)
    loss, _ = gradient("reconstruction").loss(nn.Identity(), Batch({"input": x}))
    assert loss.item() == 0.0
