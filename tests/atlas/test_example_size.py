"""What multiply-adds are stated for has words, whatever an architecture reads."""

from types import SimpleNamespace

import pytest

from nna import registry
from nna.atlas import example_size


@pytest.mark.parametrize("name", registry.names())
def test_every_variant_says_for_what_example(name):
    spec = registry.describe(name)
    for variant in spec.variants.values():
        assert example_size.example_size(spec, variant)
    assert all(port.kind in example_size.WORDS for port in spec.inputs.values())


def test_a_kind_of_data_from_elsewhere_is_one_example():
    port = SimpleNamespace(kind="rays", full_shape=lambda *_: (1, 6))
    spec = SimpleNamespace(inputs={"rays": port})
    variant = SimpleNamespace(config=None, costs_at={})
    assert example_size.example_size(spec, variant) == "one example"  # type: ignore[arg-type]
