"""Pictures with boxes as COCO and Pascal VOC write them."""

import json

import numpy as np
import pytest
from PIL import Image

from nna.data.sources import open_file
from nna.errors import UserError

THINGS = {
    "a.png": [("cat", (2, 3, 10, 12)), ("dog", (0, 0, 5, 5))],
    "b.png": [("dog", (1, 1, 16, 16))],
    "c.png": [],
}


@pytest.fixture
def coco(tmp_path):
    folder = tmp_path / "coco"
    (folder / "images").mkdir(parents=True)
    annotations = []
    for number, (file, boxes) in enumerate(THINGS.items()):
        Image.new("RGB", (16, 16), (10 * number, 0, 0)).save(folder / "images" / file)
        for name, (left, top, right, bottom) in boxes:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": {"cat": 7, "dog": 9}[name],
                    "bbox": [left, top, right - left, bottom - top],
                }
            )
    held = {
        "images": [{"id": i, "file_name": file} for i, file in enumerate(THINGS)],
        "categories": [{"id": 7, "name": "cat"}, {"id": 9, "name": "dog"}],
        "annotations": annotations,
    }
    (folder / "annotations.json").write_text(json.dumps(held))
    return folder


@pytest.fixture
def voc(tmp_path):
    folder = tmp_path / "voc"
    for inside in ("Annotations", "JPEGImages"):
        (folder / inside).mkdir(parents=True)
    for file, boxes in THINGS.items():
        Image.new("RGB", (16, 16)).save(folder / "JPEGImages" / file)
        things = "".join(
            f"<object><name>{name}</name><bndbox><xmin>{left + 1}</xmin><ymin>{top + 1}</ymin>"
            f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
            for name, (left, top, right, bottom) in boxes
        )
        text = f"<annotation><filename>{file}</filename>{things}</annotation>"
        (folder / "Annotations" / f"{file[0]}.xml").write_text(text)
    return folder


def test_both_forms_say_the_same(coco, voc):
    expected = np.full((3, 2, 5), -1.0)
    expected[0] = [[0, 2, 3, 10, 12], [1, 0, 0, 5, 5]]
    expected[1, 0] = [1, 1, 1, 16, 16]
    for folder in (coco, voc):
        examples = open_file(folder)
        assert (examples.task.name, examples.classes) == ("detection", ("cat", "dog"))
        assert examples.x.shape == (3, 3, 16, 16)
        np.testing.assert_array_equal(examples.y, expected)
        assert "3 boxes of 2 classes" in examples.notes[0]


def _changed(folder, change):
    path = folder / "annotations.json"
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            lambda f: (f / "images" / "a.png").unlink(),
            "1 of 3 files .*a.png is annotated and missing",
        ),
        (lambda f: (f / "annotations.json").write_text("{"), "not JSON as COCO"),
        (lambda f: _changed(f, lambda h: h.pop("categories")), "no 'categories'"),
        (lambda f: _changed(f, lambda h: h["annotations"].clear()), "no boxes in 3 pictures"),
        (lambda f: _changed(f, lambda h: h["annotations"][0]["bbox"].__setitem__(2, 99)), "fit"),
        (lambda f: _changed(f, lambda h: h["annotations"][0]["bbox"].__setitem__(2, 0)), "fit"),
        (lambda f: (f / "images" / "a.png").write_text("none"), "not a picture, or damaged"),
    ],
)
def test_faults_of_coco_are_one_clear_line(coco, harm, said):
    harm(coco)
    with pytest.raises(UserError, match=said) as caught:
        open_file(coco)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<annotation>", "is no annotation"),
        ("<annotation><object/></annotation>", "is no annotation"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotation/>', "declares entities"),
    ],
)
def test_faults_of_voc_are_one_clear_line(voc, text, said):
    (voc / "Annotations" / "a.xml").write_text(text)
    with pytest.raises(UserError, match=said) as caught:
        open_file(voc)
    assert "\n" not in str(caught.value)


def test_of_coco_a_picture_that_is_bad_is_left_out_when_asked(coco):
    (coco / "images" / "b.png").write_bytes(b"no picture")
    examples = open_file(coco, skip_bad=True)
    assert examples.names == ("a.png", "c.png")
    assert (examples.y[:, :, 0] >= 0).sum(1).tolist() == [2, 0]


def test_of_voc_an_annotation_that_is_bad_is_left_out_when_asked(voc):
    (voc / "Annotations" / "b.xml").write_text("<annotation>")
    examples = open_file(voc, skip_bad=True)
    assert examples.names == ("a.png", "c.png")
    assert examples.classes == ("cat", "dog")
    assert any("b.xml is no annotation" in note for note in examples.notes)


def test_pictures_beyond_the_folder_are_never_opened(coco):
    path = coco / "annotations.json"
    path.write_text(path.read_text().replace("b.png", "../../b.png"))
    with pytest.raises(UserError, match=r"b\.png lies outside the folder"):
        open_file(coco)


def test_the_layout_of_coco_itself_will_do(coco):
    (coco / "annotations").mkdir()
    (coco / "annotations.json").rename(coco / "annotations" / "instances_train2017.json")
    (coco / "images").rename(coco / "train2017")
    examples = open_file(coco)
    assert examples.names == ("a.png", "b.png", "c.png")
    assert "3 boxes of 2 classes" in examples.notes[0]
    (coco / "annotations" / "captions.json").write_text("{}")
    with pytest.raises(UserError, match=r"holds 2 \.json files \(captions.json, inst.*leave one"):
        open_file(coco)


@pytest.mark.parametrize(
    ("harm", "said", "left"),
    [
        ({"image_id": 99}, "annotation 1 is of picture 99, which isn't listed", "abc"),
        ({"bbox": [1, 2, 3]}, r"a\.png has annotation 1 with .*four numbers", "bc"),
        ({"bbox": None}, r"a\.png has annotation 1 with .*four numbers", "bc"),
        ({"category_id": 1}, r"a\.png has annotation 1 with .*a listed class", "bc"),
    ],
)
def test_an_annotation_that_is_bad_is_named_and_left_out_when_asked(coco, harm, said, left):
    _changed(coco, lambda h: h["annotations"][0].update(harm))
    with pytest.raises(UserError, match=said):
        open_file(coco)
    examples = open_file(coco, skip_bad=True)
    assert examples.names == tuple(f"{name}.png" for name in left)


def test_crowds_are_no_single_things(coco):
    _changed(coco, lambda h: h["annotations"][0].update(iscrowd=1))
    examples = open_file(coco)
    assert (examples.y[:, :, 0] >= 0).sum(1).tolist() == [1, 1, 0]
    assert "1 boxes of crowds left out" in examples.notes
