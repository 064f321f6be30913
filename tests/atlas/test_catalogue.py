"""What can be read, and what can't."""

from types import SimpleNamespace

from nna import registry
from nna.atlas import catalogue


def test_what_breaks_is_told_and_hides_nothing_else(monkeypatch):
    def describe(name):
        if name == "broken":
            raise NameError("name 'Papre' is not defined")
        return SimpleNamespace(variants={"desk": None} if name == "whole" else {})

    monkeypatch.setattr(registry, "names", lambda: ("begun", "broken", "whole"))
    monkeypatch.setattr(registry, "describe", describe)
    found = catalogue.read()
    assert [*found.specs] == ["whole"]
    assert found.unreadable == {
        "begun": "it has no variant 'desk'",
        "broken": "NameError: name 'Papre' is not defined",
    }


def test_families_are_folders():
    assert {"feedforward", "convolutional", "recurrent"} <= set(catalogue.families())
    assert all(registry.family(name) in catalogue.families() for name in registry.names())
