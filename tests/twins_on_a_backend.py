"""What is asked of Keras twins, on the backend of this process: `test_twins.py` runs it on each.

All tests of one backend share a process, for its import costs more than most of them. TensorFlow
runs every operation as it comes; JAX would compile each.
"""

import copy
import importlib
import inspect
import re

import keras
import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from nna import contract, registry, twin_checks, twins

TWINS = [name for name in registry.names() if registry.describe(name).twin]


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_computes_and_learns_the_same(name):
    said = contract.run(contract.check_twin, name)
    backend = keras.backend.backend()
    told = rf"Keras twin on {backend} \S+: outputs \S+, parameter gradients \S+"
    assert re.fullmatch(told, said)


def test_constants_that_a_spec_declares_are_missed(monkeypatch):
    resolve = registry.resolve

    def plain(config):
        series = keras.Input((None, config.channels))
        hidden = keras.layers.GRU(config.hidden, reset_after=False, name="body")(series)
        return keras.Model(series, keras.layers.Dense(config.classes, name="head")(hidden))

    def resolved(name, target):
        return plain if target == "model_keras:gru" else resolve(name, target)

    monkeypatch.setattr(registry, "resolve", resolved)
    with pytest.raises(AssertionError, match=r"^body\.bias starts at 0, declared"):
        twin_checks.check_twin("gru", registry.describe("gru"))


def test_a_twin_that_learns_otherwise_is_found_out(monkeypatch):
    resolve = registry.resolve

    class Stopped(resolve("rbfn", "model_keras:RBFN")):
        def hidden(self, table):
            return keras.ops.stop_gradient(super().hidden(table))

    def resolved(name, target):
        return Stopped if target == "model_keras:RBFN" else resolve(name, target)

    monkeypatch.setattr(registry, "resolve", resolved)
    with pytest.raises(AssertionError, match=r"gradient by (centres|widths) differs by 1$"):
        twin_checks.check_twin("rbfn", registry.describe("rbfn"))


DRAWING = (
    *("alexnet", "bert", "coatnet", "ddpm", "distilbert", "gcn", "gpt1", "gpt2", "mlp", "resnet"),
    *("roberta", "transformer"),
)


@pytest.mark.parametrize(
    "name",
    [
        name if name in ("gcn", "gpt1") else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in DRAWING
    ],
)
def test_in_training_all_dropout_draws_and_all_norms_follow_the_batch(name):
    """As Keras trains on JAX: the model's own `call` alone is told that it is training."""
    of = twin_checks.beside(name, registry.describe(name))
    told = "training" in inspect.signature(of.twin.call).parameters
    weights, before = of.twin.trainable_variables, of.twin.non_trainable_variables
    _, after = of.twin.stateless_call(
        [v.value for v in weights],
        [v.value for v in before],
        twins.arrays([*of.inputs.values()]),
        **({"training": True} if told else {}),
    )
    stayed = {
        id(variable)
        for variable, value in zip(before, after, strict=True)
        if np.array_equal(twins.array(variable), twins.array(value))
    }
    kinds = (keras.layers.Dropout, keras.layers.BatchNormalization)
    parts = [part for part in of.twin._flatten_layers() if isinstance(part, kinds)]
    held = [variable for part in parts for variable in part.non_trainable_variables]
    assert held
    assert [variable.path for variable in held if id(variable) in stayed] == []


@pytest.mark.parametrize("name", ["gru", "gru_reset_after", "mpnn", "lenet5"])
def test_what_a_twin_holds_goes_back_into_the_original(name):
    of = twin_checks.beside(name, registry.describe(name))
    before, other = of.model(**of.inputs), copy.deepcopy(of.model)
    for parameter in other.parameters():
        parameter.data.normal_()
    twins.bring_back(of.twin, other, twin_checks.layouts(name))
    torch.testing.assert_close(other(**of.inputs), before)
    for value, variable in twins.pairs(other, of.twin, twin_checks.layouts(name)):
        torch.testing.assert_close(value, torch.as_tensor(twins.array(variable)))


def test_players_move_by_what_they_lose_themselves():
    of = twin_checks.beside("gan", registry.describe("gan"))
    game = registry.resolve("gan", "model_keras:Game")(of.twin)
    table = torch.randn(6, 4)
    game.draws = 7  # the same noise at every call
    noise = torch.as_tensor(twins.array(keras.random.normal((6, 3), seed=7)))
    forger, judge = of.model.generator, of.model.discriminator
    told = twins.array(of.twin.discriminator(table.numpy(), training=False))
    torch.testing.assert_close(torch.as_tensor(told), judge(table))
    _, slopes = twins.slopes(game, [table], [torch.full((6, 1), 1 / 6)])
    found = twin_checks.led_back(of, game.trainable_variables, slopes)
    forged = forger(noise)
    lost = softplus(-judge(table)).mean() + softplus(judge(forged.detach())).mean()
    one = [torch.ones(())]
    for player, loss in (("discriminator", lost), ("generator", softplus(-judge(forged)).mean())):
        own = twin_checks.gradients(of.model.get_submodule(player), [loss], one)
        theirs = {key.removeprefix(f"{player}."): slope for key, slope in found.items()}
        for key, slope in own.items():
            torch.testing.assert_close(theirs[key], slope)


@pytest.mark.parametrize("probed", [False, True])
def test_densities_are_those_of_the_original_and_learn_the_same(probed):
    of = twin_checks.beside("ffjord", registry.describe("ffjord"))
    table, probe = torch.randn(5, 3), torch.randn(5, 3).sign() if probed else None
    learner = Density(of.twin, None if probe is None else probe.numpy())
    (found,), slopes = twins.slopes(learner, [table], [torch.full((5,), 0.2)])
    expected = of.model.log_density(table, probe)
    torch.testing.assert_close(torch.as_tensor(found), expected, rtol=1e-5, atol=1e-5)
    own = twin_checks.gradients(of.model, [expected.mean()], [torch.ones(())])
    for key, slope in twin_checks.led_back(of, learner.trainable_variables, slopes).items():
        torch.testing.assert_close(slope, own[key], rtol=1e-4, atol=1e-5)


class Density(keras.Model):
    """The log-density as what comes out."""

    def __init__(self, flow, probe):
        super().__init__()
        self.flow, self.probe = flow, probe

    def call(self, table):
        return self.flow.log_density(table, self.probe)


def test_points_flow_back_to_where_they_came_from_as_in_the_original():
    of = twin_checks.beside("ffjord", registry.describe("ffjord"))
    noise = torch.randn(4, 3)
    back = twins.array(of.twin.flow(noise.numpy(), 1.0, 0.0))
    torch.testing.assert_close(torch.as_tensor(back), of.model.flow(noise, 1.0, 0.0))


def test_pictures_are_drawn_by_the_same_steps():
    sampler = importlib.import_module("nna.architectures.generative.ddpm.sampler")
    of = twin_checks.beside("ddpm", registry.describe("ddpm"))
    start = np.random.default_rng(3).standard_normal((2, 4, 4, 2), "float32")
    x = torch.as_tensor(start).permute(0, 3, 1, 2)
    for timestep, levels in sampler.spaced(30, 4):
        with torch.no_grad():
            eps = of.model(x, torch.full((2, 1), timestep))
        x = sampler.step_back(x, eps, torch.zeros_like(x), levels, 0.0)
    drawn = torch.as_tensor(twins.array(of.twin.sample(2, seed=3, steps=4, eta=0.0)))
    torch.testing.assert_close(drawn.permute(0, 3, 1, 2), x, rtol=1e-4, atol=1e-4)
    keras_step = registry.resolve("ddpm", "model_keras:step_back")
    given = torch.randn(3, 5, generator=torch.Generator().manual_seed(0)).unbind()
    assert torch.equal(
        keras_step(*given, (0.2, 0.5), 1.0), sampler.step_back(*given, (0.2, 0.5), 1.0)
    )
    with pytest.raises(ValueError, match="steps must be 1 to 30"):
        of.twin.sample(1, seed=0, steps=31)


def test_weights_without_a_namesake_are_refused():
    of = twin_checks.beside("rbfn", registry.describe("rbfn"))
    of.model.register_parameter("more", torch.nn.Parameter(torch.zeros(2)))
    with pytest.raises(ValueError, match="without a namesake of the same shape"):
        twins.copy_weights(of.model, of.twin)
