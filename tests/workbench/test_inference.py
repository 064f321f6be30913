"""A model made ready answers as before, without batch norms, and leaves the original alone."""

import pytest
import torch
from torch import nn

from nna import agreement, contract, registry
from nna.workbench.prediction.inference import ready

IMAGES = [n for n in registry.names() if "image" in registry.describe(n).inputs]


@pytest.mark.parametrize("name", IMAGES)
def test_the_answers_stay(name):
    spec = registry.describe(name)
    model = contract.tiny(name, spec).eval()
    agreement.unsettle(model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    example = contract.sample(spec)
    with torch.no_grad():
        expected, given = model(**example), ready(model)(**example)
    scale = float(expected.abs().max()) + 1e-6
    torch.testing.assert_close(given / scale, expected / scale, rtol=0, atol=1e-4)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_no_batch_norm_is_left_in_a_residual_network():
    model = ready(contract.tiny("resnet", registry.describe("resnet")))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in model.modules())


def test_lower_precision_only_where_no_decision_changes(monkeypatch):
    from nna.workbench.prediction import inference as module

    torch.manual_seed(0)
    x = torch.randn(32, 8)
    clear, near = nn.Linear(8, 2), nn.Linear(8, 2)
    with torch.no_grad():
        clear.weight[1] = -clear.weight[0]
        clear.bias.copy_(torch.tensor([50.0, -50.0]))
        near.weight[1] = near.weight[0] * (1 + 1e-5)
        near.bias.zero_()
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda model: True)
    assert isinstance(module.classifier(clear, x), module.Lower)
    assert not isinstance(module.classifier(near, x), module.Lower)
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda model: False)
    assert not isinstance(module.classifier(clear, x), module.Lower)
