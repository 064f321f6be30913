"""One protocol for a family: resumable, sorted, and honest about what it holds."""

import json
from functools import cache

import pytest

from nna import probe, registry
from nna.errors import UserError
from nna.workbench.data_source import Source
from nna.workbench.recommendation import family_results, protocol


def test_members_are_classifiers_of_pictures():
    found = protocol.members("convolutional")
    assert {"lenet5", "resnet", "vgg", "convnext"} <= set(found)
    assert not {"unet", "wavenet", "neocognitron"} & set(found)
    with pytest.raises(UserError, match="no classifier of pictures"):
        protocol.members("recurrent")


@pytest.fixture
def quick(monkeypatch):
    """Two small members, two seeds, one epoch; a probe is computed once, as the code stays."""
    monkeypatch.setattr(protocol, "probe_of", cache(protocol.probe_of))
    monkeypatch.setattr(protocol.step_times, "ROUNDS", 1)
    monkeypatch.setattr(protocol, "members", lambda family: ("lenet1", "lenet5"))
    monkeypatch.setattr(protocol, "SEEDS", (0, 1))
    monkeypatch.setattr(protocol, "BUDGET", protocol.BUDGET | {"epochs": 1})


@pytest.mark.slow
def test_what_was_trained_is_kept_and_continued(quick, tmp_path):
    path, told = tmp_path / "kept.json", []
    digits = Source(data="digits", max_samples=100)

    def said(done, total, line):
        told.append((done, total))

    held = protocol.run("convolutional", digits, path, said, note="Drawn by hand.", device="cpu")
    made = held["rows"]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [row["seeds"] for row in made] == [2, 2]
    assert made[0]["accuracy"] >= made[1]["accuracy"]
    for row in made:
        assert row["low"] <= row["accuracy"] <= row["high"]
        assert row["least"] <= row["accuracy"] <= row["most"]
        assert row["params"] == registry.describe(row["id"]).variants["desk"].params
        assert row["tested"] == 2 * 50
        assert row["step"] > 0
    assert held["steps"]["device"] == "cpu"
    elsewhere = {**held, "steps": {**held["steps"], "device": "cuda"}}
    assert "threads and cuda." in family_results.table(elsewhere)
    kept = family_results.read(path)
    assert kept["rows"] == made
    kept["trainings"].pop()
    path.write_text(json.dumps(kept))
    told.clear()
    held = protocol.run("convolutional", digits, path, said)
    assert held["rows"][0]["seeds"] == 2
    assert told == [(4, 4)]
    assert "Drawn by hand." in family_results.table(held)
    assert "| `lenet5` |" in family_results.table(held)
    for other in (Source(data="iris"), Source(data="digits")):
        with pytest.raises(UserError, match="other data or another protocol"):
            protocol.run("convolutional", other, path)
    path.write_text("{}")
    with pytest.raises(UserError, match="not results of this protocol"):
        protocol.run("convolutional", digits, path)


@pytest.mark.exhaustive
def test_a_large_set_is_thinned_and_the_table_says_so(quick, tmp_path, monkeypatch):
    drawn = []
    real = protocol.gather

    def watched(*given, **more):
        found = real(*given, **more)
        drawn.append({part: len(of) for part, of in found.parts.items()})
        return found

    monkeypatch.setattr(protocol, "gather", watched)
    held = protocol.run(
        "convolutional", Source(data="digits", max_samples=100), tmp_path / "few.json"
    )
    assert drawn == [{"train": 100, "validation": 50, "test": 50}] * 6  # trained, then timed
    assert [row["tested"] for row in held["rows"]] == [100, 100]
    assert "At most 100 training examples" in family_results.table(held)


@pytest.mark.parametrize("stem", family_results.shipped())
def test_what_is_shipped_agrees_with_itself_and_with_the_registry(stem):
    held = family_results.shipped()[stem]
    assert held["rows"] == protocol.rows(held["trainings"], held["steps"])
    for row in held["rows"]:
        assert row["step"] > 0
        assert row["seeds"] == len(held["protocol"]["seeds"])
        assert registry.family(row["id"]) == held["family"]


@pytest.fixture(scope="module")
def fresh():
    """The probe of a member, computed once."""
    return cache(protocol.probe_of)


@pytest.mark.slow
@pytest.mark.parametrize("name", protocol.members("convolutional"))
def test_what_is_shipped_of_a_member_is_still_computed(name, fresh):
    for stem, held in family_results.shipped().items():
        known = protocol.probes(family_results.SHIPPED / f"{stem}.json")
        told = probe.differs(known.get(name, {}), fresh(name))
        assert told is None, (
            f"{name} is stale on {held['data']} ({told}); train it again: nna family "
            f"{held['family']} {held['data']} --out {family_results.SHIPPED / f'{stem}.json'}"
        )


def unreadable(*_):
    raise UserError("no data there")


@pytest.mark.exhaustive
def test_a_member_that_computes_something_else_is_trained_again(quick, tmp_path, monkeypatch):
    path, told = tmp_path / "kept.json", []
    few = Source(data="digits", max_samples=100)
    protocol.run("convolutional", few, path)
    known = protocol.probes(path)
    assert known.keys() == {"lenet1", "lenet5"}
    known["lenet5"]["quantities"]["start"][1][0] += 1
    protocol.keep(path, known)
    with monkeypatch.context() as patch:
        patch.setattr(protocol, "_once", unreadable)
        with pytest.raises(UserError, match="no data"):  # stopped before anything is trained
            protocol.run("convolutional", few, path)
    protocol.run("convolutional", few, path, lambda *said: told.append(said[2].split()[0]))
    assert told == ["lenet5", "lenet5"]
    assert probe.differs(protocol.probes(path)["lenet5"], protocol.probe_of("lenet5")) is None


def test_equals_share_a_place(tmp_path, monkeypatch):
    shares = {"a": 0.9, "b": 0.8, "c": 0.8}
    rows = [{"id": name, "accuracy": share} for name, share in shares.items()]
    held = {
        "family": "f",
        "data": "d",
        "protocol": {},
        "steps": None,
        "rows": rows,
        "trainings": [],
    }
    (tmp_path / "f-d.json").write_text(json.dumps(held))
    monkeypatch.setattr(family_results, "SHIPPED", tmp_path)
    assert [family_results.of(name)[0]["place"] for name in "abc"] == [1, 2, 2]
    assert family_results.of("b")[0]["among"] == 3
    assert family_results.of("zzz") == []
