"""Rates by layer and frozen parts, over every architecture that learns by gradients."""

import dataclasses

import pytest
import torch

from nna import contract, objectives, registry
from nna.errors import UserError
from nna.spec import Recipe
from nna.training.freezing import Frozen
from nna.training.optimisers import NORMS, optimiser_of

LEARNERS = {
    name: next(
        one
        for one in registry.describe(name).objectives
        if objectives.get(one).kind in ("gradient", "game")
    )
    for name in registry.names()
    if any(
        objectives.get(one).kind in ("gradient", "game")
        for one in registry.describe(name).objectives
    )
}


def players(name):
    model = contract.tiny(name, registry.describe(name))
    return objectives.get(LEARNERS[name]).players(model).values()


def shares(module, **recipe):
    made = Recipe(objective="cross_entropy", epochs=1, layer_lr_decay=0.5, **recipe)
    groups = optimiser_of(module, made).param_groups
    return {p: group["share"] for group in groups for p in group["params"]}


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("name", LEARNERS)
def test_a_layer_has_one_rate_and_rates_rise_towards_the_output(name, weight_decay):
    for module in players(name):
        by_parameter = shares(module, weight_decay=weight_decay)
        learning = [p for p in module.parameters() if p.requires_grad]
        assert by_parameter.keys() == set(learning)
        in_order = [by_parameter[p] for p in learning]
        assert in_order == sorted(in_order)
        assert in_order[-1] == 1.0
        steps = sorted(set(in_order), reverse=True)
        assert steps == [0.5**behind for behind in range(len(steps))]  # none is left out
        for layer in module.modules():
            assert len({by_parameter.get(p) for p in layer.parameters(recurse=False)} - {None}) < 2


def test_a_norm_has_the_rate_of_its_layer_and_layers_are_counted_not_tensors():
    module = registry.construct("gmlp", registry.describe("gmlp").tiny)
    by_parameter = shares(module)
    part = {name.split(".")[0]: by_parameter[p] for name, p in module.named_parameters()}
    assert part["head"] == 1.0
    assert by_parameter[module.norm.weight] == by_parameter[module.body[-1].parameters().__next__()]
    assert len(set(by_parameter.values())) == 2 + len(module.body)  # stem, blocks, head


def normed(name):
    return any(isinstance(m, NORMS) for m in registry_model(name).modules())


def registry_model(name):
    return registry.construct(name, registry.describe(name).tiny)


@pytest.mark.parametrize("name", [name for name in LEARNERS if normed(name)])
def test_frozen_parts_stay_to_the_bit_statistics_included(name):
    spec, model = registry.describe(name), registry_model(name)
    parts = tuple(dict.fromkeys(key.split(".")[0] for key, _ in model.named_parameters()))
    made = contract.rehearsal(name, spec, objective=LEARNERS[name], epochs=1)
    made = dataclasses.replace(made, recipe=dataclasses.replace(made.recipe, freeze=parts[:-1]))
    training = made.training()
    before = {key: value.clone() for key, value in training.model.state_dict().items()}
    training.run()
    moved = {
        key for key, value in training.model.state_dict().items() if not value.equal(before[key])
    }
    assert moved
    assert {key.split(".")[0] for key in moved} == {parts[-1]}


def test_frozen_connections_are_not_drawn_anew():
    made = contract.rehearsal(
        "sparse_feedforward", registry.describe("sparse_feedforward"), freeze=("body",)
    )
    training = made.training()
    before = {key: value.clone() for key, value in training.model.body.state_dict().items()}
    training.run()
    for key, value in training.model.body.state_dict().items():
        assert torch.equal(value, before[key]), key


def test_a_part_is_named_whole():
    model = torch.nn.Sequential(*(torch.nn.BatchNorm1d(2) for _ in range(12)))
    frozen = Frozen.of(model, ("1",))
    assert frozen.norms == (model[1],)
    with pytest.raises(UserError, match="--freeze x: no such part"):
        Frozen.of(model, ("x",))
