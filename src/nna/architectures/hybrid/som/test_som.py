"""What Kohonen claims of his maps, and where they fail, beyond the contract."""

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from torch import nn

from nna.architectures.hybrid.som.model import SelfOrganisingMap
from nna.architectures.hybrid.som.objective import BatchMap, Kohonen
from nna.architectures.hybrid.som.spec import VARIANTS, Config
from nna.lab.learn import learn as train
from nna.learning.base import Batch, Turn
from nna.spec import Recipe
from nna.training.in_memory import Tensors


def learn(model, table, start, end, rounds=40):
    """Kohonen's rule in batches: each unit becomes the mean of the data its neighbourhood won."""
    apart = torch.cdist(model.grid, model.grid).square()
    with torch.no_grad():
        for t in torch.linspace(0, 1, rounds):
            sigma = start * (end / start) ** t
            pull = torch.exp(-apart / (2 * sigma**2))[model(table).argmax(dim=1)]  # (b, m)
            model.codebook.copy_(pull.T @ table / pull.sum(dim=0)[:, None].clamp_min(1e-12))


def topographic_error(model, table):
    """Share of examples whose two best units are no neighbours, diagonals included."""
    best, second = model(table).topk(2, dim=1).indices.T
    return float(((model.grid[best] - model.grid[second]).norm(dim=1) > 1.5).double().mean())


def trained(dimensions, *, rows=10, columns=10, start=5.0, end=0.5, draw=0):
    """A map of a cube of so many dimensions, and examples that it hasn't seen."""
    torch.manual_seed(draw)
    model = SelfOrganisingMap(Config(features=dimensions, rows=rows, columns=columns))
    learn(model, torch.rand(2000, dimensions), start, end)
    return model, torch.rand(2000, dimensions)


def test_the_nearest_unit_wins_by_hand():
    model = SelfOrganisingMap(Config(features=2, rows=1, columns=3))
    with torch.no_grad():
        model.codebook.copy_(torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    scores = model(torch.tensor([[0.0, 0.0], [3.0, 5.0]]))
    torch.testing.assert_close(scores, torch.tensor([[0.0, -25.0, -1.0], [-34.0, -1.0, -25.0]]))


def test_units_are_numbered_row_by_row():
    model = SelfOrganisingMap(Config(features=1, rows=2, columns=3))
    assert model.grid.tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]


def test_one_unit_is_no_map():
    with pytest.raises(ValueError, match="no neighbours"):
        SelfOrganisingMap(Config(features=2, rows=1, columns=1))


def test_a_chain_puts_the_line_in_order():
    model, _ = trained(1, rows=1, columns=20, start=10.0)
    steps = model.codebook.flatten().diff()
    assert (steps > 0).all() or (steps < 0).all()


def test_a_sheet_unfolds_over_the_square():
    model, unseen = trained(2)
    assert topographic_error(model, unseen) < 0.01
    corners = model.codebook[[0, 9, 90, 99]].round()  # each in a corner of the unit square
    assert len(corners.unique(dim=0)) == 4


def test_without_neighbours_competition_alone_finds_no_order():
    ordered, unseen = trained(2)
    alone, _ = trained(2, start=0.1, end=0.1)
    assert topographic_error(alone, unseen) > 0.2 + topographic_error(ordered, unseen)


def test_a_narrow_start_leaves_the_sheet_tangled():
    tangled = []
    for draw in range(3):
        wide, unseen = trained(2, draw=draw)
        narrow, _ = trained(2, draw=draw, start=0.7)
        tangled.append(topographic_error(narrow, unseen) - topographic_error(wide, unseen))
    assert sum(tangled) / 3 > 0.04


def test_a_flat_map_must_fold_to_fill_a_solid():
    errors = []
    for dimensions in (2, 3, 8):
        model, unseen = trained(dimensions)
        errors.append(topographic_error(model, unseen))
    flat, solid, many = errors
    assert flat < 0.01
    assert solid > 0.05
    assert many > 0.2


def test_order_costs_quantisation():
    torch.manual_seed(0)
    table = torch.rand(1000, 4)
    model = SelfOrganisingMap(Config(features=4, rows=5, columns=5))
    learn(model, table, 2.5, 0.5)
    ours = -model(table).detach().amax(dim=1).mean()
    means = KMeans(25, random_state=0).fit(table.numpy())
    assert ours > 1.05 * (means.transform(table.numpy()).min(axis=1) ** 2).mean()


class Chain(nn.Module):
    """A map of three units in a row."""

    def __init__(self):
        super().__init__()
        self.codebook = nn.Parameter(torch.tensor([[0.0], [5.0], [9.0]]))
        self.register_buffer("grid", torch.tensor([[0.0, 0.0], [0.0, 1.0], [0.0, 2.0]]))


def test_kohonen_moves_the_winner_most_and_far_units_least():
    model, before = Chain(), Chain().codebook.detach()
    turn = Turn(lambda *_: None, learning_rate=0.5, progress=0.0)
    Kohonen().step(model, {}, Batch({"input": torch.tensor([[1.0]])}), turn)
    moved = (model.codebook.detach() - before).flatten() / (1.0 - before.flatten())
    assert moved[0] == pytest.approx(0.5)
    assert moved[0] > moved[1] > moved[2] > 0


def test_the_batch_map_moves_each_unit_to_the_mean_of_what_its_neighbourhood_wins():
    """Against the sum written out, unit by unit."""
    torch.manual_seed(0)
    model = SelfOrganisingMap(Config(features=3, rows=3, columns=4))
    x, before = torch.randn(20, 3), model.get_parameter("codebook").detach().clone()
    turn = Turn(lambda *_: None, learning_rate=0.5, progress=0.4)
    told = BatchMap().step(model, {}, Batch({"input": x}), turn)
    reach, grid = float(told["reach"]), model.get_buffer("grid").numpy()
    winners = [int(np.linalg.norm(before.numpy() - row, axis=1).argmin()) for row in x.numpy()]
    for unit, found in enumerate(model.get_parameter("codebook").detach().numpy()):
        weights = [
            np.exp(-np.sum((grid[unit] - grid[winner]) ** 2) / (2 * reach**2)) for winner in winners
        ]
        expected = np.average(x.numpy(), axis=0, weights=weights)
        assert np.allclose(found, expected, atol=1e-5)


def test_units_that_no_winner_reaches_stay_where_they_are():
    som = SelfOrganisingMap(Config(features=2, rows=1, columns=60))
    before = som.codebook.detach().clone()
    late = Turn(lambda player, loss: None, learning_rate=1.0, progress=1.0)
    BatchMap().step(som, {}, Batch({"input": torch.zeros(1, 2)}), late)
    assert torch.isfinite(som.codebook).all()
    assert (som.codebook == before).all(1).sum() > 20


def test_the_batch_map_comes_as_near_as_the_rule_in_fewer_looks():
    run = {}
    pictures, _ = load_digits(return_X_y=True)
    scaled = (pictures - pictures.mean()) / pictures.std()
    examples = Tensors.pair(torch.tensor(scaled, dtype=torch.float32), None)
    for objective, epochs in (("kohonen", 10), ("batch_map", 30)):
        torch.manual_seed(0)
        model = SelfOrganisingMap(VARIANTS["desk"].config)
        batch = 0 if objective == "batch_map" else 32
        recipe = Recipe(objective=objective, epochs=epochs, learning_rate=0.2, batch_size=batch)
        train(model, recipe, examples, seed=0)
        measured = Kohonen().measure(model, Batch({"input": examples.x}))
        run[objective] = float(measured["quantisation error"].detach())
    assert run["batch_map"] < 1.02 * run["kohonen"]
