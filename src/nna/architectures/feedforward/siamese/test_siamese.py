"""What is claimed of Siamese networks, beyond the contract they share with the rest."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
import torch
from torch import Tensor

from nna import objectives
from nna.architectures.feedforward.siamese.model import Siamese
from nna.architectures.feedforward.siamese.spec import VARIANTS, Config
from nna.data.examples import Examples, Part
from nna.learning.base import Batch, Gradient
from nna.workbench.data_source import Source
from nna.workbench.evaluation import metrics
from nna.workbench.prepared_data import gather

EPOCHS = 8


@cache
def pictures() -> Mapping[Part, Examples]:
    """The parts of the data."""
    return gather("siamese", Source(data="moved_digits")).parts


def trained(pairs: str) -> tuple[float, float]:
    """AUC and mean distance on classes never seen, after a few epochs of one kind of pairs."""
    parts = pictures()
    x, y = torch.as_tensor(np.asarray(parts["train"].x)), torch.as_tensor(parts["train"].y)
    torch.manual_seed(0)
    model = Siamese(VARIANTS["desk"].config)
    loss = objectives.get("contrastive")
    assert isinstance(loss, Gradient)
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3, fused=True)
    for _ in range(EPOCHS):
        for rows in batches(y, pairs):
            optimiser.zero_grad()
            loss.loss(model, Batch({"series": x[rows]}, {"y": y[rows]}))[0].backward()
            optimiser.step()
    with torch.no_grad():
        points = model(torch.as_tensor(np.asarray(parts["test"].x))).double().numpy()
    apart, _ = metrics.pairs(points, np.asarray(parts["test"].y))
    auc = metrics.verification(points, np.asarray(parts["test"].y))["AUC"].value
    assert auc is not None
    return auc, float(apart.mean())


def batches(y: Tensor, pairs: str) -> list[Tensor]:
    """Mixed batches; or batches of one class each, in which no pair is of two."""
    if pairs == "both kinds":
        return list(torch.randperm(len(y)).split(64))
    found = [rows for k in y.unique() for rows in (y == k).nonzero()[:, 0].split(64)]
    return [found[i] for i in torch.randperm(len(found))]


@pytest.mark.slow
def test_without_pairs_of_two_classes_everything_falls_into_one_point():
    auc, apart = trained("both kinds")
    collapsed, fallen = trained("one class")
    assert apart > 0.5
    assert fallen < apart / 10
    assert auc > collapsed + 0.05


def test_the_distance_of_two_is_their_cosine_and_symmetric():
    torch.manual_seed(0)
    config = VARIANTS["desk"].config
    model = Siamese(config)
    one, other = torch.randn(2, 5, config.steps, config.channels)
    a, b = model(one), model(other)
    assert a.shape == (5, config.embedding)
    torch.testing.assert_close(a.norm(dim=1), torch.ones(5))
    cosine = torch.cosine_similarity(model.body(one.mT).flatten(1), model.body(other.mT).flatten(1))
    torch.testing.assert_close((a - b).square().sum(1), 2 - 2 * cosine)
    torch.testing.assert_close((b - a).norm(dim=1), (a - b).norm(dim=1))


def test_what_comes_later_by_a_stride_is_seen_one_unit_later():
    """Time delay: the same weights at every place, so the units move with the signal."""
    config = VARIANTS["signatures"].config
    torch.manual_seed(0)
    layer = Siamese(config).body[0]
    series = torch.zeros(1, config.channels, config.steps)
    series[..., 60:90] = torch.randn(config.channels, 30)
    later = series.roll(config.stride, dims=2)
    torch.testing.assert_close(layer(later)[..., 1:], layer(series)[..., :-1])


def test_the_signature_network_has_the_units_of_the_paper():
    config = VARIANTS["signatures"].config
    assert config.lengths == (200, 64, 19)
    assert (config.channels, *config.widths) == (8, 12, 16)


def test_sizes_that_leave_nothing_are_refused():
    with pytest.raises(ValueError, match="too few"):
        Siamese(Config(steps=4, widths=(3, 3), kernels=(3, 3), stride=1))
    with pytest.raises(ValueError, match="one a layer"):
        Siamese(Config(steps=9, widths=(3,), kernels=(3, 3), stride=1))
