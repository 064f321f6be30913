"""What a network is made of, from its code: parts, shapes and parameters, without its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nna import registry


@dataclass(frozen=True, slots=True)
class Part:
    """One module of a network."""

    name: str  # in its parent
    kind: str  # its class, or `3 x` that where equal ones follow each other
    detail: str  # what the class says of itself
    params: int
    shape: str  # of what comes out for one example, where it is one tensor
    parts: tuple[Part, ...]


def of(reference: str) -> Part:
    """The parts of a variant, measured on one example of its published size.

    Raises:
        UserError: no such variant.
    """
    name, _, _ = registry.split(reference)
    config = registry.configure(reference)
    from nna.figures import run

    examples = list(run.examples(name, config).values())
    few = sum(example.numel() for example in examples) <= run.FEW
    try:
        model, shapes = _run(name, config, "cpu" if few else "meta")
    except (RuntimeError, NotImplementedError):  # some steps need numbers and not shapes alone
        model, shapes = _run(name, config, "cpu")
    return _part(name, type(model).__name__, model, "", shapes)


def _run(name: str, config: Any, device: str) -> tuple[Any, dict[str, str]]:
    """A network, and what comes out of each module of it that runs, by its path."""
    import torch

    from nna.blocks.unfilled import Unfilled
    from nna.figures import run

    found: dict[str, str] = {}

    def keep(path: str) -> Any:
        def hook(module: Any, inputs: Any, out: Any) -> None:
            if isinstance(out, torch.Tensor):
                found[path] = " x ".join(map(str, out.shape[1:])) or "1"

        return hook

    with torch.device(device), Unfilled(), torch.no_grad():
        model = registry.construct(name, config).eval()
        for path, module in model.named_modules():
            module.register_forward_hook(keep(path))
        model(**run.blank(name, config))
    return model, found


def _part(name: str, kind: str, module: Any, path: str, shapes: dict[str, str]) -> Part:
    children = [
        _part(key, type(child).__name__, child, f"{path}.{key}".lstrip("."), shapes)
        for key, child in module.named_children()
    ]
    params = sum(p.numel() for p in module.parameters() if p.requires_grad)
    detail = "" if children else module.extra_repr()
    return Part(name, kind, detail, params, shapes.get(path, ""), _folded(children))


def _folded(parts: list[Part]) -> tuple[Part, ...]:
    """Equal neighbours as one."""
    made: list[tuple[Part, int]] = []
    for part in parts:
        if made and _like(made[-1][0], part):
            made[-1] = (made[-1][0], made[-1][1] + 1)
        else:
            made.append((part, 1))
    return tuple(part if count == 1 else _several(part, count) for part, count in made)


def _like(one: Part, other: Part) -> bool:
    return (one.kind, one.detail, one.params, one.shape) == (
        other.kind,
        other.detail,
        other.params,
        other.shape,
    ) and len(one.parts) == len(other.parts)


def _several(part: Part, count: int) -> Part:
    last = str(int(part.name) + count - 1) if part.name.isdecimal() else "..."
    return Part(
        f"{part.name} to {last}",
        f"{count} x {part.kind}",
        part.detail,
        count * part.params,
        part.shape,
        part.parts,
    )
