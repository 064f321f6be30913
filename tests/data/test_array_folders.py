"""Folders of arrays, one file an example."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from nna import tasks
from nna.data import unlabelled
from nna.data.profile import profile
from nna.data.sources import open_file


def save(path, x):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, x)
    elif path.suffix == ".npz":
        np.savez(path, x=x, other=np.zeros(2))
    else:
        save_file({"alone": np.asarray(x)}, path)


@pytest.fixture
def folder(tmp_path):
    """Two classes of twelve pictures each, in arrays of the three kinds."""
    draw = np.random.default_rng(0)
    for name, mean in (("off", 0), ("on", 3)):
        for number in range(12):
            ending = (".npy", ".npz", ".safetensors")[number % 3]
            x = draw.normal(mean, 1, (1, 4, 4)).astype(np.float32)
            save(tmp_path / "set" / name / f"{number}{ending}", x)
    return tmp_path / "set"


def test_sub_folders_are_classes(folder):
    examples = open_file(folder)
    assert examples.x.shape == (24, 1, 4, 4)
    assert examples.port.kind == "image"
    assert examples.classes == ("off", "on")
    assert examples.notes[0] == "24 arrays in 2 classes by folder"
    assert set(examples.x.mean((1, 2, 3))[examples.y == 1] > 1.5) == {True}
    assert examples.names[0] == "off/0.npy"
    found = profile(folder)
    assert (found["task"], found["classes"]) == ("classification", {"off": 12, "on": 12})


@pytest.mark.parametrize(("shape", "kind"), [((5,), "table"), ((7, 2), "series")])
def test_axes_say_what_they_are(shape, kind, tmp_path):
    for number in range(6):
        save(tmp_path / f"{number}.npy", np.full(shape, number))
    examples = open_file(tmp_path, task=tasks.get("reconstruction"))
    assert (examples.port.kind, examples.x.shape) == (kind, (6, *shape))


def test_new_ones_are_read_one_by_one_or_by_the_folder(folder):
    port = {"kind": "image", "channels": 1, "size": 4}
    known = open_file(folder)
    again = unlabelled.read(str(folder), port, tasks.get("classification"))
    assert np.array_equal(again.x, known.x)
    assert again.notes == ()
    one = unlabelled.read(str(folder / "on" / "3.npy"), port, tasks.get("classification"))
    assert np.array_equal(one.x, known.x[[known.names.index("on/3.npy")]])


def test_what_cannot_be_used_is_named_and_left_out_when_asked(folder, refuses):
    (folder / "off" / "bad.npy").write_text("no array")
    save(folder / "on" / "large.npy", np.zeros((1, 5, 5)))
    save(folder / "on" / "gaps.npy", np.full((1, 4, 4), np.nan))
    save(folder / "on" / "words.npy", np.array([[["a"]]]))
    said = refuses(lambda: open_file(folder), "4 of 28 files", "--skip-bad")
    for words in (
        "bad.npy damaged .*more than plain arrays",
        r"large.npy is of shape \(1, 5, 5\), 24 are of shape \(1, 4, 4\)",
        "gaps.npy holds values that are missing or infinite",
        "words.npy holds <U1, not numbers",
    ):
        refuses(lambda: open_file(folder), words)
    assert "\n" not in said
    examples = open_file(folder, skip_bad=True)
    assert len(examples) == 24
    assert sum(note.startswith("left out") for note in examples.notes) == 4


def test_several_arrays_in_one_file_need_a_name(folder, refuses):
    np.savez(folder / "on" / "two.npz", a=np.zeros(3), b=np.zeros(3))
    refuses(lambda: open_file(folder), "two.npz holds several arrays, none called x: a, b")


def test_one_class_is_none(folder, refuses):
    refuses(lambda: open_file(folder / "on"), "0 sub-folders", "with its arrays in it")
