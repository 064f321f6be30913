"""The graph of who grew from whom."""

from types import SimpleNamespace
from typing import Any

import pytest

from nna.atlas import catalogue, lineage
from nna.errors import UserError

AFTER = {  # a diamond below an undescribed root, and a loner
    "one": (1950, ("root",)),
    "left": (1960, ("one",)),
    "right": (1970, ("one", "elder")),
    "last": (1980, ("right", "left")),
    "alone": (1990, ()),
}


@pytest.fixture
def graph(monkeypatch) -> lineage.Lineage:
    specs: dict[str, Any] = {
        name: SimpleNamespace(builds_on=after, year=year) for name, (year, after) in AFTER.items()
    }
    monkeypatch.setattr(catalogue, "read", lambda: catalogue.Shelf(specs, {}))
    return lineage.graph()


def ids(branch: lineage.Branch) -> list[str]:
    return [branch.id, *(each for below in branch.branches for each in ids(below))]


def test_neighbours_are_sorted_by_year(graph):
    assert graph.parents["last"] == ("left", "right")
    assert graph.children["one"] == ("left", "right")
    assert graph.parents["right"] == ("elder", "one")


def test_ids_that_nobody_describes_are_names_with_neighbours(graph):
    assert graph.year("root") is None
    assert graph.parents["root"] == ()
    assert graph.children["root"] == ("one",)
    assert graph.year("last") == 1980


def test_ancestors_and_descendants_nearest_first(graph):
    assert graph.ancestors("last") == ("left", "right", "one", "elder", "root")
    assert graph.descendants("root") == ("one", "left", "right", "last")
    assert graph.ancestors("alone") == graph.descendants("alone") == ()


def test_kin_is_oldest_first_and_no_one_else(graph):
    assert graph.kin("right") == ("elder", "root", "one", "right", "last")


def test_common_ancestors_oldest_first(graph):
    assert graph.common("left", "right") == ("root", "one")
    assert graph.common("alone", "last") == ()


def test_roots(graph):
    assert set(graph.roots()) == {"elder", "root", "alone"}


def test_a_tree_unrolls_each_node_once(graph):
    tree = lineage.unroll("root", graph.children)
    assert ids(tree) == ["root", "one", "left", "last", "right", "last"]
    again = tree.branches[0].branches[1].branches[0]
    assert (again.id, again.again) == ("last", False)  # it has no branches to repeat
    up = lineage.unroll("last", graph.parents)
    assert ids(up) == ["last", "left", "one", "root", "right", "elder", "one"]
    assert up.branches[1].branches[1].again is True


def test_trees_with_one_memory_repeat_nothing(graph):
    seen: set[str] = set()
    lineage.unroll("root", graph.children, seen)
    below = lineage.unroll("elder", graph.children, seen)
    assert below.branches[0] == lineage.Branch("right", (), again=True)


def test_a_circle_does_not_trap(monkeypatch):
    specs: dict[str, Any] = {
        name: SimpleNamespace(builds_on=(after,), year=2000)
        for name, after in (("hen", "egg"), ("egg", "hen"))
    }
    monkeypatch.setattr(catalogue, "read", lambda: catalogue.Shelf(specs, {}))
    graph = lineage.graph()
    assert graph.ancestors("hen") == ("egg",)
    assert ids(lineage.unroll("hen", graph.parents)) == ["hen", "egg", "hen"]


def test_unknown_names_get_the_nearest(graph):
    graph.check("root")
    with pytest.raises(UserError, match="no architecture 'lst'; did you mean last"):
        graph.check("lst")


def test_the_real_one_is_whole():
    graph = lineage.graph()
    assert set(catalogue.read().specs) <= set(graph.parents)
    for name, parents in graph.parents.items():
        assert all(name in graph.children[parent] for parent in parents)
    assert "perceptron" in graph.ancestors("mlp")
