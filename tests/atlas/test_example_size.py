"""Whoever reads a cost reads for what it is stated."""

from nna import registry
from nna.atlas.diff import diff
from nna.atlas.example_size import example_size


def said(reference):
    name, variant, _ = registry.split(reference)
    spec = registry.describe(name)
    return example_size(spec, spec.variants[variant])


def test_sizes_in_words():
    assert said("resnet/50") == "224 x 224 pixels"
    assert said("resnet/20") == "32 x 32 pixels"
    assert said("lstm/pixels") == "784 steps"
    assert said("gpt2/small") == "1,024 tokens"
    assert said("mlp/desk") == "64 numbers"
    assert said("gcn/cora") == "all 2,708 nodes, 10,858 edges"


def test_every_variant_has_words():
    for name in registry.names():
        for variant in registry.describe(name).variants:
            assert said(f"{name}/{variant}")[-1].isalpha()


def test_a_difference_of_costs_says_of_what():
    facts = diff("resnet/20", "resnet/50", "lenet5/1998").facts
    assert all(isinstance(macs, int) for macs in facts["multiply-adds"])
    assert facts["multiply-adds of"][:2] == ("32 x 32 pixels", "224 x 224 pixels")
    assert "multiply-adds of" not in diff("resnet/18", "resnet/50").facts
