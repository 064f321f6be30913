"""What a page tells those who link to it: a description, and a picture to show beside the link."""

from __future__ import annotations

import html
import io
import re
from functools import cache
from pathlib import Path
from typing import Any

HERE = "<!--sharing-->"  # in the template's head
LONGEST = 200  # characters of a description
SIZE = (1200, 630)  # pixels of a picture, as link previews show it
SITE = "nna, the executable encyclopedia of neural networks"
_GROUND, _INK, _FAINT, _ACCENT = "#14181f", "#e6e9ef", "#a9b4c4", "#f6a562"


def described(page: str, path: str, title: str, address: str | None) -> str:
    """A page with its description, and where the site's address is known its picture too.

    Args:
        page: as HTML, with `HERE` in its head.
        path: where it stands in the site.
        title: of the page.
        address: of the site, without a slash at its end; None: not known.
    """
    about = html.escape(description(page) or title)
    called = html.escape(title)
    tags = [
        f'<meta name="description" content="{about}">',
        f'<meta property="og:title" content="{called}">',
        f'<meta property="og:description" content="{about}">',
        f'<meta property="og:site_name" content="{SITE}">',
        '<meta property="og:type" content="article">',
    ]
    if address is not None:
        here = html.escape(f"{address}/{path}")
        tags += [
            f'<link rel="canonical" href="{here}">',
            f'<meta property="og:url" content="{here}">',
            f'<meta property="og:image" content="{html.escape(f"{address}/{picture(path)}")}">',
            f'<meta property="og:image:width" content="{SIZE[0]}">',
            f'<meta property="og:image:height" content="{SIZE[1]}">',
            '<meta name="twitter:card" content="summary_large_image">',
        ]
    return page.replace(HERE, "\n".join(tags), 1)


def picture(path: str) -> str:
    """Where the picture of a page stands in the site."""
    return f"preview/{path.removesuffix('.html')}.png"


def description(page: str) -> str:
    """What a page says of itself first: its lead, or its first paragraph, cut at a word."""
    body = page.partition("<main")[2]
    found = re.search(r'<p class="lead">(.*?)</p>', body, re.S) or re.search(
        r"<p>(.*?)</p>", body, re.S
    )
    text = re.sub(r"<[^>]*>", "", found.group(1)) if found else ""
    text = " ".join(html.unescape(text).split())
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def drawn(title: str, about: str) -> bytes:
    """The picture of a page as PNG: its title, what it says of itself, and whose it is."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 18, SIZE[1]), fill=_ACCENT)
    large, small = _font("DejaVuSans-Bold.ttf", 62), _font("DejaVuSans.ttf", 33)
    top = 70
    for font, text, most, ink in ((large, title, 3, _INK), (small, about, 6, _FAINT)):
        for line in _lines(text, font, SIZE[0] - 160, most):
            pen.text((80, top), line, font=font, fill=ink)
            top += font.size * 1.3
        top += 24
    pen.text((80, SIZE[1] - 75), SITE, font=_font("DejaVuSans.ttf", 26), fill=_ACCENT)
    out = io.BytesIO()
    image.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _lines(text: str, font: Any, wide: float, most: int) -> list[str]:
    """The text in lines that fit; what is too long ends in dots."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= wide or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1] + " …"]


@cache
def _font(name: str, size: int) -> Any:
    """A font that comes with matplotlib, the same on every machine."""
    import matplotlib
    from PIL import ImageFont

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)
