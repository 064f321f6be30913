"""What is claimed of triplet networks, beyond the contract they share with the rest."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from nna import contract
from nna.architectures.convolutional.triplet.model import Maxout, Triplet
from nna.architectures.convolutional.triplet.spec import SPEC, VARIANTS
from nna.blocks.unfilled import outlined
from nna.objectives.triplet import semi_hard
from nna.workbench.data_source import Source
from nna.workbench.evaluation import metrics
from nna.workbench.prepared_data import gather

Choice = Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]


def hardest(squared: Tensor, label: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """For every pair of one class, the negative nearest to the anchor."""
    same = label[:, None] == label[None]
    anchor, positive = (same & ~torch.eye(len(label), dtype=torch.bool)).nonzero(as_tuple=True)
    return anchor, positive, squared.masked_fill(same, torch.inf).argmin(1)[anchor]


def trained(choose: Choice, epochs: int = 6) -> float:
    """Mean distance of two pictures of unseen classes, after training on triplets so chosen."""
    parts = gather("triplet", Source(data="moved_digits")).parts
    x, y = torch.as_tensor(np.asarray(parts["train"].x)), torch.as_tensor(parts["train"].y)
    torch.manual_seed(0)
    model = Triplet(VARIANTS["desk"].config)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(y)).split(64):
            points = model(x[rows])
            squared = (points[:, None] - points[None]).square().sum(2)
            a, p, n = choose(squared.detach(), y[rows])
            optimiser.zero_grad()
            (squared[a, p] - squared[a, n] + 0.2).clamp(min=0).mean().backward()
            optimiser.step()
    with torch.no_grad():
        points = model(torch.as_tensor(np.asarray(parts["test"].x))).double().numpy()
    return float(metrics.pairs(points, np.asarray(parts["test"].y))[0].mean())


@pytest.mark.slow
def test_the_hardest_negatives_draw_everything_into_one_point():
    """Section 3.2; semi-hard ones, further away than the positive, don't."""
    assert trained(hardest) < 0.05
    assert trained(semi_hard) > 0.5


def test_the_points_lie_on_a_unit_sphere():
    model = contract.tiny("triplet", SPEC)
    points = model(**contract.sample(SPEC, 5))
    torch.testing.assert_close(points.norm(dim=1), torch.ones(5))
    one, other = points[:2], points[2:4]
    torch.testing.assert_close(
        (one - other).square().sum(1), 2 - 2 * torch.cosine_similarity(one, other)
    )


def test_a_maxout_unit_is_convex():
    """The greater of two planes: never above the mean of two points, half-way between them."""
    torch.manual_seed(0)
    unit = Maxout(3, 4)
    a, b = torch.randn(2, 200, 3)
    middle, mean = unit((a + b) / 2), (unit(a) + unit(b)) / 2
    assert (middle <= mean + 1e-6).all()
    assert (middle < mean - 1e-3).any()  # and bent, not flat


def test_nn1_has_the_layers_of_table_1():
    with outlined():
        model = Triplet(VARIANTS["nn1"].config)
        stem = model.stem(torch.zeros(1, 3, 220, 220))
    assert stem.shape[1:] == (64, 55, 55)
    x, shapes = stem, []
    for stage in model.body:
        x = stage(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes == [(192, 28, 28), (384, 14, 14), (256, 7, 7)]
    layers = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    thousands = [round(contract.count_parameters(layer) / 1000) for layer in layers]
    assert thousands[:11] == [9, 4, 111, 37, 664, 148, 885, 66, 590, 66, 590]
    assert [round(n / 1000) for n in thousands[11:13]] == [103, 34]
    assert thousands[13] == 524


def test_pictures_of_another_size_are_refused():
    with pytest.raises(ValueError, match="12 x 12"):
        contract.tiny("triplet", SPEC)(torch.randn(1, 2, 14, 14))
