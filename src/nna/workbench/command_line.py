"""The words that say to `nna` what was said in Python, for commands that are told to users."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from shlex import quote
from typing import Any

from nna import registry
from nna.workbench.data_source import ROWS, SPLITTING, Source
from nna.workbench.formatting import option

ASKED = (
    "target",
    "task",
    "data_dir",
    "encoding",
    *SPLITTING,
)  # fields of a source with one word each


def train(reference: str, origin: Source, seed: int = 0) -> str:
    """What trains an architecture on these data.

    Args:
        reference: "architecture" or "architecture/variant".
        origin: of the data.
        seed: decides the split, too.
    """
    words = [quote(registry.located(reference)), *of_source(origin)]
    words += [f"--seed {seed}"] if seed else []
    return f"nna train {' '.join(words)}"


def compare(origin: Source) -> str:
    """What compares the architectures that suit these data, and the baselines.

    It draws rows to cut folds from, where a training draws examples to learn from.
    """
    if origin.max_samples is not None:
        origin = dataclasses.replace(origin, max_samples=ROWS * origin.max_samples)
    return f"nna compare {' '.join(of_source(origin))}"


def of_source(origin: Source) -> list[str]:
    """The data and every option that says how they are read and split."""
    words = [quote(origin.data)]
    words += [f"{option(name)} {quote(str(of))}" for name in ASKED if (of := getattr(origin, name))]
    words += _of_series(origin.forecast or {})
    words += [f"--dates {quote(one)}" for one in origin.dates]
    words += ["--skip-bad"] if origin.skip_bad else []
    words += [] if origin.max_samples is None else [f"--max-samples {origin.max_samples}"]
    return words


def _of_series(asked: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in asked.items():
        several = value if isinstance(value, list | tuple) else [value] if value else []
        words += [
            option(name) if one is True else f"{option(name)} {quote(str(one))}" for one in several
        ]
    return words
