"""What the paper claims of message passing, beyond the contract it shares with the rest."""

import networkx as nx
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nna.architectures.hybrid.mpnn.model import MPNN, messages, softmax_within
from nna.architectures.hybrid.mpnn.spec import SPEC, Config
from nna.data import catalog

CONFIG = Config(features=3, edge_features=2, classes=2, hidden=6, edge_hidden=20, steps=2, reads=3)


def _model(**sizes: int) -> MPNN:
    torch.manual_seed(0)
    known = {name: getattr(CONFIG, name) for name in Config.__slots__}
    return MPNN(Config(**{**known, **sizes})).double().eval()


def _both_ways(*pairs: tuple[int, int]) -> Tensor:
    edges = torch.tensor(pairs).T
    return torch.cat([edges, edges.flip(0)], dim=1)


def _path(n: int) -> dict[str, Tensor]:
    edges = _both_ways(*((i, i + 1) for i in range(n - 1)))
    features = torch.randn(n - 1, 2).double().repeat(2, 1)
    nodes = torch.randn(n, 3).double()
    return {"nodes": nodes, "edges": edges, "edge_features": features, "sizes": torch.tensor([n])}


def test_the_cards_round_of_messages_by_hand():
    first, second, update = nn.Linear(1, 2), nn.Linear(2, 4), nn.GRUCell(2, 2)
    network = nn.Sequential(first, nn.ReLU(), second)
    with torch.no_grad():
        for tensor in (*network.parameters(), *update.parameters()):
            tensor.zero_()
        first.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        second.weight.copy_(torch.tensor([[1.0, 0], [0, 1], [0, -1], [1, 0]]))
        update.weight_ih[4:] = torch.eye(2)
    h = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    a = network(torch.tensor([[2.0], [2.0], [-1.0], [-1.0]])).view(-1, 2, 2)
    assert a[0].tolist() == [[2, 0], [0, 2]]
    assert a[2].tolist() == [[0, 1], [-1, 0]]
    m = messages(h, edges, a)
    assert m.tolist() == [[0, 2], [1, 1], [-1, 0]]
    expected = torch.tensor([[0.5, 0.4820], [0.3808, 0.8808], [0.1192, 0.5]])
    torch.testing.assert_close(update(m, h), expected, rtol=0, atol=6e-5)


def test_the_published_count_is_the_sum_of_its_parts():
    edge_network = (5 * 128 + 128) + (128 * 64**2 + 64**2)
    gru, lstm = 3 * 64 * (64 + 64 + 2), 4 * 64 * (128 + 64 + 2)
    project, head = (64 + 15) * 64 + 64, (128 * 64 + 64) + (64 * 12 + 12)
    assert SPEC.variants["molecule"].params == edge_network + gru + project + lstm + head


def test_the_numbering_of_nodes_and_edges_does_not_matter():
    model, graph = _model(), _path(7)
    order, shuffled = torch.randperm(7), torch.randperm(12)
    other = {
        "nodes": graph["nodes"][order],
        "edges": torch.argsort(order)[graph["edges"]][:, shuffled],
        "edge_features": graph["edge_features"][shuffled],
        "sizes": graph["sizes"],
    }
    torch.testing.assert_close(model(**other), model(**graph))


def test_two_steps_reach_two_edges_and_no_further():
    model, graph, seen = _model(), _path(5), list[Tensor]()
    model.project.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    graph["nodes"].requires_grad_()
    graph["edge_features"].requires_grad_()
    model(**graph)
    of_nodes, of_edges = torch.autograd.grad(
        seen[0][0, :6].sum(), (graph["nodes"], graph["edge_features"])
    )
    assert of_nodes.abs().sum(1).gt(0).tolist() == [True, True, True, False, False]
    back = of_edges.abs().sum(1)[4:]  # towards node 0
    assert back.gt(0).tolist() == [True, True, False, False]


def test_the_same_weights_serve_every_step():
    assert _model(steps=9).state_dict().keys() == _model(steps=1).state_dict().keys()


def test_the_order_of_signs_along_a_path_counts_not_only_how_many_there_are():
    model, graph = _model(), _path(4)
    graph["nodes"] = torch.eye(3).double()[[0, 2, 2, 1]]
    signs = torch.eye(2).double()[[0, 0, 1]]
    one = model(**{**graph, "edge_features": signs.repeat(2, 1)})
    other = model(**{**graph, "edge_features": signs[[0, 2, 1]].repeat(2, 1)})
    assert (one - other).abs().max() > 1e-6


def test_a_softmax_stays_within_its_graph_however_large_its_scores():
    sizes = torch.tensor([2, 1, 3])
    graph = torch.arange(3).repeat_interleave(sizes)
    scores = torch.tensor([1e4, 1e4 - 1, -1e4, 0.0, 1.0, 2.0])
    apart = torch.cat([part.softmax(0) for part in scores.split(sizes.tolist())])
    torch.testing.assert_close(softmax_within(scores, graph, sizes), apart)


def test_two_copies_of_a_graph_get_the_answer_of_one():
    model, one = _model(), _path(4)
    two = {name: torch.cat([one[name]] * 2) for name in ("nodes", "edge_features")}
    two["edges"] = torch.cat([one["edges"], one["edges"] + 4], dim=1)
    torch.testing.assert_close(model(**two, sizes=torch.tensor([8])), model(**one))


@pytest.mark.parametrize("named", [False, True])
def test_it_cannot_tell_a_hexagon_from_two_triangles(named):
    hexagon = _both_ways(*((i, (i + 1) % 6) for i in range(6)))
    triangles = _both_ways((6, 7), (7, 8), (8, 6), (9, 10), (10, 11), (11, 9))
    nodes = torch.eye(6).repeat(2, 1) if named else torch.ones(12, 6)
    both = _model(features=6)(
        nodes.double(),
        torch.cat([hexagon, triangles], 1),
        torch.ones(24, 2).double(),
        torch.tensor([6, 6]),
    )
    assert torch.allclose(both[0], both[1], rtol=1e-9, atol=1e-12) != named


def test_allies_are_those_with_an_even_number_of_hostile_edges_between_them():
    examples = catalog.load("allies")
    for graph, rivals in zip(examples.x[:100], np.asarray(examples.y)[:100], strict=True):
        pairs = zip(*graph["edges"].tolist(), strict=True)
        signs = dict(zip(pairs, graph["edge_features"][:, 1], strict=True))
        first, second = graph["nodes"][:, 0].argmax(), graph["nodes"][:, 1].argmax()
        paths = nx.all_simple_paths(nx.Graph([*signs]), first, second)
        hostile = [sum(signs[step] for step in nx.utils.pairwise(path)) % 2 for path in paths]
        assert {*hostile} == {float(rivals)}
        assert (first, second) not in signs


def test_refuses_states_smaller_than_the_features_they_begin_with():
    with pytest.raises(ValueError, match="don't fit"):
        _model(features=7)
