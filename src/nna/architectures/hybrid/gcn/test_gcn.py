"""What the paper claims of graph convolutions, beyond the contract they share with the rest."""

import networkx
import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from nna import registry
from nna.architectures.hybrid.gcn.model import GCN, propagate
from nna.architectures.hybrid.gcn.spec import Config


def both_ways(*pairs: tuple[int, int]) -> Tensor:
    """Edges of an undirected graph."""
    edges = torch.tensor(pairs).T
    return torch.cat([edges, edges.flip(0)], dim=1)


KARATE = both_ways(*networkx.karate_club_graph().edges)


def test_a_path_of_three_by_hand():
    side, middle = 1 / 6**0.5, 1 / 3  # degrees with loops: 2, 3, 2
    expected = [[0.5, side, 0.0], [side, middle, side], [0.0, side, 0.5]]
    operator = propagate(torch.eye(3), both_ways((0, 1), (1, 2)))
    torch.testing.assert_close(operator, torch.tensor(expected))


def test_double_edges_add_up_and_given_loops_are_not_counted_twice():
    edges = torch.cat([both_ways((0, 1), (0, 1)), torch.tensor([[0, 0], [0, 0]])], dim=1)
    expected = torch.tensor([[1.0, 2.0], [2.0, 1.0]]) / 3
    torch.testing.assert_close(propagate(torch.eye(2), edges), expected)


def test_the_renormalised_operator_never_amplifies():
    """Section 2.2: eigenvalues of I + D^-1/2 A D^-1/2 reach 2, those renormalised only 1."""
    operator = propagate(torch.eye(34, dtype=torch.float64), KARATE)
    values = torch.linalg.eigvalsh(operator)
    assert values[-1].item() == pytest.approx(1)
    assert values[0] > -1
    adjacency = torch.zeros(34, 34, dtype=torch.float64)
    adjacency[KARATE[0], KARATE[1]] = 1
    scale = adjacency.sum(1).rsqrt()
    naive = torch.eye(34) + scale[:, None] * adjacency * scale
    assert torch.linalg.eigvalsh(naive)[-1].item() == pytest.approx(2)


def test_two_layers_see_two_steps_and_no_further():
    torch.manual_seed(0)
    model = GCN(Config(features=3, classes=2)).eval()
    nodes = torch.randn(5, 3, requires_grad=True)
    scores = model(nodes, both_ways((0, 1), (1, 2), (2, 3)))
    (gradient,) = torch.autograd.grad(scores[0].sum(), nodes)
    assert gradient.abs().sum(1).gt(0).tolist() == [True, True, True, False, False]


def test_the_numbering_of_the_nodes_does_not_matter():
    torch.manual_seed(0)
    model = GCN(Config(features=6, classes=4)).eval()
    nodes, order = torch.randn(34, 6), torch.randperm(34)
    renumbered = model(nodes[order], torch.argsort(order)[KARATE])
    torch.testing.assert_close(renumbered, model(nodes, KARATE)[order])


def test_many_steps_leave_of_a_node_nothing_but_its_degree():
    """Over-smoothing: each feature becomes a multiple of the root of the degree (Li 2018)."""
    x = torch.randn(34, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for _ in range(150):
        x = propagate(x, KARATE)
    degree = torch.bincount(KARATE[1], minlength=34) + 1
    per_root = x / degree.sqrt()[:, None]
    torch.testing.assert_close(per_root, per_root[:1].expand(34, 8), rtol=1e-4, atol=1e-8)


def test_it_cannot_tell_a_hexagon_from_two_triangles():
    hexagon = [(i, (i + 1) % 6) for i in range(6)]
    triangles = [(6, 7), (7, 8), (8, 6), (9, 10), (10, 11), (11, 9)]
    edges, which = both_ways(*hexagon, *triangles), torch.arange(12) // 6

    def learn(nodes: Tensor) -> Tensor:
        torch.manual_seed(0)
        model = GCN(Config(features=nodes.shape[1], classes=2, dropout=0.0))
        optimiser = torch.optim.Adam(model.parameters(), lr=0.05)
        for _ in range(100):
            optimiser.zero_grad()
            cross_entropy(model(nodes, edges), which).backward()
            optimiser.step()
        return model(nodes, edges)

    alike = learn(torch.ones(12, 3))
    torch.testing.assert_close(alike, alike[:1].expand(12, 2))
    named = learn(torch.eye(12))
    assert (named.argmax(1) == which).all()


def test_two_rounds_on_a_path_by_hand():
    x, edges = torch.tensor([[1.0], [0.0], [2.0]]), both_ways((0, 1), (1, 2))
    once = propagate(x, edges)
    twice, card = propagate(once, edges), registry.card("gcn")
    assert once[[0, 2], 0].tolist() == pytest.approx([0.5, 1])
    assert twice[[0, 2], 0].tolist() == pytest.approx([0.75, 1])
    for value in (6**-0.5, once[1], twice[1]):
        assert f"{float(value):.4f}" in card
    kept = torch.tensor([[2.0], [3.0], [2.0]]).sqrt()
    torch.testing.assert_close(propagate(kept, edges), kept)
