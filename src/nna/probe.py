"""Whether code still computes what it computed: a computation cut short, in double precision.

A stored result is valid while the code computes the same, however it is written. Beside it stands
a probe, the numbers that its whole computation gives when shortened. In double precision and on
one thread, processors and kernels agree on them far below `TOLERANCE`, and any change of meaning
lies far above it. Names are no part of a probe, so they may change.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from nna.errors import UserError
from nna.training.runs import versions

TOLERANCE = 1e-7  # relative to the largest number of a quantity
ROUGH = 1e-2  # of figures of what is fitted until it settles: each processor settles elsewhere
SETTLED = ("rival",)  # the quantities that are so
NOTHING = 1e-12  # what counts as zero
ENDS = 4  # numbers of a series that are kept as they are, at either end

Probe = dict[str, Any]  # "quantities" by name, "versions" and "date"
Number = float | int | bool | str | None


class _Double(TorchFunctionMode):
    """Whatever asks for single precision, or brings it along from an array, gets double."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        inplace = func.__name__.endswith("_")  # its target must stay the tensor that it is
        given = args if inplace else tuple(_doubled(one) for one in args)
        more = {key: _doubled(one) for key, one in (kwargs or {}).items()}
        return _doubled((Tensor.double if func is Tensor.float else func)(*given, **more))


def _doubled(value: Any) -> Any:
    if isinstance(value, Tensor) and value.dtype is torch.float32:
        return value.double()
    return torch.float64 if value is torch.float32 else value


@contextmanager
def exact() -> Iterator[None]:
    """Compute in double precision on one thread; the caller's random numbers stay as they were.

    Code that names single precision is overruled, and autocast leaves double precision alone.
    """
    from threadpoolctl import threadpool_limits

    threads, kind = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    try:
        with threadpool_limits(1), torch.random.fork_rng(devices=[]), _Double():
            yield
    finally:
        torch.set_default_dtype(kind)
        torch.set_num_threads(threads)


@dataclass
class Steps:
    """Notes the norm of the gradient before each step of any optimiser."""

    gradients: list[float] = field(default_factory=list)

    @contextmanager
    def watched(self) -> Iterator[Steps]:
        """Note every step that is made within."""
        from torch.optim.optimizer import register_optimizer_step_pre_hook

        held = register_optimizer_step_pre_hook(self._note)
        try:
            yield self
        finally:
            held.remove()

    def _note(self, optimiser: torch.optim.Optimizer, args: object, kwargs: object) -> None:
        parameters = (p for group in optimiser.param_groups for p in group["params"])
        self.gradients.append(norm(p.grad for p in parameters if p.grad is not None))


def norm(tensors: Iterable[Tensor]) -> float:
    """The Euclidean norms of tensors, added: none drowns in another as a sum of squares would."""
    return sum(float(t.detach().double().nan_to_num().square().sum().sqrt()) for t in tensors)


def way(start: Iterable[Tensor], now: Iterable[Tensor]) -> float:
    """How far tensors have gone from where they started, added."""
    return norm(b - a for a, b in zip(start, now, strict=True))


def checksum(array: Any) -> float:
    """A sum of all numbers under fixed random weights: any other number or order changes it."""
    numbers = np.asarray(array, np.float64).ravel()
    drawn = np.random.default_rng(len(numbers)).random(len(numbers)) - 0.5
    return float(np.nan_to_num(numbers) @ drawn)


def ends(series: Sequence[float]) -> list[list[float]]:
    """A series in short: its length, its mean, the first numbers and the last."""
    known = [value for value in series if math.isfinite(value)]
    mean = sum(known) / max(1, len(known))
    return [[float(len(series))], [mean], [*series[:ENDS]], [*series[-ENDS:]]]


def made(quantities: Mapping[str, Number | Sequence[Number]]) -> Probe:
    """A probe of these numbers, with what it was computed with and when."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    plain = {name: _plain(value) for name, value in quantities.items()}
    return {"quantities": plain, "versions": versions(), "date": date}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool | str | None):
        return value
    number = float(value)
    return float(f"{number:.12g}") if math.isfinite(number) else str(number)


def differs(stored: Probe, fresh: Probe) -> str | None:
    """The first quantity in which two probes differ, in a line; nothing where none does.

    Versions and dates may differ: they inform. Numbers are compared in order, whatever a
    computation calls them.
    """
    if not stored:
        return "no probe is stored"
    before, now = stored["quantities"], fresh["quantities"]
    for name in (*before, *(name for name in now if name not in before)):
        if name not in before or name not in now:
            return f"{name}: {'not stored' if name in now else 'no longer computed'}"
        if told := _apart(before[name], now[name], ROUGH if name in SETTLED else TOLERANCE):
            return f"{name}: {told}"
    return None


def _apart(before: Any, now: Any, tolerance: float) -> str | None:
    one, other = (value if isinstance(value, list) else [value] for value in (before, now))
    if len(one) != len(other):
        return f"{len(other)} numbers, were {len(one)}"
    scale = max((abs(v) for v in [*one, *other] if _measured(v)), default=0.0)
    for was, value in zip(one, other, strict=True):
        if isinstance(was, list) and isinstance(value, list):
            if told := _apart(was, value, tolerance):
                return told
        elif not _same(was, value, tolerance * scale):
            return f"{_said(value)}, was {_said(was)}"
    return None


def _same(one: Any, other: Any, apart: float) -> bool:
    if _measured(one) and _measured(other):
        return abs(one - other) <= max(apart, NOTHING)
    return type(one) is type(other) and one == other


def _measured(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(value: Any) -> str:
    return f"{value:.9g}" if _measured(value) else repr(value)


def compute(quantities: Callable[[], Mapping[str, Any]]) -> Probe:
    """The probe of a computation that gives these quantities, made in double precision."""
    with exact(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of metrics, that examples are few
        found = quantities()
    return made(found)


def read(path: Path) -> Probe:
    """The stored probe; an empty one where none is.

    Raises:
        UserError: the file is damaged.
    """
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise UserError(f"{path}: damaged; measure anew what lies beside it") from error


def text(probe: Probe) -> str:
    """A probe as JSON, a quantity a line."""
    about = [f" {json.dumps(key)}: {json.dumps(probe[key])}" for key in ("versions", "date")]
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in probe["quantities"].items()]
    whole = [*about, ' "quantities": {\n' + ",\n".join(lines) + "\n }"]
    return "{\n" + ",\n".join(whole) + "\n}\n"
