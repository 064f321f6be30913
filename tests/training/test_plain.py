"""On one device in full precision a step goes past Fabric, and reaches the same bits."""

import numpy as np
import pytest
import torch

from nna import objectives, registry
from nna.spec import Recipe
from nna.training import devices
from nna.training.in_memory import Tensors
from nna.training.loop import Training


def trained(clip_norm: float | None, plain: bool, monkeypatch) -> list[torch.Tensor]:
    own = devices.plain
    monkeypatch.setattr(devices, "plain", lambda fabric: plain and own(fabric))
    torch.manual_seed(0)
    x = torch.randn(50, 4)
    part = Tensors.pair(x, (x[:, 0] * x[:, 1] > 0).long())
    model = registry.build("mlp", features=4, hidden=(8,), classes=2, dropout=0.2)
    Training(
        model=model,
        objective=objectives.get("cross_entropy"),
        recipe=Recipe(
            objective="cross_entropy",
            epochs=3,
            batch_size=16,
            optimiser="adamw",
            weight_decay=0.1,
            clip_norm=clip_norm,
        ),
        train=part,
        validation=part,
        fabric=devices.fabric(precision="32-true", device="cpu"),
    ).run()
    return [p.detach().clone() for p in model.parameters()]


@pytest.mark.parametrize("clip_norm", [None, 0.5])
def test_a_step_past_fabric_reaches_the_same_bits(clip_norm, monkeypatch):
    ours = trained(clip_norm, True, monkeypatch)
    theirs = trained(clip_norm, False, monkeypatch)
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))


def test_only_one_device_in_full_precision_is_plain():
    assert devices.plain(devices.fabric(precision="32-true", device="cpu"))
    assert not devices.plain(devices.fabric(precision="bf16-mixed", device="cpu"))


def test_trainings_in_one_process_share_a_fabric_of_their_precision():
    model = torch.nn.Linear(2, 2)
    assert devices.shared(model) is devices.shared(torch.nn.Linear(3, 3))
    assert np.isclose(devices.shared(model).world_size, 1)
