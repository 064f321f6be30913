"""Data at the edge of what can be learnt from: a figure, or one clear line."""

import numpy as np
import pytest
import torch
from torch import nn

from nna import objectives
from nna.data.examples import Examples
from nna.errors import UserError
from nna.learning.base import Batch
from nna.spec import Image, Table
from nna.workbench import fitting
from nna.workbench.evaluation import evaluate
from nna.workbench.prepared_data import compose

PARTS = {"train": slice(0, 13), "validation": slice(13, 17), "test": slice(17, 24)}
PICTURES = np.random.default_rng(0).normal(size=(24, 1, 16, 16)).astype(np.float32)
ROWS = np.random.default_rng(1).normal(size=(24, 3))


def figures(reference, x, y, task, classes=(), recipe=None, parts=PARTS):
    """Of a training of one epoch, with all baselines."""
    image = np.ndim(x) == 4
    port = Image(channels=1, size=16, min_size=16) if image else Table(features=x.shape[1])
    whole = Examples.of(task=task, port=port, x=x, y=y, classes=classes)
    raw = {part: whole.take(np.arange(24)[rows]) for part, rows in parts.items()}
    material = compose(reference, raw)
    fitted = fitting.fit(material, {"epochs": 1, **(recipe or {})})
    assert all(torch.isfinite(p).all() for p in fitted.model.parameters())
    return evaluate.results(fitted.model, material).metrics


def finite(found):
    return all(of.why if of.value is None else np.isfinite(of.value) for of in found.values())


def test_a_batch_without_a_labelled_pixel_teaches_nothing():
    model = nn.Conv2d(1, 2, 1)
    batch = Batch({"input": torch.ones(2, 1, 4, 4)}, {"y": torch.full((2, 4, 4), -1)})
    loss, quantities = objectives.get("pixel_cross_entropy").loss(model, batch)
    assert (float(loss.detach()), float(quantities["pixel error"])) == (0, 0)
    loss.backward()
    assert all((p.grad == 0).all() for p in model.parameters())


def test_pictures_without_a_labelled_pixel_stand_among_others():
    masks = np.random.default_rng(0).integers(0, 2, (24, 16, 16))
    masks[:13:2] = -1
    assert finite(figures("unet", PICTURES, masks, "segmentation", ("a", "b"), {"batch_size": 1}))


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_without_any_labelled_pixel_is_refused_before_training(part):
    masks = np.random.default_rng(0).integers(0, 2, (24, 16, 16))
    masks[PARTS[part]] = -1
    with pytest.raises(UserError, match=f"the {part} part has no pixel with a class"):
        figures("unet", PICTURES, masks, "segmentation", ("a", "b"))


@pytest.mark.parametrize("batch", [1, 4, 6, 12])
def test_the_last_batch_may_hold_one_example_beside_batch_norm(batch):
    y = np.arange(24) % 2
    pictures = np.repeat(np.repeat(PICTURES, 2, axis=2), 2, axis=3)
    whole = figures("resnet", pictures, y, "classification", ("a", "b"), {"batch_size": batch})
    assert finite(whole)


def test_training_rows_of_one_class_still_give_figures():
    y = np.repeat([0, 1], [17, 7])
    found = figures("mlp", ROWS, y, "classification", ("a", "b"))
    assert finite(found)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda x: np.c_[x[:, :2], np.full(24, 5.0)],
        lambda x: np.c_[x[:, :2], np.full(24, np.nan)],
        lambda x: np.c_[x[:, :2], np.full(24, 1e30)],
    ],
    ids=["constant", "gaps", "huge"],
)
def test_a_column_that_says_nothing_harms_nothing(spoil):
    y = ROWS[:, 0]
    assert finite(figures("mlp", spoil(ROWS), y, "regression"))


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_target_that_does_not_vary_in_a_part(part):
    y = ROWS[:, 0].copy()
    y[PARTS[part]] = 3.0
    assert finite(figures("mlp", ROWS, y, "regression"))


@pytest.mark.parametrize("size", [1e-90, 1e20, 1e38, 1e90])
def test_targets_of_any_size_are_learnt(size):
    plain, other = (figures("mlp", ROWS, ROWS[:, 0] * by, "regression") for by in (1.0, size))
    assert other["r2"].value == pytest.approx(plain["r2"].value, abs=1e-3)


def test_pictures_without_boxes_teach_that_nothing_is_there():
    rows = torch.rand(2, 5, 4 + 4 + 3, requires_grad=True)
    batch = Batch({"input": torch.ones(2, 1)}, {"y": torch.full((2, 3, 5), -1.0)})
    loss, _ = objectives.get("multibox").loss(lambda input: rows, batch)
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(rows.grad).all()
