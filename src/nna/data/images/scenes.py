"""Scenes with exact truth: real handwritten digits painted over crops of real photographs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nna.data.examples import Part

SIDE = 32  # pixels of a scene
MOST = 2  # digits in one
SIZES = (13, 18)  # pixels of a digit's square
INK = 0.45  # darkness from which a pixel belongs to the digit
COUNTS: dict[Part, int] = {"train": 1200, "validation": 150, "test": 250}
CLASSES = ("background", *"0123456789")


@dataclass(frozen=True, slots=True)
class Scenes:
    """Pictures and what is in them."""

    x: np.ndarray  # (n, 3, side, side), from 0 to 1
    masks: np.ndarray  # (n, side, side): 0 background, 1 + digit on its ink
    boxes: np.ndarray  # (n, MOST, 5): digit, left, top, right, bottom in pixels; digit -1: none
    parts: dict[Part, np.ndarray]


def scenes(seed: int = 0) -> Scenes:
    """All scenes; no digit and no strip of a photograph appears in two parts."""
    from sklearn.datasets import load_digits, load_sample_images

    rng = np.random.default_rng(seed)
    pixels, labels = load_digits(return_X_y=True)
    inks = (np.asarray(pixels) / 16).reshape(-1, 8, 8)
    pools = np.split(rng.permutation(len(inks)), [1200, 1437])
    photographs = [np.asarray(p) / 255 for p in load_sample_images().images]
    pictures, masks, boxes, parts, start = [], [], [], {}, 0
    for (part, count), pool, columns in zip(
        COUNTS.items(), pools, ((0, 430), (430, 515), (515, 640)), strict=True
    ):
        for _ in range(count):
            photograph = photographs[rng.integers(len(photographs))][:, slice(*columns)]
            picture, mask, box = _scene(rng, photograph, inks, np.asarray(labels), pool)
            pictures.append(picture)
            masks.append(mask)
            boxes.append(box)
        parts[part] = np.arange(start, start + count)
        start += count
    x = np.stack(pictures).transpose(0, 3, 1, 2).astype(np.float32)
    return Scenes(x, np.stack(masks), np.stack(boxes), parts)


def _scene(
    rng: np.random.Generator,
    photograph: np.ndarray,
    inks: np.ndarray,
    labels: np.ndarray,
    pool: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    top, left = (rng.integers(n - SIDE + 1) for n in photograph.shape[:2])
    picture = 0.6 * photograph[top : top + SIDE, left : left + SIDE]
    mask = np.zeros((SIDE, SIDE), np.int64)
    boxes = np.full((MOST, 5), -1.0, np.float32)
    taken = np.zeros((SIDE, SIDE), bool)
    for number in range(rng.integers(1, MOST + 1)):
        for _ in range(20):  # places tried
            size = int(rng.integers(SIZES[0], SIZES[1] + 1))
            row, column = rng.integers(0, SIDE - size + 1, 2)
            place = (slice(row, row + size), slice(column, column + size))
            if not taken[place].any():
                break
        else:
            break
        taken[place] = True
        one = rng.choice(pool)
        ink = _enlarged(inks[one], size)
        colour = rng.uniform(0.55, 1.0, 3)
        picture[place] += ink[:, :, None] * (colour - picture[place])
        on = ink > INK
        mask[place][on] = 1 + labels[one]
        rows, columns = np.flatnonzero(on.any(1)), np.flatnonzero(on.any(0))
        boxes[number] = (
            labels[one],
            column + columns[0],
            row + rows[0],
            column + columns[-1] + 1,
            row + rows[-1] + 1,
        )
    return picture, mask, boxes


def _enlarged(ink: np.ndarray, size: int) -> np.ndarray:
    from PIL import Image

    picture = Image.fromarray((255 * ink).astype(np.uint8))
    return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR)) / 255
