"""`nna blocks`: the building blocks."""

import json
from pathlib import Path

import pytest

from nna.lab.blocks import catalog
from nna.lab.blocks.entry import Activation


def test_list_has_every_block(nna):
    rows = nna("blocks", "list", "--json").json()
    assert [row["name"] for row in rows] == [*catalog.names()]
    relu = next(row for row in rows if row["name"] == "relu")
    assert (relu["kind"], relu["year"]) == ("activation", 2010)
    lines = nna("blocks", "list", "--kind", "norm").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [*catalog.names("norm")]


def test_show_has_formula_facts_and_users(nna):
    out = nna("blocks", "show", "gelu").out
    block = catalog.describe("gelu")
    assert isinstance(block, Activation)
    for text in (
        "f(z) = z Φ(z)",
        block.use,
        block.limits,
        "torch.nn.GELU",
        "gpt2",
        "slope at 0: 0.5",
    ):
        assert text in out
    found = nna("blocks", "show", "GELU", "--json").json()
    assert found["range"] == [block.low, None]  # JSON has no infinity
    assert {"says": "slope at 0", "value": 0.5} in found["facts"]
    assert "gpt2" in found["used_by"]


def test_plot_writes_a_figure_and_tells_its_numbers(nna, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = nna("blocks", "plot", "relu")
    assert "drawn    runs/blocks/relu.svg" in answer.out
    assert Path("runs/blocks/relu.svg").read_text().startswith("<?xml")
    found = nna("blocks", "plot", "relu", "--out", "relu.png", "--json").json()
    value = found["panels"][0]["lines"][0]
    assert value["y"] == [max(0.0, z) for z in value["x"]]
    assert Path(found["path"]).read_bytes()[:4] == b"\x89PNG"


@pytest.mark.slow
def test_effect_trains_and_compares(nna, tmp_path):
    path = tmp_path / "effect.svg"
    found = nna("blocks", "effect", "he_normal", "--out", str(path), "--json").json()
    assert (found["block"], found["against"]) == ("he_normal", "torch's default")
    finals = [[run["final"] for run in found[arm]] for arm in ("runs", "others")]
    assert [len(arm) for arm in finals] == [3, 3]
    assert min(finals[0]) > max(finals[1]) + 20  # ten layers of ReLU: the default fades
    assert path.stat().st_size > 1000
    assert json.dumps(found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "rellu"], "no building block 'rellu'; did you mean"),
        (["plot", "gellu"], "no building block 'gellu'; did you mean gelu"),
        (["effect", "adm"], "no building block 'adm'; did you mean adam"),
        (["list", "--kind", "activations"], "no kind of block 'activations'; did you mean act"),
        (["plot", "relu", "--out", "relu.gif"], "relu.gif: name a file that ends in .svg"),
        (["effect", "softmax"], "a training run says nothing of softmax"),
        (["effect"], "name one block, or give --all"),
        (["effect", "--all", "--out", "all.svg"], "--out is one figure"),
        (["plot"], "see `nna blocks plot --help`"),
    ],
)
def test_what_is_wrong_gets_one_line(nna, arguments, said):
    assert said in nna("blocks", *arguments).complaint()


def test_a_figure_that_can_not_be_written_gets_one_line(nna, tmp_path):
    (tmp_path / "file").write_text("")
    where = str(tmp_path / "file" / "relu.svg")
    said = nna("blocks", "plot", "relu", "--out", where).complaint()
    assert str(tmp_path / "file") in said


def test_search_finds_a_block(nna):
    hits = nna("search", "batch", "normalisation", "--json").json()
    assert ("block", "batch_norm") in [(hit["kind"], hit["id"]) for hit in hits]
