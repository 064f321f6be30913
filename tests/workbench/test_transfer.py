"""Starting from other weights: what fits is taken, parts can be frozen, early blocks slowed."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import nna
from nna import reference, weights
from nna.cli import run as command
from nna.data import catalog
from nna.errors import UserError
from nna.spec import Recipe
from nna.training.optimisers import optimiser_of

QUICK = {"epochs": 1, "augment": ()}
FEW = {"max_samples": 120, "quiet": True}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return nna.train("resnet", "digits", out=tmp_path_factory.mktemp("runs"), recipe=QUICK, **FEW)


@pytest.fixture(autouse=True)
def stub(monkeypatch):
    """A dataset of three classes, made of the digits."""
    load = catalog.load

    def three(name, data_dir=None):
        if name != "digit_stub":
            return load(name, data_dir)
        digits = load("digits")
        kept = digits.take(np.flatnonzero(digits.y < 3)[:120])
        return dataclasses.replace(kept, classes=digits.classes[:3])

    monkeypatch.setattr(catalog, "load", three)
    names = catalog.names
    monkeypatch.setattr(catalog, "names", lambda: (*names(), "digit_stub"))


@pytest.mark.slow
def test_another_task_takes_all_but_the_head(source, tmp_path):
    run = nna.train(
        "resnet",
        "digit_stub",
        out=tmp_path,
        recipe=QUICK | {"freeze": ("stem", "body")},
        start=source.folder,
        quiet=True,
    )
    assert any("anew: head.weight, head.bias" in line for line in run.request.adapted)
    before, after = weights.read(source.model), weights.read(run.model)
    assert after["head.weight"].shape[0] == 3
    learnt = [k for k in after if k.endswith((".weight", ".bias")) and not k.startswith("head")]
    assert all(torch.equal(before[k], after[k]) for k in learnt)


@pytest.mark.slow
def test_public_weights_start_a_training_on_other_classes(tmp_path, monkeypatch):
    torch.manual_seed(0)
    theirs = reference.torchvision().models.resnet18()
    save_file(theirs.state_dict(), tmp_path / "model.safetensors")
    monkeypatch.setattr(weights, "download", lambda _: tmp_path / "model.safetensors")
    run = nna.train(
        "resnet/18@imagenet1k",
        "digit_stub",
        out=tmp_path / "runs",
        recipe=QUICK | {"freeze": ("body",), "batch_size": 32},
        quiet=True,
    )
    (said,) = (line for line in run.request.adapted if "anew" in line)
    assert said.endswith("anew: stem.0.conv.weight, head.weight, head.bias")  # grey, three classes
    kept = weights.read(run.model)["body.0.0.branch.0.conv.weight"]
    assert torch.equal(kept, theirs.layer1[0].conv1.weight)
    assert nna.load(run.folder).predict("digits")[0].class_ in "012"


def test_blocks_further_from_the_end_learn_more_slowly():
    model = nna.build("resnet")
    recipe = Recipe(objective="cross_entropy", epochs=1, optimiser="adamw", layer_lr_decay=0.5)
    groups = optimiser_of(model, recipe).param_groups
    shares = {id(p): group["share"] for group in groups for p in group["params"]}
    by_block = [shares[id(p)] for p in model.parameters()]
    assert by_block == sorted(by_block)
    assert by_block[-1] == 1.0
    assert by_block[0] < 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"recipe": QUICK | {"freeze": ("trunk",)}}, "--freeze trunk: no such part; .* stem"),
        ({"recipe": QUICK | {"freeze": ("stem", "body", "head")}}, "nothing to learn"),
        ({"start": "nowhere"}, "nowhere is no run"),
    ],
)
def test_what_cannot_be_is_one_clear_line(tmp_path, asked, said):
    with pytest.raises(UserError, match=said):
        nna.train("resnet", "digits", out=tmp_path / "runs", quiet=True, **asked)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--start", "resnet/18@imagenet1k"), "go by: nna train resnet/18@imagenet1k digits"),
        (("--layer-lr-decay", "3"), "--layer-lr-decay 3: a share, between 0 and 1"),
    ],
)
def test_options_that_cannot_be_are_one_clear_line(tmp_path, capsys, option, said):
    assert command(["train", "resnet", "digits", "--out", str(tmp_path / "runs"), *option]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_weights_of_another_network_fit_nowhere(source, tmp_path):
    with pytest.raises(UserError, match=r"only .* fit this architecture"):
        nna.train("mlp", "digits", out=tmp_path, recipe=QUICK, start=source.folder, quiet=True)
