"""Stochastic depth: in training, leave a residual branch out for some of the examples.

Huang, Sun, Liu, Sedra, Weinberger (2016), Deep Networks with Stochastic Depth, section 3.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """Zero for a share `rate` of the examples, the rest scaled so that the mean stays.

    The paper scales in evaluation instead, by 1 - rate (equation 5): the same in expectation.
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        if not 0 <= rate < 1:
            raise ValueError(f"the share of examples to drop lies in [0, 1), not at {rate}")
        self.rate = rate

    def forward(self, branch: Float[Tensor, "b ..."]) -> Float[Tensor, "b ..."]:
        """The branch's output, or zeros, example by example."""
        if not self.training or self.rate == 0:
            return branch
        shape = (len(branch),) + (1,) * (branch.ndim - 1)
        kept = torch.rand(shape, device=branch.device) >= self.rate
        return branch * kept / (1 - self.rate)

    def extra_repr(self) -> str:
        """The rate."""
        return f"rate={self.rate}"
