"""Devices, precision and distribution: Lightning Fabric's, chosen here."""

from __future__ import annotations

import atexit
import logging
import os
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

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


@cache
def processor(precision: Literal["32-true", "64-true"] = "32-true") -> Fabric:
    """A Fabric that computes on the processor, in full precision, whatever devices there are."""
    from lightning_fabric import Fabric

    return Fabric(accelerator="cpu", devices=1, precision=precision)


def shared(model: nn.Module, device: str = "auto") -> Fabric:
    """The Fabric of trainings that follow each other in this process, made once for each precision.

    Making one looks through all installed packages for callbacks: a tenth of a small training.

    Args:
        model: decides the precision.
        device: as `fabric` takes it.

    Raises:
        UserError: no such device.
    """
    if device != "auto" or int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return fabric(model=model, device=device)
    return _shared(_precision("auto", model))


@cache
def _shared(precision: str) -> Fabric:
    return fabric(precision=precision)


def plain(fabric: Fabric) -> bool:
    """Whether Fabric would add nothing to a step but its time: one device, full precision."""
    from lightning_fabric.plugins.precision import Precision
    from lightning_fabric.strategies.single_device import SingleDeviceStrategy

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
        raise UserError(f"--device {name}: there is no CUDA device here; --device cpu is")
    if kind == "mps" and not torch.backends.mps.is_available():
        raise UserError("--device mps: there is none here; --device cpu is")
    if not colon:
        return kind, None
    if processes > 1:
        raise UserError(f"--device {name} is for one process; under torchrun say --device cuda")
    if not number.isdecimal() or int(number) >= torch.cuda.device_count():
        last = torch.cuda.device_count() - 1
        raise UserError(f"--device {name}: there are cuda:0 to cuda:{last}")
    return kind, int(number)


def named(name: str) -> torch.device:
    """A device by its name; "auto": an accelerator, if there is one.

    Raises:
        UserError: there is no such device here.
    """
    kind, number = _device(name, 1)
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "cpu"
        kind = "mps" if kind == "cpu" and torch.backends.mps.is_available() else kind
    return torch.device(kind) if number is None else torch.device(kind, number)


def answering(model: nn.Module, name: str) -> nn.Module:
    """The same model, moved to the device where it computes; who asks it stays on the CPU.

    What it is given is brought there and its answer brought back, so that whatever calls it need
    not know. Its own parts (parameters, maps of its layers) lie on the device.

    Args:
        model: in evaluation.
        name: as `fabric` takes it.

    Raises:
        UserError: there is no such device here.
    """
    device = named(name)
    return model if device.type == "cpu" else placed(model, device)


def placed(model: nn.Module, device: torch.device) -> nn.Module:
    """The same model on a device, asked from the CPU; see `answering`."""

    def bring(module: nn.Module, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict]:
        return tuple(_moved(one, device) for one in args), {
            key: _moved(one, device) for key, one in kwargs.items()
        }

    def back(module: nn.Module, args: tuple, out: Any) -> Any:
        if isinstance(out, tuple):
            return tuple(_moved(one, "cpu") for one in out)
        return _moved(out, "cpu")

    model.to(device)
    model.register_forward_pre_hook(bring, with_kwargs=True)
    model.register_forward_hook(back)
    model.input_device = torch.device("cpu")  # type: ignore[assignment]
    return model


def input_device(model: nn.Module) -> torch.device:
    """Where what a model is given must lie."""
    own = next(model.parameters(), torch.empty(0)).device
    return getattr(model, "input_device", own)


def _moved(value: Any, device: torch.device | str) -> Any:
    return value.to(device) if isinstance(value, torch.Tensor) else value


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
    if not sharded(fabric) and any(isinstance(m, nn.Conv2d) for m in model.modules()):
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def sharded(fabric: Fabric) -> bool:
    """Whether each process will hold a part of the parameters."""
    from lightning_fabric.strategies.model_parallel import ModelParallelStrategy

    return isinstance(fabric.strategy, ModelParallelStrategy)
