"""What earlier versions wrote opens, answers, and goes on as it would have."""

import dataclasses
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

import nna
from nna import registry
from nna.errors import UserError
from nna.training import checkpoint, earlier, runs
from nna.workbench import train

BACK = {new: old for names in (earlier.RECIPE, earlier.DATA) for old, new in names.items()}
SERIES = {new: old for old, new in earlier.SERIES.items()}
RENAMED = [name for name in registry.names() if registry.describe(name).renamed_parameters]


def back(entries, names):
    return {names.get(key, key): value for key, value in entries.items()}


def fields_back(name):
    return {new: old for old, new in registry.describe(name).renamed_fields.items()}


def weights_back(name, tensors):
    """The names that an earlier version gave: the inverse of what the spec declares."""
    for rule in registry.describe(name).renamed_parameters:
        old = rule.pattern.replace("\\", "")
        tensors = {re.sub(re.escape(rule.to), old, key): of for key, of in tensors.items()}
    return tensors


def age(folder):
    """Write a run's folder as the first version did."""
    path = folder / "run.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    name = plain["architecture"].partition("/")[0]
    del plain["schema"]
    plain["recipe"] = back(plain["recipe"], BACK)
    plain["config"] = back(plain["config"], fields_back(name))
    plain["data"] = back(plain["data"], BACK)
    for of, key in ((plain, "windows"), (plain["data"], "forecast")):
        if of[key]:
            of[key] = back(of[key], SERIES)
    path.write_text(json.dumps(plain), encoding="utf-8")
    for weights in folder.glob("*.safetensors"):
        if weights.name == "model.safetensors":
            save_file(weights_back(name, load_file(weights)), weights)


def daily(days=120):
    times = pd.date_range("2024-01-01", periods=days, freq="D")
    wave = np.sin(np.arange(days) / 5)
    return pd.DataFrame({"unique_id": "a", "ds": times, "y": wave, "x": np.roll(wave, 3)})


@pytest.mark.parametrize(
    ("reference", "data", "settings"),
    [("mlp", "iris", {}), ("lstm", "long_lag", {"forget_bias": 1.0}), ("mlp_mixer", "digits", {})],
)
def test_an_earlier_run_answers_and_is_evaluated_as_before(tmp_path, reference, data, settings):
    recipe = {"epochs": 1, "learning_rate": 0.01, "batch_size": 64}
    made = nna.train(
        reference, data, out=tmp_path, name="new", recipe=recipe, settings=settings,
        max_samples=200, quiet=True,
    )  # fmt: skip
    shutil.copytree(tmp_path / "new", tmp_path / "old")
    age(tmp_path / "old")
    held = (tmp_path / "old" / "run.json").read_text(encoding="utf-8")
    assert '"rate"' in held
    assert '"learning_rate"' not in held
    old = nna.load(tmp_path / "old")
    assert old.run.request == runs.open_run(tmp_path / "new").request
    state, same = nna.load(tmp_path / "new").model.state_dict(), old.model.state_dict()
    assert all(torch.equal(state[key], same[key]) for key in state)
    before = made.results()
    train.finish(old.run, old.model, train.material_of(old.run))
    assert old.run.results() == before


def test_an_earlier_forecast_goes_on(tmp_path):
    daily().to_csv(tmp_path / "s.csv", index=False)
    forecast = {"horizon": 4, "lookback": 12, "future_covariates": ["x"]}
    nna.train(
        "mlp", str(tmp_path / "s.csv"), target="y", forecast=forecast, out=tmp_path, name="new",
        recipe={"epochs": 1}, quiet=True,
    )  # fmt: skip
    shutil.copytree(tmp_path / "new", tmp_path / "old")
    age(tmp_path / "old")
    assert "lookback" not in (tmp_path / "old" / "run.json").read_text(encoding="utf-8")
    new, old = (runs.open_run(tmp_path / name).request for name in ("new", "old"))
    assert new == old


def test_an_earlier_estimator_answers_as_before(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 3))
    recipe = {"epochs": 2, "learning_rate": 0.01}
    made = nna.Classifier("mlp", recipe=recipe).fit(x, (x[:, 0] > 0).astype(int))
    made.save(tmp_path / "kept")
    path = tmp_path / "kept" / "estimator.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["schema"]
    plain["fitted"]["recipe"] = back(plain["fitted"]["recipe"], BACK)
    plain["parameters"]["recipe"] = back(plain["parameters"]["recipe"], BACK)
    path.write_text(json.dumps(plain), encoding="utf-8")
    opened = nna.Classifier.load(tmp_path / "kept")
    assert opened.get_params()["recipe"] == recipe
    assert np.array_equal(opened.predict_proba(x), made.predict_proba(x))


def test_an_earlier_forecaster_answers_as_before(tmp_path):
    frame = daily()
    made = nna.Forecaster(
        "mlp", horizon=4, lookback=12, future_covariates=("x",), recipe={"epochs": 2}
    ).fit(frame)
    made.save(tmp_path / "kept")
    path = tmp_path / "kept" / "forecaster.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    del plain["schema"]
    plain = back(plain, SERIES)
    plain["parameters"] = back(plain["parameters"], SERIES)
    plain["plan"] = back(plain["plan"], SERIES)
    plain["strands"] = [back(strand, SERIES) for strand in plain["strands"]]
    plain["fitted"]["recipe"] = back(plain["fitted"]["recipe"], BACK)
    path.write_text(json.dumps(plain), encoding="utf-8")
    later = pd.date_range(frame["ds"].iloc[-1], periods=5, freq="D")[1:]
    ahead = pd.DataFrame({"unique_id": "a", "ds": later, "x": 0.5})
    opened = nna.Forecaster.load(tmp_path / "kept")
    pd.testing.assert_frame_equal(opened.predict(4, ahead), made.predict(4, ahead))


@pytest.mark.parametrize("name", RENAMED)
def test_renamed_parameters_are_found_under_their_earlier_names(name, tmp_path):
    spec = registry.describe(name)
    model = registry.construct(name, spec.tiny)
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    earlier_names = weights_back(name, state)
    assert {*earlier_names} != {*state}
    save_file(earlier_names, tmp_path / "model.safetensors")
    found = checkpoint.read_weights(tmp_path / "model.safetensors", name)
    assert {*found} == {*state}
    assert all(torch.equal(found[key], state[key]) for key in state)


@pytest.mark.parametrize("name", registry.names())
def test_renamed_fields_are_fields(name):
    spec = registry.describe(name)
    known = {field.name for field in dataclasses.fields(spec.tiny)}
    assert {*spec.renamed_fields.values()} <= known


def test_an_interrupted_run_of_an_earlier_version_goes_on_to_the_same_bits(tmp_path):
    spec = registry.describe("gmlp")

    def state(seed):
        torch.manual_seed(seed)
        model = registry.construct("gmlp", spec.tiny)
        adam = torch.optim.Adam(model.parameters())
        return model, checkpoint.Kept(model, {"model": (model, adam)})

    model, kept = state(0)
    inputs = torch.randn(2, 1, spec.tiny.side, spec.tiny.side)
    if spec.tiny.channels != 1:
        inputs = inputs.repeat(1, spec.tiny.channels, 1, 1)
    model(inputs).sum().backward()
    kept.optimisers["model"][1].step()
    path = tmp_path / "checkpoint.safetensors"
    checkpoint.save(path, kept, checkpoint.Position(), writes=True)
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        about, tensors = file.metadata(), {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    save_file(weights_back("gmlp", tensors), path, about)
    other, others = state(1)
    checkpoint.restore(path, others, spec.renamed_parameters)
    for (key, one), two in zip(model.named_parameters(), other.parameters(), strict=True):
        assert torch.equal(one, two), key
        moments, same = (
            of.optimisers["model"][1].state[parameter]
            for of, parameter in ((kept, one), (others, two))
        )
        assert torch.equal(moments["exp_avg_sq"], same["exp_avg_sq"]), key


def test_a_run_of_a_later_version_is_refused_in_a_line(tmp_path):
    nna.train("mlp", "iris", out=tmp_path, name="new", recipe={"epochs": 1}, quiet=True)
    path = tmp_path / "new" / "run.json"
    plain = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**plain, "schema": earlier.SCHEMA + 1}), encoding="utf-8")
    with pytest.raises(UserError, match="a later version of nna wrote it; update nna") as refused:
        nna.load(tmp_path / "new")
    assert "\n" not in str(refused.value)
