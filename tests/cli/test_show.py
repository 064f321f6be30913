"""`nna show`: the whole page, and each part alone."""

import pytest

from nna import registry, stated
from nna.atlas import catalogue, plain_math
from nna.errors import UserError


def test_the_page_has_facts_sizes_and_card(nna):
    out = nna("show", "resnet").out
    spec = registry.describe("resnet")
    for fact in (
        spec.name,
        spec.idea,
        spec.limitation,
        spec.paper.title,
        spec.signature.expected_failure,
    ):
        assert fact in out
    for name, variant in spec.variants.items():
        assert any(line.split()[:2] == [name, f"{variant.params:,}"] for line in out.splitlines())
    assert "macs 1,800,000,000 (table 1)" in out  # as the paper prints it
    assert "arXiv:1512.03385" in out
    assert "image, (batch, channels, height, width)" in out.replace("Images", "image")
    assert "18@imagenet1k" in out
    assert out.endswith(plain_math.prose(registry.card("resnet")).rstrip("\n") + "\n")


def test_an_idea_older_than_the_paper_is_told_with_both_years(nna):
    head, facts = nna("show", "rbm").out.split("\n", 1)
    assert head.endswith("(rbm, generative, 1986)")
    assert "Hinton (2002)" in facts
    assert "Smolensky 1986" in facts


def test_an_architecture_answers_to_the_other_words_it_is_asked_by(nna):
    assert nna("show", "rnn").out == nna("show", "elman").out
    assert nna("show", "rnn/xor").out == nna("show", "elman/xor").out
    with pytest.raises(UserError, match="'rnn'; it is called 'elman' here"):
        registry.describe("rnn")


def test_other_words_for_an_architecture_are_nobodys_id_and_mean_one():
    aliases = [alias for name in registry.names() for alias in registry.describe(name).aliases]
    assert len({*aliases}) == len(aliases)
    assert not {*aliases} & {*registry.names()}
    assert {registry.identify(f"{alias}/x@y") for alias in aliases} == {
        f"{name}/x@y" for name in registry.names() if registry.describe(name).aliases
    }


def test_one_variant_alone(nna):
    out = nna("show", "resnet/50").out
    assert "25,557,032" in out
    assert "11,689,512" not in out
    assert [*nna("show", "resnet/50", "--json").json()["variants"]] == ["50"]


def test_a_figure_printed_otherwise_is_told_with_the_reason(nna):
    assert "50 macs 3,800,000,000 printed  of another network" in nna("show", "resnet/50").out
    assert "18 macs" not in nna("show", "resnet/18").out


def test_json_of_everything(nna):
    specs = catalogue.read().specs
    for name in (name for name in specs if (registry.folder(name) / "card.md").exists()):
        data, spec = nna("show", name, "--json").json(), specs[name]
        assert data["id"] == name
        assert data["family"] == registry.family(name)
        assert data["name"] == spec.name
        assert (data["year"], data["paper"]["year"]) == (spec.year, spec.paper.year)
        assert data["variants"]["desk"]["params"] == spec.variants["desk"].params
        assert data["card"] == stated.card(name)


def test_the_lineage_names_what_grew_from_it(nna):
    assert "mlp" in nna("show", "perceptron", "--json").json()["led_to"]


@pytest.mark.parametrize("word", ["Intuition", "intuition", "INTUIT"])
def test_a_lens_by_its_name_or_a_part(nna, word):
    out = nna("show", "resnet", "--section", word).out
    assert out.startswith("## Intuition\n\n")
    assert out.count("## ") == 1
    assert out.removeprefix("## Intuition\n\n").rstrip() in registry.card("resnet")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Intution", "did you mean intuition?"),
        ("zzz", "the lenses are: What it is, Why use it"),
        ("use", "could be: Why use it, When to use, when not to"),
        ("", "no lens ''"),
    ],
)
def test_no_such_lens(nna, word, said):
    assert said in nna("show", "resnet", "--section", word).complaint()


def test_card_source_and_bibtex_alone(nna):
    assert nna("show", "resnet", "--card").out == registry.card("resnet").rstrip("\n") + "\n"
    source = (registry.folder("resnet") / "model.py").read_text(encoding="utf-8")
    assert nna("show", "resnet", "--source").out == source
    assert nna("show", "resnet", "--source", "--json").json()["source"] == source.rstrip("\n")
    assert nna("show", "resnet", "--bibtex").out.startswith("@inproceedings{he2016deep,\n")


def test_the_source_in_either_framework(nna):
    for framework, file in registry.FRAMEWORKS.items():
        source = (registry.folder("resnet") / file).read_text(encoding="utf-8")
        assert nna("show", "resnet", "--source", "--framework", framework).out == source
    assert "model_keras.py (--source --framework keras)" in nna("show", "resnet").out
    assert "model_keras.py" not in nna("show", "vgg").out
    assert (
        "vgg has no keras twin"
        in nna("show", "vgg", "--source", "--framework", "keras").complaint()
    )
    assert "--framework jax" in nna("show", "vgg", "--source", "--framework", "jax").complaint()
    assert "add --source" in nna("show", "vgg", "--framework", "keras").complaint()


def test_figure_printed_or_written(nna, tmp_path):
    svg = nna("show", "mlp", "--figure").out
    assert svg.startswith("<svg ")
    place = tmp_path / "mlp.svg"
    for _ in range(2):  # a figure may be drawn again
        assert nna("show", "mlp/desk", "--figure", "--out", str(place)).status == 0
        assert place.read_text(encoding="utf-8") == svg
    assert nna("show", "mlp", "--figure", "--json").json() == {"id": "mlp", "svg": svg}


def test_figure_overwrites_nothing_else(nna, tmp_path):
    place = tmp_path / "notes.txt"
    place.write_text("mine", encoding="utf-8")
    said = nna("show", "mlp", "--figure", "--out", str(place)).complaint()
    assert "notes.txt: is there already" in said
    assert place.read_text(encoding="utf-8") == "mine"
    assert "add --figure" in nna("show", "mlp", "--out", str(place)).complaint()
    lost = tmp_path / "none" / "mlp.svg"
    assert "can't be written" in nna("show", "mlp", "--figure", "--out", str(lost)).complaint()


def test_markdown_is_set_on_a_terminal(nna, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "## Intuition" not in nna("show", "resnet", "--card").out
    assert "Intuition" in nna("show", "resnet", "--card").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["resnt"], "no architecture 'resnt'; did you mean resnet"),
        (["resnet/51"], "resnet has no variant '51'; it has: 18, 34, 50"),
        (["resnet/50@imagenet1k"], "leave out @imagenet1k"),
        (["resnet", "--card", "--bibtex"], "--card and --bibtex: ask for one part at a time"),
    ],
)
def test_bad_questions_get_one_line(nna, arguments, said):
    assert said in nna("show", *arguments).complaint()


def test_a_missing_card_is_named(nna, monkeypatch, tmp_path):
    monkeypatch.setattr(registry, "folder", lambda name: tmp_path)
    assert f"resnet has no card yet: write {tmp_path}" in nna("show", "resnet").complaint()


def test_the_place_in_the_family_s_protocol_is_shown(nna):
    standings = nna("show", "resnet", "--json").json()["standings"]
    out = nna("show", "resnet").out
    assert standings[0]["data"] == "digits"
    for reached in standings:
        assert reached["low"] <= reached["accuracy"] <= reached["high"]
        assert 1 <= reached["place"] <= reached["among"]
        assert f"place {reached['place']} among {reached['among']} of its family" in out
    assert nna("show", "gpt2", "--json").json()["standings"] == []


def test_what_is_stored_of_a_family_is_shown_without_training(nna):
    held = nna("family", "convolutional", "digits", "--stored", "--json").json()
    out = nna("family", "convolutional", "digits", "--stored").out
    assert all(row["id"] in out for row in held["rows"])
    said = nna("family", "recurrent", "digits", "--stored").complaint()
    assert "nothing is stored for recurrent-digits; there is: convolutional-digits" in said
