"""Figures in texts by reference to what is stored: `{result:early_stopping.stopped-final}`.

A card or a chapter that types a figure of ours goes stale when the figure is measured anew. By
reference it can't:

- `{result:EXPERIMENT.QUANTITY}` is the mean over the seeds of an experiment's shipped result, with
  its 95 % interval; `{result:EXPERIMENT.QUANTITY-QUANTITY}` is that of the difference in pairs,
  `{result:EXPERIMENT.QUANTITY/QUANTITY}` how many times the one is the other (a geometric mean).
- `{verified:ARCHITECTURE}` is what the desk size reached on its signature task, as the ledger has
  it, with the interval where there is one; `{verified:ARCHITECTURE.baseline}` is its baseline.
- `{trial:BLOCK}` is what a building block gained over what it is tried against, in pairs over the
  seeds of its stored trial, with the interval; `{trial:BLOCK.own}` and `{trial:BLOCK.other}` are
  the means of the two, with the least and the greatest of the seeds.
- `{seeds:ARCHITECTURE}` is the mean of the desk size on its signature task over the seeds that are
  stored beside it, with the least and the greatest, `{seeds:ARCHITECTURE.baseline}` its baseline's;
  `{seeds:ARCHITECTURE.ahead}` is by how much it is ahead, in pairs, with the interval.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nna import paired, registry
from nna.errors import UserError
from nna.lab import catalog, record
from nna.lab.blocks import catalog as blocks
from nna.lab.experiment import Columns

REFERENCE = re.compile(r"\{(result|verified|trial|seeds):([\w./-]+)\}")
SHARES = {"accuracy", "AUC", "exact match", "recalled"}  # stored as shares of one, said in per cent
_LEDGER = Path(__file__).with_name("ledger.json")
_EVIDENCE = re.compile(r"(?P<own>.+?), to reach [^;]+; \D+(?P<baseline>\d.*)")


def fill(text: str) -> str:
    """A text with every reference replaced by its figure.

    Raises:
        UserError: a reference to what isn't stored.
    """
    return REFERENCE.sub(lambda found: figure(found[1], found[2]), text)


class Card(str):
    """A card's text, which a notebook sets with its formulas."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return str(self)


def card(name: str) -> Card:
    """The card of an architecture, in Markdown, with its figures; a notebook shows it set.

    Raises:
        UserError: no such architecture, or a reference to what isn't stored.

    Example:
        >>> nna.card("lenet5").splitlines()[0]
        '# LeNet-5'
    """
    return Card(fill(registry.card(name)))


def figure(kind: str, of: str) -> str:
    """The figure that `{kind:of}` stands for, with its interval in parentheses.

    Raises:
        UserError: nothing like it is stored.
    """
    source, _, part = of.partition(".")
    told = {"result": _result, "verified": _verified, "trial": _trial, "seeds": _seeds}
    found = told[kind](source, part)
    if found is None:
        raise UserError(f"{{{kind}:{of}}}: no such figure is stored")
    return found


def _result(experiment: str, quantity: str) -> str | None:
    if experiment not in catalog.names():
        return None
    import numpy as np

    from nna import intervals  # of a text without such figures no reader waits for numpy

    kept, declared = measured(experiment), catalog.describe(experiment).quantities
    names = re.split("[-/]", quantity)
    if kept is None or len(names) > 2 or not {*names} <= {*declared}:
        return None
    first, *rest = (np.array(kept[name]) for name in names)
    if "/" in quantity:
        return _times(first, rest[0], doublings=declared[names[0]].unit.startswith("doublings"))
    values = first - rest[0] if rest else first
    unit = declared[names[0]].unit.partition(" ")[0]
    if declared[names[0]].yes_no:
        (low, high), mean, unit = intervals.rate_interval(values), values.mean(), "%"
        return _printed(100 * mean, 100 * low, 100 * high, unit)
    unit = "points" if unit == "%" and rest else unit
    return _printed(values.mean(), *intervals.mean_interval(values), unit)


def _times(one: Any, other: Any, doublings: bool) -> str:
    """How many times the one is the other, of quantities that may themselves be doublings."""
    import numpy as np

    from nna.lab import verdict

    ratios = one - other if doublings else np.log2(one / other)
    low, high = verdict.mean_interval(ratios)
    return _printed(2 ** ratios.mean(), 2**low, 2**high, "")


def _printed(mean: float, low: float, high: float, unit: str) -> str:
    digits = next(n for n, least in enumerate((100, 10, 0.1, 0)) if abs(mean) >= least)
    after = f" {unit}" if unit in ("%", "points") else ""
    return f"{mean:.{digits}f}{after} ({low:.{digits}f} to {high:.{digits}f})"


def _trial(block: str, part: str) -> str | None:
    if block not in blocks.names() or part not in ("", "own", "other"):
        return None
    tried = blocks.tried(blocks.describe(block))
    if tried is None:
        return None
    import numpy as np

    from nna import intervals

    own, other = np.array(tried["runs"]), np.array(tried["others"])
    share = tried["unit"].partition(" ")[0] in ("accuracy", "percent")
    if part:
        values = own if part == "own" else other
        return _printed(values.mean(), values.min(), values.max(), "%" if share else "")
    gain = own - other if tried["higher_is_better"] else other - own
    return _printed(gain.mean(), *intervals.mean_interval(gain), "points" if share else "")


def _seeds(architecture: str, part: str) -> str | None:
    known = architecture in registry.names() and part in ("", "baseline", "ahead")
    kept = paired.read(registry.folder(architecture)) if known else {}
    if not kept:
        return None
    share = kept["metric"] in SHARES
    times, unit = (100, "%") if share else (1, "")
    if part == "ahead":
        won = paired.of_seeds(kept)
        unit = "points" if share else ""
        return won and _printed(times * won.mean, times * won.low, times * won.high, unit)
    whose = "rival" if part else "figure"
    values = [times * seed[whose]["value"] for seed in kept["seeds"].values()]
    return _printed(sum(values) / len(values), min(values), max(values), unit)


@cache
def measured(experiment: str) -> Columns | None:
    """The shipped numbers of an experiment, by quantity; None without a result."""
    kept = record.evidence(record.SHIPPED / experiment)
    return kept and kept.columns


def _verified(architecture: str, part: str) -> str | None:
    found = _EVIDENCE.fullmatch(evidence().get(architecture, ""))
    return found[part or "own"] if found and part in ("", "baseline") else None


@cache
def evidence() -> dict[str, str]:
    """What the ledger says of each architecture's signature task."""
    entries = json.loads(_LEDGER.read_text(encoding="utf-8"))["entries"]
    return {e["architecture"]: e["evidence"] for e in entries if "to reach" in e["evidence"]}
