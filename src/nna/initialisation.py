"""How weights start: the moments of every tensor over seeds, held to what the spec declares.

Tensors that no declaration names must start as PyTorch starts their layer, parameters that belong
to none of its layers at zero.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from nna.spec_training import HE_FAN_OUT, Initial, evaluate

ENTRIES = 4000  # of each declaration, which are enough
TENSORS = 2500  # to be drawn at the most, over all seeds
LEAST = 4  # seeds
ALL = "all of "
ERRORS = 5.0  # standard errors within which a moment must lie
FEW = 100  # entries, below which a tensor is not looked at by itself
EVEN = {"normal": (1.0, 3.0, 105.0), "uniform": (1.0, 1.8, 9.0)}  # E z^2, z^4, z^8

BOUND = Initial("", "uniform", "sqrt(1 / fan_in)", "PyTorch")
NORMS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)


@dataclass
class Group:
    """One tensor, or all that one declaration names: its entries in units of the declared law."""

    law: str
    entries: list[Tensor] = field(default_factory=list)
    count: int = 0  # of entries, over all seeds

    def add(self, some: Tensor) -> None:
        """Those of one seed."""
        self.entries.append(some)
        self.count += len(some)


def check(
    build: Callable[[Any], nn.Module], configs: Sequence[Any], initial: Sequence[Initial]
) -> int:
    """Draw models from several seeds and compare every tensor's moments with its declaration.

    Args:
        build: makes a model of a configuration.
        configs: the configurations; the first is drawn often, the others a few times.
        initial: the declarations; the first that matches a tensor counts.

    Returns:
        How many models it took.

    Raises:
        AssertionError: a tensor starts otherwise, or a declaration names none.
    """
    drawn, used = 0, [0] * len(initial)
    for number, config in enumerate(configs):
        rules = [rule for rule in initial if evaluate(rule.when, config)]
        groups: dict[str, Group] = {}
        seed, tensors = 0, 0
        while seed < LEAST or (number == 0 and tensors < TENSORS and _wanting(groups)):
            torch.default_generator.manual_seed(seed)  # of no other device, which takes far longer
            named = [*_declared(build(config), config, rules)]
            for name, rule, values in named:
                used = [n + (rule is one) for n, one in zip(used, initial, strict=True)]
                if rule.law == "constant":
                    continue
                for key in (name, f"{ALL}{rule.at or 'PyTorch default'}: {rule.scale}"):
                    groups.setdefault(key, Group(rule.law)).add(values)
            seed, tensors = seed + 1, tensors + len(named)
        for name, group in groups.items():
            if group.count >= FEW or name.startswith(ALL):
                _moments(name, group)
        drawn += seed
    idle = [
        rule.at
        for rule, times in zip(initial, used, strict=True)
        if not times and rule not in HE_FAN_OUT  # which fits layers with and without biases
    ]
    assert not idle, f"spec.py: initial: no tensor is named {idle[0]!r}"
    return drawn


def check_constants(model: nn.Module, config: Any, initial: Sequence[Initial]) -> None:
    """Compare the tensors that are declared constant; the others may start as they like.

    Args:
        model: as it starts.
        config: its configuration.
        initial: the declarations; the first that matches a tensor counts.

    Raises:
        AssertionError: a tensor starts otherwise.
    """
    free = Initial(".*", "normal", 1.0, "")
    held = [rule for rule in initial if evaluate(rule.when, config)]
    rules = [rule if rule.law == "constant" else replace(free, at=rule.at) for rule in held]
    for _ in _declared(model, config, [*rules, free]):
        pass


def _wanting(groups: dict[str, Group]) -> bool:
    return any(key.startswith(ALL) and g.count < ENTRIES for key, g in groups.items())


def _declared(
    model: nn.Module, config: Any, initial: Sequence[Initial]
) -> Iterator[tuple[str, Initial, Tensor]]:
    """Every tensor with its law, and its entries in units of it; constants are compared at once."""
    used = [0] * len(initial)
    learnt = {name for name, _ in model.named_parameters()}
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        owner, leaf = model.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2]
        found = _first(initial, name, f"{type(owner).__name__}.{leaf}")
        if found is None and name not in learnt:
            continue
        index = 0 if found is None else used[found]
        rule = default(owner, leaf) if found is None else initial[found]
        if found is not None:
            used[found] += 1
        yield name, rule, _standard(name, rule, value.detach(), owner, config, index)


def _first(initial: Sequence[Initial], name: str, kind: str) -> int | None:
    for number, rule in enumerate(initial):
        if re.fullmatch(rule.at, name) or re.fullmatch(rule.at, kind):
            return number
    return None


def default(owner: nn.Module, leaf: str) -> Initial:
    """How PyTorch starts a tensor of one of its layers, and zero for any other."""
    if isinstance(owner, nn.Embedding):
        return Initial("", "normal", 1.0, "PyTorch")
    if isinstance(owner, nn.RNNBase):
        return Initial("", "uniform", owner.hidden_size**-0.5, "PyTorch")
    if isinstance(owner, nn.Linear | nn.modules.conv._ConvNd):
        return BOUND
    ones = isinstance(owner, NORMS) and leaf == "weight"
    return Initial("", "constant", 1.0 if ones else 0.0, "PyTorch")


def _standard(  # noqa: PLR0913 - a tensor and all that its formula may speak of
    name: str, rule: Initial, value: Tensor, owner: nn.Module, config: Any, index: int
) -> Tensor:
    """Entries less their mean and over their standard deviation, as declared.

    The fans of a bias are those of the weight beside it.
    """
    weight = value if value.dim() > 1 else getattr(owner, "weight", value)
    fan_in, fan_out = (
        nn.init._calculate_fan_in_and_fan_out(weight) if weight.dim() > 1 else (value.numel(),) * 2
    )
    names = {"fan_in": fan_in, "fan_out": fan_out, "size": value.numel(), "index": index}
    scale = torch.as_tensor(evaluate(rule.scale, config, **names), dtype=torch.float64)
    centre = evaluate(rule.centre, config, **names)
    if scale.dim():
        parts = scale.repeat_interleave(len(value) // len(scale))
        scale = parts.view(-1, *(1,) * (value.dim() - 1))
    exact = value.double()
    if rule.law == "constant":
        assert (exact - scale).abs().max() <= 1e-6 * scale.abs().max(), (
            f"{name} starts at {float(exact.flatten()[0]):.4g}, "
            f"declared {rule.scale} ({rule.source})"
        )
        return exact.flatten()
    off = (exact - centre) / scale
    if rule.law == "uniform":
        assert off.abs().max() <= 1 + 1e-6, (
            f"{name} starts beyond its bounds of {rule.scale} ({rule.source})"
        )
        off = off * math.sqrt(3)
    return off.flatten()


def _moments(name: str, group: Group) -> None:
    """Mean, variance and fourth moment within their sampling errors.

    The fourth tells the laws apart: 3 for the normal, 1.8 for the uniform. It is taken where
    entries are many enough for an error that means something.
    """
    z = torch.cat(group.entries)
    two, four, eight = EVEN[group.law]
    limits = [("mean", z.mean(), 0.0, two), ("variance", z.square().mean(), 1.0, four - 1)]
    if len(z) >= 10 * FEW:
        limits.append(("fourth moment", z.pow(4).mean(), four, eight - four**2))
    for moment, seen, declared, spread in limits:
        error = math.sqrt(spread / len(z))
        assert abs(float(seen) - declared) <= ERRORS * error, (
            f"{name}: {moment} {float(seen):.4g} of the {group.law} law, in units of its standard "
            f"deviation, not {declared} +- {ERRORS * error:.2g}"
        )
