"""Other pictures are made like those of the training, whatever their size and channels."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from nna import tasks
from nna.data import unlabelled
from nna.data.examples import Examples
from nna.data.images import to_port
from nna.spec import Image as Port

MODES = ("L", "RGB", "RGBA", "P", "1", "LA")
SIZES = st.tuples(st.integers(2, 30), st.integers(2, 30))


def port(channels, size, min_size=None):
    return {"kind": "image", "channels": channels, "size": size, "min_size": min_size or size}


def drawn(path, size, mode, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).convert(mode).save(path)


@settings(max_examples=40, deadline=None)
@given(
    pictures=st.lists(st.tuples(SIZES, st.sampled_from(MODES)), min_size=1, max_size=5),
    channels=st.sampled_from((1, 3)),
    side=st.integers(3, 20),
    cut=st.booleans(),
)
def test_a_picture_is_read_alone_as_it_is_among_others(
    pictures, channels, side, cut, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("own")
    for number, (size, mode) in enumerate(pictures):
        if min(size) == side and size[0] != size[1]:
            size = (side, side)  # a shape that can't be stacked with the others is refused
        drawn(folder / f"{number}.png", size, mode, number)
    wanted = port(channels, side, 1 if cut else None)
    together = unlabelled.read(str(folder), wanted, tasks.get("classification"))
    assert together.x.shape == (len(pictures), channels, side, side)
    assert (together.port.channels, together.port.size) == (channels, side)
    for number, x in enumerate(together.x):
        (alone,) = unlabelled.read(
            str(folder / f"{number}.png"), wanted, tasks.get("classification")
        ).x
        assert np.array_equal(alone, x)
    odd = sum(min(size) != side for size, _ in pictures)
    assert any(" of another size" in note for note in together.notes) == bool(odd)


@given(st.sampled_from((1, 3)), st.integers(2, 12), st.integers(2, 12))
def test_pictures_that_fit_stay_as_they_are(channels, height, width):
    x = np.random.default_rng(0).random((2, channels, height, width))
    side = min(height, width)
    have = Examples.of(
        task="classification", port=Port(channels=channels, size=side, min_size=side), x=x
    )
    assert to_port.fit(have, port(channels, side)) is have


def test_pictures_of_another_dataset_shrink_smoothly():
    checks = np.indices((28, 28)).sum(0) % 2 * np.ones((2, 3, 1, 1))
    have = Examples.of(task="classification", port=Port(channels=3, size=28, min_size=28), x=checks)
    made = to_port.fit(have, port(1, 7))
    assert made.x.shape == (2, 1, 7, 7)
    assert np.allclose(made.x, 0.5, atol=0.05)
    assert len(made.notes) == 2
    assert unlabelled.fitting(have, port(1, 7), "checks").x.shape == made.x.shape


@pytest.mark.parametrize("task", ["segmentation", "detection", "density"])
def test_where_answers_are_places_or_pixels_bits_nothing_is_scaled(task, tmp_path, refuses):
    drawn(tmp_path / "a.png", (9, 9), "L", 0)
    refuses(
        lambda: unlabelled.read(str(tmp_path), port(1, 8), tasks.get(task)),
        "expected 8 x 8 pixels, got 9 x 9 pixels: scale them first",
    )


def test_channels_that_no_picture_has_are_refused_with_what_to_do(refuses):
    x = np.zeros((2, 2, 8, 8))
    have = Examples.of(task="classification", port=Port(channels=2, size=8, min_size=8), x=x)
    refuses(
        lambda: unlabelled.fitting(have, port(1, 8), Path("a.npy")),
        "expected 1 channels, got 2 channels: save them with as many channels as the training",
    )


@pytest.mark.parametrize(
    ("value", "whole", "said"),
    [(0.9, (0.1, 0.3), "far brighter"), (0.0, (0.9, 0.3), "far darker"), (0.3, (0.1, 0.3), None)],
)
def test_another_brightness_is_told(value, whole, said):
    x = np.full((2, 1, 4, 4), value)
    have = Examples.of(task="classification", port=Port(channels=1, size=4, min_size=4), x=x)
    told = to_port.brightness(have, whole)
    assert bool(told) == bool(said)
    assert said is None or said in told[0]
