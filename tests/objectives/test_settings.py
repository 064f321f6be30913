"""Settings of objectives: what may be set, what is refused, and that runs keep them."""

import dataclasses
import json
import math

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

import nna
from nna import objectives, registry, tasks
from nna.errors import UserError
from nna.learning.base import Batch, Turn
from nna.learning.settings import configuration_and_objective, fields, prefixed
from nna.training import runs
from nna.training.runs import tuples
from nna.workbench import tune
from nna.workbench.comparison.search_space import Choice, Range, of_objective
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import objective_of
from nna.workbench.train import material_of, training_of

NAMES = objectives.names()
SETTABLE = [
    (name, one)
    for name in NAMES
    for one, field in fields(objectives.find(name)).items()
    if not isinstance(field.default, str)  # a path may be any word
]


@pytest.mark.parametrize("name", NAMES)
def test_an_objective_is_a_frozen_dataclass_made_anew_each_time(name):
    one, other = objectives.get(name), objectives.get(name)
    assert one == other
    assert one is not other
    assert type(one).__dataclass_params__.frozen
    assert type(one).__init__ is not object.__init__
    assert one.state is None  # what belongs to a run is made by `begin`, and of the run alone
    assert one.needs or (one.begin(nn.Linear(1, 1)) is not one and one.state is None)
    assert all(field.metadata["bounds"] for field in fields(one).values())


odd = st.one_of(
    st.text(max_size=5), st.booleans(), st.none(), st.just(math.nan), st.just([]), st.just({})
)


@pytest.mark.parametrize(("name", "setting"), SETTABLE)
@given(odd=odd, number=st.integers(-50, 50) | st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_whatever_is_given_it_is_kept_through_json_or_refused_in_one_line(
    name, setting, odd, number
):
    field = fields(objectives.find(name))[setting]
    with pytest.raises(UserError, match=rf"^objective\.{setting} (is|can't be) [^\n]*$"):
        objectives.get(name, {setting: odd})
    value = [number] if isinstance(field.default, tuple) else number
    sense = isinstance(number, int) or not isinstance(field.default, int)
    if not (sense and field.metadata["bounds"].hold(number)):
        with pytest.raises(UserError, match=rf"^objective\.{setting} (is|can't be) [^\n]*$"):
            objectives.get(name, {setting: value})
        return
    made = objectives.get(name, {setting: value})
    again = objectives.get(name, tuples(json.loads(json.dumps(objectives.settings_of(made)))))
    assert again == made


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_it_has_not_is_refused_with_those_that_it_has(name):
    has = [f"objective.{one}" for one in fields(objectives.find(name))]
    told = f"it has: {', '.join(has)}" if has else "it has none"
    with pytest.raises(UserError) as refused:
        objectives.get(name, {"colour": 1})
    assert str(refused.value) == f"{name} has no setting objective.colour; {told}"


@given(st.dictionaries(st.sampled_from(["margin", "hidden", "weight"]), st.integers()))
def test_settings_of_both_kinds_are_parted_again(given):
    assert configuration_and_objective({**given, **prefixed(given)}) == (given, given)


POINTS = torch.tensor([[0.0, 0.0], [0.6, 0.8], [1.0, 0.0], [0.0, 1.0]])
PAIRS = Batch({"input": POINTS}, {"y": torch.tensor([0, 0, 1, 1])})


@pytest.mark.parametrize("name", ["triplet", "contrastive"])
def test_a_larger_margin_costs_more(name):
    losses = [
        float(objectives.get(name, {"margin": margin}).loss(nn.Identity(), PAIRS)[0])
        for margin in (0.5, 1.5, 3.0)
    ]
    assert losses == sorted(losses)
    assert losses[0] < losses[2]


class Headed(nn.Module):
    """Gives scores and a second head's."""

    def forward(self, input):
        return input, 2 * input


def test_an_auxiliary_head_counts_by_its_weight():
    batch = Batch({"input": torch.tensor([[1.0, 3.0]])}, {"y": torch.tensor([0])})
    plain, half, whole = (
        float(objectives.get("auxiliary_cross_entropy", {"weight": w}).loss(Headed(), batch)[0])
        for w in (0, 0.5, 1.0)
    )
    assert plain == pytest.approx(math.log(1 + math.e**2))
    assert half - plain == pytest.approx((whole - plain) / 2)
    assert whole - plain == pytest.approx(math.log(1 + math.e**4))


class Judged(nn.Module):
    noise = 2

    def __init__(self):
        super().__init__()
        self.generator, self.discriminator = nn.Linear(2, 3), nn.Linear(3, 1)


def test_the_discriminator_takes_its_steps_before_the_generator_takes_one():
    taken, model = [], Judged()
    turn = Turn(lambda player, loss: taken.append(player), learning_rate=1.0, progress=0.0)
    game = objectives.get("adversarial", {"discriminator_steps": 3})
    game.step(model, game.players(model), Batch({"input": torch.randn(4, 3)}), turn)
    assert taken == ["discriminator"] * 3 + ["generator"]


def test_fewer_hard_empty_boxes_cost_less_and_a_lower_overlap_matches_more():
    torch.manual_seed(0)
    references = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 3], [6, 6, 9, 9], [1, 5, 3, 9]])
    rows = torch.cat([references, torch.randn(4, 4), torch.randn(4, 3)], 1)[None]
    truth = torch.tensor([[[1.0, 0, 0, 4, 4], [-1, -1, -1, -1, -1]]])
    batch = Batch({"input": rows}, {"y": truth})

    def loss(**given):
        return objectives.get("multibox", given).loss(nn.Identity(), batch)[1]

    assert loss(overlap=0.9, negatives=1)["class"] < loss(overlap=0.9, negatives=3)["class"]
    assert loss(overlap=0.9)["place"] != loss(overlap=0.5)["place"]


@pytest.mark.parametrize("name", [n for n in NAMES if objectives.get(n).kind != "gradient"])
def test_a_model_that_lacks_what_is_learnt_is_refused_in_one_line(name):
    objective, batch = objectives.get(name), Batch({"input": torch.zeros(2, 3)})
    turn = Turn(lambda *_: None, learning_rate=1.0, progress=0.0)
    with pytest.raises(UserError, match=r"^Tanh can't learn so: it has no [^\n]* \([^\n]+\)$"):
        objective.step(nn.Tanh(), objective.players(nn.Tanh()), batch, turn)


# --- In runs and searches -------------------------------------------------------------------


@pytest.mark.slow
def test_a_run_keeps_them_and_tells_them_and_goes_on_with_them(tmp_path):
    asked = {"settings": {"objective.weight": 0.5, "hidden": 4}, "recipe": {"epochs": 2}}
    made = nna.train("moe", "iris", out=tmp_path, quiet=True, **asked)
    assert made.request.recipe["objective_settings"] == {"weight": 0.5}
    assert "objective.weight 0.5" in (made.folder / "report.html").read_text(encoding="utf-8")
    run = runs.open_run(made.folder)
    material, model = material_of(run), registry.construct("moe", run.request.configuration())
    from nna.training import devices

    again = training_of(run.request, model, material, devices.fabric(), None)
    assert again.objective == objectives.get("balanced_cross_entropy", {"weight": 0.5})
    path = made.folder / "run.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    del written["recipe"]["objective_settings"]  # as those before wrote it
    path.write_text(json.dumps(written), encoding="utf-8")
    old = runs.open_run(made.folder)
    assert objectives.of(old.request.training_recipe()).weight == 0.1
    assert objectives.settings_of(material_of(old).objective) == {"weight": 0.1}
    for wrong in ({"weight": "x"}, {"margin": 1.0}, {"weight": -1.0}, [1]):
        written["recipe"]["objective_settings"] = wrong
        path.write_text(json.dumps(written), encoding="utf-8")
        with pytest.raises(UserError, match=r"run\.json: damaged or of another program"):
            runs.open_run(made.folder)


def test_another_weight_leads_to_other_weights_also_of_an_estimator():
    x, y = torch.randn(60, 4).numpy(), (torch.arange(60) % 2).numpy()
    fitted = [
        nna.Classifier(
            "moe", settings={"objective.weight": weight}, recipe={"epochs": 2}, random_state=0
        ).fit(x, y)
        for weight in (0.1, 5.0)
    ]
    one, other = (made.fitted_.model.state_dict() for made in fitted)
    assert any(not torch.equal(one[key], other[key]) for key in one)
    assert fitted[1].fitted_.recipe.objective_settings == {"weight": 5.0}


def test_a_recipe_may_say_them_for_its_own_objective(monkeypatch):
    spec = registry.describe("triplet")
    own = dataclasses.replace(spec.recipe, objective_settings={"margin": 0.7})
    changed = dataclasses.replace(spec, recipe=own)
    monkeypatch.setattr(registry, "describe", lambda _: changed)

    def chosen(name, **given):
        _, objective = objective_of("triplet", tasks.get("verification"), name, given)
        return objectives.settings_of(objective)

    assert chosen("triplet") == {"margin": 0.7}
    assert chosen("triplet", margin=0.4) == {"margin": 0.4}
    assert chosen("contrastive") == {"margin": 2**0.5}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_searched_lies_around_what_it_is_and_makes_sense(name):
    objective = objectives.get(name)
    for place, among in of_objective(objective).items():
        setting = place.removeprefix("settings.objective.")
        ends = among.values if isinstance(among, Choice) else (among.low, among.high)
        for end in ends:
            objectives.get(name, {setting: end})
        own = getattr(objective, setting)
        assert own in ends if isinstance(among, Choice) else among.low < own < among.high
        assert isinstance(among, Choice | Range)


def test_trials_with_other_settings_are_measured_by_one_objective():
    """Or the smallest margin would win whatever was learnt."""
    search = tune.Search(
        reference="siamese",
        origin=Source(data="digits", max_samples=60),
        sampler="random",
        settings={"widths": (8, 8), "kernels": (3, 3), "stride": 1},
        recipe={"epochs": 1, "learning_rate": 1e-9, "batch_size": 64, "weight_decay": 0.0},
        trials=3,
    )
    found = tune.tune(search)
    assert "objective.margin 1.41" in found.watched
    margins = [one.settings["settings.objective.margin"] for one in found.trials]
    assert margins[0] == pytest.approx(2**0.5)
    assert len({*margins}) == 3
    values = [one.value for one in found.trials]
    assert max(values) - min(values) < 1e-3 * max(values)  # nothing was learnt: all are alike
    best = found.best.settings["settings.objective.margin"]
    assert f"--set objective.margin={best:.6g}" in found.command
