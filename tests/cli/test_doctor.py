"""`nna doctor`: what is missing, and how to mend it."""

from importlib import metadata

import pytest

from nna.cli import environment


def findings(answer) -> dict[str, dict[str, str]]:
    return {finding["name"]: finding for finding in answer["findings"]}


def test_here_all_that_is_needed_works(nna, tmp_path):
    answer = nna("doctor", "--json", "--out", str(tmp_path / "runs"))
    found = findings(answer.json())
    assert answer.json()["ok"] is True
    assert {"python", "memory", "disk", "runs folder", "torch", "threads", "device cpu"} <= {*found}
    assert found["torch"]["found"] == metadata.version("torch")
    assert not (tmp_path / "runs").exists()


def test_what_is_needed_and_broken_gives_status_1(nna, monkeypatch):
    def requirements(extra):
        return ["no-such-package>=3", "typer>=999"] if extra is None else []

    monkeypatch.setattr(environment, "_requirements", requirements)
    answer = nna("doctor")
    assert answer.status == 1
    assert answer.out.splitlines()[-1] == "broken: no-such-package, typer"
    (line,) = (line for line in answer.out.splitlines() if line.startswith("typer"))
    assert "is too old" in line
    assert line.endswith("pip install 'typer>=999'")


def test_optional_packages_say_what_they_are_for(nna, monkeypatch):
    def requirements(extra):
        return ["no-such-package>=3"] if extra == "keras" else []

    monkeypatch.setattr(environment, "_requirements", requirements)
    answer = nna("doctor", "--json").json()
    assert answer["ok"] is True
    assert findings(answer)["no-such-package"] == {
        "name": "no-such-package",
        "state": "missing",
        "found": "for Keras twins of the models",
        "mend": "pip install 'nna[keras]'",
    }


def test_every_extra_has_a_purpose_and_its_packages():
    extras = set(metadata.metadata("nna").get_all("Provides-Extra") or [])
    assert set(environment.PURPOSES) == extras - {"test"}  # that one is for developers
    assert all(environment._requirements(extra) for extra in environment.PURPOSES)
    needed = {
        environment._distribution(requirement) for requirement in environment._requirements(None)
    }
    assert {"torch", "numpy", "typer"} <= needed
    assert "keras" not in needed


def test_a_place_that_cannot_be_written_is_broken(nna, tmp_path):
    (tmp_path / "file").write_text("")
    answer = nna("doctor", "--json", "--out", str(tmp_path / "file" / "runs"))
    assert answer.status == 1
    assert '"state": "broken"' in answer.out
    assert "--out FOLDER" in answer.out


def test_a_full_disk_is_broken(monkeypatch, tmp_path):
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    (finding,) = (f for f in environment.examine(tmp_path) if f.name == "disk")
    assert finding.state == "broken"
    assert "make room" in finding.mend


@pytest.mark.parametrize("state", ["ok", "missing"])
def test_the_table_is_the_same_story(nna, state):
    out = nna("doctor").out
    for name, finding in findings(nna("doctor", "--json").json()).items():
        if finding["state"] == state:
            assert any(line.startswith(name) and state in line for line in out.splitlines())
