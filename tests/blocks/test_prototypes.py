"""Distances to prototypes: exact where the expanded square is not, and differentiable."""

import torch

from nna.blocks.prototypes import squared_distance


def test_a_case_by_hand():
    x = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    prototypes = torch.tensor([[0.0, 0.0], [3.0, 0.0], [6.0, 8.0]])
    expected = torch.tensor([[0.0, 9.0, 100.0], [25.0, 16.0, 25.0]])
    assert torch.equal(squared_distance(x, prototypes), expected)


def test_far_from_the_origin_near_points_keep_their_distance():
    # in float32 the spacing at 1,000 squared is 1/16: |x|^2 - 2 x.p + |p|^2 can't see 2^-10
    prototypes = torch.full((1, 3), 1000.0)
    x = prototypes + 2.0**-5
    assert squared_distance(x, prototypes).item() == 3 * 2.0**-10
    expanded = x.square().sum() - 2 * (x @ prototypes.T).item() + prototypes.square().sum()
    assert abs(expanded.item() - 3 * 2.0**-10) > 2.0**-10


def test_the_gradient_is_twice_the_difference_also_on_a_prototype():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    prototypes = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    prototypes = torch.cat([prototypes, x.detach()[:1]]).requires_grad_()  # x[0] sits on the last
    assert torch.autograd.gradcheck(squared_distance, (x, prototypes))
    assert torch.autograd.gradgradcheck(squared_distance, (x, prototypes))
    (on_it,) = torch.autograd.grad(squared_distance(x, prototypes)[0, -1], x)
    assert torch.equal(on_it, torch.zeros_like(x))
