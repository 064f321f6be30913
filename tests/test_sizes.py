"""Whatever size data bring, an architecture takes it or refuses it in one line."""

import dataclasses
from types import MappingProxyType

import pytest
import torch

from nna import registry
from nna.errors import UserError
from nna.ports import outputs
from nna.spec import Architecture
from nna.spec_ports import Image, size
from nna.specimens import sample

NAMES = registry.names()
MORE = (1, 3)  # than the test size, in the suite
FURTHER = (2, 5, 8, 13, 21, 34)  # in `make test-all`


def fields(spec: Architecture) -> list[str]:
    """The configuration's fields that data decide, by what the ports say."""
    declared = {
        value
        for port in (*spec.inputs.values(), spec.outputs)
        for of in dataclasses.fields(port)
        if isinstance(value := getattr(port, of.name), str)
    }
    return sorted(
        field.name
        for field in dataclasses.fields(spec.tiny)
        if field.name in declared and isinstance(getattr(spec.tiny, field.name), int)
    )


def computed(name: str, spec: Architecture, config: object) -> dict[str, torch.Tensor]:
    """What one pass in evaluation gives, by the output's name."""
    torch.manual_seed(0)
    model = registry.construct(name, config).eval()
    with torch.no_grad():
        given = outputs.named(model(**sample(spec, 1, config)))
    assert all(out.isfinite().all() for out in given.values())
    return given


def of_fields(name: str, spec: Architecture, much: int) -> None:
    """Sizes that stand in the configuration, one at a time."""
    for field in fields(spec):
        larger = getattr(spec.tiny, field) + much
        config = dataclasses.replace(spec.tiny, **{field: larger})
        try:
            given = computed(name, spec, config)
        except UserError as refused:
            said = str(refused)
        else:
            shapes = {key: tuple(out.shape) for key, out in given.items()}
            assert shapes == outputs.named(spec.outputs.shape(1, config))
            continue
        assert str(larger) in said, f"{field} = {larger}: {said}"
        assert "\n" not in said


def of_pictures(name: str, spec: Architecture, much: int) -> None:
    """Sides of pictures that no configuration fixes."""
    for key, port in spec.inputs.items():
        if isinstance(port, Image) and port.size != port.min_size:
            wider = dataclasses.replace(port, min_size=size(port.min_size, spec.tiny) + much)
            inputs = MappingProxyType({**spec.inputs, key: wider})
            computed(name, dataclasses.replace(spec, inputs=inputs), spec.tiny)


def checked(name: str, more: tuple[int, ...]) -> None:
    """All sizes of an architecture, larger by so much."""
    spec = registry.describe(name)
    for much in more:
        of_fields(name, spec, much)
        of_pictures(name, spec, much)


@pytest.mark.parametrize("name", NAMES)
def test_sizes_of_data_are_taken_or_refused_in_one_line(name):
    checked(name, MORE)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_further_sizes_are_taken_or_refused_in_one_line(name):
    checked(name, FURTHER)
