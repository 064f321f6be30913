"""Differences between architectures."""

import pytest
from torch import nn

from nna import contract, registry
from nna.atlas.diff import diff
from nna.errors import UserError


def test_only_what_differs_is_named():
    found = diff("resnet/18", "resnet/50")
    assert found.facts.keys() == {
        "parameters",
        "multiply-adds",
        "config block",
        "config depths",
    }
    assert found.ideas == {}


def test_fields_of_one_side_alone_have_nothing_on_the_other():
    facts = diff("perceptron", "resnet").facts
    assert facts["config depths"][0] is None
    assert facts["year"] == (1958, 2015)
    assert facts["family"] == ("feedforward", "convolutional")


def test_turned_round_it_is_the_mirror_image():
    one, other = diff("mlp", "resnet"), diff("resnet", "mlp")
    assert one.names == other.names[::-1]
    assert one.facts == {key: pair[::-1] for key, pair in other.facts.items()}
    assert one.parts == {key: pair[::-1] for key, pair in other.parts.items()}
    assert one.relation == other.relation


def test_every_parameter_has_its_place():
    found = diff("resnet/18", "resnet/50")
    for place, reference in enumerate(found.names):
        spec = registry.describe("resnet").variants[reference.split("/")[1]]
        assert sum(pair[place] for pair in found.parameters.values()) == spec.params


def test_weights_used_twice_count_once(monkeypatch):
    class Tied(nn.Module):
        def __init__(self, config) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)
            self.two.weight = self.one.weight

    real = registry.construct
    monkeypatch.setattr(
        registry, "construct", lambda name, c: Tied(c) if name == "mlp" else real(name, c)
    )
    assert contract.count_parameters(Tied(None)) == 15
    assert diff("mlp", "resnet").parameters["Linear"][0] == 15


def test_the_relation_in_the_lineage():
    assert diff("perceptron", "mlp").relation == "mlp grew from perceptron"
    assert diff("mlp", "perceptron").relation == "mlp grew from perceptron"
    assert diff("mlp", "mlp/300-100").relation == "two variants of mlp"
    assert diff("som", "resnet").relation == "no common ancestor is known"


def test_unknown_names():
    with pytest.raises(UserError, match="did you mean resnet"):
        diff("resnt", "mlp")


def test_several_stand_side_by_side():
    found = diff("lenet5", "vgg", "resnet")
    assert found.names == ("lenet5/desk", "vgg/desk", "resnet/desk")
    assert found.facts["year"] == (1998, 2014, 2015)
    assert len(found.parts["Conv2d"]) == 3
    assert found.relation == "vgg descends from lenet5; resnet grew from vgg"


@pytest.mark.parametrize("names", [["mlp"], ["mlp"] * 6])
def test_too_few_or_too_many(names):
    with pytest.raises(UserError, match="two to 5"):
        diff(*names)
