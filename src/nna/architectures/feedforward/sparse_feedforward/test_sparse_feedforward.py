"""What is claimed of sparse evolutionary training, beyond the contract it shares with the rest."""

import pytest
import torch
from torch import nn

from nna.architectures.feedforward.sparse_feedforward.model import SparseFeedforward, SparseLinear
from nna.architectures.feedforward.sparse_feedforward.objective import SparseEvolutionary
from nna.architectures.feedforward.sparse_feedforward.spec import VARIANTS, Config
from nna.lab.learn import learn
from nna.learning.base import Batch, Turn
from nna.spec import Recipe
from nna.training.in_memory import Tensors


def layer(n_in: int = 30, n_out: int = 20, connections: int = 3) -> SparseLinear:
    torch.manual_seed(0)
    return SparseLinear(n_in, n_out, connections)


def cells(sparse: SparseLinear) -> set[tuple[int, int]]:
    return set(zip(sparse.source.tolist(), sparse.target.tolist(), strict=True))


def test_connections_grow_with_the_sum_of_the_widths():
    assert len(layer(30, 20, 3).weight) == 3 * (30 + 20)
    assert len(layer(60, 40, 3).weight) == 3 * (60 + 40)
    assert len(layer(3, 2, 10).weight) == 6  # no more than there are places


def test_the_layers_of_the_authors_network_are_sparse():
    config = VARIANTS["cifar10"].config
    widths = (config.features, *config.hidden)
    dense = sum(a * b for a, b in zip(widths, config.hidden, strict=False))
    sparse = sum(20 * (a + b) for a, b in zip(widths, config.hidden, strict=False))
    assert dense + config.hidden[-1] * 10 == 20_328_000
    assert VARIANTS["cifar10"].params == sparse + sum(config.hidden) + 4000 * 10 + 10
    assert sparse < 0.02 * dense


def test_rewiring_moves_the_weakest_of_either_sign_and_no_other():
    sparse = layer()
    before, weights = cells(sparse), sparse.weight.detach().clone()
    held = {
        (s, t): w
        for s, t, w in zip(
            sparse.source.tolist(), sparse.target.tolist(), weights.tolist(), strict=True
        )
    }
    sparse.rewire(SparseEvolutionary().prune_share)
    after = {
        (s, t): w
        for s, t, w in zip(
            sparse.source.tolist(), sparse.target.tolist(), sparse.weight.tolist(), strict=True
        )
    }
    assert len(after) == len(before)  # none twice
    kept = {cell: w for cell, w in held.items() if after.get(cell) == w}
    gone = {cell: w for cell, w in held.items() if cell not in kept}
    for sign in (1, -1):
        removed = [abs(w) for w in gone.values() if sign * w > 0]
        stayed = [abs(w) for w in kept.values() if sign * w > 0]
        assert len(removed) == int(SparseEvolutionary().prune_share * (len(removed) + len(stayed)))
        assert max(removed) < min(stayed)


def test_rewiring_is_the_same_for_the_same_network_and_another_every_time():
    one, other = layer(), layer()
    one.rewire(0.5)
    torch.manual_seed(99)  # what else is drawn doesn't matter
    other.rewire(0.5)
    assert torch.equal(one.source, other.source)
    assert torch.equal(one.weight, other.weight)
    first = cells(one)
    one.rewire(0.5)
    assert cells(one) != first


def test_it_rewires_where_an_epoch_begins_but_not_before_the_first():
    torch.manual_seed(0)
    model = SparseFeedforward(Config(features=5, hidden=(12,), classes=3, connections=2))
    sparse = model.body[0]
    assert isinstance(sparse, SparseLinear)
    batch = Batch({"table": torch.randn(4, 5)}, {"y": torch.tensor([0, 1, 2, 0])})
    for starts, progress, moves in ((True, 0.0, False), (False, 0.3, False), (True, 0.5, True)):
        before = cells(sparse)
        turn = Turn(lambda *_: None, 0.1, progress, starts_epoch=starts)
        SparseEvolutionary().step(model, {"model": model}, batch, turn)
        assert (cells(sparse) != before) is moves


def test_the_loop_says_where_epochs_begin():
    torch.manual_seed(0)
    model = SparseFeedforward(Config(features=5, hidden=(12,), classes=3, connections=2))
    examples = Tensors.pair(torch.randn(20, 5), torch.randint(3, (20,)))
    recipe = Recipe(objective="sparse_evolutionary", epochs=4, batch_size=5)
    seed = int(model.get_buffer("body.0.draw"))
    learn(model, recipe, examples, seed=0)
    assert int(model.get_buffer("body.0.draw")) == seed + 3


def test_a_needed_connection_goes_for_being_small():
    """y = x1 + x2 with x2 on a hundredfold scale: the weights are 1 and 0.01."""
    sparse = layer(2, 1, 1)
    with torch.no_grad():
        sparse.weight.copy_(torch.where(sparse.source == 0, 1.0, 0.01))
        x = torch.tensor([[0.5, 200.0], [0.5, -200.0]])
        apart = sparse(x).diff(dim=0).abs().item()
        sparse.rewire(0.5)
        kept = sparse.weight[sparse.source == 0].item()
        replaced = sparse.weight[sparse.source == 1].item()
    assert apart == pytest.approx(4.0)
    assert kept == 1.0
    assert replaced != pytest.approx(0.01)  # what told the two examples apart was given up


def test_it_stays_as_sparse_as_it_began():
    torch.manual_seed(0)
    model = SparseFeedforward(VARIANTS["desk"].config)
    count = sum(p.numel() for p in model.parameters())
    for _ in range(5):
        model.rewire(SparseEvolutionary().prune_share)
    assert sum(p.numel() for p in model.parameters()) == count
    assert not any(isinstance(m, nn.Linear) for m in model.body)


def test_layers_without_connections_are_refused():
    with pytest.raises(ValueError, match="connections"):
        SparseFeedforward(Config(features=2, hidden=(3,), classes=2, connections=0))
