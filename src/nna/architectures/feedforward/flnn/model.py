"""Functional-link network (FLNN): bend the inputs by known functions, then learn one flat layer.

Pao, Takefuji. Functional-Link Net Computing: Theory, System Architecture, and Functionalities.
Computer 25, 1992, doi:10.1109/2.144401; Pao. Adaptive Pattern Recognition and Neural Networks.
Addison-Wesley, 1989. Trigonometric basis: Patra, Pal, Chatterji, Panda 1999; Chebyshev's: Patra,
Kot 2002, doi:10.1109/TSMCB.2002.1018769; Legendre's: Yang, Tseng 1996.

Answers: a single layer can only part classes by hyperplanes, and a multilayer perceptron must find
its bends by slow descent over many hollows. Here the bends are chosen beforehand, so that one layer
suffices, and its error has a single lowest point.

Departs from the papers: the output is linear, where that of 1999 squashes it by tanh; of joint
activations only products of two inputs are built; inputs are divided by a given span, since the
orthogonal polynomials are meant for -1 to 1.

Shapes: b examples, features numbers each, terms after the expansion, classes scores.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from nna.architectures.feedforward.flnn.spec import Config


def powers(x: Tensor, order: int) -> list[Tensor]:
    """x, x^2, ..., x^order."""
    return [x**k for k in range(1, order + 1)]


def trigonometric(x: Tensor, order: int) -> list[Tensor]:
    """x, and sines and cosines of up to `order` half turns."""
    turns = [torch.pi * k * x for k in range(1, order + 1)]
    return [x, *(wave(turn) for turn in turns for wave in (torch.sin, torch.cos))]


def chebyshev(x: Tensor, order: int) -> list[Tensor]:
    """T_1 to T_order, by T_k+1 = 2 x T_k - T_k-1 from T_0 = 1 and T_1 = x."""
    terms = [torch.ones_like(x), x]
    for _ in range(1, order):
        terms.append(2 * x * terms[-1] - terms[-2])
    return terms[1:]


def legendre(x: Tensor, order: int) -> list[Tensor]:
    """P_1 to P_order, by (k + 1) P_k+1 = (2k + 1) x P_k - k P_k-1 from P_0 = 1 and P_1 = x."""
    terms = [torch.ones_like(x), x]
    for k in range(1, order):
        terms.append(((2 * k + 1) * x * terms[-1] - k * terms[-2]) / (k + 1))
    return terms[1:]


EXPANSIONS = {
    "powers": powers,
    "trigonometric": trigonometric,
    "chebyshev": chebyshev,
    "legendre": legendre,
}


class FLNN(nn.Module):
    """score(x) = weights . (functions of each input, products of two inputs) + bias."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.order < 1:
            raise ValueError(f"an expansion has order 1 at least, not {config.order}")
        self.expand, self.order = EXPANSIONS[config.basis], config.order
        self.span, self.products = config.span, config.products
        terms = config.features * len(self.expand(torch.zeros(1), config.order))
        if config.products:
            terms += config.features * (config.features - 1) // 2
        self.linear = nn.Linear(terms, config.classes)
        nn.init.zeros_(self.linear.weight)  # as in any flat net, the start is immaterial
        nn.init.zeros_(self.linear.bias)

    def hidden(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b terms"]:
        """What the functional links answer; nothing in them is adjusted."""
        x = table / self.span
        terms = self.expand(x, self.order)
        if self.products:
            terms += [x[:, :i] * x[:, i : i + 1] for i in range(1, x.shape[1])]
        return torch.cat(terms, dim=1)

    def forward(self, table: Float[Tensor, "b features"]) -> Float[Tensor, "b classes"]:
        return self.linear(self.hidden(table))
