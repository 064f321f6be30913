"""A melody of sounding notes, sample by sample, in 256 loudness steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    import numpy as np

    from nna.data.examples import Examples

DATASET = Dataset(
    title="Notes of three partials, mu-law coded",
    task="language-modelling",
    port=Tokens(vocab=256, length=120_000),
    rows=120_000,
    origin="generated",
    source="mu-law coding as in ITU-T recommendation G.711 and van den Oord et al. (2016). "
    "WaveNet: a generative model for raw audio. arXiv 1609.03499, section 2.2",
    licence="none needed",
    about="15 seconds at 8,000 samples a second: notes drawn from two octaves of a pentatonic "
    "scale, 0.1 to 0.3 seconds each, three partials of random strength and phase that fade, and "
    "a little noise. A sample is a number from 0 to 255, fine near silence and coarse where loud; "
    "silence is 128.",
)

RATE = 8000  # samples a second
MU = 255
SCALE = 110.0, (0, 2, 4, 7, 9, 12, 14, 16, 19, 21)  # hertz of the lowest note; semitones above
NOISE = 0.004  # its standard deviation; the loudest sample is near 1


def encode(signal: np.ndarray) -> np.ndarray:
    """Samples from -1 to 1 as numbers from 0 to 255, by the logarithm of their size."""
    import numpy as np

    squeezed = np.sign(signal) * np.log1p(MU * np.abs(signal)) / np.log1p(MU)
    return np.clip((squeezed + 1) / 2 * MU + 0.5, 0, MU).astype(np.uint8)


def decode(numbers: np.ndarray) -> np.ndarray:
    """The sample in the middle of each step."""
    import numpy as np

    squeezed = 2 * (numbers.astype(float) / MU) - 1
    return np.sign(squeezed) * np.expm1(np.abs(squeezed) * np.log1p(MU)) / MU


def load(data_dir: Path | None = None) -> Examples:
    """The 120,000 samples, one number below 256 each."""
    import numpy as np

    from nna.data.examples import Examples

    draw = np.random.default_rng(0)
    lowest, semitones = SCALE
    signal, start = np.zeros(DATASET.rows), 0
    while start < DATASET.rows:
        length = min(int(RATE * draw.uniform(0.1, 0.3)), DATASET.rows - start)
        pitch = lowest * 2 ** (draw.choice(semitones) / 12)
        strength, phase = draw.dirichlet(np.ones(3)), draw.uniform(0, 2 * np.pi, 3)
        time = np.arange(length) / RATE
        angle = 2 * np.pi * pitch * time * np.arange(1, 4)[:, None] + phase[:, None]
        fading = 0.9 * np.exp(-4 * time)
        signal[start : start + length] = fading * (strength[:, None] * np.sin(angle)).sum(0)
        start += length
    signal += NOISE * draw.standard_normal(DATASET.rows)
    return Examples.of(task=DATASET.task, port=DATASET.port, x=encode(signal))
