"""What `nna verify` says of a promise: proven, broken, or not run for want of a package."""

import dataclasses

import pytest

from nna import contract, ledger, registry
from nna.errors import MissingPackageError, UserError, needed
from nna.spec import Parity
from nna.workbench import signature


def promise(raised):
    def check_planted(name, spec):
        if raised:
            raise raised
        return "kept"

    return check_planted


CRASHES = [
    KeyError("weight"),
    IndexError("list index out of range"),
    LookupError("nothing"),
    ImportError("cannot import name 'Model' from 'nna.architectures.recurrent.lstm.model'"),
    ModuleNotFoundError(
        "No module named 'nna.architectures.model'", name="nna.architectures.model"
    ),
    ModuleNotFoundError("No module named 'nump'", name="nump"),
    UserError("no such dataset"),
    AssertionError("differs"),
    ZeroDivisionError("division by zero"),
]
MISSING = MissingPackageError("needs timm: pip install 'nna[parity]'")


@pytest.mark.parametrize("raised", CRASHES, ids=lambda e: type(e).__name__)
def test_whatever_a_check_breaks_on_is_broken(raised, monkeypatch):
    monkeypatch.setattr(contract, "checks", lambda spec: [promise(raised)])
    (entry,) = ledger.verify(["lstm"], behaviour=False)
    assert entry.state == "broken"
    assert type(raised).__name__ in entry.evidence


def test_only_a_missing_package_is_not_run(monkeypatch):
    monkeypatch.setattr(contract, "checks", lambda spec: [promise(MISSING)])
    (entry,) = ledger.verify(["lstm"], behaviour=False)
    assert (entry.state, entry.evidence) == ("not run", str(MISSING))


@pytest.mark.parametrize(
    ("raised", "state"), [(MISSING, "not run"), *((error, "broken") for error in CRASHES)]
)
def test_so_it_is_with_a_training(raised, state, monkeypatch):
    def behave(name, seed=0):
        raise raised

    monkeypatch.setattr(contract, "checks", lambda spec: [])
    monkeypatch.setattr(signature, "behave", behave)
    (entry,) = ledger.verify(["lstm"])
    assert (entry.proof, entry.state) == ("behaviour", state)


def compared(monkeypatch, found, needs):
    """Check an architecture with as many comparisons as are given, by what each finds."""
    spec = dataclasses.replace(
        registry.describe("lstm"),
        parity=tuple(
            Parity(against=f"side {i}", check=f"parity:side{i}", needs=package)
            for i, package in enumerate(needs)
        ),
    )
    monkeypatch.setattr(
        registry,
        "resolve",
        lambda name, place: lambda: found[int(place.removeprefix("parity:side"))],
    )
    return contract.check_parity("lstm", spec)


GOOD = {"outputs": 1e-7, "parameter gradients": 1e-9}


def test_comparisons_that_can_run_do_so_beside_a_missing_package(monkeypatch):
    with pytest.raises(MissingPackageError) as told:
        compared(monkeypatch, [{}, GOOD], ["nosuchpackage", None])
    assert "needs nosuchpackage: pip install 'nna[parity]'" in str(told.value)
    assert "side 1: parameter gradients 1e-09" in str(told.value)
    with pytest.raises(AssertionError, match="side 1: outputs differ by"):
        compared(monkeypatch, [{}, GOOD | {"outputs": 1e-3}], ["nosuchpackage", None])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1.0, 2e-5])
def test_a_gap_must_be_a_small_number(bad, monkeypatch):
    with pytest.raises(AssertionError, match="side 0: outputs differ by"):
        compared(monkeypatch, [GOOD | {"outputs": bad}], [None])


@pytest.mark.parametrize(
    ("found", "said"), [({}, "compares nothing"), ({"outputs": 0.0}, "nothing that is learnt")]
)
def test_a_parity_compares_what_is_learnt(found, said, monkeypatch):
    with pytest.raises(AssertionError, match=said):
        compared(monkeypatch, [found], [None])
    assert compared(monkeypatch, [{"learnt weights": 0.0}], [None])


def test_a_package_is_found_without_importing_it():
    needed("numpy", "parity")
    with pytest.raises(
        MissingPackageError, match=r"needs nosuchpackage: pip install 'nna\[keras\]'"
    ):
        needed("nosuchpackage", "keras")
