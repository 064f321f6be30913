"""Every architecture against every promise that applies to it."""

from dataclasses import replace

import pytest

from nna import contract, registry

# Of the twins in Keras `test_twins` tries all, on a backend that compiles nothing first; of the
# multiply-adds of many variants, those of two are counted below.
WHOLE = ("check_twin", "check_multiply_adds")
LONG = (
    "check_parity",
    "check_parameter_counts",
    "check_exports",
)


def _marks(check):
    name = check.__name__
    exhaustive = [pytest.mark.exhaustive] if name in WHOLE else []
    return [*exhaustive, pytest.mark.slow] if name in (*LONG, *WHOLE) else []


CASES = [
    pytest.param(
        name,
        check,
        id=f"{name}-{check.__name__.removeprefix('check_')}",
        marks=_marks(check),
    )
    for name in registry.names()
    for check in contract.checks(registry.describe(name))
]


@pytest.mark.parametrize(("name", "check"), CASES)
def test_contract(name, check):
    contract.run(check, name)


@pytest.mark.parametrize("name", registry.names())
def test_multiply_adds_of_the_desk_variant_and_the_smallest(name):
    spec = registry.describe(name)
    least = min(spec.variants, key=lambda key: (key == registry.DESK, spec.variants[key].macs))
    few = {key: spec.variants[key] for key in (least, registry.DESK)}
    contract.check_multiply_adds(name, replace(spec, variants=few))


def test_a_stale_waiver_is_found_out(monkeypatch):
    def check_always_kept(name, spec):
        return None

    class Spec:
        waive = {"always_kept": "it can't"}  # noqa: RUF012

    monkeypatch.setattr(registry, "describe", lambda name: Spec)
    with pytest.raises(AssertionError, match="delete the waiver"):
        contract.run(check_always_kept, "anything")


def test_a_crash_is_no_waived_promise(monkeypatch):
    def check_crashes(name, spec):
        raise KeyError("shape")

    class Spec:
        waive = {"crashes": "it can't"}  # noqa: RUF012

    monkeypatch.setattr(registry, "describe", lambda name: Spec)
    with pytest.raises(KeyError):
        contract.run(check_crashes, "anything")
