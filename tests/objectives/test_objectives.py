"""Each objective computes what its formula says, and changes only what it may."""

import math

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import Ridge
from torch import nn

import nna
from nna import objectives
from nna.architectures.convolutional.lenet5.objective import MapCriterion
from nna.architectures.feedforward.rbfn.objective import RIDGES, solve_readout
from nna.errors import UserError
from nna.lab.learn import learn
from nna.learning.base import Batch, Turn
from nna.spec import Recipe
from nna.training.in_memory import Tensors

STILL = Turn(lambda player, loss: None, learning_rate=1.0, progress=0.0)


class Fixed(nn.Module):
    """Gives what it was made of, whatever comes in."""

    def __init__(self, outputs):
        super().__init__()
        self.outputs = nn.Parameter(torch.as_tensor(outputs, dtype=torch.float32))

    def forward(self, input):
        return self.outputs


def test_every_file_holds_an_objective_of_a_known_kind():
    kinds = {objectives.get(name).kind for name in objectives.names()}
    assert kinds == {"gradient", "game", "rule", "closed form"}
    with pytest.raises(UserError, match="did you mean cross_entropy"):
        objectives.get("cross_entrpy")


def test_cross_entropy_of_an_even_guess_is_log_n():
    model = Fixed(torch.zeros(4, 8))
    loss, _ = objectives.get("cross_entropy").loss(
        model, Batch({"input": torch.zeros(4)}, {"y": torch.arange(4)})
    )
    assert loss.item() == pytest.approx(math.log(8))


def test_cross_entropy_counts_every_step_and_only_the_marked_nodes():
    objective = objectives.get("cross_entropy")
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
    objective = objectives.get("squared_error")
    numbers, _ = objective.loss(
        Fixed([[3.0]]), Batch({"input": torch.zeros(1)}, {"y": torch.tensor([1.0])})
    )
    assert numbers.item() == pytest.approx(2.0)
    classes, _ = objective.loss(
        Fixed([[0.0, 1.0]]), Batch({"input": torch.zeros(1)}, {"y": torch.tensor([0])})
    )
    assert classes.item() == pytest.approx(1.0)


def test_map_criterion_is_equation_nine():
    penalties = torch.tensor([[3.0, 5.0, 40.0]])
    loss, _ = objectives.get("map_criterion").loss(
        Fixed(-penalties), Batch({"input": torch.zeros(1)}, {"y": torch.tensor([1])})
    )
    expected = 5 + math.log(
        math.exp(-MapCriterion().rubbish) + sum(math.exp(-p) for p in (3, 5, 40))
    )
    assert loss.item() == pytest.approx(expected, rel=1e-5)


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


class Chain(nn.Module):
    """A map of three units in a row."""

    def __init__(self):
        super().__init__()
        self.codebook = nn.Parameter(torch.tensor([[0.0], [5.0], [9.0]]))
        self.register_buffer("grid", torch.tensor([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0]]))


def test_kohonen_moves_the_winner_most_and_far_units_least():
    model, before = Chain(), Chain().codebook.detach()
    turn = Turn(STILL.descend, learning_rate=0.5, progress=0.0)
    objectives.get("kohonen").step(model, {}, Batch({"input": torch.tensor([[1.0]])}), turn)
    moved = (model.codebook.detach() - before).flatten() / (1.0 - before.flatten())
    assert moved[0] == pytest.approx(0.5)
    assert moved[0] > moved[1] > moved[2] > 0


def test_a_solved_readout_is_the_ridge_regression_that_leaves_single_examples_out_best():
    rng = np.random.default_rng(0)
    hidden, target = rng.normal(size=(40, 6)), rng.normal(size=(40, 2))
    weight, bias = solve_readout(torch.tensor(hidden), torch.tensor(target))

    def left_out(ridge):
        """The error at each example of the solution from all the others."""
        errors = []
        for i in range(40):
            rest = np.arange(40) != i
            model = Ridge(alpha=40 * ridge).fit(hidden[rest], target[rest])
            errors.append(model.predict(hidden[[i]]) - target[[i]])
        return np.square(errors).mean()

    best = Ridge(alpha=40 * min(RIDGES, key=left_out)).fit(hidden, target)
    np.testing.assert_allclose(weight.numpy(), best.coef_, atol=1e-8)
    np.testing.assert_allclose(bias.numpy(), best.intercept_, atol=1e-8)


def test_more_centres_than_examples_are_one_clear_line():
    model = nna.build("rbfn", features=2, units=9, classes=2)
    batch = Batch({"input": torch.randn(5, 2)}, {"y": torch.tensor([0, 1, 0, 1, 0])})
    with pytest.raises(UserError, match=r"9 centres .* has 5: .*--set units=2"):
        objectives.get("radial_basis").step(model, {}, batch, STILL)


def test_reconstruction_of_a_perfect_copy_costs_nothing():
    x = torch.randn(3, 4)
    loss, _ = objectives.get("reconstruction").loss(nn.Identity(), Batch({"input": x}))
    assert loss.item() == 0.0


def test_the_batch_map_moves_each_unit_to_the_mean_of_what_its_neighbourhood_wins():
    """Against the sum written out, unit by unit."""
    torch.manual_seed(0)
    model = nna.build("som", features=3, rows=3, columns=4)
    x, before = torch.randn(20, 3), model.get_parameter("codebook").detach().clone()
    turn = Turn(lambda *_: None, learning_rate=0.5, progress=0.4)
    told = objectives.get("batch_map").step(model, {}, Batch({"input": x}), turn)
    reach, grid = float(told["reach"]), model.get_buffer("grid").numpy()
    winners = [int(np.linalg.norm(before.numpy() - row, axis=1).argmin()) for row in x.numpy()]
    for unit, found in enumerate(model.get_parameter("codebook").detach().numpy()):
        weights = [
            np.exp(-np.sum((grid[unit] - grid[winner]) ** 2) / (2 * reach**2)) for winner in winners
        ]
        expected = np.average(x.numpy(), axis=0, weights=weights)
        assert np.allclose(found, expected, atol=1e-5)


def test_units_that_no_winner_reaches_stay_where_they_are():
    som = nna.build("som", features=2, rows=1, columns=60)
    before = som.codebook.detach().clone()
    late = Turn(lambda player, loss: None, learning_rate=1.0, progress=1.0)
    objectives.get("batch_map").step(som, {}, Batch({"input": torch.zeros(1, 2)}), late)
    assert torch.isfinite(som.codebook).all()
    assert (som.codebook == before).all(1).sum() > 20


def test_the_batch_map_comes_as_near_as_the_rule_in_fewer_looks():
    run = {}
    pictures = load_digits().data
    scaled = (pictures - pictures.mean()) / pictures.std()
    examples = Tensors.pair(torch.tensor(scaled, dtype=torch.float32), None)
    for objective, epochs in (("kohonen", 10), ("batch_map", 30)):
        torch.manual_seed(0)
        model = nna.build("som")
        batch = 0 if objective == "batch_map" else 32
        recipe = Recipe(objective=objective, epochs=epochs, learning_rate=0.2, batch_size=batch)
        learn(model, recipe, examples, seed=0)
        measured = objectives.get(objective).measure(model, Batch({"input": examples.x}))
        run[objective] = float(measured["quantisation error"].detach())
    assert run["batch_map"] < 1.02 * run["kohonen"]
