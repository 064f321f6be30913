"""The user's own pictures with boxes, as COCO or Pascal VOC write them, for detection."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nna import tasks
from nna.data import folders
from nna.data.bad_files import Faults
from nna.data.examples import Examples
from nna.data.images import class_folders
from nna.errors import UserError

TASK = tasks.get("detection")

COCO, IMAGES, FILES = "annotations.json", "images", "annotations"
VOC, JPEGS = "Annotations", "JPEGImages"


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in a picture: its class, and left, top, right, bottom in pixels."""

    name: str
    corners: tuple[float, float, float, float]


def is_one(folder: Path) -> bool:
    """Whether a folder holds annotations in either form."""
    return bool(_files(folder)) or (folder / VOC).is_dir()


def examples(folder: Path, skip_bad: bool = False) -> Examples:
    """Pictures with boxes: `annotations.json` and `images/`, or `Annotations/` and `JPEGImages/`.

    COCO's own layout will do as well: one file in `annotations/`, and the pictures in the one other
    folder, whatever their names. What COCO marks as a crowd is no single thing, and left out.

    Args:
        folder: holds either.
        skip_bad: leave out pictures whose file, annotation or boxes can't be used, and note each.

    Raises:
        UserError: files that can't be used, among them a picture that is missing or has a box
            beyond it or without extent; or no boxes at all.
        OSError: no permission.
    """
    faults = Faults(skip_bad)
    files = _files(folder)
    home = _home(folder) if files else folder / JPEGS
    crowds = []
    if files:
        boxes, crowds = _coco(_only(files), home, faults)
    else:
        boxes = _voc(folder, faults)
    count = len(boxes.keys() | faults.found.keys())
    pixels, notes = _pictures(boxes, folder, faults)
    left_out = faults.settle(count)
    kept = list(pixels)
    names = tuple(sorted({box.name for path in kept for box in boxes[path]}))
    if not names:
        raise UserError(f"{folder}: no boxes in {len(kept)} pictures")
    x, changed = class_folders.stacked(list(pixels.values()))
    y = np.full((len(kept), max(len(boxes[path]) for path in kept), 5), -1.0, np.float32)
    for number, path in enumerate(kept):
        for place, box in enumerate(boxes[path]):
            y[number, place] = (names.index(box.name), *box.corners)
    things = int((y[..., 0] >= 0).sum())
    return Examples.of(
        task=TASK,
        port=class_folders.port_of(x),
        x=x,
        y=y,
        classes=names,
        names=class_folders.names(kept, home),
        notes=(
            f"{len(kept):,} pictures, {things:,} boxes of {len(names)} classes",
            *crowds,
            *notes,
            *changed,
            *left_out,
        ),
    )


def _pictures(
    boxes: Mapping[Path, list[Box]], folder: Path, faults: Faults
) -> tuple[dict[Path, np.ndarray], list[str]]:
    """The pixels of the pictures that are there and hold their boxes, and what was converted."""
    for path in boxes:
        if ".." in path.parts or not path.is_relative_to(folder):
            faults.add(path, "lies outside the folder")
        elif not path.is_file():
            faults.add(path, "is annotated and missing")
    pixels, notes = class_folders.load(sorted(boxes.keys() - faults.found.keys()), faults)
    for path, picture in pixels.items():
        for box in boxes[path]:
            if why := _misfit(box, picture.shape[:2]):
                faults.add(path, why)
    return {path: one for path, one in pixels.items() if path not in faults.found}, notes


def _misfit(box: Box, shape: tuple[int, ...]) -> str | None:
    """What is wrong with a box in a picture of `(height, width)`."""
    left, top, right, bottom = box.corners
    height, width = shape
    if 0 <= left < right <= width + 1 and 0 <= top < bottom <= height + 1:
        return None
    return (
        f"is {width}x{height}: the box {box.corners} of {box.name!r} doesn't fit "
        "(left < right and top < bottom, within it)"
    )


def _files(folder: Path) -> list[Path]:
    """Files that hold annotations as COCO writes them."""
    if (folder / COCO).is_file():
        return [folder / COCO]
    return folders.files(folder / FILES, (".json",))


def _only(files: Sequence[Path]) -> Path:
    if len(files) > 1:
        names = ", ".join(path.name for path in files)
        raise UserError(f"{files[0].parent} holds {len(files)} .json files ({names}); leave one")
    return files[0]


def _home(folder: Path) -> Path:
    """Where the pictures lie that COCO's file is about."""
    others = [p for p in folders.inside(folder) if p.is_dir() and p.name != FILES]
    if (folder / IMAGES).is_dir() or len(others) != 1:
        return folder / IMAGES
    return others[0]


def _coco(path: Path, home: Path, faults: Faults) -> tuple[dict[Path, list[Box]], list[str]]:
    """The boxes of each picture, and a note on crowds if there are."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        files = {one["id"]: home / one["file_name"] for one in held["images"]}
        names = {one["id"]: str(one["name"]) for one in held["categories"]}
        annotations = list(enumerate(held["annotations"]))
        single = [(n, one) for n, one in annotations if not one.get("iscrowd")]
        owners = [files.get(one["image_id"]) for _, one in single]
    except (ValueError, TypeError, AttributeError) as error:
        raise UserError(f"{path}: not JSON as COCO writes it ({error})") from error
    except KeyError as error:
        raise UserError(f"{path}: no {error}; COCO's files name it for every entry") from error
    found: dict[Path, list[Box]] = {file: [] for file in files.values()}
    for (number, one), file in zip(single, owners, strict=True):
        called = f"annotation {one.get('id', number)}"
        if file is None:
            faults.add(path / called, f"is of picture {one['image_id']}, which isn't listed")
            continue
        try:
            left, top, width, height = map(float, one["bbox"])
            box = Box(names[one["category_id"]], (left, top, left + width, top + height))
        except (ValueError, TypeError, KeyError):
            said = {key: one.get(key) for key in ("bbox", "category_id")}
            faults.add(
                file, f"has {called} with {said}: four numbers and a listed class are wanted"
            )
        else:
            found[file].append(box)
    crowds = len(annotations) - len(single)
    return found, [f"{crowds:,} boxes of crowds left out"] if crowds else []


def _voc(folder: Path, faults: Faults) -> dict[Path, list[Box]]:
    written = folders.files(folder / VOC, (".xml",))
    if not written:
        raise UserError(f"{folder / VOC} holds no .xml files")
    found = {}
    for path in written:
        try:
            picture, boxes = _voc_file(folder, path)
        except UserError as error:
            faults.add(path, str(error))
        else:
            found[picture] = boxes
    return found


def _voc_file(folder: Path, path: Path) -> tuple[Path, list[Box]]:
    text = path.read_bytes()
    if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
        raise UserError("declares entities, which annotations never need")
    try:
        root = ElementTree.fromstring(text)
        boxes = []
        for one in root.iter("object"):
            left, top, right, bottom = (
                float(one.find("bndbox").find(edge).text)  # type: ignore[union-attr,arg-type]
                for edge in ("xmin", "ymin", "xmax", "ymax")
            )
            # VOC counts pixels from 1, and both rims belong to the box
            name = one.find("name").text  # type: ignore[union-attr]
            boxes.append(Box(str(name).strip(), (left - 1, top - 1, right, bottom)))
        file = root.find("filename").text  # type: ignore[union-attr]
    except (ElementTree.ParseError, ValueError) as error:
        raise UserError(f"is no annotation as Pascal VOC writes it ({error})") from error
    except (AttributeError, TypeError) as error:
        raise UserError("is no annotation as Pascal VOC writes it: an entry is missing") from error
    return folder / JPEGS / str(file).strip(), boxes
