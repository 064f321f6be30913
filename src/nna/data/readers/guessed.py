"""Which encoding some words are written in, where they are not UTF-8."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

ENCODINGS = (  # where several fit equally well, the first of them
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "iso8859_2",
    "koi8_r",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_jp",
    "euc_kr",
)
LAST = "latin-1"  # in which every byte is a letter
SIGNS = ("So", "Sm", "Sk", "No", "Cf")  # seldom within words


def encoding(words: Sequence[bytes]) -> str:
    """The likeliest encoding: of all that can write the words, that in which they look like words.

    charset-normalizer measures how messy a text is and how well its letters' frequencies match a
    language; what it can't tell in a few words, the letters' cases and scripts do.

    Args:
        words: different ones, none of ASCII letters alone.
    """
    texts = {name: text for name in ENCODINGS if (text := _decoded(words, name)) is not None}
    if not texts:
        return LAST
    odd = {name: round(_oddness(text), 1) for name, text in texts.items()}
    likely = [name for name in texts if odd[name] == min(odd.values())]
    return min(likely, key=lambda name: _strangeness(texts[name], name))


def _decoded(words: Sequence[bytes], name: str) -> str | None:
    try:
        return "\n".join(word.decode(name) for word in words)
    except UnicodeDecodeError:
        return None


def _oddness(text: str) -> float:
    """How far words are from looking like words: 0 to 1."""
    words = text.split("\n")
    return sum(map(_odd, words)) / len(words)


def _strangeness(text: str, name: str) -> float:
    """How far a text and its letters' frequencies are from those of a language."""
    from charset_normalizer import from_bytes

    if not any(c.isalpha() and not c.isascii() for c in text):
        return 0.0
    best = from_bytes(text.encode(name), cp_isolation=[name], threshold=1.0).best()
    return 1.0 if best is None else round(best.chaos - best.coherence, 1)


def _odd(word: str) -> float:
    """0 for a word as people write it, up to 1."""
    scripts = {unicodedata.name(c, "?").split()[0] for c in word if c.isalpha()}
    if any(unicodedata.category(c) in ("Cc", "Co", "Cn") for c in word) or len(scripts) > 1:
        return 1.0
    if any("\uff61" <= c <= "\uff9f" for c in word):  # half as wide as usual
        return 0.5
    letters = [c for c in word if c.isalpha()]
    rises = any(a.islower() and b.isupper() for a, b in pairwise(letters))
    loud = len(letters) > 1 and all(c.isupper() for c in letters)
    signs = sum(not c.isascii() and unicodedata.category(c) in SIGNS for c in word) / len(word)
    return 1.0 if rises else 0.5 if loud else signs
