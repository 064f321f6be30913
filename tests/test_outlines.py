"""Models made for their shapes alone take no memory, and none of the imports that drawing takes."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from nna import registry
from nna.blocks.unfilled import outlined

NAMES = ("lenet5", "vgg", "resnet", "mlp", "lstm", "gpt2")


@pytest.mark.parametrize("name", NAMES)
def test_an_outline_has_the_parameters_of_the_model(name):
    config = registry.configure(name)
    made, drawn = registry.outline(name, config), registry.construct(name, config)
    shapes = [
        [(key, value.shape, value.dtype) for key, value in model.state_dict().items()]
        for model in (made, drawn)
    ]
    assert shapes[0] == shapes[1]
    assert all(value.is_meta for value in made.parameters())


def test_tensors_with_values_are_filled_as_ever():
    with outlined():
        real = torch.zeros(5, device="cpu")
        nn.init.normal_(real)
        real.uniform_(1, 2)
    assert bool(((real >= 1) & (real < 2)).all())


def test_comparing_structures_imports_no_compiler():
    script = f"""
import sys
from nna.atlas.diff import diff
diff(*{NAMES[:3]!r})
diff(*{NAMES[3:]!r})
assert "torch._dynamo" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=300)
