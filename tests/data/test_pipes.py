"""A pipe among files is left out, and one in a file's place is refused: nothing waits for it."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from nna import tasks
from nna.data import unlabelled
from nna.data.images import class_folders
from nna.data.sources import open_file

PORT = {"kind": "image", "channels": 1, "size": 8, "min_size": 8}


@pytest.fixture
def folder(tmp_path):
    """Pictures of two classes, a pipe among them."""
    for number in range(4):
        path = tmp_path / "own" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8), number, np.uint8)).save(path)
    os.mkfifo(tmp_path / "own" / "a" / "pipe.png")
    return tmp_path / "own"


def test_among_pictures_it_is_left_out(folder):
    assert len(class_folders.examples(folder, None)) == 4
    assert len(unlabelled.read(str(folder), PORT, tasks.get("classification"))) == 4


@pytest.mark.parametrize("ending", ["png", "csv", "npz", "npy", "txt", "parquet", "xlsx", "jsonl"])
def test_in_the_place_of_a_file_it_is_refused(ending, tmp_path, refuses):
    path = tmp_path / f"pipe.{ending}"
    os.mkfifo(path)
    refuses(lambda: open_file(path), "a pipe, socket or device; save what it gives as a file")
    refuses(
        lambda: unlabelled.read(str(path), PORT, tasks.get("classification")),
        "a pipe, socket or device",
    )


def test_names_that_are_no_utf_8_are_read(folder):
    odd = os.fsdecode(b"p\xfe.png")
    shutil.copy(folder / "b" / "1.png", folder / "b" / odd)
    assert f"b/{odd}" in unlabelled.read(str(folder), PORT, tasks.get("classification")).names
    assert f"b/{odd}" in class_folders.examples(folder, None).names
