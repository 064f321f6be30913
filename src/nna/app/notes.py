"""The reader's notes: a Markdown file a page, in the reader's home, where any editor finds them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import platformdirs

from nna.app import pages
from nna.app.pages import Page
from nna.errors import UserError
from nna.training import files

LONGEST = 20_000  # characters of a note
MOST = 2_000  # notes
PLACE = "<!--note-->"  # where a page made for a server has room for one
# Pages have plain names: no step upwards, no hidden file, two folders deep at the most.
_PAGE = re.compile(r"([A-Za-z0-9_][\w.-]{0,80}/){0,2}[A-Za-z0-9_][\w.-]{0,80}\.html")


def home() -> Path:
    """The folder of all notes: below XDG_DATA_HOME on Linux, the system's own place elsewhere."""
    return Path(platformdirs.user_data_dir("nna", appauthor=False)) / "notes"


def read(page: str) -> str:
    """The note on a page, such as "card/resnet.html"; empty where there is none."""
    try:
        return _file(page).read_text(encoding="utf-8").strip("\n")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{_file(page)}: can't be read ({error})") from error


def keep(page: str, text: str) -> None:
    """Replace the note on a page; an empty one is taken away.

    Raises:
        UserError: too long, too many, no such kind of page, or the folder can't be written.
    """
    path, text = _file(page), text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise UserError(f"a note holds {LONGEST:,} characters at most; this one has {len(text):,}")
    try:
        if not text:
            path.unlink(missing_ok=True)
            return
        if not path.exists() and len(every()) >= MOST:
            raise UserError(f"{MOST:,} notes are kept already: take some away first")
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text + "\n")
    except OSError as error:
        raise UserError(f"{path}: can't be written ({error.strerror or error})") from error


def every() -> dict[str, str]:
    """All notes, by page."""
    folder = home()
    found = (path.relative_to(folder).with_suffix(".html") for path in folder.rglob("*.md"))
    pages = sorted(page.as_posix() for page in found)
    return {page: text for page in pages if _PAGE.fullmatch(page) and (text := read(page))}


def markdown() -> str:
    """All notes as one document; empty where there are none."""
    parts = [f"## {_title(page)} ({page})\n\n{text}\n" for page, text in every().items()]
    return "\n".join(["# Notes on the atlas\n", *parts]) if parts else ""


def listing() -> Page:
    """The page of all notes."""
    return Page("notes.html", "Notes", "notes.html", "notes", _listed)


def _listed() -> dict[str, Any]:
    kept = [{"page": page, "title": _title(page), "text": text} for page, text in every().items()]
    return {"notes": kept, "home": home()}


def annotated(made: str, page: str) -> str:
    """A page made for a server, with the reader's note on it at its foot."""
    note = pages.environment().get_template("note.html")
    shown = note.render(root="../" * page.count("/"), path=page, note=read(page), longest=LONGEST)
    return made.replace(PLACE, shown, 1)


def _title(page: str) -> str:
    known = pages.every().get(page)
    return known.title if known else page


def _file(page: str) -> Path:
    if not _PAGE.fullmatch(page):
        raise UserError(f"there are no notes on {page[:100]!r}: it is no page of the atlas")
    return home() / Path(page).with_suffix(".md")
