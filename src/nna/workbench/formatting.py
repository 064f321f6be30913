"""Figures as people read them."""

from __future__ import annotations

import math

LONGEST = 1e15  # from which an exponent is easier to read than all the places
LINES, LETTERS = 4, 60  # of a text in a picture, at most
UNKNOWN, NOTHING = "\ufffd", "\u200b"  # a letter that can't be drawn; one that takes no room
DIGITS = 9  # of what a network gives in single precision: as many as tell its numbers apart


def short(value: float, digits: int = 4, sign: str = "") -> str:
    """A number in so many digits, large ones with their thousands separated: "0.9403", "53,770".

    Args:
        value: any number.
        digits: that count.
        sign: "+" to write that of positive numbers too.
    """
    text = f"{value:{sign}.{digits}g}"
    return f"{float(text):{sign},.0f}" if "e+" in text and abs(value) < LONGEST else text


def known_to(value: float, spread: float) -> float:
    """A number without the digits that a network's single precision makes up.

    Args:
        value: any number.
        spread: of such numbers. Those that vary by 1 around 1.7e9 are known to eight places behind
            the point, however many stand before it.
    """
    if not (math.isfinite(value) and spread and math.isfinite(spread)):
        return value
    return round(value, DIGITS - 1 - math.floor(math.log10(abs(spread))))


def drawable(text: object) -> str:
    r"""Any text as matplotlib is to draw it: letter by letter, whatever it holds.

    A dollar would begin a formula and an underscore hide a line from the legend; letters that no
    file may hold stop the drawing, and very long texts leave no room for the picture.
    """
    lines = []
    for line in str(text).splitlines()[:LINES] or [""]:
        shown = "".join(
            letter if letter.isprintable() else " " if letter.isspace() else UNKNOWN
            for letter in line[: LETTERS + 1]
        )
        lines.append(shown if len(line) <= LETTERS else f"{shown[: LETTERS - 1]}…")
    whole = "\n".join(lines).replace("$", r"\$")
    return f"{NOTHING}{whole}" if whole.startswith("_") or not whole.strip() else whole


def option(name: str) -> str:
    """What the command line calls a field of a recipe or of a forecast."""
    return "--lr" if name == "learning_rate" else f"--{name.replace('_', '-')}"
