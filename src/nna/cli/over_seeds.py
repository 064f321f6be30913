"""What several seeds gave, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nna.cli import output

if TYPE_CHECKING:
    from nna.workbench.seeds import Seeds


def show(found: Seeds, json: bool) -> None:
    """A row for each figure: its mean over the seeds, with its interval, and its spread."""
    if json:
        output.print_json(found.to_json())
        return
    from nna.workbench.formatting import short

    def shown(number: float | None) -> str:
        return "" if number is None else short(number)

    rows = [
        (name, *map(shown, (of.mean, of.low, of.high, of.std)))
        for name, of in found.metrics.items()
    ]
    output.say(f"\n{len(found.runs)} seeds, all tested on the same examples")
    output.table(("", "mean", "95 % from", "to", "standard deviation"), rows)
    for folder in found.runs:
        output.say(f"run      {folder}")
