"""Sounds of one to three letters, of different lengths."""

import numpy as np

from nna.data.catalog import Dataset
from nna.data.examples import Examples
from nna.ports import Field
from nna.spec import Series, Tokens

LETTERS = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]], dtype=np.float32)
DATASET = Dataset(
    title="Letters spoken",
    task="transcription",  # type: ignore[arg-type]
    port=Series(channels=3, steps=16),
    rows=300,
    origin="generated",
    source="here",
    licence="none",
    about="Each letter sounds for two or three steps, with silence after it.",
)


def load(data_dir=None) -> Examples:
    """The sounds and their letters."""
    draw = np.random.default_rng(0)
    sounds, said = [], []
    for _ in range(DATASET.rows):
        letters = draw.integers(4, size=draw.integers(1, 4))
        steps = [
            np.concatenate([LETTERS[[one] * draw.integers(2, 4)], np.zeros((2, 3), np.float32)])
            for one in letters
        ]
        sound = np.concatenate(steps)
        noise = draw.normal(0, 0.1, sound.shape)
        sounds.append((sound + noise).astype(np.float32))
        said.append(letters + 1)
    return Examples(
        task=DATASET.task,
        inputs={"audio": Field(DATASET.port, sounds)},
        targets={"letters": Field(Tokens(vocab=5, length=3), said)},
        scaled=True,
    )
