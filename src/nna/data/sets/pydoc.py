"""The prose of the Python language reference, as bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    from nna.data.examples import Examples

DATASET = Dataset(
    title="Python's language reference, bytes",
    task="language-modelling",
    port=Tokens(vocab=256, length=400_000),
    rows=400_000,
    origin="embedded",
    source="pydoc_data.topics of the running Python's standard library, in the order of its "
    "topics' names, cut at 400,000 bytes",
    licence="PSF-2.0",
    about="Technical English with tables and code, UTF-8. The text grows a little from one version "
    "of Python to the next, so figures compare within one; a run's record holds the fingerprint.",
)


def load(data_dir: Path | None = None) -> Examples:
    """The text, one number below 256 a byte.

    Raises:
        UserError: this Python came without the module, or with a shorter one.
    """
    import numpy as np

    from nna.data.examples import Examples
    from nna.errors import UserError

    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise UserError(
            "this Python has no pydoc_data.topics: install the whole standard library"
        ) from error
    text = "\n\n".join(topics[name] for name in sorted(topics)).encode()
    if len(text) < DATASET.rows:
        raise UserError(f"pydoc_data.topics holds {len(text)} bytes; {DATASET.rows} are needed")
    return Examples.of(
        task=DATASET.task,
        port=DATASET.port,
        x=np.frombuffer(text[: DATASET.rows], dtype=np.uint8),
    )
