"""Find architectures by folder. Listing imports nothing; describing imports no torch."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nna import architectures, bibliography, external, sentences
from nna.errors import UserError, nearest
from nna.spec import Architecture

if TYPE_CHECKING:
    from torch import nn

    from nna.spec import Weights

DESK = "desk"
EXTERNAL = "external"  # the family of what doesn't come with the library
FRAMEWORKS = {"torch": "model.py", "keras": "model_keras.py"}  # the file that holds a model


def names() -> tuple[str, ...]:
    """Ids of all architectures, sorted: the library's own, and the external ones known here.

    Example:
        >>> "resnet" in nna.names()
        True
    """
    return tuple(sorted({*_folders(), *external.modules()}))


def register(where: str | Path | ModuleType) -> str:
    """Make an architecture of one's own known, for this process and those that it starts.

    Args:
        where: a folder with the files that the library's own architectures have, or such a package
            when it is imported already.

    Returns:
        Its id, which is the folder's name.

    Raises:
        UserError: no such folder, one without a spec.py and a model.py, or an id that is taken.

    Example:
        >>> nna.register("no_such_folder")
        Traceback (most recent call last):
        nna.errors.UserError: no_such_folder: no such folder...
    """
    return external.register(where, tuple(_folders()))


def identify(reference: str | Path | ModuleType) -> str:
    """A reference by id, from one by id, folder ("./mine", "./mine/small") or imported package.

    Only for what a user says: what a file says is an id, or nothing.

    Raises:
        UserError: no such folder, or none of an architecture.
    """
    if isinstance(reference, ModuleType | Path):
        return register(reference)
    path = Path(reference).expanduser()
    beside = "/" in reference and reference.partition("/")[0] not in names()
    if not reference.startswith((".", "~", "/")) and not (beside and path.parent.is_dir()):
        name, rest = re.match("([^/@]*)(.*)", reference, re.S).groups()  # type: ignore[union-attr]
        known = name in _folders() or name in names()
        return (name if known else aliases().get(name, name)) + rest
    if (path.parent / "spec.py").is_file() and not path.exists():
        return f"{register(path.parent)}/{path.name}"
    return register(path)


@cache
def aliases() -> dict[str, str]:
    """Ids of the library's architectures, by the other words that users ask for them by."""
    return {alias: name for name in _folders() for alias in describe(name).aliases}


@cache
def _folders() -> dict[str, str]:
    """Id to module path: the families are the first level, the architectures the second."""
    found: dict[str, str] = {}
    root = architectures.__path__[0]
    for family in pkgutil.iter_modules([root]):
        for member in pkgutil.iter_modules([f"{root}/{family.name}"]):
            if not member.ispkg:
                continue
            if member.name in found:
                raise ImportError(f"two architectures are called {member.name!r}")
            found[member.name] = f"{architectures.__name__}.{family.name}.{member.name}"
    return found


def located(reference: str) -> str:
    """A reference as another process must be told it: an external one by its folder."""
    name, slash, rest = reference.partition("/")
    return f"{external.shown(name)}{slash}{rest}" if name in external.modules() else reference


def id_of(reference: str) -> str:
    """The architecture's id, with which a reference begins."""
    return re.split("[/@]", reference, maxsplit=1)[0]


def _module(reference: str) -> str:
    name = id_of(reference)
    if name in _folders():
        return _folders()[name]
    if name not in external.modules():
        here = f"it is called {known!r} here" if (known := aliases().get(name)) else None
        hint = here or nearest(name, names(), "nna list")
        raise UserError(f"no architecture {name!r}; {hint}")
    return external.modules()[name]


def family(name: str) -> str:
    """The family of an architecture: the folder that holds its own, or "external"."""
    module = _module(name)
    return module.split(".")[-2] if name in _folders() else EXTERNAL


def folder(name: str) -> Path:
    """Where an architecture lives, by its id or a reference to one of its variants."""
    name, module = id_of(name), _module(name)
    if name not in _folders():
        return external.folder(name)
    return Path(architectures.__path__[0], *module.split(".")[-2:])


def source(name: str, framework: str = "torch") -> Path:
    """The file that holds a model in a framework, "torch" or "keras".

    Raises:
        UserError: no such framework, or the model isn't written in it.
    """
    if framework not in FRAMEWORKS:
        raise UserError(
            f"--framework {framework}: {nearest(framework, tuple(FRAMEWORKS), '--help')}"
        )
    path = folder(name) / FRAMEWORKS[framework]
    if not path.is_file():
        raise UserError(f"{name} has no {framework} twin")
    return path


@cache
def describe(name: str) -> Architecture:
    """What the library knows of an architecture.

    Args:
        name: its id, or a reference to one of its variants, which isn't looked at.

    Its spec.py declares it; its paper is in paper.bib, public weights are in weights.py, and what
    is prose its card says.

    Raises:
        UserError: no such architecture; the message names the closest ones. Or something that
            stands in two of these files, or in none that can be read.

    Example:
        >>> nna.describe("lenet5").paper.year
        1998
    """
    declared = external.attribute(id_of(name), _module(name), "spec", "SPEC")
    if not isinstance(declared, Architecture):
        raise UserError(f"{name}: SPEC in spec.py is no spec.Architecture")
    here = folder(name)
    if (here / "weights.py").is_file():
        file = external.imported(id_of(name), _module(name), "weights")
        public = getattr(file, "WEIGHTS", {})  # a file may hold nothing but rules for names
        declared = dataclasses.replace(declared, weights={**declared.weights, **public})
    if (here / "paper.bib").is_file():
        entry = (here / "paper.bib").read_text(encoding="utf-8")
        paper = bibliography.read(entry, f"{name}: paper.bib")
        if declared.paper.title:
            raise UserError(f"{name}: paper stands in spec.py and in paper.bib: keep paper.bib's")
        declared = dataclasses.replace(declared, paper=paper)
    if (here / "card.md").is_file():  # an external one may have none yet
        card = (here / "card.md").read_text(encoding="utf-8")
        declared = sentences.completed(name, declared, card)
    return declared


def card(name: str) -> str:
    """The card of an architecture, in Markdown.

    Raises:
        UserError: no such architecture.
    """
    path = folder(name) / "card.md"
    if id_of(name) in external.modules() and not path.is_file():  # it may have none yet
        return f"# {describe(name).name}\n\n{describe(name).idea}\n"
    return path.read_text(encoding="utf-8")


def resolve(name: str, target: str) -> Any:
    """Import `target`, written "module:attribute", from the folder of architecture `name`."""
    part, _, wanted = target.partition(":")
    if family(name) == EXTERNAL:
        return external.attribute(id_of(name), _module(name), part, wanted, ", which spec.py names")
    return getattr(importlib.import_module(f"{_module(name)}.{part}"), wanted)


def split(reference: str) -> tuple[str, str, str | None]:
    """Read `architecture/variant@weights`; without a variant it is the one for a desk.

    Raises:
        UserError: no such architecture or variant.
    """
    base, at, weights = reference.partition("@")
    name, _, variant = base.partition("/")
    spec = describe(name)
    variant = variant or DESK
    if variant not in spec.variants:
        raise UserError(f"{name} has no variant {variant!r}; it has: {', '.join(spec.variants)}")
    return name, variant, weights if at else None


def configure(reference: str, **changes: Any) -> Any:
    """The configuration of a variant with some fields replaced.

    Raises:
        UserError: no such architecture, variant or field, or a value of another kind.
    """
    name, variant, _ = split(reference)
    config = describe(name).variants[variant].config
    known = tuple(f.name for f in dataclasses.fields(config))
    for field in changes:
        if field not in known:
            new = describe(name).renamed_fields.get(field)
            now = f"it is called {new!r}" if new else f"it has: {', '.join(known)}"
            raise UserError(f"{name} has no setting {field!r}; {now}")
    fitted = {field: _like(getattr(config, field), field, v) for field, v in changes.items()}
    return dataclasses.replace(config, **fitted)


def _like(own: Any, field: str, value: Any) -> Any:
    """A value of the kind of the variant's own; where several stand, a lone one becomes one."""
    several = isinstance(own, tuple)
    if several and not isinstance(value, tuple):
        value = tuple(value) if isinstance(value, list) else (value,)
    pairs = [(v, o) for v in value for o in own[:1]] if several else [(value, own)]
    if not all(_alike(v, o) for v, o in pairs):
        raise UserError(f"{field}={value!r}: expected something like {own!r}")
    return value


def _alike(value: Any, own: Any) -> bool:
    """Whether a value is of the kind of the variant's own; truth values are no numbers."""
    if own is None:
        return True
    if isinstance(value, bool) != isinstance(own, bool):
        return False
    return isinstance(value, int | float if isinstance(own, float) else type(own))


def build(reference: str | Path | ModuleType, **changes: Any) -> nn.Module:
    """Build a model: `build("resnet/50", classes=10)`, or pretrained `"resnet/50@imagenet1k"`.

    Args:
        reference: `"architecture"`, `"architecture/variant"` or `"architecture/variant@weights"`;
            or the folder or package of one that doesn't come with the library.
        **changes: fields of the configuration to replace. Of public weights all is then taken
            that fits by name and shape; what begins anew, as a head for other classes, is told by a
            `UserWarning`. A model of texts then has their `tokenizer` (`nna.tokenization`).

    Raises:
        UserError: no such architecture, variant, weights or field, or the weights don't fit.

    Example:
        >>> model = nna.build("mlp", features=4, classes=3)
        >>> model(torch.zeros(2, 4)).shape
        torch.Size([2, 3])
    """
    reference = identify(reference)
    name, variant, weights = split(reference)
    config = configure(reference, **changes)
    public = None if weights is None else published(name, variant, weights)
    model = construct(name, config)
    if public is not None:
        from nna import tokenization, weights as carry

        fresh = carry.load_published(model, public, changed=bool(changes))
        if fresh:
            said = f"{reference}: anew, with random weights: {', '.join(fresh)}"
            warnings.warn(said, UserWarning, stacklevel=2)
        if public.tokenizer is not None:
            inputs = describe(name).inputs
            tokenizer = tokenization.Tokenizer(public.hub, public.tokenizer, inputs, config)
            vars(model)["tokenizer"] = tokenizer
    return model


def construct(name: str, config: Any) -> nn.Module:
    """The model of one configuration, untrained.

    Args:
        name: the architecture's id, or a reference to one of its variants.
        config: its configuration.

    Raises:
        UserError: the configuration contradicts itself.
    """
    made = resolve(name, describe(name).model)
    if family(name) != EXTERNAL:
        return _built(name, made, config)
    with external.code_of(id_of(name)):
        return _built(name, made, config)


def _built(name: str, made: Callable[[Any], nn.Module], config: Any) -> nn.Module:
    try:
        return made(config)
    except ValueError as error:
        raise UserError(f"{id_of(name)} can't be built so: {error}") from error


def sampler(name: str) -> Any:
    """How a generative architecture draws, where that takes more than one step; else None.

    It is called with the model, a number of samples and a generator of random numbers.
    """
    target = describe(name).sampler
    return None if target is None else resolve(name, target)


def outline(name: str, config: Any) -> nn.Module:
    """The model of one configuration without memory for its weights: its parts and their shapes.

    Raises:
        UserError: the configuration contradicts itself.
    """
    from nna.blocks.unfilled import outlined

    with outlined():
        return construct(name, config)


def published(name: str, variant: str, weights: str) -> Weights:
    """Where public weights lie, and what goes with them.

    Raises:
        UserError: the variant has no such weights.
    """
    known = describe(name).weights
    if (key := f"{variant}@{weights}") not in known:
        has = ", ".join(f"{name}/{k}" for k in known) or "none"
        raise UserError(f"{name}/{key}: no such weights; {name} has: {has}")
    return known[key]
