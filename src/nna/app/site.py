"""The atlas as files that need no server, and the check that no link in them is dead."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nna.app import machines, pages, search, sharing
from nna.errors import UserError
from nna.training import files

MARK = "nna-atlas"  # lies in a folder that this wrote, and may write anew
STATIC = pages.HERE / "static"
KINDS = (".html", ".js", ".css", ".svg", ".woff", ".txt", ".json", ".xml", ".png")


def build(
    folder: Path,
    said: Callable[[int, int], None] = lambda done, of: None,
    address: str | None = None,
) -> int:
    """Write every page below `folder`.

    Args:
        folder: new, empty, or one that this wrote before.
        said: told after each page how many are written, and of how many.
        address: where the site will stand, such as https://example.org/nna, for the pictures that
            links to it show and for the map that search engines read; None: without them.

    Returns:
        How many pages were written.

    Raises:
        UserError: the folder holds something else, or can't be written.
    """
    foreign = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if foreign and not (folder / MARK).is_file():
        raise UserError(f"{folder} holds other files: name a new folder, or empty it")
    try:
        every = pages.every()
        beside: dict[str, bytes | str] = {**assets(), **machines.readable()}
        if address is not None:
            beside |= machines.located(address)
        for number, (path, page) in enumerate(every.items(), start=1):
            made, pictures = _apart(pages.render(page, address=address), page.root)
            beside |= pictures
            files.write(_place(folder / path), made)
            if address is not None:
                about = sharing.description(made)
                beside[sharing.picture(path)] = sharing.drawn(page.title, about)
            said(number, len(every))
        for path, content in beside.items():
            files.write(_place(folder / path), content)
        for old in _written(folder) - {*every, *beside}:
            (folder / old).unlink()
        files.write(folder / MARK, "written by nna atlas build\n")
    except OSError as error:
        raise UserError(f"{folder}: can't be written ({error.strerror or error})") from error
    return len(every)


def assets() -> dict[str, bytes]:
    """What the pages need beside themselves, by path."""
    found = {f"static/{path.name}": path.read_bytes() for path in sorted(STATIC.iterdir())}
    return {**found, "static/index.js": f"window.nnaIndex = {search.index()};\n".encode()}


def dead_links(folder: Path) -> list[str]:
    """Every link within the site that leads nowhere, as `page -> address`."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    seen = {path: _read(folder / path) for path in there if path.endswith(".html")}
    dead = []
    for path, (links, _) in seen.items():
        for link in links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            beside = posixpath.join(posixpath.dirname(path), unquote(parts.path))
            goal = posixpath.normpath(beside) if parts.path else path
            lives, state = goal in there, "=" in parts.fragment  # what a page is to show, no place
            if lives and parts.fragment and goal in seen and not state:
                lives = unquote(parts.fragment) in seen[goal][1]
            if not lives:
                dead.append(f"{path} -> {link}")
    return dead


# A figure within a page, of some size: smaller ones are fetched faster with it.
_FIGURE = re.compile(r'src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]{4000,})"')


def _apart(page: str, root: str) -> tuple[str, dict[str, bytes]]:
    """A page with its large figures as files: each is kept once, and pages are read before them."""
    found: dict[str, bytes] = {}

    def moved(match: re.Match[str]) -> str:
        picture = base64.b64decode(match.group(1))
        path = f"figures/{hashlib.sha256(picture).hexdigest()[:16]}.svg"
        found[path] = picture
        return f'src="{root}{path}"'

    return _FIGURE.sub(moved, page), found


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _written(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in KINDS
    }


class _Page(HTMLParser):
    """Collects what a page links to, and what can be linked to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key == "id" and value:
                self.anchors.add(value)
            elif key in ("href", "src", "action") and value and not value.startswith("data:"):
                self.links.append(value)


def _read(path: Path) -> tuple[list[str], set[str]]:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page.links, page.anchors
