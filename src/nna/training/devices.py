"""Devices, precision and distribution: Lightning Fabric's, chosen here."""

from __future__ import annotations

import atexit
import logging
import os
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from nna.errors import UserError

if TYPE_CHECKING:
    from lightning_fabric import Fabric

LARGE = 1_000_000  # parameters from which bfloat16 gains on a CPU that multiplies it natively


def fabric(
    strategy: str = "auto",
    precision: str = "auto",
    model: nn.Module | None = None,
    device: str = "auto",
) -> Fabric:
    """A launched Fabric for this process; under torchrun, one of several.

    Args:
        strategy: "auto", "ddp" (a copy a process) or "fsdp" (each holds a part).
        precision: "auto", "32-true" or "bf16-mixed".
        model: decides whether "auto" precision gains.
        device: "auto", "cpu", "cuda", "cuda:1" (the second) or "mps".

    Raises:
        UserError: unknown strategy or precision, a device that isn't there, or a strategy that
            needs torchrun.
    """
    logging.getLogger("lightning_fabric").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning_fabric")
    from lightning_fabric import Fabric

    processes = int(os.environ.get("WORLD_SIZE", "1"))
    if strategy not in ("auto", "ddp", "fsdp"):
        raise UserError(f"no strategy {strategy!r}; there are: auto, ddp, fsdp")
    if precision not in ("auto", "32-true", "bf16-mixed"):
        raise UserError(f"no precision {precision!r}; there are: auto, 32-true, bf16-mixed")
    if processes == 1 and strategy != "auto":
        raise UserError(
            f"{strategy} needs several processes: torchrun --nproc-per-node 2 -m nna train ..."
        )
    accelerator, number = _device(device, processes)
    made = Fabric(
        accelerator=accelerator,
        devices=int(os.environ.get("LOCAL_WORLD_SIZE", "1")) if number is None else [number],
        num_nodes=max(1, processes // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))),
        strategy=_strategy(strategy, processes),
        precision=_precision(precision, model, accelerator),  # type: ignore[arg-type]
    )
    made.launch()
    if processes > 1:
        atexit.register(_leave)
    return made


def shared(model: nn.Module) -> Fabric:
    """The Fabric of trainings that follow each other in this process, made once for each precision.

    Making one looks through all installed packages for callbacks: a tenth of a small training.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return fabric(model=model)
    return _shared(_precision("auto", model))


@cache
def _shared(precision: str) -> Fabric:
    return fabric(precision=precision)


def plain(fabric: Fabric) -> bool:
    """Whether Fabric would add nothing to a step but its time: one device, full precision."""
    from lightning_fabric.plugins.precision import Precision
    from lightning_fabric.strategies import SingleDeviceStrategy

    strategy = fabric.strategy
    return type(strategy) is SingleDeviceStrategy and type(strategy.precision) is Precision


def _device(name: str, processes: int) -> tuple[str, int | None]:
    """An accelerator, and the number of one where there are several.

    Raises:
        UserError: there is no such device here.
    """
    kind, colon, number = name.partition(":")
    if kind not in ("auto", "cpu", "cuda", "mps") or (colon and (kind != "cuda" or not number)):
        raise UserError(f"no device {name!r}; there are: auto, cpu, cuda, cuda:1, mps")
    if kind == "cuda" and not torch.cuda.is_available():
        raise UserError(f"--device {name}: there is no CUDA device here; --device cpu trains")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UserError("--device mps: there is none here; --device cpu trains")
    if not colon:
        return kind, None
    if processes > 1:
        raise UserError(f"--device {name} is for one process; under torchrun say --device cuda")
    if not number.isdecimal() or int(number) >= torch.cuda.device_count():
        last = torch.cuda.device_count() - 1
        raise UserError(f"--device {name}: there are cuda:0 to cuda:{last}")
    return kind, int(number)


def _leave() -> None:
    """Close the connections between processes before the interpreter takes them down."""
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


def _strategy(name: str, processes: int) -> Any:
    if processes == 1:
        return "auto"
    if name == "fsdp":
        from lightning_fabric.strategies.model_parallel import ModelParallelStrategy

        return ModelParallelStrategy(_shard, data_parallel_size=processes, tensor_parallel_size=1)
    return "ddp"


def _shard(module: nn.Module, mesh: Any) -> nn.Module:
    from torch.distributed.fsdp import fully_shard

    # also after the last forward of a validation, so that weights can be read and written then
    fully_shard(module, mesh=mesh["data_parallel"], reshard_after_forward=True)
    return module


def _precision(name: str, model: nn.Module | None, accelerator: str = "auto") -> str:
    if name != "auto":
        return name
    on_cuda = accelerator != "cpu" and torch.cuda.is_available()
    if on_cuda and torch.cuda.is_bf16_supported():
        return "bf16-mixed"
    return "bf16-mixed" if model is not None and multiplies_bfloat16(model) else "32-true"


def multiplies_bfloat16(model: nn.Module) -> bool:
    """Whether this processor multiplies bfloat16 itself, and the model is large enough to gain."""
    can = torch.cpu.get_capabilities()
    native = can.get("amx_bf16", False) or can.get("avx512_bf16", False)
    return bool(native) and sum(p.numel() for p in model.parameters()) >= LARGE


def lay_out(model: nn.Module, fabric: Fabric) -> None:
    """Store convolutions' weights channels last, the order in which their kernels are fastest.

    Not where the parameters will be sharded: `fully_shard` wants them in their usual order.
    """
    from lightning_fabric.strategies.model_parallel import ModelParallelStrategy

    sharded = isinstance(fabric.strategy, ModelParallelStrategy)
    if not sharded and any(isinstance(m, nn.Conv2d) for m in model.modules()):
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
