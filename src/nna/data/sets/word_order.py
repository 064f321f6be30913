"""Windows of technical English, half of them with their words shuffled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Words in order, or shuffled",
    task="classification",
    port=Tokens(vocab=1000, length=20),
    rows=4000,
    origin="embedded",
    source="pydoc_data.topics of the running Python's standard library, paragraphs that stand in "
    "several topics taken once; the task after Conneau, Kruszewski, Lample, Barrault, Baroni "
    "(2018). What you can cram into a single vector. ACL, arXiv 1805.01070 (there two neighbours "
    "change places)",
    licence="PSF-2.0",
    about="Windows of 20 words and signs; in every second the order is drawn anew, so that no word "
    "tells the class, only what stands beside what. Split by topic: no text is in two parts. "
    "Number 0 is left for padding, 1 stands for words that are not among the 998 most frequent of "
    "the training topics. The text differs a little from one version of Python to the next.",
)

WORD = re.compile(r"[a-z]+|[^\sa-z]")
RULER = re.compile(r"([-=*~^.+])\1{2,}")  # under headings and in tables
SHARES = (0.65, 0.8)  # of the windows, where validation and test topics begin


def load(data_dir: Path | None = None) -> Examples:
    """The 4,000 windows, topic by topic, with the split.

    Raises:
        UserError: this Python came without the module, or with a shorter one.
    """
    from collections import Counter

    import numpy as np

    from nna.data.examples import Examples
    from nna.errors import UserError

    draw = np.random.default_rng(0)
    rows, length = DATASET.port.shape(DATASET.rows, None)
    windows, part, seen = [], [], set()
    for words in _topics(draw):
        start = len(windows) / rows
        cut = [tuple(words[i : i + length]) for i in range(0, len(words) - length + 1, length)]
        new = [window for window in cut if window not in seen]
        seen.update(new)
        windows += new
        part += [sum(start >= share for share in SHARES)] * len(new)
    if len(windows) < rows:
        raise UserError(f"pydoc_data.topics holds {len(windows)} windows; {rows} are needed")
    windows, parts = windows[:rows], np.array(part[:rows])

    known = Counter(w for words, p in zip(windows, parts, strict=True) if p == 0 for w in words)
    number = {word: 2 + i for i, (word, _) in enumerate(known.most_common(998))}
    x = np.array([[number.get(word, 1) for word in words] for words in windows])
    y = draw.permutation(np.arange(rows) % 2)
    x[y == 1] = draw.permuted(x[y == 1], axis=1)
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=x,
        y=y,
        classes=("in order", "shuffled"),
        parts={
            "train": np.flatnonzero(parts == 0),
            "validation": np.flatnonzero(parts == 1),
            "test": np.flatnonzero(parts == 2),
        },
    )


def _topics(draw) -> list[list[str]]:
    """The words of each topic, in an order drawn; a paragraph seen before is left out."""
    from nna.errors import UserError

    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise UserError(
            "this Python has no pydoc_data.topics: install the whole standard library"
        ) from error
    seen, texts = set(), []
    for name in draw.permutation(sorted(topics)):
        words = []
        for paragraph in topics[name].lower().split("\n\n"):
            found = WORD.findall(RULER.sub(" ", paragraph))
            if tuple(found) not in seen:
                seen.add(tuple(found))
                words += found
        texts.append(words)
    return texts
