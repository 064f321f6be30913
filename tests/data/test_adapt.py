"""Adapters convert honestly, say what they did, and refuse what has no honest way."""

import dataclasses
import types

import numpy as np
import pytest

from nna import tasks
from nna.data.adapt import adapt, settings, wanted
from nna.data.examples import Examples
from nna.spec import (
    Image,
    Nodes,
    Scores,
    Series,
    StepScores,
    Table,
    Tokens,
)


def spec(port, gives=None, tasks=("classification",)):
    """What adapters ask of a specification."""
    return types.SimpleNamespace(inputs={"x": port}, outputs=gives or Scores(), tasks=tasks)


@dataclasses.dataclass
class Config:
    length: int = 4
    channels: int = 1
    features: int = 2
    vocab: int = 256
    classes: int = 2


def pictures(n=3, channels=1, height=8, width=8):
    draw = np.random.default_rng(0)
    x = draw.uniform(0, 1, (n, channels, height, width)).astype(np.float32)
    port = Image(channels=channels, size=min(height, width), min_size=min(height, width))
    return Examples.of(task="classification", port=port, x=x, y=np.zeros(n, dtype=np.int64))


def series(n=3, steps=5, channels=2):
    x = np.random.default_rng(0).standard_normal((n, steps, channels)).astype(np.float32)
    return Examples.of(task="classification", port=Series(channels=channels, steps=steps), x=x)


def text(n):
    port = Tokens(vocab=256, length=n)
    return Examples.of(task="language-modelling", port=port, x=np.arange(n, dtype=np.uint8))


def test_what_fits_is_left_alone():
    for examples, port in (
        (pictures(), Image(size=8, min_size=8)),
        (pictures(height=40, width=50), Image(size=224, min_size=32)),
        (series(), Series()),
    ):
        done, said = adapt(examples, spec(port), Config())
        assert done.x is examples.x
        assert said == []


def test_image_to_table():
    examples = pictures(channels=3)
    done, said = adapt(examples, spec(Table()), Config())
    assert done.port == Table(features=192)
    assert np.array_equal(done.x.reshape(examples.x.shape), examples.x)
    assert said == ["image 3x8x8 -> 192 columns"]


def test_series_to_table():
    done, said = adapt(series(), spec(Table()), Config())
    assert done.x.shape == (3, 10)
    assert said == ["series 5x2 -> 10 columns"]


def test_image_to_series_of_rows():
    examples = pictures(channels=3, height=6, width=8)
    done, said = adapt(examples, spec(Series()), Config())
    assert done.port == Series(channels=24, steps=6)
    assert np.array_equal(done.x[0, 2], examples.x[0, :, 2].ravel())  # row 2 of each channel
    assert said == ["image -> series: 6 rows as steps of 24 numbers"]


def test_small_pictures_are_enlarged_to_the_least_side():
    examples = pictures()
    done, said = adapt(examples, spec(Image(size=32, min_size=32)), Config())
    assert done.x.shape == (3, 1, 32, 32)
    assert (done.port.size, done.port.channels) == (32, 1)
    assert said == ["8x8 -> 32x32 pixels (bilinear)"]
    assert np.allclose(done.x.mean(axis=(2, 3)), examples.x.mean(axis=(2, 3)), atol=0.01)
    flat = examples.changed(x=np.full((1, 1, 8, 8), 0.3, dtype=np.float32))
    enlarged, _ = adapt(flat, spec(Image(size=32, min_size=32)), Config())
    assert np.allclose(enlarged.x, 0.3)


def test_large_pictures_are_shrunk_only_where_one_size_fits():
    large = pictures(height=64, width=64)
    fixed, said = adapt(large, spec(Image(size=32, min_size=32)), Config())
    assert fixed.x.shape[2:] == (32, 32)
    assert said == ["64x64 -> 32x32 pixels (bilinear)"]
    free, said = adapt(large, spec(Image(size=224, min_size=32)), Config())
    assert free.x.shape[2:] == (64, 64)
    assert said == []


def test_oblong_pictures_for_a_square_are_squeezed_and_it_says_so():
    done, said = adapt(pictures(height=8, width=20), spec(Image(size=32, min_size=32)), Config())
    assert done.x.shape[2:] == (32, 32)
    assert said == ["8x20 -> 32x32 pixels (bilinear)"]


def test_grey_to_colour():
    examples = pictures(height=32, width=32)
    done, said = adapt(examples, spec(Image(channels=3, size=32)), Config())
    assert done.x.shape == (3, 3, 32, 32)
    assert all(np.array_equal(done.x[:, c], examples.x[:, 0]) for c in range(3))
    assert done.port.channels == 3
    assert said == ["grey -> 3 channels"]


def test_grey_to_colour_and_larger_says_both():
    done, said = adapt(pictures(), spec(Image(channels=3, size=32, min_size=32)), Config())
    assert done.x.shape == (3, 3, 32, 32)
    assert said == ["grey -> 3 channels", "8x8 -> 32x32 pixels (bilinear)"]
    assert (done.port.channels, done.port.size) == (3, 32)


def test_where_channels_are_a_setting_the_data_decide_it():
    done, said = adapt(pictures(channels=3, height=32, width=32), spec(Image()), Config())
    assert said == []
    assert settings(spec(Image()), done) == {"channels": 3, "classes": 1}


def test_text_to_windows_each_token_followed_by_its_target():
    done, said = adapt(text(11), spec(Tokens(), StepScores()), Config(length=4))
    assert done.x.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert done.y.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert done.x.dtype == done.y.dtype == np.int64
    assert said == ["text -> windows of 4 tokens"]
    one_more, _ = adapt(text(13), spec(Tokens(), StepScores()), Config(length=4))
    assert len(one_more.x) == 3
    one_less, _ = adapt(text(12), spec(Tokens(), StepScores()), Config(length=4))
    assert len(one_less.x) == 2  # the twelfth token has no successor


def test_texts_with_a_class_each_are_left_whole_and_decide_the_length():
    rows = Examples.of(
        task="classification",
        port=Tokens(vocab=9, length=5),
        x=np.arange(15).reshape(3, 5) % 9,
        y=np.array([0, 1, 1]),
        classes=("a", "b"),
    )
    done, said = adapt(rows, spec(Tokens()), Config(length=4))
    assert done.x is rows.x
    assert said == []
    assert settings(spec(Tokens()), done) == {"vocab": 9, "length": 5, "classes": 2}


def test_a_text_shorter_than_a_window_is_refused(refuses):
    refuses(lambda: adapt(text(4), spec(Tokens()), Config(length=4)), "4 tokens; windows need 5")


@pytest.mark.parametrize(
    ("examples", "port", "words"),
    [
        (text(9), Image(), "data are tokens, the architecture takes image"),
        (text(9), Table(), "tokens can become: nothing else"),
        (series(), Image(), "series can become: table"),
        (pictures(), Tokens(), "image can become: table, series"),
        (pictures(), Nodes(), "takes nodes, and there is no honest conversion"),
    ],
)
def test_no_honest_way(examples, port, words, refuses):
    refuses(lambda: adapt(examples, spec(port), Config()), words)


def test_colour_to_a_fixed_other_number_of_channels_is_refused(refuses):
    port = Image(channels=1, size=8, min_size=8)
    refuses(lambda: adapt(pictures(channels=3), spec(port), Config()), "3 channels; .* takes 1")


def test_a_generator_of_rows_must_fit_by_what_comes_out():
    noise, rows = Table(features="code"), Table(features="features")
    assert wanted(spec(noise, rows, tasks=("generation",))) is rows
    assert wanted(spec(noise, rows, tasks=("reconstruction",))) is noise
    writer = spec(Tokens(), StepScores(), tasks=("language-modelling", "generation"))
    assert wanted(writer) == Tokens()
    done, said = adapt(pictures(), spec(noise, rows, tasks=("generation",)), Config())
    assert said == ["image 1x8x8 -> 64 columns"]
    assert settings(spec(noise, rows, tasks=("generation",)), done) == {"features": 64}


def test_settings_come_from_the_data():
    iris = Examples.of(
        task="classification", port=Table(features=4), x=np.ones((3, 4)), classes=("a", "b", "c")
    )
    assert settings(spec(Table()), iris) == {"features": 4, "classes": 3}
    number = dataclasses.replace(iris, task=tasks.get("regression"), classes=())
    assert settings(spec(Table()), number) == {"features": 4, "classes": 1}
    assert settings(spec(Table(features=7), Scores(of="units")), iris) == {}
    assert settings(spec(Tokens(), StepScores()), text(9)) == {"vocab": 256}
