"""Figures as people read them."""

from __future__ import annotations

LONGEST = 1e15  # from which an exponent is easier to read than all the places


def short(value: float, digits: int = 4, sign: str = "") -> str:
    """A number in so many digits, large ones with their thousands parted: "0.9403", "53,770".

    Args:
        value: any number.
        digits: that count.
        sign: "+" to write that of positive numbers too.
    """
    text = f"{value:{sign}.{digits}g}"
    return f"{float(text):{sign},.0f}" if "e+" in text and abs(value) < LONGEST else text
