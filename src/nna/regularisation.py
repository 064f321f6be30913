"""What a model draws at random in training, and how its norms follow the batch.

Draws are watched where PyTorch makes them, below modules and functional forms alike: a dropout
inside fused attention, one written by hand and `nn.Dropout` all end in the same few operators.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)
from torch.utils._python_dispatch import TorchDispatchMode

from nna.blocks.unfilled import shape_alone
from nna.spec_training import Dropout, Noise, Norm, evaluate

aten = torch.ops.aten
ABOVE = (aten.ge.Scalar, aten.gt.Scalar)  # kept where the draw lies above the rate
BELOW = (aten.lt.Scalar, aten.le.Scalar)  # kept where it lies below one less the rate


@dataclass(eq=False)
class Draw:
    """One draw at random: the module that made it, and what was kept of what."""

    place: str  # the name of the innermost module
    rate: float | None  # share that is dropped; None where the draw is no mask
    mask: Tensor  # zero where dropped

    @property
    def whole(self) -> bool:
        """Whether it keeps or drops whole examples, as stochastic depth does."""
        return self.mask.numel() == len(self.mask)


class Draws(TorchDispatchMode):
    """Records every draw of the forward passes made within, in the order of computation."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.found: list[Draw] = []
        self._model, self._within = model, [""]
        self._hooks = contextlib.ExitStack()

    def __enter__(self) -> Draws:
        names = {id(part): name for name, part in self._model.named_modules()}
        within = self._within

        def enter(part: nn.Module, _: Any) -> None:
            within.append(names.get(id(part), within[-1]))

        def leave(*_: Any) -> None:
            within.pop()

        # Two for all modules, which costs less than two a module.
        self._hooks.callback(register_module_forward_pre_hook(enter).remove)
        self._hooks.callback(register_module_forward_hook(leave, always_call=True).remove)
        super().__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        super().__exit__(*failure)
        self._hooks.close()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = shape_alone(func, args)
        if out is not None:
            return out
        out = func(*args, **(kwargs or {}))
        if torch.Tag.nondeterministic_seeded in func.tags and not _fused(func, args):
            self.found.append(self._draw(func, args, out))
        elif func in ABOVE + BELOW:
            for draw in self.found:
                if _shared(draw.mask, args[0]):  # by hand: a draw beside a threshold
                    draw.rate = args[1] if func in ABOVE else 1 - args[1]
                    draw.mask = out
        return out

    def _draw(self, func: Any, args: Any, out: Any) -> Draw:
        place = self._within[-1]
        if func is aten.native_dropout.default:
            return Draw(place, args[1], out[1])
        if func in (aten.bernoulli_.float, aten.bernoulli.p):
            return Draw(place, 1 - (args[1] if len(args) > 1 else 0.5), out)
        return Draw(place, None, out)


def _fused(func: Any, args: Any) -> bool:
    """Whether it is a fused attention that drops nothing, though it could.

    Where it does, PyTorch's processors compute it in parts, and the draw is one like any other.
    """
    return "attention" in func.__name__ and not any(isinstance(a, float) and a > 0 for a in args)


def _shared(one: Tensor, other: Tensor) -> bool:
    """Whether two are views of one memory: PyTorch hands on what it drew detached."""
    return one.untyped_storage()._cdata == other.untyped_storage()._cdata


Regularisers = Sequence[Dropout | Noise]
ERRORS = 5.0  # standard errors within which a share must lie
DEFAULT = Norm(source="PyTorch")


def expected(model: nn.Module, config: Any, declared: Regularisers) -> dict[str, tuple]:
    """What is declared of every module: its declaration, and the rate there."""
    names = [name for name, _ in model.named_modules()]
    found: dict[str, tuple] = {}
    for rule in declared:
        places = [name for name in names if re.fullmatch(rule.at, name)]
        if isinstance(rule, Noise):
            found |= {name: (rule, None) for name in places}
            continue
        numbered = places
        if rule.among is not None:
            numbered = [name for name in names if re.fullmatch(rule.among, name)]
        for name in places:
            parent = name if rule.among is None else name.rpartition(".")[0]
            where = {"index": numbered.index(parent), "count": len(numbered)}
            rate = float(evaluate(rule.rate, config, **where))
            if rate > 0:
                found[name] = (rule, rate)
    return found


def rates(declared: Regularisers, config: Any) -> tuple[float, ...]:
    """What a configuration makes of the declared rates, for the second of two modules."""
    rules = [rule for rule in declared if isinstance(rule, Dropout)]
    return tuple(float(evaluate(rule.rate, config, index=1, count=2)) for rule in rules)


def check_draws(
    model: nn.Module, inputs: Mapping[str, Tensor], config: Any, declared: Regularisers
) -> list[Draw]:
    """One forward pass in training draws where and at the rates declared, and nowhere else.

    On the device "meta" it costs next to nothing, so the published sizes are read as well.

    Returns:
        The draws, in order.

    Raises:
        AssertionError: dropout elsewhere, at another rate, of another kind, or none.
    """
    with torch.no_grad(), Draws(model.train()) as draws:
        model(**inputs)
    seen: defaultdict[str, list[Draw]] = defaultdict(list)
    for draw in draws.found:
        seen[draw.place].append(draw)
    wanted = expected(model, config, declared)
    extra = sorted(seen.keys() - wanted.keys())
    assert not extra, (
        f"{extra[0] or 'the model'} draws at random in training; the spec says no such"
    )
    for place, (rule, rate) in wanted.items():
        if isinstance(rule, Dropout) and not rule.reached:
            _read(place, model.get_submodule(place), rate)
            continue
        assert seen[place], f"{place or 'the model'} draws nothing in training, declared {rate}"
        _as_declared(place, seen[place], rule, rate)
    return draws.found


def _as_declared(place: str, draws: list[Draw], rule: Dropout | Noise, rate: float | None) -> None:
    if isinstance(rule, Noise):
        return
    for draw in draws:
        assert draw.rate is not None, f"{place}: draws numbers that drop nothing, declared {rate}"
        assert abs(draw.rate - (rate or 0)) < 1e-6, (
            f"{place}: drops {draw.rate:.4g}, declared {rate:.4g} ({rule.source})"
        )
        assert draw.whole == rule.examples, f"{place}: drops whole examples: {draw.whole}"
    times = len(draws)
    assert rule.times in (None, times), f"{place}: drops {times} times, declared {rule.times}"


def _read(place: str, part: nn.Module, rate: float) -> None:
    assert isinstance(part, nn.Dropout), f"{place} is no nn.Dropout, and forward doesn't reach it"
    assert abs(part.p - rate) < 1e-6, f"{place}: drops {part.p:.4g}, declared {rate:.4g}"


def check_drops(
    model: nn.Module, inputs: Mapping[str, Tensor], config: Any, declared: Regularisers, seeds: int
) -> str:
    """What is drawn does drop: the declared share, the rest made up for; none in evaluation.

    Every module that drops and does nothing else is watched at its output: zeros where its input
    isn't, and elsewhere the input over one less the rate.
    """
    dropped: Counter[float] = Counter()
    of: Counter[float] = Counter()
    for seed in range(seeds):
        torch.manual_seed(seed)
        # what stays is looked at once it is known where it drops
        with _watched(model, config, declared) if seed else contextlib.nullcontext():
            draws = check_draws(model, inputs, config, declared)
        for draw in draws:
            if draw.rate is not None:
                rate = round(draw.rate, 6)
                dropped[rate] += int((draw.mask == 0).sum())
                of[rate] += draw.mask.numel()
    for rate, count in of.items():
        error = (rate * (1 - rate) / count) ** 0.5
        assert abs(dropped[rate] / count - rate) <= ERRORS * error, (
            f"drops {dropped[rate] / count:.3g} of {count} entries, declared {rate:.3g}"
        )
    with torch.no_grad(), Draws(model.eval()) as draws:
        model(**inputs)
    assert not draws.found, f"{draws.found[0].place or 'the model'} draws at random in evaluation"
    return ", ".join(f"{dropped[r] / n:.3f} of {n} dropped at rate {r:g}" for r, n in of.items())


@contextlib.contextmanager
def _watched(model: nn.Module, config: Any, declared: Regularisers) -> Iterator[None]:
    """Compare what comes out of modules that drop and do nothing else with what went in."""

    def watch(part: nn.Module, place: str, rate: float) -> Any:
        def hook(_: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
            kept = out != 0
            whole = given[0] / (1 - rate)
            off = (out - whole)[kept].abs().max() if kept.any() else 0.0
            assert off <= 1e-4 * whole.abs().max(), f"{place}: what stays isn't made up for"

        return part.register_forward_hook(hook)

    parts = dict(model.named_modules())
    hooks = [
        watch(parts[place], place, rate)
        for place, (rule, rate) in expected(model, config, declared).items()
        if isinstance(rule, Dropout) and not [*parts[place].children()]
        if not [*parts[place].parameters()]
    ]
    yield
    for hook in hooks:
        hook.remove()


def norm(declared: Sequence[Norm], name: str) -> Norm:
    """What is declared of a norm, by its name."""
    return next((rule for rule in declared if re.fullmatch(rule.at, name)), DEFAULT)


def check_constants(model: nn.Module, declared: Sequence[Norm]) -> None:
    """Every norm has the declared epsilon, and those of the batch the declared momentum."""
    kinds = (_BatchNorm, nn.LayerNorm, nn.GroupNorm)
    for name, part in model.named_modules():
        if not isinstance(part, kinds):
            continue
        rule = norm(declared, name)
        assert part.eps == rule.eps, f"{name}: eps {part.eps}, declared {rule.eps} ({rule.source})"
        if isinstance(part, _BatchNorm):
            assert part.momentum == rule.momentum, (
                f"{name}: momentum {part.momentum}, declared {rule.momentum} ({rule.source})"
            )


def check_step(model: nn.Module, inputs: Mapping[str, Tensor], declared: Sequence[Norm]) -> int:
    """After one step in training every norm's statistics moved to its batch's, as declared.

    Returns:
        How many norms keep statistics.
    """
    read: dict[str, Tensor] = {}
    norms = {n: part for n, part in model.named_modules() if isinstance(part, _BatchNorm)}
    before = {n: (_statistics(part)) for n, part in norms.items()}
    hooks = [
        part.register_forward_hook(lambda _, given, out, n=n: read.update({n: given[0].detach()}))
        for n, part in norms.items()
    ]
    with torch.no_grad():
        model.train()(**inputs)
    for hook in hooks:
        hook.remove()
    for name, part in norms.items():
        assert name in read, f"{name}: no forward pass in training reaches this norm"
        share, batch = norm(declared, name).momentum, read[name].double()
        dims = [0, *range(2, batch.dim())]
        for old, new, now, kind in zip(
            before[name],
            _statistics(part),
            (batch.mean(dims), batch.var(dims)),
            ("mean", "variance"),
            strict=True,
        ):
            torch.testing.assert_close(
                new, torch.lerp(old, now, share), rtol=1e-4, atol=1e-6,
                msg=f"{name}: the running {kind} did not move by {share} to the batch's",
            )  # fmt: skip
    return len(norms)


def _statistics(part: _BatchNorm) -> tuple[Tensor, Tensor]:
    assert part.running_mean is not None, "a batch norm keeps no statistics"
    assert part.running_var is not None, "a batch norm keeps no statistics"
    return part.running_mean.double().clone(), part.running_var.double().clone()
