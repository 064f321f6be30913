"""Tokenizers of public weights: id for id those of transformers, from files of the same layout.

No test has a network: small vocabularies are learnt here and written as the hub has them.
"""

import json
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest
import tokenizers
import transformers
from hypothesis import given, settings, strategies as st
from tokenizers import models, normalizers, pre_tokenizers, trainers

from nna import registry, spec, weights
from nna.errors import UserError
from nna.tokenization import Tokenizer, files, sentencepiece

CORPUS = [
    "Paris is the capital of France, and the capital of fashion.",
    "The café's naïve façade; she's reading, they've read, I'd've gone!",
    "unaffable affordable unaffordable reading reader readers read rereading",
    "東京は日本の首都です。 北京是中国的首都。",
    "Emoji 😀 👩‍👩‍👧 and signs: -- ... `` quoted '' (brackets) [MASK] <mask>",
] * 3
ODD = [
    "",
    " ",
    "Paris is the capital of France.",
    "Ångström, naïve café, Straße, İstanbul, e\u0301a\u0300",
    "東京 and 北京: mixed漢字text ｆｕｌｌ ﬁne",
    "😀👩‍👩‍👧‍👦🇫🇷 smile",
    "I'd've shouldn't they'll o'clock ''quoted`` \"double\"",
    "a [MASK] and a <mask> and [CLS] [SEP] <s> </s> <|endoftext|> <unk> [mask]",
    "tabs\tand\nlines\r\nand\u00a0nbsp\u3000wide \u200bzero\ufeffwidth\x00null\x07bell",
    "x" * 300,
    "unaffable " * 40,
    "$5 costs $$ \u2581 under\u2581line ##piece </w> Ġ",
    "1234567890 3.14159 10,000 №½²",
]
NAMES = ("bert", "distilbert", "roberta", "albert", "gpt1", "gpt2")
TOKENIZERS = {
    name: next(iter(registry.describe(name).weights.values())).tokenizer for name in NAMES
}
CLASSES = {
    "bert": "BertTokenizer",
    "distilbert": "DistilBertTokenizer",
    "roberta": "RobertaTokenizer",
    "albert": "AlbertTokenizer",
    "gpt1": "OpenAIGPTTokenizer",
    "gpt2": "GPT2Tokenizer",
}


def special(how):
    tokens = (how.pad, how.unknown, how.start, how.end, how.mask, how.empty)
    return [token for token in tokens if token is not None]


def learnt(how):
    """A small vocabulary of its kind: pieces by number, and merges or scores."""
    made, extra = {
        "wordpiece": (models.WordPiece(unk_token="[UNK]"), {"continuing_subword_prefix": "##"}),
        "byte-level-bpe": (models.BPE(), {"initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}),
        "bpe": (models.BPE(unk_token="<unk>"), {"end_of_word_suffix": "</w>"}),
        "unigram": (models.Unigram(), {"unk_token": "<unk>"}),
    }[how.kind]
    of = tokenizers.Tokenizer(made)
    if how.kind == "byte-level-bpe":
        of.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    elif how.kind == "unigram":
        of.normalizer = normalizers.Sequence([normalizers.NFKD(), normalizers.Lowercase()])
        of.pre_tokenizer = pre_tokenizers.Metaspace()
    else:
        of.normalizer = normalizers.BertNormalizer(lowercase=True)
        of.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    kinds = {
        "wordpiece": trainers.WordPieceTrainer,
        "unigram": trainers.UnigramTrainer,
    }
    trainer = kinds.get(how.kind, trainers.BpeTrainer)(
        vocab_size=400, special_tokens=special(how), show_progress=False, **extra
    )
    of.train_from_iterator(CORPUS, trainer)
    return json.loads(of.to_str())["model"]


# A map of characters as SentencePiece compiles it: a double array in which "$" leads to "usd".
UNITS = [0] * 512
UNITS[0], UNITS[0x124], UNITS[0x125] = 0x100 << 10, 0x24 | 1 << 8 | 1 << 10, 1 << 31
CHARACTERS = struct.pack("<I512I", 4 * 512, *UNITS) + b"usd\0"


def lay_out(name, folder):
    """The older files of a checkpoint; and transformers' own tokenizer of the same vocabulary."""
    how = TOKENIZERS[name]
    of = learnt(how)
    theirs = getattr(transformers, CLASSES[name])
    spaced = how.kind in ("byte-level-bpe", "unigram")
    mask = {"mask_token": tokenizers.AddedToken(how.mask, lstrip=spaced)} if how.mask else {}
    if how.kind == "wordpiece":
        lines = sorted(of["vocab"], key=of["vocab"].__getitem__)
        (folder / "vocab.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return theirs(vocab=of["vocab"], **mask)
    if how.kind == "unigram":
        pieces = [tuple(one) for one in of["vocab"]]
        spiece(folder / "spiece.model", pieces, special(how))
        # transformers takes the second piece for the unknown one, as ALBERT's files have it
        return theirs(vocab=pieces, _spm_precompiled_charsmap=CHARACTERS, **mask)
    merges = [tuple(one) for one in of["merges"]]
    (folder / "vocab.json").write_text(json.dumps(of["vocab"]), encoding="utf-8")
    lines = "".join(f"{left} {right}\n" for left, right in merges)
    (folder / "merges.txt").write_text(f"#version: 0.2\n{lines}", encoding="utf-8")
    return theirs(vocab=of["vocab"], merges=merges, **mask)


def spiece(path, pieces, control):
    from transformers.utils import sentencepiece_model_pb2_new as layout

    proto = layout.ModelProto()
    proto.trainer_spec.model_type = 1
    proto.trainer_spec.unk_id = [piece for piece, _ in pieces].index("<unk>")
    proto.trainer_spec.vocab_size = len(pieces)
    proto.normalizer_spec.name = "nmt_nfkc"
    proto.normalizer_spec.precompiled_charsmap = CHARACTERS
    for piece, score in pieces:
        kind = 2 if piece == "<unk>" else 3 if piece in control else 1
        proto.pieces.add(piece=piece, score=score, type=kind)
    path.write_bytes(proto.SerializeToString())


def ours(name, folder, vocab):
    inputs, sizes = registry.describe(name).inputs, SimpleNamespace(vocab=vocab, length=64)
    return Tokenizer(folder, TOKENIZERS[name], inputs, sizes)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Of each architecture: ours of the older files, ours of tokenizer.json, transformers' own."""
    found = {}
    for name in NAMES:
        older, newer = (tmp_path_factory.mktemp(f"{name}-{age}") for age in ("older", "newer"))
        theirs = lay_out(name, older)
        theirs.save_pretrained(newer)
        assert (newer / "tokenizer.json").is_file()
        found[name] = *(ours(name, folder, len(theirs)) for folder in (older, newer)), theirs
    return found


def both(checkpoints, name):
    older, newer, theirs = checkpoints[name]
    return ((older, theirs), (newer, theirs))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_a_text_has_the_ids_that_transformers_gives_it(checkpoints, name, text):
    for own, theirs in both(checkpoints, name):
        expected = theirs(text)["input_ids"]
        assert own.numbers(text) == expected
        assert own.pieces(text) == theirs.backend_tokenizer.encode(text).tokens
        assert own.decode(expected) == theirs.backend_tokenizer.decode(
            expected, skip_special_tokens=False
        )


SIGNS = st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("aeé 'sdt.ﬁ漢😀$▁"))
TEXTS = st.lists(
    st.one_of(st.text(SIGNS, max_size=12), st.sampled_from([*CORPUS, "[MASK]", "<mask>", "</s>"])),
    max_size=6,
).map(" ".join)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None)
@given(text=TEXTS)
def test_any_text_has_the_ids_that_transformers_gives_it(checkpoints, name, text):
    for own, theirs in both(checkpoints, name):
        assert own.numbers(text) == theirs(text)["input_ids"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("side", ["left", "right"])
@settings(max_examples=10, deadline=None)
@given(text=TEXTS, length=st.integers(5, 20))
def test_a_long_text_is_cut_where_it_is_said(checkpoints, name, side, text, length):
    for own, theirs in both(checkpoints, name):
        theirs.truncation_side = side
        expected = theirs(text, truncation=True, max_length=length)["input_ids"]
        assert own.encode(text, side=side, length=length)["tokens"].tolist() == [expected]


@pytest.mark.parametrize("name", ["bert", "distilbert", "roberta", "albert"])
def test_a_batch_is_padded_and_pairs_are_told_apart(checkpoints, name):
    texts = [("Paris is", "the capital"), ("the café", "of France, and so on"), ("", "read")]
    for own, theirs in both(checkpoints, name):
        expected = theirs(
            [a for a, _ in texts], [b for _, b in texts], padding=True, return_token_type_ids=True
        )
        found = own.encode(*texts)
        assert found["tokens"].tolist() == expected["input_ids"]
        assert found["tokens_mask"].int().tolist() == expected["attention_mask"]
        assert ("segments" in found) == (name in ("bert", "albert"))
        if "segments" in found:
            assert found["segments"].tolist() == expected["token_type_ids"]


def test_what_a_network_reads_from_the_left_takes_no_texts_of_several_lengths(checkpoints):
    with pytest.raises(UserError, match="several lengths: this network takes one"):
        checkpoints["gpt2"][0].encode("Paris", "Paris is the capital")
    assert [*checkpoints["gpt2"][0].encode("Paris")] == ["tokens"]


@pytest.mark.parametrize("name", NAMES)
def test_half_a_character_no_text_and_no_room_get_one_clear_line(checkpoints, name):
    own, *_ = checkpoints[name]
    with pytest.raises(UserError, match=r"'\\ud83d' holds half a character"):
        own.encode("\ud83d")
    with pytest.raises(UserError, match="at least one text"):
        own.encode()
    for length in (0, 65):
        with pytest.raises(UserError, match=r"length must be between \d and 64, got"):
            own.encode("a", length=length)


def test_another_checkpoints_vocabulary_is_refused(checkpoints):
    own = checkpoints["bert"][0]
    larger = Tokenizer(own.where, own.how, own.inputs, SimpleNamespace(vocab=30, length=9))
    with pytest.raises(UserError, match=r"tokenizer of .* knows \d+ tokens, the network 30"):
        larger.encode("a")
    gpt2 = checkpoints["gpt2"][1]
    other = Tokenizer(gpt2.where, own.how, own.inputs, SimpleNamespace(vocab=gpt2.vocab, length=9))
    with pytest.raises(UserError, match=r"has no \[UNK\]: another's files"):
        other.encode("a")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["cut", "noise", "empty"])
def test_a_damaged_file_is_called_so(checkpoints, name, damage, tmp_path):
    for own in checkpoints[name][:2]:
        names = (files.NEWER, *files.OLDER[own.how.kind])
        for file in (own.where / name for name in names if (own.where / name).is_file()):
            data = file.read_bytes()
            new = {"cut": data[: len(data) // 3], "noise": b"\xff\x9f" * 99, "empty": b""}[damage]
            (tmp_path / file.name).write_bytes(new)
        with pytest.raises(UserError, match=r"no whole file|has no|knows"):
            ours(name, tmp_path, own.vocab).encode("Paris")
        for file in tmp_path.iterdir():
            file.unlink()


def test_a_folder_without_a_tokenizer_is_named_with_what_it_lacks(tmp_path):
    with pytest.raises(UserError, match=r"has neither tokenizer\.json nor vocab\.json and merges"):
        ours("roberta", tmp_path, 9).encode("a")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_model_of_pieces_or_refused(data):
    try:
        pieces, unknown, _ = sentencepiece.read(data)
    except (ValueError, KeyError, UnicodeDecodeError, struct.error):
        return
    assert pieces
    assert isinstance(unknown, int)


def test_the_older_files_are_asked_for_only_where_the_newer_one_is_not_there(
    checkpoints, monkeypatch
):
    folder, asked = Path(checkpoints["roberta"][0].where), []

    def download(repository, file):
        asked.append(file)
        if not (folder / file).is_file():
            raise weights.NotInRepositoryError(f"{repository} has no {file}")
        return folder / file

    monkeypatch.setattr(weights, "download", download)
    found = ours("roberta", "FacebookAI/roberta-base", checkpoints["roberta"][0].vocab)
    assert found.numbers("Paris") == checkpoints["roberta"][0].numbers("Paris")
    assert asked == ["tokenizer.json", "vocab.json", "merges.txt"]


@pytest.mark.parametrize("name", registry.names())
def test_public_weights_of_what_reads_texts_have_a_tokenizer_and_no_others_do(name):
    described = registry.describe(name)
    texts = any(isinstance(port, spec.Tokens) for port in described.inputs.values())
    for entry in described.weights.values():
        assert (entry.tokenizer is not None) == texts
        assert not (entry.tokenizer and entry.prepare)
