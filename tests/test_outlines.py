"""Models made for their shapes alone take no memory, and none of the imports that drawing takes."""

import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from nna import registry
from nna.blocks.unfilled import SHORT, outlined, shape_alone

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


aten = torch.ops.aten
SHAPES = st.sampled_from([(3, 4), (1, 4), (4,), (3, 1), ()])
KINDS = st.sampled_from([torch.float32, torch.float64, torch.int64, torch.bool])


@settings(max_examples=60)
@given(
    operation=st.sampled_from(sorted(SHORT, key=str)), shapes=st.tuples(SHAPES, SHAPES), kind=KINDS
)
def test_a_shape_known_without_asking_torch_is_the_one_that_torch_computes(operation, shapes, kind):
    x = torch.ones(shapes[0])
    given = {
        aten.native_batch_norm.default: (
            torch.ones(2, 3, 4),
            *4 * [torch.ones(3)],
            True,
            0.1,
            1e-5,
        ),
        aten.native_layer_norm.default: (torch.ones(2, 3), [3], torch.ones(3), torch.ones(3), 1e-5),
        aten.add.Tensor: (x, torch.ones(shapes[1], dtype=kind)),
        aten.mul.Tensor: (x, torch.ones(shapes[1], dtype=kind)),
    }.get(operation, (x,))
    assert shape_alone(operation, given) is None  # there are numbers to compute
    meta = [one.to("meta") if isinstance(one, torch.Tensor) else one for one in given]
    found, computed = shape_alone(operation, meta), operation(*given)
    if found is None:
        assert operation in (aten.add.Tensor, aten.mul.Tensor)
        return
    one, theirs = (of[0] if isinstance(of, tuple) else of for of in (found, computed))
    assert (one.shape, one.dtype, one.is_meta) == (theirs.shape, theirs.dtype, True)
