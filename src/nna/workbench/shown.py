"""Figures as people read them."""

from __future__ import annotations

import math

LONGEST = 1e15  # from which an exponent is easier to read than all the places
DIGITS = 9  # of what a network gives in single precision: as many as tell its numbers apart


def short(value: float, digits: int = 4, sign: str = "") -> str:
    """A number in so many digits, large ones with their thousands parted: "0.9403", "53,770".

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
