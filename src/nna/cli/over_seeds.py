"""What several seeds gave, as a table."""

from __future__ import annotations

from typing import Any

from nna.cli import output


def show(found: dict[str, Any], json: bool) -> None:
    """A row for each figure: its mean over the seeds, with its interval, and its spread."""
    if json:
        output.print_json(found)
        return
    from nna.workbench.formatting import short

    def shown(number: float | None) -> str:
        return "" if number is None else short(number)

    keys = ("mean", "low", "high", "std")
    rows = [(name, *(shown(of[key]) for key in keys)) for name, of in found["metrics"].items()]
    output.say(f"\n{len(found['runs'])} seeds, all tested on the same examples")
    output.table(("", "mean", "95 % from", "to", "standard deviation"), rows)
    for folder in found["runs"]:
        output.say(f"run      {folder}")
