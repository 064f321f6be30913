"""Pieces of two books, letter by letter, some letters missing where a network is tested."""

from __future__ import annotations

import lzma
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nna.data import carried
from nna.errors import UserError
from nna.spec import IGNORED, Tokens

if TYPE_CHECKING:
    import numpy as np

    from nna.data.examples import Examples, Part

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PAD, UNKNOWN, START, END, GAP = range(len(SPECIAL))
SIGNS = " abcdefghijklmnopqrstuvwxyz.,;:!?'-"
SPACE = len(SPECIAL)
VOCAB = len(SPECIAL) + len(SIGNS)
SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}  # of each book, in this order
ASKED = 0.15  # of the letters of an example to be tested on
LONGEST = 20  # letters of a piece; the shortest has about ten

Piece = list[int]


def moby_dick() -> str:
    """A novel of 1851."""
    return lzma.decompress(carried.file("moby_dick", "text.xz").read_bytes()).decode()


def pydoc() -> str:
    """The language reference of the running Python, without rulers and tables' frames.

    Raises:
        UserError: this Python came without it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise UserError(
            "this Python has no pydoc_data.topics: install the whole standard library"
        ) from error
    return "\n\n".join(topics[name] for name in sorted(topics))


def pieces(text: str, count: int, draw: np.random.Generator) -> list[Piece]:
    """The text's first pieces of 10 to 20 letters or so, one after another, cut between words."""
    straight = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    plain = re.sub("[^" + re.escape(SIGNS) + "]", " ", straight)
    found: list[Piece] = []
    now: Piece = []
    longest = int(draw.integers(10, LONGEST + 1))
    for word in plain.split():
        letters = [len(SPECIAL) + SIGNS.index(sign) for sign in word[:LONGEST]]
        if now and len(now) + 1 + len(letters) > longest:
            found.append(now)
            now, longest = [], int(draw.integers(10, LONGEST + 1))
            if len(found) == count:
                return found
        now += [SPACE] * bool(now) + letters
    raise UserError(f"the text holds {len(found):,} pieces; {count:,} are needed")


def parts(rows: int) -> dict[Part, np.ndarray]:
    """Which of the rows of a book, in its order, are for what."""
    import numpy as np

    ends = np.cumsum([0, *(round(share * rows) for share in SHARES.values())])
    return {
        part: np.arange(start, end)  # type: ignore[misc]
        for part, start, end in zip(SHARES, ends[:-1], ends[1:], strict=True)
    }


def tokens(*of: Piece) -> tuple[np.ndarray, np.ndarray]:
    """[CLS] a piece [SEP], then another and [SEP]; and which piece each place belongs to."""
    import numpy as np

    line, segment = [START], [0]
    for number, piece in enumerate(of):
        line += [*piece, END]
        segment += [number] * (len(piece) + 1)
    return np.array(line), np.array(segment)


def examples(
    task: str,
    port: Tokens,
    lines: Sequence[tuple[Sequence[Piece], int | None]],
    split: dict[Part, np.ndarray],
    draw: np.random.Generator,
) -> Examples:
    """Texts whose letters are to be found: all in training, elsewhere some that are missing.

    Args:
        task: of the examples.
        port: of the tokens.
        lines: the pieces of each example, and the class of a pair.
        split: which examples are for what.
        draw: decides what is missing.
    """
    import numpy as np

    from nna import tasks
    from nna.data.examples import Examples
    from nna.ports import Field

    text, segments = zip(*(tokens(*of) for of, _ in lines), strict=True)
    words = [np.where(line >= len(SPECIAL), line, IGNORED) for line in text]
    for part in ("validation", "test"):
        for row in split[part]:
            letters = np.flatnonzero(words[row] != IGNORED)
            count = max(1, round(ASKED * len(letters)))
            gone = draw.choice(letters, count, replace=False)
            asked = np.isin(np.arange(len(text[row])), gone)
            words[row] = np.where(asked, words[row], IGNORED)
            text[row][asked] = GAP
    inputs = {"tokens": Field(port, [*text])}
    targets = {"words": Field(port, words)}
    pairs = [pair for _, pair in lines]
    if pairs[0] is not None:
        inputs["segments"] = Field(Tokens(vocab=2, length=port.length), [*segments])
        targets["pair"] = np.array(pairs)  # type: ignore[assignment]
    return Examples(task=tasks.get(task), inputs=inputs, targets=targets, parts=split)
