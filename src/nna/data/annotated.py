"""The user's own pictures with boxes, as COCO or Pascal VOC write them, for detection."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nna.data import pictures
from nna.data.examples import Examples
from nna.errors import UserError

COCO, IMAGES = "annotations.json", "images"
VOC, JPEGS = "Annotations", "JPEGImages"


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in a picture: its class, and left, top, right, bottom in pixels."""

    name: str
    corners: tuple[float, float, float, float]


def is_one(folder: Path) -> bool:
    """Whether a folder holds annotations in either form."""
    return (folder / COCO).is_file() or (folder / VOC).is_dir()


def examples(folder: Path) -> Examples:
    """Pictures with boxes: `annotations.json` and `images/`, or `Annotations/` and `JPEGImages/`.

    Raises:
        UserError: a file that can't be read as what it should be, a picture that is missing, a box
            beyond its picture or without extent, or one class only.
        OSError: no permission.
    """
    found = _coco(folder) if (folder / COCO).is_file() else _voc(folder)
    names = tuple(sorted({box.name for boxes in found.values() for box in boxes}))
    if not names:
        raise UserError(f"{folder}: no boxes in {len(found)} pictures")
    paths = sorted(found)
    if missing := [path for path in paths if not path.is_file()]:
        raise UserError(
            f"{folder}: {len(missing)} of {len(paths)} annotated pictures are missing, such as "
            f"{missing[0].name}"
        )
    x, notes = pictures.read(paths)
    y = np.full((len(paths), max(map(len, found.values())), 5), -1.0, np.float32)
    for number, path in enumerate(paths):
        for place, box in enumerate(found[path]):
            _check(path, box, x.shape[2:])
            y[number, place] = (names.index(box.name), *box.corners)
    count = int((y[..., 0] >= 0).sum())
    return Examples(
        task="detection",
        port=pictures.port_of(x),
        x=x,
        y=y,
        classes=names,
        notes=(f"{len(paths):,} pictures, {count:,} boxes of {len(names)} classes", *notes),
    )


def _check(path: Path, box: Box, shape: tuple[int, ...]) -> None:
    left, top, right, bottom = box.corners
    height, width = shape
    if not (0 <= left < right <= width + 1 and 0 <= top < bottom <= height + 1):
        raise UserError(
            f"{path.name}: the box {box.corners} of {box.name!r} doesn't fit a picture of "
            f"{width}x{height}: left < right and top < bottom, within it"
        )


def _coco(folder: Path) -> dict[Path, list[Box]]:
    path = folder / COCO
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        files = {one["id"]: folder / IMAGES / one["file_name"] for one in held["images"]}
        names = {one["id"]: str(one["name"]) for one in held["categories"]}
        found: dict[Path, list[Box]] = {file: [] for file in files.values()}
        for one in held["annotations"]:
            left, top, width, height = map(float, one["bbox"])
            box = Box(names[one["category_id"]], (left, top, left + width, top + height))
            found[files[one["image_id"]]].append(box)
    except (ValueError, TypeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not JSON as COCO writes it ({error})") from error
    except KeyError as error:
        raise UserError(f"{path}: no {error}; COCO's files name it for every entry") from error
    return found


def _voc(folder: Path) -> dict[Path, list[Box]]:
    files = sorted((folder / VOC).glob("*.xml"))
    if not files:
        raise UserError(f"{folder / VOC} holds no .xml files")
    return dict(_voc_file(folder, path) for path in files)


def _voc_file(folder: Path, path: Path) -> tuple[Path, list[Box]]:
    text = path.read_bytes()
    if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
        raise UserError(f"{path}: declares entities, which annotations never need: remove them")
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
    except (ElementTree.ParseError, AttributeError, TypeError, ValueError) as error:
        raise UserError(f"{path}: not an annotation as Pascal VOC writes it ({error})") from error
    return folder / JPEGS / str(file).strip(), boxes
