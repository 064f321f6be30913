"""Translations by beam search from a run: sources alone are enough, and the best is found."""

import itertools
import json
from dataclasses import replace

import pytest
import torch

import nna
from nna.architectures.transformers.transformer.generate import length_penalty
from nna.cli import run as command
from nna.errors import UserError
from nna.tasks.translation import END, START
from nna.workbench.prediction import translations

WORDS = (3, 4, 5)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A small translator of one to two words into their mirror image, barely trained."""
    folder = tmp_path_factory.mktemp("translator")
    lines = []
    for words in [*itertools.product(WORDS, repeat=1), *itertools.product(WORDS, repeat=2)] * 4:
        goal = [*reversed(words), END]
        one = {"source": [*words, END], "prefix": [START, *goal[:-1]], "target": goal}
        lines.append(json.dumps(one))
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n")
    made = nna.train(
        "transformer",
        str(folder / "pairs.jsonl"),
        out=folder,
        name="run",
        settings={"layers": 1, "width": 8, "heads": 1, "hidden": 8},
        recipe={"epochs": 1},
        quiet=True,
    )
    return made.folder


def sources(folder, *of):
    path = folder / "sources.jsonl"
    path.write_text("".join(json.dumps({"source": one}) + "\n" for one in of))
    return path


@torch.no_grad()
def best(trained, source, alpha):
    """The likeliest of all translations there are: every one is scored as a whole."""
    model, length = trained.model, trained.config.length
    vocab = [token for token in range(trained.config.vocab) if token != END]
    found = {}
    for count in range(length + 1):
        for words in itertools.product(vocab, repeat=count):
            said = [*words, END] if count < length else [*words]
            tokens = torch.tensor([source])
            prefix = torch.tensor([[START, *said[:-1]]])
            there = torch.ones_like(prefix, dtype=torch.bool)
            scores = model(tokens, torch.ones_like(tokens, dtype=torch.bool), prefix, there)
            log = scores[0].log_softmax(1)[torch.arange(len(said)), said].sum()
            found[tuple(said)] = float(log) / length_penalty(len(said), alpha)
    return " ".join(str(token) for token in max(found, key=found.__getitem__) if token != END)


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_a_wide_beam_finds_the_best_of_all_translations(run, tmp_path, capsys, alpha):
    trained = nna.load(run)
    asked = [[3, END], [5, 4, END]]
    path = sources(tmp_path, *asked)
    arguments = ["--beam", "999", "--length-penalty", str(alpha), "--json"]
    assert command(["predict", str(run), str(path), *arguments]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == [
        {"example": i, "tokens": best(trained, source, alpha)} for i, source in enumerate(asked)
    ]


def test_either_option_searches_with_the_papers_value_for_the_other(run, tmp_path, capsys):
    path = sources(tmp_path, [3, 4, END], [5, END])
    said = {}
    for arguments in (("--beam", "4"), ("--length-penalty", "0.6"), ("--beam", "4", "--length-penalty", "0.6")):  # fmt: skip # noqa: E501
        assert command(["predict", str(run), str(path), *arguments, "--json"]) == 0
        said[arguments] = capsys.readouterr().out
    assert len({*said.values()}) == 1
    trained = nna.load(run)
    examples = translations.read(trained, path)
    assert json.loads(said["--beam", "4"]) == translations.translate(trained, examples).to_json()


def test_many_are_translated_as_each_alone(run, tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "AT_ONCE", 2)
    trained, asked = nna.load(run), [[3, END], [4, 5, END], [5, END], [3, 3, END], [4, END]]
    together = translations.translate(
        trained, translations.read(trained, sources(tmp_path, *asked)), beam=2
    )
    for row, source in zip(together, asked, strict=True):
        examples = translations.read(trained, sources(tmp_path, source))
        (alone,) = translations.translate(trained, examples, beam=2)
        assert alone == replace(row, example=alone.example)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--beam", "0"), "--beam must be at least 1, got 0"),
        (("--length-penalty", "-1"), "--length-penalty must be a number from 0 on, got -1"),
        (("--length-penalty", "nan"), "--length-penalty must be a number from 0 on, got nan"),
        ((), "has no 'prefix'"),
    ],
)
def test_settings_that_make_no_sense_get_one_clear_line(run, tmp_path, capsys, arguments, said):
    path = sources(tmp_path, [3, END])
    assert command(["predict", str(run), str(path), *arguments]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ([3, 99, END], "has vocab 100; the model was trained for at most 6"),
        ([3, 3, 3, 3, 3, END], "has length 6; the model was trained for at most 3"),
        ([3, "a"], "line 1: 'source':"),
    ],
)
def test_sources_that_the_model_can_not_read_are_named(run, tmp_path, source, said):
    trained = nna.load(run)
    with pytest.raises(UserError, match=said):
        translations.read(trained, sources(tmp_path, source))


def test_what_does_not_translate_says_so(tmp_path, capsys):
    run = nna.train("mlp", "iris", out=tmp_path, recipe={"epochs": 1}, quiet=True)
    assert command(["predict", str(run.folder), "iris", "--beam", "4"]) == 2
    assert "is for classification: leave out --beam" in capsys.readouterr().err
