"""The building blocks: what their entries say is asked of torch."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from nna import probe
from nna.blocks.norms import ChannelNorm
from nna.errors import UserError
from nna.lab import probes
from nna.lab.blocks import abreast, catalog, formulas, panels, plots, trial_settings, trials
from nna.lab.blocks.entries.schedule import STEPS, rates
from nna.lab.blocks.entry import Activation, Loss, Schedule, find

NAMES = catalog.names()
ACTIVATIONS = catalog.names("activation")
SHARED = [(name, fact) for name in NAMES for fact in catalog.describe(name).facts]


@pytest.mark.parametrize(
    ("name", "fact"), SHARED, ids=[f"{name}-{fact.says}" for name, fact in SHARED]
)
def test_every_fact_is_what_torch_gives(name, fact):
    assert fact.measure() == pytest.approx(fact.value, rel=0, abs=fact.within)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_whole_and_its_code_can_be_imported(name):
    block = catalog.describe(name)
    for path in block.where:
        assert callable(find(path))
    for text in (block.use, block.limits):
        assert text.endswith(".")
    assert block.formula.count("{") == block.formula.count("}")
    assert block.paper.year >= 1800
    assert block.paper.arxiv or block.paper.doi or block.paper.url
    assert block.facts or name == "early_stopping"
    if block.rival:
        assert catalog.describe(block.rival).kind == block.kind


def test_names_are_unique_others_included():
    others = [other for name in NAMES for other in catalog.describe(name).also]
    assert len({*NAMES, *others}) == len(NAMES) + len(others)


def test_a_block_is_found_by_its_other_names_and_a_wrong_one_is_mended():
    assert catalog.describe("SiLU").name == "swish"
    assert catalog.describe("h-swish").name == "hard_swish"
    with pytest.raises(UserError, match="no building block 'rellu'; did you mean"):
        catalog.describe("rellu")
    with pytest.raises(UserError, match="no kind of block 'losses'; did you mean loss"):
        catalog.names("losses")


def test_a_missing_module_inside_what_is_looked_up_is_not_hidden():
    with pytest.raises(ModuleNotFoundError):
        find("no_such_package.thing")
    with pytest.raises(AttributeError):
        find("torch.nn.Rellu")


# --- Activations ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(z=st.floats(-1e4, 1e4))
@settings(max_examples=60, deadline=None)
def test_values_lie_in_the_range_that_is_stated(name, z):
    block = catalog.describe(name)
    assert isinstance(block, Activation)
    value = float(block.function(torch.tensor([z], dtype=torch.float64)))
    assert block.low - 1e-7 <= value <= block.high + 1e-7


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_range_is_no_wider_than_it_must_be(name):
    block = catalog.describe(name)
    assert isinstance(block, Activation)
    y = block.function(torch.linspace(-2000, 2000, 400_001, dtype=torch.float64))
    for bound, reached in ((block.low, float(y.min())), (block.high, float(y.max()))):
        assert abs(reached) >= 10 if math.isinf(bound) else abs(reached - bound) < 1e-3


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_layer_and_the_function_are_one(name):
    block = catalog.describe(name)
    assert isinstance(block, Activation)
    z = torch.linspace(-6, 6, 101)
    layer = find(block.where[0])
    made = layer() if isinstance(layer, type) else layer
    assert torch.allclose(made(z), block.function(z), atol=1e-6)


@given(
    z=st.floats(-30, 30),
    name=st.sampled_from(["sigmoid", "tanh", "softplus", "softsign", "swish"]),
)
@settings(max_examples=100, deadline=None)
def test_derivatives_are_those_of_the_formulas(z, name):
    at = torch.tensor([z], dtype=torch.float64)
    s = torch.sigmoid(at)
    by_formula = {
        "sigmoid": s * (1 - s),
        "tanh": 1 - torch.tanh(at) ** 2,
        "softplus": s if z <= 20 else torch.ones(1).double(),  # torch goes over to z above 20
        "softsign": 1 / (1 + at.abs()) ** 2,
        "swish": s + at * s * (1 - s),
    }
    block = catalog.describe(name)
    assert isinstance(block, Activation)
    from nna.lab.blocks.facts import derivative

    assert torch.allclose(derivative(block.function, at), by_formula[name], atol=1e-9)


# --- Norms, losses, schedules -----------------------------------------------------------------


def test_our_layer_norm_of_maps_is_torchs_along_the_channels():
    x = torch.randn(2, 6, 3, 4)
    ours, theirs = ChannelNorm(6), nn.LayerNorm(6, eps=1e-6)
    for layer in (ours, theirs):
        nn.init.normal_(layer.weight, generator=torch.Generator().manual_seed(1))
        nn.init.normal_(layer.bias, generator=torch.Generator().manual_seed(2))
    expected = theirs(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
    assert torch.allclose(ours(x), expected, atol=1e-6)


def test_group_norm_spans_from_instance_norm_to_layer_norm():
    x = 3 * torch.randn(2, 8, 5, 5) + 1
    one, each = nn.GroupNorm(1, 8), nn.GroupNorm(8, 8)
    assert torch.allclose(one(x), nn.LayerNorm((8, 5, 5))(x), atol=1e-5)
    assert torch.allclose(each(x), nn.InstanceNorm2d(8)(x), atol=1e-5)


def test_rms_norm_of_maps_is_its_formula():
    x = torch.randn(2, 6, 3, 4) + 2
    expected = x / (x.square().mean(1, keepdim=True) + 1e-6).sqrt()
    assert torch.allclose(formulas.ChannelRMS(6)(x), expected, atol=1e-6)


def test_dropconnect_answers_by_its_mean():
    torch.manual_seed(0)
    layer = formulas.DropConnect(0.3, 20, 4)
    x = torch.randn(1, 20)
    many = layer(x.expand(40_000, 20)).mean(0)
    assert torch.allclose(many, layer.eval()(x)[0], atol=0.03)


def test_losses_of_batches_are_their_curves():
    score = torch.randn(50, dtype=torch.float64)
    scores = torch.stack([score, torch.zeros_like(score)], 1)
    first = torch.zeros(50, dtype=torch.long)
    # the share of one of two scores is the sigmoid of their difference
    assert torch.allclose(formulas.focal_loss(scores, first), formulas.focal(score).mean())
    nothing = formulas.focal_loss(scores, first, gamma=0)
    assert torch.allclose(nothing, nn.functional.cross_entropy(scores, first))
    of_classes = formulas.squared_error(scores, first)
    hot = torch.tensor([1.0, 0.0]).double()
    assert torch.allclose(of_classes, (scores - hot).square().mean())


@pytest.mark.parametrize("name", catalog.names("loss"))
def test_curves_of_losses_are_never_negative(name):
    block = catalog.describe(name)
    assert isinstance(block, Loss)
    z = torch.linspace(*block.span, 1001, dtype=torch.float64)
    assert (block.curve(z) >= 0).all()


@pytest.mark.parametrize("name", catalog.names("schedule"))
def test_schedules_stay_between_nothing_and_the_rate(name):
    block = catalog.describe(name)
    assert isinstance(block, Schedule)
    found = rates(block.scheduler, STEPS)
    assert len(found) == STEPS + 1
    assert all(0 <= share <= 1 + 1e-9 for share in found)
    assert max(found) == pytest.approx(1, abs=1e-2)


def test_the_recipes_cosine_is_torchs():
    from nna.spec import Recipe
    from nna.training.optimisers import shape

    recipe = Recipe(objective="cross_entropy", epochs=1, schedule="cosine")
    block = catalog.describe("cosine")
    assert isinstance(block, Schedule)
    ours = [shape(recipe, step, STEPS) for step in range(STEPS + 1)]
    assert ours == pytest.approx(rates(block.scheduler, STEPS), abs=1e-12)


# --- Who uses them ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "uses", "does_not"),
    [
        ("gelu", "gpt2", "lenet5"),
        ("local_response_norm", "alexnet", "resnet"),
        ("batch_norm", "efficientnet", "alexnet"),  # through a part of nna.blocks
        ("stochastic_depth", "convnext", "vgg"),
        ("cross_entropy", "resnet", "som"),  # told by the spec
        ("adam", "mlp", "perceptron"),  # whose rule takes no optimiser's steps
        ("adamw", "gpt2", "mlp"),
        ("momentum", "resnet", "mlp"),
        ("cosine", "resnet", "hopfield"),
    ],
)
def test_users_are_read_from_models_and_specs(block, uses, does_not):
    users = catalog.used_by(catalog.describe(block))
    assert uses in users
    assert does_not not in users


def test_rules_and_closed_forms_are_those_that_take_no_optimiser():
    from nna import objectives
    from nna.lab.blocks.entries.optimiser import WITHOUT_OPTIMISER

    kinds = {name: objectives.get(name).kind for name in objectives.names()}
    assert {n for n, kind in kinds.items() if kind in ("rule", "closed form")} == WITHOUT_OPTIMISER


# --- Plots ------------------------------------------------------------------------------------

QUICK = [name for name in NAMES if name != "early_stopping"]  # that one trains


@pytest.mark.parametrize("name", QUICK)
def test_a_plot_has_finite_numbers_the_same_every_time(name):
    block = catalog.describe(name)
    before = torch.random.get_rng_state()
    drawn = plots.numbers(block)
    assert torch.equal(torch.random.get_rng_state(), before)
    for panel in drawn:
        assert panel.lines
        for line in panel.lines:
            assert len(line.x) == len(line.y) > 0
            assert all(map(math.isfinite, [*line.x, *line.y]))
    assert plots.numbers(block) == drawn


def test_a_signal_survives_fifty_layers_of_its_own_initialisation_only():
    forward, back = plots.numbers(catalog.describe("he_normal"))
    (mine, default), (to_mine, to_default) = forward.lines, back.lines
    assert 0.3 < mine.y[-1] < 3
    assert mine.y[-1] > 10 * default.y[-1]
    assert to_mine.y[0] > 0.1
    assert to_default.y[0] < 1e-10


def test_momentum_gets_further_through_the_valley():
    height = plots.numbers(catalog.describe("momentum"))[1]
    sgd, momentum = height.lines
    assert momentum.y[-1] < sgd.y[-1] / 5


def test_each_norm_centres_what_it_says():
    def means(name, panel):
        after = plots.numbers(catalog.describe(name))[panel].lines[1]
        return max(map(abs, after.y))

    assert means("batch_norm", 1) < 1e-6 < 0.1 < means("batch_norm", 2)
    assert means("layer_norm", 2) < 1e-6 < 0.1 < means("layer_norm", 1)
    assert max(means("instance_norm", panel) for panel in (1, 2)) < 1e-6
    assert means("rms_norm", 2) > 0.1


def test_l1_makes_zeros_and_l2_none():
    lasso, ridge = (plots.numbers(catalog.describe(name))[1].lines[0].y for name in ("l1", "l2"))
    assert (lasso[0], lasso[-1]) == (0, 10)
    assert 0 < lasso[len(lasso) // 2] < 10
    assert set(ridge) == {0}


def test_figures_are_written_whole_and_alike(tmp_path):
    drawn = plots.numbers(catalog.describe("relu"))
    for ending in ("svg", "png"):
        paths = [tmp_path / "new" / f"{name}.{ending}" for name in ("one", "two")]
        for path in paths:
            panels.write(panels.draw(drawn, "ReLU"), path)
        one, two = (path.read_bytes() for path in paths)
        assert one == two
        assert len(one) > 1000
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "one.svg",
        "two.svg",
        "one.png",
        "two.png",
    }
    with pytest.raises(UserError, match=r"ends in \.svg, \.png or \.pdf"):
        panels.write(panels.draw(drawn, "ReLU"), tmp_path / "relu.gif")


# --- Trials -----------------------------------------------------------------------------------

TRIED = [name for name in NAMES if not catalog.describe(name).no_trial]


@pytest.mark.parametrize("name", TRIED)
def test_a_trial_changes_its_block_alone(name):
    setting, other = trial_settings.settings(catalog.describe(name))
    changed = {key for key in setting.__slots__ if getattr(setting, key) != getattr(other, key)}
    assert changed
    assert changed <= {"activation", "fill"} or len(changed) == 1
    assert setting.words == other.words


@pytest.mark.parametrize("name", TRIED)
def test_what_is_stored_of_a_trial_is_still_computed(name):
    told = probe.differs(probe.read(probes.beside(name)), probes.of_trial(name))
    assert told is None, f"{name} is stale ({told}); try it again: nna blocks effect {name} --store"


def test_a_trial_repeats_and_differs_by_seed():
    setting = replace(trial_settings.settings(catalog.describe("dropout"))[0], epochs=2, width=16)
    one, again, other = (trials.run(setting, seed) for seed in (0, 0, 1))
    assert one == again
    assert one.test != other.test


def test_a_loss_that_diverged_ends_no_trial():
    from nna.lab.blocks.entry import Code

    base = trial_settings.settings(catalog.describe("gradient_clipping"))[1]
    setting = replace(base, optimiser=Code("torch.optim.SGD", {"lr": 1e6}), epochs=2)
    assert math.isnan(trials.run(setting, 0).loss[-1])


def test_early_stopping_answers_where_the_loss_aside_was_least():
    setting = replace(trial_settings.settings(catalog.describe("early_stopping"))[0], epochs=6)
    run = trials.run(setting, 0)
    assert len(run.aside) == 6
    assert run.final == run.test[run.aside.index(min(run.aside))]


@pytest.mark.parametrize("name", TRIED)
def test_what_is_stored_came_of_the_trial_as_it_stands(name):
    block = catalog.describe(name)
    found = catalog.tried(block)
    assert found is not None
    assert found["setting"] == trial_settings.words(block)
    assert found["against"] == trial_settings.against(block)
    assert len(found["runs"]) == len(found["others"]) == len(trials.SEEDS)


@pytest.mark.parametrize("kind", catalog.kinds())
def test_the_trials_of_a_kind_stand_abreast_every_seed_a_dot(kind):
    found = abreast.trials(kind)
    rows = [row for panel in found.values() for row in panel]
    assert {name for name, _ in rows} == set(TRIED) & set(catalog.names(kind))
    drawing = abreast.draw(kind)
    for axis, ((data, measured), panel) in zip(drawing.axes, found.items(), strict=True):
        assert axis.get_title(loc="left").startswith(data)
        assert axis.get_xlabel() == measured
        rivals = {tried["against"] for _, tried in panel}
        assert ("; against" in axis.get_title(loc="left")) == (len(rivals) == 1)
        dots = {round(float(x), 6) for line in axis.lines for x in np.asarray(line.get_xdata())}
        for name, tried in panel:
            assert any(name in label.get_text() for label in axis.get_yticklabels())
            assert {round(value, 6) for value in (*tried["runs"], *tried["others"])} <= dots


def test_what_is_stored_is_what_is_measured():
    name = "huber"  # the shortest of all
    stored, again = catalog.tried(catalog.describe(name)), trials.effect(name)
    assert stored is not None
    assert [run.final for run in again.runs] == pytest.approx(stored["runs"], rel=0.2)
    assert [run.final for run in again.others] == pytest.approx(stored["others"], rel=0.2)


def test_what_says_nothing_is_refused_in_one_line():
    with pytest.raises(UserError, match="a training run says nothing of softmax: it stands after"):
        trials.effect("softmax")
