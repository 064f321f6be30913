"""One protocol for a family: resumable, sorted, and honest about what it holds."""

import json

import pytest

from nna import registry
from nna.errors import UserError
from nna.workbench import protocol


def test_members_are_classifiers_of_pictures():
    found = protocol.members("convolutional")
    assert {"lenet5", "resnet", "vgg", "convnext"} <= set(found)
    assert not {"unet", "wavenet", "neocognitron"} & set(found)
    with pytest.raises(UserError, match="no classifier of pictures"):
        protocol.members("recurrent")


def test_what_was_trained_is_kept_and_continued(tmp_path, monkeypatch):
    monkeypatch.setattr(protocol, "members", lambda family: ("lenet1", "lenet5"))
    monkeypatch.setattr(protocol, "SEEDS", (0, 1))
    monkeypatch.setattr(protocol, "BUDGET", protocol.BUDGET | {"epochs": 1})
    path, told = tmp_path / "kept.json", []
    made = protocol.run("convolutional", "digits", path, said=told.append)
    assert len(told) == 4
    assert [row["seeds"] for row in made] == [2, 2]
    assert made[0]["accuracy"] >= made[1]["accuracy"]
    for row in made:
        assert row["low"] <= row["accuracy"] <= row["high"]
        assert row["least"] <= row["accuracy"] <= row["most"]
        assert row["params"] == registry.describe(row["id"]).variants["desk"].params
    before = path.read_text()
    held = json.loads(before)
    held["trainings"].pop()
    path.write_text(json.dumps(held))
    told.clear()
    assert protocol.run("convolutional", "digits", path, said=told.append)[0]["seeds"] == 2
    assert len(told) == 1
    assert "| `lenet5` |" in protocol.table(made, "digits")
    with pytest.raises(UserError, match="other data or another budget"):
        protocol.run("convolutional", "iris", path)
    path.write_text("{}")
    with pytest.raises(UserError, match="not results of this protocol"):
        protocol.run("convolutional", "digits", path)
