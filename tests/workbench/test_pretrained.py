"""Public weights that read texts: what they answer is what transformers' models answer."""

import json
from pathlib import Path

import pytest
import torch
import transformers
from safetensors.torch import save_file
from tokenizers import pre_tokenizers

import nna
from nna import registry, weights
from nna.cli import run as command
from nna.errors import UserError
from nna.workbench.prediction import pretrained

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *("paris", "rome", "is", "the", "capital", "of", "france", "italy", ".", ",", "##s"),
)
OPENED = pretrained.pretrained
MASKED = "Paris is the [MASK] of France."


def bert(folder):
    (folder / "vocab.txt").write_text("".join(f"{word}\n" for word in WORDS))
    vocab = {word: number for number, word in enumerate(WORDS)}
    return vocab, transformers.BertTokenizer(vocab=vocab)


def gpt2(folder):
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {sign: i for i, sign in enumerate([*signs, "Ġt", "he", "<|endoftext|>"])}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    (folder / "merges.txt").write_text("#version: 0.2\nĠ t\nh e\n")
    return vocab, transformers.GPT2Tokenizer(vocab=vocab, merges=[("Ġ", "t"), ("h", "e")])


def gpt1(folder):
    vocab = {sign: i for i, sign in enumerate(["<unk>", *"abc", "a</w>", "b</w>", "c</w>"])}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return vocab, transformers.OpenAIGPTTokenizer(vocab=vocab, merges=[])


MADE = {"bert/base@uncased": bert, "gpt2/small@openai": gpt2, "gpt1/base@openai": gpt1}


@pytest.fixture(params=MADE)
def public(request, tmp_path, monkeypatch):
    return made(request.param, tmp_path, monkeypatch)


def made(reference, folder, monkeypatch):
    """A small checkpoint laid out as the hub's, as nna opens it; and transformers' own of it."""
    torch.manual_seed(0)
    vocab, tokenizer = MADE[reference](folder)
    sizes = {"layers": 2, "width": 24, "heads": 3, "length": 12, "vocab": len(vocab)}
    theirs = registry.resolve(reference, "parity:hugging_face")(
        registry.configure(reference, **sizes)
    )
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    state = {k: v.clone().contiguous() for k, v in theirs.state_dict().items()}
    state.pop("cls.predictions.decoder.bias", None)
    save_file(state, folder / weights.FILE)

    def download(repository, file=weights.FILE):
        if not (folder / file).is_file():
            raise weights.NotInRepositoryError(f"{repository} has no {file}")
        return folder / file

    monkeypatch.setattr(weights, "download", download)
    model = registry.build(reference, **sizes).eval()
    monkeypatch.setattr(registry, "build", lambda *_: model)
    return OPENED(reference), theirs.eval(), tokenizer


def shares(theirs, tokens):
    with torch.no_grad():
        out = theirs(torch.tensor([tokens]))
    logits = out.prediction_logits if hasattr(out, "prediction_logits") else out.logits
    return logits[0].softmax(1)


def expected(share, tokenizer, top):
    values, numbers = share.topk(top)
    return [
        {"word": tokenizer.decode([n]), "probability": pytest.approx(v, abs=6e-5)}
        for v, n in zip(values.tolist(), numbers.tolist(), strict=True)
    ]


def test_the_words_for_each_mask_are_those_that_transformers_finds(tmp_path, monkeypatch):
    own, theirs, tokenizer = made("bert/base@uncased", tmp_path, monkeypatch)
    text = "[MASK] is the capital of [MASK]."
    tokens = tokenizer(text)["input_ids"]
    rows = [
        {"mask": number, **row}
        for number, at in enumerate((1, 6), 1)
        for row in expected(shares(theirs, tokens)[at], tokenizer, 3)
    ]
    assert own.predict(text, top=3).to_json() == rows
    assert not own.writes


def test_what_comes_next_is_what_transformers_expects(tmp_path, monkeypatch):
    own, theirs, tokenizer = made("gpt2/small@openai", tmp_path, monkeypatch)
    for text in ("Say the", "naïve 😀"):
        tokens = tokenizer(text)["input_ids"]
        assert own.predict(text, top=4).to_json() == expected(
            shares(theirs, tokens)[-1], tokenizer, 4
        )
    with pytest.warns(UserWarning, match=r"the text has 4\d tokens; the last 12 are read"):
        long = own.predict("the then " * 9, top=2).to_json()
    tokens = tokenizer("the then " * 9)["input_ids"][-12:]
    assert long == expected(shares(theirs, tokens)[-1], tokenizer, 2)
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    assert own.predict("", top=2).to_json() == expected(shares(theirs, [end])[-1], tokenizer, 2)


def test_a_prompt_is_continued_by_the_seed(tmp_path, monkeypatch):
    own, *_ = made("gpt2/small@openai", tmp_path, monkeypatch)
    text = own.write("Say the", 20, seed=3)
    assert text.startswith("Say the")
    assert len(text) > len("Say the")
    assert own.write("Say the", 20, seed=3) == text != own.write("Say the", 20, seed=4)
    assert own.write("", 3).startswith("<|endoftext|>")
    with pytest.raises(UserError, match="--steps must be at least 1, got 0"):
        own.write("Say", 0)


def test_what_can_not_be_answered_gets_one_clear_line(tmp_path, monkeypatch):
    own, *_ = made("bert/base@uncased", tmp_path, monkeypatch)
    with pytest.raises(UserError, match=r"'Paris\.' holds no \[MASK\]: put one where"):
        own.predict("Paris.")
    with pytest.raises(UserError, match=r"the text has 13 tokens, of which 12 .* stands behind"):
        own.predict("the " * 10 + "[MASK]")
    with pytest.warns(UserWarning, match="the text has 13 tokens; the first 12 are read"):
        own.predict("[MASK] " + "the " * 10)
    with pytest.raises(UserError, match=r"doesn't write: give it a text with \[MASK\]"):
        own.write("Paris", 3)
    for top in (0, 17):
        with pytest.raises(UserError, match=f"--top must be between 1 and 16, got {top}"):
            own.predict(MASKED, top)


def test_one_that_knows_no_beginning_asks_for_one(tmp_path, monkeypatch):
    own, *_ = made("gpt1/base@openai", tmp_path, monkeypatch)
    for ask in (lambda: own.predict(""), lambda: own.write("", 3)):
        with pytest.raises(UserError, match="gpt1/base@openai only continues: give it a text"):
            ask()


def test_what_is_built_comes_with_its_tokenizer(public):
    own, _, tokenizer = public
    given = own.model.tokenizer.encode("abc")
    assert given["tokens"][0].tolist() == tokenizer("abc")["input_ids"]
    own.model(**given)


def test_references_that_name_no_weights_for_texts_are_refused():
    with pytest.raises(UserError, match=r"bert names no weights; it has: bert/base@uncased, "):
        nna.pretrained("bert")
    with pytest.raises(UserError, match=r"lstm names no weights; it has: none"):
        nna.pretrained("lstm")
    with pytest.raises(UserError, match=r"its weights are not for texts; see nna\.prepare"):
        nna.pretrained("resnet/50@imagenet1k")


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    """Ask small checkpoints at the command line: the exit status, and what it said."""

    def ask(reference, *arguments):
        folder: Path = tmp_path / reference.replace("/", "-")
        folder.mkdir(exist_ok=True)
        with monkeypatch.context() as patch:
            own, *_ = made(reference, folder, patch)
            assert own.tokenizer.backend  # read while there is something to read
        monkeypatch.setattr(pretrained, "pretrained", lambda *_: own)
        status = command(["predict", reference, *arguments])
        out = capsys.readouterr()
        return status, out.out, out.err, own

    return ask


def test_the_command_line_lists_words_or_writes(asked, tmp_path):
    status, out, _, own = asked("bert/base@uncased", MASKED, "--top", "2", "--json")
    assert (status, json.loads(out)) == (0, own.predict(MASKED, 2).to_json())
    status, out, _, _ = asked("bert/base@uncased", MASKED, "--out", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text().startswith("mask,word,probability\n1,")
    assert out == f"5 answers in {tmp_path / 'a.csv'}\n"
    status, out, _, own = asked("gpt2/small@openai", "--prompt", "the", "--steps", "9", "--json")
    assert (status, json.loads(out)) == (0, {"text": own.write("the", 9)})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give a text: nna predict bert/base@uncased TEXT"),
        ([MASKED, "--horizon", "3"], "is asked about texts: leave out --horizon"),
        ([MASKED, "--skip-bad"], "is asked about texts: leave out --skip-bad"),
        (
            [MASKED, "--prompt", "a"],
            "--prompt is continued: leave out the text that is asked about, and --top",
        ),
        (
            ["--prompt", "a", "--top", "3"],
            "--prompt is continued: leave out the text that is asked about, and --top",
        ),
        (["--prompt", "a"], "bert/base@uncased doesn't write: give it a text with [MASK]"),
    ],
)
def test_the_command_line_refuses_what_would_change_nothing(asked, arguments, said):
    status, _, err, _ = asked("bert/base@uncased", *arguments)
    assert status == 2
    assert said in err
    assert err.count("\n") == 1
