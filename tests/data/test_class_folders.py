"""Pictures in folders: one folder a class, one size, grey or colour, nothing silent."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from nna import tasks
from nna.data import unlabelled
from nna.data.images import class_folders
from nna.data.profile import profile
from nna.data.sources import open_file, source


def picture(path, mode="L", size=(8, 6), value=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = value if mode in ("1", "L", "I;16", "I", "F") else None
    made = Image.new(mode, size, colour) if colour is not None else _colour(mode, size, value)
    made.save(path)


def _colour(mode, size, value):
    return Image.new("RGB", size, (value, 0, 255)).convert(mode)


@pytest.fixture
def folder(tmp_path):
    for name, value in (("cat", 51), ("dog", 204)):
        for i in range(3):
            picture(tmp_path / name / f"{i}.png", value=value)
    return tmp_path


def test_a_folder_a_class(folder):
    examples = open_file(folder)
    assert examples.task.name == "classification"
    assert examples.classes == ("cat", "dog")
    assert examples.y.tolist() == [0, 0, 0, 1, 1, 1]
    assert examples.x.shape == (6, 1, 6, 8)
    assert examples.x.dtype == np.float32
    assert np.allclose(examples.x[:3], 0.2)
    assert np.allclose(examples.x[3:], 0.8)
    assert (examples.port.channels, examples.port.size) == (1, 6)
    assert examples.notes == ("6 pictures in 2 classes by folder",)


def test_colour_is_red_green_blue(tmp_path):
    for name in "ab":
        picture(tmp_path / name / "p.png", "RGB", value=51)
    examples = open_file(tmp_path)
    assert examples.x.shape == (2, 3, 6, 8)
    assert np.allclose(examples.x[0, :, 0, 0], [0.2, 0, 1])


def test_grey_among_colour_is_said(folder):
    picture(folder / "dog" / "c.png", "RGB")
    examples = open_file(folder)
    assert examples.x.shape == (7, 3, 6, 8)
    assert any("6 of 7 pictures are grey" in note for note in examples.notes)


@pytest.mark.parametrize(("mode", "ending"), [("RGBA", "png"), ("P", "gif"), ("CMYK", "jpg")])
def test_other_kinds_of_pixels_are_converted_and_that_is_said(mode, ending, folder):
    picture(folder / "dog" / f"c.{ending}", mode)
    assert any(f"1 pictures converted from {mode}" in note for note in open_file(folder).notes)


def test_a_picture_taken_sideways_is_put_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    for name in "ab":
        (tmp_path / name).mkdir()
        Image.new("L", (8, 6)).save(tmp_path / name / "p.jpg", exif=exif)
    assert open_file(tmp_path).x.shape == (2, 1, 8, 6)


def test_what_is_no_picture_by_name_is_left_out_and_that_is_said(folder):
    (folder / "README.txt").write_text("about")
    (folder / "cat" / "Thumbs.db").write_bytes(b"\0")
    (folder / "cat" / ".hidden.png").write_bytes(b"\0")
    notes = open_file(folder).notes
    assert "1 files beside the folders left out (README.txt)" in notes
    assert "cat: 1 that are no pictures by name left out (Thumbs.db)" in notes


def test_pictures_without_classes(tmp_path, refuses):
    for i in range(3):
        picture(tmp_path / f"{i}.png")
    examples = open_file(tmp_path, task=tasks.get("reconstruction"))
    assert (len(examples), examples.y) == (3, None)
    refuses(lambda: open_file(tmp_path), "holds 0 sub-folders", "two or more classes")


def test_other_tasks_are_refused(folder, refuses):
    refuses(lambda: open_file(folder, task=tasks.get("regression")), "not for regression")
    refuses(
        lambda: open_file(folder, task=tasks.get("detection")),
        "not for detection, which wants annotat",
    )
    refuses(lambda: open_file(folder, target="a"), "leave out --target")


def test_faults_of_folders(folder, tmp_path_factory, refuses):
    refuses(lambda: open_file(tmp_path_factory.mktemp("empty")), "holds 0 sub-folders")
    (folder / "empty").mkdir()
    refuses(lambda: open_file(folder), "empty holds no pictures .*png")
    one = tmp_path_factory.mktemp("one")
    picture(one / "only" / "p.png")
    refuses(lambda: open_file(one), "holds 1 sub-folders", "two or more")


def test_pictures_of_different_sizes(folder, refuses):
    picture(folder / "dog" / "wide.png", size=(9, 6))
    refuses(lambda: open_file(folder), "1 of 7 files", "wide.png is 9x6, the other 6 are 8x6")


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_file_that_is_no_picture_is_named(content, folder, refuses):
    (folder / "dog" / "fake.png").write_bytes(content)
    refuses(lambda: open_file(folder), "dog/fake.png is not a picture, or damaged")


def test_a_picture_cut_off_is_named(folder, refuses):
    draw = np.random.default_rng(0).integers(0, 256, (6, 8), dtype=np.uint8)
    path = folder / "dog" / "cut.png"
    Image.fromarray(draw).save(path)
    path.write_bytes(path.read_bytes()[:70])
    refuses(lambda: open_file(folder), "cut.png is not a picture, or damaged")


def test_pixels_of_sixteen_bits_are_not_squeezed(folder, refuses):
    picture(folder / "dog" / "deep.png", "I;16")
    refuses(lambda: open_file(folder), "deep.png has pixels of kind I;16", "8 bits")


def test_a_moving_picture_is_refused(folder, refuses):
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "blue")]
    frames[0].save(folder / "dog" / "moving.gif", save_all=True, append_images=frames[1:])
    refuses(lambda: open_file(folder), "moving.gif holds 2 pictures")


def test_more_pictures_than_memory_should_hold_are_refused(folder, monkeypatch, refuses):
    monkeypatch.setattr(class_folders, "LARGEST", 1000)
    refuses(lambda: open_file(folder), "6 pictures of 8x6 are more than", "make them smaller")


def test_bad_ones_among_many_are_all_told_by_name(folder, refuses):
    (folder / "cat" / "0.png").write_bytes(b"no picture")
    picture(folder / "dog" / "wide.png", size=(9, 6))
    refuses(
        lambda: open_file(folder),
        "2 of 7 files can't be used",
        "cat/0.png is not a picture, or damaged",
        "dog/wide.png is 9x6",
        "--skip-bad",
    )


def test_they_are_left_out_when_asked_and_each_is_noted(folder):
    (folder / "cat" / "0.png").write_bytes(b"no picture")
    examples = open_file(folder, skip_bad=True)
    assert examples.names == ("cat/1.png", "cat/2.png", "dog/0.png", "dog/1.png", "dog/2.png")
    assert examples.y.tolist() == [0, 0, 1, 1, 1]
    note = f"left out: {folder}/cat/0.png is not a picture, or damaged"
    assert [said for said in examples.notes if said.startswith("left out")] == [note]


def test_a_line_names_ten_and_the_profile_all(tmp_path, refuses):
    for number in range(30):
        picture(tmp_path / "ab"[number % 2] / f"{number}.png")
    for number in range(12):
        (tmp_path / "ab"[number % 2] / f"{number}.png").write_bytes(b"no picture")
    refuses(lambda: open_file(tmp_path), "12 of 30 files", "and 2 more, which `nna data profile`")
    notes = profile(tmp_path)["notes"]
    assert sum(note.startswith("left out") for note in notes) == 12


@pytest.fixture
def mixed(tmp_path):
    """Pictures of six sizes, black but for the white middle square of each."""
    for number in range(6):
        width, height = (10 + 4 * number, 10) if number % 2 else (10, 10 + 4 * number)
        pixels = np.zeros((height, width, 3), np.uint8)
        top, left = (height - 10) // 2, (width - 10) // 2
        pixels[top : top + 10, left : left + 10] = 255
        path = tmp_path / "photos" / "ab"[number % 2] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return tmp_path / "photos"


def test_of_many_sizes_the_middle_square_is_kept_and_that_is_said(mixed, tmp_path):
    examples = open_file(mixed)
    assert examples.x.shape == (6, 3, 10, 10)
    assert (examples.x == 1).all()
    assert (examples.port.size, examples.port.min_size) == (10, 1)
    said = "pictures of 6 sizes, from 10x10 to 30x10: the middle square of each, scaled to 10x10"
    assert any(note.startswith(said) for note in examples.notes)
    port = {"kind": "image", "channels": 3, "size": 10, "min_size": 1}
    again = unlabelled.read(str(mixed), port, tasks.get("classification"))
    assert np.array_equal(again.x, examples.x)
    picture(tmp_path / "grey.png", size=(30, 20), value=51)
    (grey,) = unlabelled.read(str(tmp_path / "grey.png"), port, tasks.get("classification")).x
    assert grey.shape == (3, 10, 10)
    assert np.allclose(grey, 0.2)


def test_of_many_sizes_too_a_damaged_one_is_named(mixed, refuses):
    path = mixed / "a" / "0.png"
    path.write_bytes(path.read_bytes()[:45])
    refuses(lambda: open_file(mixed), "1 of 6 files", "a/0.png is not a picture, or damaged")
    assert len(open_file(mixed, skip_bad=True)) == 5


def test_shapes_that_are_right_on_one_side_each_are_refused_together(mixed, refuses):
    port = {"kind": "image", "channels": 3, "size": 10, "min_size": 10}
    refuses(
        lambda: unlabelled.read(str(mixed), port, tasks.get("classification")),
        "pictures of 6 sizes, from 10x10 to 30x10: make them one size",
    )
    picture(mixed / "one.png", "RGB", size=(9, 9))
    made = unlabelled.read(str(mixed / "one.png"), port, tasks.get("classification"))
    assert made.x.shape == (1, 3, 10, 10)
    assert made.notes[0].startswith("1 of 1 pictures are of another size, such as 9x9")


def test_a_folder_that_is_bad_by_half_is_refused_all_the_same(folder, refuses):
    for number in range(3):
        (folder / "cat" / f"{number}.png").write_bytes(b"no picture")
    refuses(lambda: open_file(folder, skip_bad=True), "3 of 6 files can't be used")


def test_a_class_that_loses_all_its_pictures_is_refused(folder, refuses):
    for number in range(3, 9):
        picture(folder / "dog" / f"{number}.png")
    for number in range(3):
        (folder / "cat" / f"{number}.png").write_bytes(b"no picture")
    refuses(lambda: open_file(folder, skip_bad=True), "cat: none of its pictures can be used")


def test_only_folders_and_tables_hold_what_can_be_left_out(tmp_path, refuses):
    (tmp_path / "a.txt").write_text("a text")
    refuses(lambda: open_file(tmp_path / "a.txt", skip_bad=True), "for folders of pictures and for")
    refuses(lambda: source("digits", skip_bad=True), "--skip-bad is for data of your own; digits")


@settings(max_examples=20, deadline=None)
@given(bad=st.sets(st.integers(0, 9), max_size=4))
def test_whichever_are_bad_the_others_keep_their_classes(bad, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    for number in range(10):
        picture(folder / "xy"[number % 2] / f"{number}.png", value=10 * number)
    for number in bad:
        (folder / "xy"[number % 2] / f"{number}.png").write_bytes(b"no picture")
    examples = open_file(folder, skip_bad=True)
    assert len(examples) == 10 - len(bad)
    for name, y, x in zip(examples.names, examples.y, examples.x, strict=True):
        number = int(name[2:-4])
        assert number not in bad
        assert y == number % 2
        assert np.allclose(x, 10 * number / 255)
