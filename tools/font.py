"""Cut the font that formulas are set in: STIX Two Math, down to what formulas need, as WOFF.

pip download --no-deps ziamath==0.13; unpack it; then
python tools/font.py FOLDER/ziamath/fonts/STIXTwoMath-Regular.ttf

ziamath carries the font as the STIX project released it (version 2.11, SIL Open Font License 1.1,
no reserved name). WOFF, a third larger than WOFF2, is written and read with what Python has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, parse_unicodes, save_font

OUT = Path(__file__).parents[1] / "src" / "nna" / "app" / "static" / "math.woff"
CHARACTERS = (
    "20-7E,A0-FF,131,237,2C6,2D8-2DD,300-30C,332,338,391-3F5,"  # Latin, accents, Greek
    "2010-2026,2032-2037,2044,2061-2064,20D6,20D7,"  # dashes, primes, invisible operators
    "2102,210D,210E,2113,2115,2119,211A,211D,2124,2130,2131,2112,2133,2135,"
    "2190-2199,21A6,21D0-21D4,2200-222E,2234-2237,223C-2249,224D,2250-226B,2270-228B,2293-22A8,"
    "22B2-22B5,22BB-22CD,22EE-22F1,2308-230B,2016,27E8-27EB,25A0,25A1,25CB,25CF,2A00-2A06,"
    "1D400-1D467,1D538-1D56B,1D6A4,1D6A5,1D6A8-1D6E1,1D6E2-1D71B"  # bold, italic, double-struck
)


def main(source: str) -> None:
    """Write the font."""
    options = Options(
        flavor="woff",
        hinting=False,
        layout_features=["ssty", "mark", "mkmk", "ccmp"],
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14],
    )
    options.drop_tables += ["DSIG"]
    font = load_font(source, options)
    cutter = Subsetter(options)
    cutter.populate(unicodes=parse_unicodes(CHARACTERS))
    cutter.subset(font)
    save_font(font, str(OUT), options)
    print(f"{OUT}: {OUT.stat().st_size:,} bytes, {len(font.getGlyphOrder()):,} glyphs")


if __name__ == "__main__":
    main(*sys.argv[1:])
