"""Tokenizers out of the files of a checkpoint: `tokenizer.json`, or the older ones of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nna import spec, weights
from nna.errors import UserError
from nna.tokenization import sentencepiece

NEWER = "tokenizer.json"
OLDER = {
    "wordpiece": ("vocab.txt",),
    "byte-level-bpe": ("vocab.json", "merges.txt"),
    "bpe": ("vocab.json", "merges.txt"),
    "unigram": ("spiece.model",),
}


def read(where: str | Path, how: spec.Tokenizer) -> Any:
    """A tokenizer of the library `tokenizers`.

    Args:
        where: a repository of the hub, or a folder.
        how: the kind, and the special tokens that the older files don't tell.

    Raises:
        UserError: the library isn't installed; the files can't be had, or are damaged.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise UserError("texts need one more package: pip install 'nna[hub]'") from error
    if (newer := _found(where, NEWER)) is not None:
        return _guarded(newer, lambda: tokenizers.Tokenizer.from_file(str(newer)))
    paths = [_found(where, name) for name in OLDER[how.kind]]
    if None in paths:
        raise UserError(f"{where} has neither {NEWER} nor {' and '.join(OLDER[how.kind])}")
    older = [path for path in paths if path is not None]
    return _guarded(older[0], lambda: _BUILT[how.kind](how, *older))


def _found(where: str | Path, name: str) -> Path | None:
    if (folder := Path(where)).is_dir():
        return folder / name if (folder / name).is_file() else None
    try:
        return weights.download(str(where), name)
    except weights.NotInRepositoryError:
        return None


def _guarded(path: Path, build: Any) -> Any:
    try:
        return build()
    except UserError:
        raise
    except Exception as error:  # the library raises the bare class for every kind of damage
        raise UserError(f"{path} is no whole file of a tokenizer ({error})") from error


def _wordpiece(how: spec.Tokenizer, vocab: Path) -> Any:
    """Words of small letters without accents, cut into the longest pieces that are known."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    lines = vocab.read_text(encoding="utf-8").split("\n")
    numbers = {line: number for number, line in enumerate(lines) if line or number < len(lines) - 1}
    made = Tokenizer(models.WordPiece(numbers, unk_token=how.unknown or "[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece(prefix="##")
    return _framed(made, how)


def _byte_level(how: spec.Tokenizer, vocab: Path, merges: Path) -> Any:
    """Bytes of words, a space before each its first byte, merged in the order of the merges."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    made = Tokenizer(models.BPE(*models.BPE.read_file(str(vocab), str(merges))))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    _announce(made, how)
    if how.start is not None and how.end is not None:  # RoBERTa puts two ends between two texts
        start, end = ((t, _number(made, t)) for t in (how.start, how.end))
        made.post_processor = processors.RobertaProcessing(end, start, add_prefix_space=False)
    return made


def _bpe(how: spec.Tokenizer, vocab: Path, merges: Path) -> Any:
    """Letters of words in small letters, the last marked as such, merged in order."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    read, order = models.BPE.read_file(str(vocab), str(merges))
    made = Tokenizer(models.BPE(read, order, unk_token=how.unknown, end_of_word_suffix="</w>"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.BPEDecoder(suffix="</w>")
    _announce(made, how)
    return made


def _unigram(how: spec.Tokenizer, model: Path) -> Any:
    """The likeliest pieces of words in small letters without accents."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    pieces, unknown, characters = sentencepiece.read(model.read_bytes())
    made = Tokenizer(models.Unigram(pieces, unknown, byte_fallback=False))
    steps: list[Any] = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    steps += [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    steps += [normalizers.Precompiled(characters)] if characters else []
    made.normalizer = normalizers.Sequence([*steps, normalizers.Replace(Regex(" {2,}"), " ")])
    spaces = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), spaces])
    made.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    return _framed(made, how)


def _framed(made: Any, how: spec.Tokenizer) -> Any:
    """With the special tokens, and those around every text and between two."""
    from tokenizers import processors

    _announce(made, how)
    start, end = how.start, how.end
    made.post_processor = processors.TemplateProcessing(
        single=f"{start}:0 $A:0 {end}:0",
        pair=f"{start}:0 $A:0 {end}:0 $B:1 {end}:1",
        special_tokens=[(token, made.token_to_id(token)) for token in (start, end)],
    )
    return made


def _number(made: Any, token: str) -> int:
    """A special token's number.

    Raises:
        UserError: the vocabulary lacks it, so it is another's.
    """
    if (number := made.token_to_id(token)) is None:
        raise UserError(f"the vocabulary has no {token}: it is another tokenizer's")
    return number


def _announce(made: Any, how: spec.Tokenizer) -> None:
    """Special tokens are no words: they stand for themselves wherever a text has them.

    Raises:
        UserError: the vocabulary lacks one.
    """
    from tokenizers import AddedToken

    spaced = how.kind in ("byte-level-bpe", "unigram")  # there a space is part of what follows it
    for token in (how.unknown, how.start, how.end, how.pad, how.mask, how.empty):
        if token is None:
            continue
        _number(made, token)
        left = spaced and token == how.mask
        made.add_special_tokens([AddedToken(token, lstrip=left, normalized=False)])


_BUILT = {
    "wordpiece": _wordpiece,
    "byte-level-bpe": _byte_level,
    "bpe": _bpe,
    "unigram": _unigram,
}
