"""Ways to ask torch for a number, to state facts with. Torch is loaded when they are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nna.lab.blocks.entry import Code, Fact

if TYPE_CHECKING:
    from torch import Tensor

    Function = Callable[[Tensor], Tensor]


def value(of: Code, at: float, is_: float, says: str = "") -> Fact:
    """The function's value at a place."""
    return Fact(says or f"value at {at:g}", is_, lambda: _both(of, at)[0])


def slope(of: Code, at: float, is_: float, says: str = "") -> Fact:
    """The function's derivative at a place, by autograd."""
    return Fact(says or f"slope at {at:g}", is_, lambda: _both(of, at)[1])


def least(of: Code, at: float, is_: float) -> tuple[Fact, Fact]:
    """The function's minimum between -10 and 10, and the place of it."""

    def lowest() -> tuple[float, float]:
        import torch

        z = torch.linspace(-10, 10, 2_000_001, dtype=torch.float64)
        y = of(z)
        return float(z[y.argmin()]), float(y.min())

    return (
        Fact("least value", is_, lambda: lowest()[1], within=1e-5),
        Fact("where it is least", at, lambda: lowest()[0], within=1e-4),
    )


def seeded(measure: Callable[[], float]) -> Callable[[], float]:
    """The same draws every time; the caller's random numbers stay as they were."""

    def run() -> float:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return float(measure())

    return run


def derivative(of: Function, z: Tensor) -> Tensor:
    """The derivative at every place; zero where the function is flat to autograd."""
    import torch

    z = z.detach().requires_grad_()
    (found,) = torch.autograd.grad((of(z) + 0 * z).sum(), z)
    return found


def _both(of: Code, at: float) -> tuple[float, float]:
    import torch

    z = torch.tensor([at], dtype=torch.float64)
    return float(of(z)), float(derivative(of, z))
