"""What a report draws: boxes within their picture, masks over it, how sure before and after."""

import numpy as np
import pytest
from torch import nn

from nna.workbench import figures


def test_boxes_end_where_the_picture_ends_and_only_the_surest_are_drawn():
    images = np.zeros((2, 3, 20, 30))
    truth = np.full((2, 2, 5), -1.0)
    truth[0, 0] = (1, 2, 3, 10, 12)
    beyond = np.array([[0, 0.9 - 0.01 * i, -50, -50, 80, 90] for i in range(20)])
    plot = figures.boxes(images, truth, [beyond, np.empty((0, 6))], ("cat", "dog"))
    first, second = plot.axes[:2]
    assert len(first.texts) == figures.MOST
    assert first.texts[0].get_text() == "cat 90 %"
    assert len(first.patches) == figures.MOST + 2  # the true one is dashed, black under white
    assert (len(second.patches), len(second.texts)) == (0, 0)
    for box in first.patches[2:]:
        assert (*box.get_xy(), box.get_width(), box.get_height()) == (-0.5, -0.5, 30, 20)


def test_boxes_below_a_half_are_not_drawn():
    plot = figures.boxes(
        np.zeros((1, 1, 8, 8)), np.full((1, 1, 5), -1.0), [np.array([[0, 0.4, 1, 1, 4, 4]])], "a"
    )
    assert not plot.axes[0].patches


def test_masks_lie_over_the_middle_of_their_pictures_and_leave_unlabelled_pixels_bare():
    truth = np.zeros((1, 4, 4), dtype=int)
    truth[0, 0, 0] = -1
    plot = figures.masks(np.random.default_rng(0).random((1, 3, 8, 8)), truth, truth, ("a", "b"))
    picture, mask = plot.axes[1].images
    assert picture.get_array().shape == (8, 8)
    assert mask.get_array().mask.sum() == 1
    assert mask.get_extent() == [1.5, 5.5, 5.5, 1.5]
    assert plot.axes[1].get_xlim() == (-0.5, 7.5)


@pytest.mark.parametrize("lines", [1, 2])
def test_calibration_has_a_line_for_each_way_to_be_sure(lines):
    draw = np.random.default_rng(0)
    said = {name: draw.uniform(0.3, 1, 200) for name in ("before", "after")[:lines]}
    plot = figures.calibration(said, draw.random(200) < 0.6)
    labels = [line.get_label() for line in plot.axes[0].lines]
    assert labels[1:] == [*reversed(said)]


def test_first_weights_are_the_kernels_or_the_rows_that_look_at_pixels():
    colour = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 3), nn.Linear(16, 2))
    weight = figures.first(colour, None)
    assert weight is not None
    assert weight.shape == (5, 4, 3, 3)
    rows = figures.first(nn.Linear(16, 2), 4)
    assert rows is not None
    assert rows.shape == (2, 1, 4, 4)
    assert figures.first(nn.Linear(16, 2), 5) is None
