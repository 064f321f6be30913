"""`nna lineage` and `nna diff`."""

from nna import registry
from nna.atlas import catalogue


def test_lineage_of_one_names_ids_that_nobody_describes(nna):
    out = nna("lineage", "resnet").out
    grew, led = out.split("\nLed to\n")
    assert grew.startswith("Grew from\nresnet (2015) answered: ")
    for name in registry.describe("resnet").builds_on:
        assert f"─ {name} (" in grew
    assert led.startswith("resnet (2015)")


def test_lineage_says_who_answered_what(nna):
    out = nna("lineage", "perceptron").out
    assert f"─ mlp (1982) answered: {registry.describe('mlp').limitation}" in out


def test_lineage_as_json_holds_the_kin_and_no_one_else(nna):
    nodes = {node["id"]: node for node in nna("lineage", "resnet", "--json").json()}
    assert nodes["resnet"]["after"] == ["vgg", "highway"]  # 2014 and 2015
    assert set(registry.describe("resnet").builds_on) < set(nodes)
    assert nodes["resnet"]["limitation"] == registry.describe("resnet").limitation
    assert "som" not in nodes
    known = catalogue.read().specs
    assert all((node["year"] is None) == (name not in known) for name, node in nodes.items())


def test_lineage_of_a_name_that_nobody_describes(nna):
    known = registry.names()
    parents = {parent: name for name in known for parent in registry.describe(name).builds_on}
    parent = next(one for one in parents if one not in known)
    out = nna("lineage", parent).out
    assert f"{parent} (not described here)" in out
    assert f"{parents[parent]} (" in out


def test_the_whole_lineage_holds_everything(nna):
    out = nna("lineage").out
    nodes = {node["id"] for node in nna("lineage", "--json").json()}
    assert set(catalogue.read().specs) <= nodes
    assert all(f"{name} (" in out for name in nodes)


def test_unknown_in_a_lineage(nna):
    assert "no architecture 'resnt'; did you mean resnet" in nna("lineage", "resnt").complaint()


def test_diff_of_two_variants(nna):
    found = nna("diff", "resnet/18", "resnet/34", "--json").json()
    assert found["relation"] == "two variants of resnet"
    assert found["ideas"] == {}
    assert found["facts"]["parameters"] == [11_689_512, 21_797_672]
    assert found["facts"]["config depths"] == [[2, 2, 2, 2], [3, 4, 6, 3]]
    assert "year" not in found["facts"]
    assert found["parts"]["Conv2d"] == [20, 36]  # 17 and 33 of figure 3, three in the shortcuts


def test_diff_in_words(nna):
    out = nna("diff", "perceptron", "mlp").out
    assert out.startswith("perceptron/desk and mlp/desk: mlp grew from perceptron\n")
    assert registry.describe("mlp").idea in out
    for title in ("Ideas", "Facts", "Modules", "Parameters, by kind of module"):
        assert f"\n{title}\n" in out


def test_diff_of_the_same_says_so(nna):
    out = nna("diff", "mlp", "mlp/desk").out
    assert out.count("the same") == 4


def test_unknown_in_a_diff(nna):
    assert "did you mean mlp" in nna("diff", "resnet", "mlq").complaint()
    assert "resnet has no variant '51'" in nna("diff", "resnet/51", "mlp").complaint()
