"""Carry parameters from one naming to another, completely or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from nna.errors import UserError
from nna.spec import Drop, Flatten, Join, Rename, Rule, Split, Transpose

if TYPE_CHECKING:
    from nna.spec import Weights

State = dict[str, Tensor]
FILE = "model.safetensors"  # what the hub calls a checkpoint
PATIENCE = 5.0  # seconds to wait for the hub's first answer


def translate(state: Mapping[str, Tensor], rules: Sequence[Rule]) -> State:
    """Apply every rule to the whole of `state`, in order.

    Raises:
        ValueError: two entries became one, or a join lacks a part.
    """
    state = dict(state)
    for rule in rules:
        state = _apply(state, rule)
    return state


def _apply(state: State, rule: Rule) -> State:
    if isinstance(rule, Join):
        return _join(state, rule)
    out: State = {}
    for name, tensor in state.items():
        for new, value in _each(name, tensor, rule):
            if new in out:
                raise ValueError(f"{name!r} and another entry both became {new!r}")
            out[new] = value
    return out


def _each(name: str, tensor: Tensor, rule: Rename | Drop | Transpose | Flatten | Split):
    if not re.search(rule.pattern, name):
        return [(name, tensor)]
    match rule:
        case Rename(pattern, to):
            return [(re.sub(pattern, to, name), tensor)]
        case Drop():
            return []
        case Transpose():
            return [(name, tensor.T.contiguous())]
        case Flatten():
            return [(name, tensor.flatten(1))]
        case Split(pattern, to, dim):
            parts = tensor.chunk(len(to), dim)
            return [(re.sub(pattern, t, name), p.clone()) for t, p in zip(to, parts, strict=True)]


def _join(state: State, rule: Join) -> State:
    groups: dict[str, dict[str, Tensor]] = {}
    out: State = {}
    for name, tensor in state.items():
        if found := re.search(rule.pattern, name):
            groups.setdefault(found[1], {})[found[2]] = tensor
        else:
            out[name] = tensor
    for stem, parts in groups.items():
        if set(parts) != set(rule.order):
            raise ValueError(f"{stem!r} has the parts {sorted(parts)}, not {sorted(rule.order)}")
        out[rule.to.format(stem)] = torch.cat([parts[part] for part in rule.order], rule.dim)
    return out


def load_exactly(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load `state`, demanding the same names and shapes as the model's own, none over, none short.

    Raises:
        UserError: names the first few entries left over, missing or of another shape.
    """
    own = model.state_dict()
    faults = [f"left over: {name}" for name in state.keys() - own.keys()]
    faults += [f"missing: {name}" for name in own.keys() - state.keys()]
    faults += [
        f"{name} is {tuple(state[name].shape)}, expected {tuple(own[name].shape)}"
        for name in own.keys() & state.keys()
        if state[name].shape != own[name].shape
    ]
    if faults:
        more = f" and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise UserError(f"weights don't fit the model: {'; '.join(sorted(faults)[:3])}{more}")
    model.load_state_dict(state)


def read(path: Path) -> State:
    """Read a safetensors file; no other format is ever opened.

    Raises:
        UserError: no such file, not safetensors (a pickle, say), cut off, or with weights that are
            no numbers.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not path.is_file():
        raise UserError(f"{path}: no such file")
    with path.open("rb") as file:
        start = file.read(9)
    pickles = (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    if start[:2] in pickles and start[8:] != b"{":  # a header may be 0x580 bytes long
        raise UserError(
            f"{path}: a pickled checkpoint; loading it could run foreign code, so nna doesn't: "
            "ask its author for a .safetensors file"
        )
    try:
        state = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise UserError(f"{path}: not a whole safetensors file ({error})") from error
    check_finite(path, state)
    return state


def check_finite(path: Path, state: Mapping[str, Tensor]) -> None:
    """Weights from a file must be finite: one that isn't would answer with nan, or anything.

    Raises:
        UserError: names the file and the first tensor that isn't.
    """
    if (name := not_finite(state)) is not None:
        raise UserError(
            f"{path}: {name} holds values that are not finite, so the file is damaged: copy or "
            "download it again, or train anew"
        )


def not_finite(state: Mapping[str, Tensor]) -> str | None:
    """The name of the first tensor with a value that is infinite or no number."""
    for name, value in state.items():
        if not bool(value.isfinite().all()):
            return name
    return None


def transplant(model: nn.Module, state: Mapping[str, Tensor]) -> list[str]:
    """Load what fits by name and shape; the rest of the model stays as it started.

    Returns:
        Names of the model's entries that found nothing.

    Raises:
        UserError: less than half of the model's numbers would be filled.
    """
    own = model.state_dict()
    fitting = {k: v for k, v in state.items() if k in own and v.shape == own[k].shape}
    filled, all_ = (sum(v.numel() for v in of.values()) for of in (fitting, own))
    if 2 * filled < all_:
        raise UserError(
            f"of the weights to start from only {filled:,} of {all_:,} fit this architecture and "
            "its sizes: start from a run of the same"
        )
    model.load_state_dict(own | fitting)
    return [name for name in own if name not in fitting]


def load_published(model: nn.Module, published: Weights, changed: bool = False) -> list[str]:
    """Fetch a public checkpoint from the hub (or its cache) and load it.

    Args:
        model: of the same variant.
        published: where the checkpoint lies.
        changed: whether the model's configuration differs from the variant's: then it takes what
            fits by name and shape; else all must fit.

    Returns:
        Names of the model's entries that found nothing.

    Raises:
        UserError: no network and not in the cache, or the file doesn't fit.
    """
    state = fetch(published)
    for name, own in model.state_dict().items():
        if name.endswith("num_batches_tracked"):  # older files lack it, and evaluation needs none
            state.setdefault(name, own)
    own = model.state_dict().keys() - state.keys()
    lacking = [name for name in own if any(re.search(p, name) for p in published.fresh)]
    if changed:
        return transplant(model, state)
    load_exactly(model, {**state, **{name: model.state_dict()[name] for name in lacking}})
    return lacking


def fetch(published: Weights) -> State:
    """A public checkpoint from the hub (or its cache), by our names.

    Raises:
        UserError: no network and not in the cache, or not a whole safetensors file.
    """
    return translate(read(download(published.hub)), published.rules)


class NotInRepositoryError(UserError):
    """A repository can be read and has no file of that name."""


def download(repository: str, file: str = FILE) -> Path:
    """A file of a public checkpoint: from the cache of the hub's client, else from the hub.

    The client itself would wait and try again for half a minute; whether the hub answers is asked
    once before.

    Raises:
        NotInRepositoryError: the repository has no such file.
        UserError: the client isn't installed; no network and not in the cache.
    """
    try:
        import huggingface_hub as hub
        from huggingface_hub.utils import EntryNotFoundError, LocalEntryNotFoundError, logging
    except ImportError as error:
        raise UserError("public weights need one more package: pip install 'nna[hub]'") from error
    logging.set_verbosity_error()  # its retries are told in our one line
    kept = hub.try_to_load_from_cache(repository, file)
    if isinstance(kept, str):
        return Path(kept)
    if kept is not None:  # the client was told so before, and noted it
        raise NotInRepositoryError(f"{repository} has no {file}")
    try:
        hub.get_hf_file_metadata(hub.hf_hub_url(repository, file), timeout=PATIENCE)
        return Path(hub.hf_hub_download(repository, file))
    except Exception as error:  # the hub client raises a dozen kinds; most mean "not to be had"
        local = isinstance(error, LocalEntryNotFoundError)  # in the cache it isn't; who knows
        if isinstance(error, EntryNotFoundError) and not local:
            raise NotInRepositoryError(f"{repository} has no {file}") from error
        raise UserError(
            f"can't fetch {repository} from the Hugging Face hub, and it isn't in the cache: "
            f"{type(error).__name__}; check the network and try again"
        ) from error
