"""BibTeX of a paper."""

from __future__ import annotations

import re
import unicodedata

from nna import registry
from nna.bibliography import VENUES
from nna.errors import UserError
from nna.spec import Paper

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "&%$#_{}"},
}
_SMALL = {"a", "an", "the", "on", "of", "in", "for", "and", "to", "with"}


def entry(name: str) -> str:
    """The BibTeX of an architecture's paper: as its folder has it, or made from its declaration.

    Raises:
        UserError: no such architecture, or it names no paper.
    """
    path = registry.folder(name) / "paper.bib"
    if path.is_file():
        return path.read_text(encoding="utf-8").rstrip("\n")
    paper = registry.describe(name).paper
    if not paper.title:
        raise UserError(f"{name}: no paper is named: write its BibTeX into {path}")
    return bibtex(paper)


def bibtex(paper: Paper) -> str:
    """The entry of a paper, for BibTeX and biber; special characters are escaped."""
    fields = {
        "author": " and ".join(_authors(paper)),
        "title": f"{{{_escape(paper.title)}}}",  # double braces keep the capitals
        VENUES[paper.kind]: _escape(paper.venue),
        "year": str(paper.year),
        "doi": paper.doi,
        "eprint": paper.arxiv,
        "archiveprefix": "arXiv" if paper.arxiv else None,
        "url": paper.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{paper.kind}{{{key(paper)},", *lines, "}"])


def key(paper: Paper) -> str:
    """The entry's key: first author, year and first telling word of the title, in ASCII."""
    title = [w for w in re.findall(r"\w+", _ascii(paper.title)) if w not in _SMALL]
    author = re.sub(r"\W", "", _ascii(_authors(paper)[0].split()[-1]))
    return f"{author}{paper.year}{title[0] if title else ''}"


def line(paper: Paper) -> str:
    """The paper on one line, as a list of references prints it; of none, that there is none."""
    if not paper.title:
        return "no paper is named"
    where = [
        f"arXiv:{paper.arxiv}" if paper.arxiv else "",
        f"doi:{paper.doi}" if paper.doi else "",
        paper.url or "",
    ]
    parts = [f"{paper.authors} ({paper.year})", paper.title, paper.venue, *filter(None, where)]
    return ". ".join(parts) + "."


def _authors(paper: Paper) -> list[str]:
    listed = re.sub(r",?\s+et al\.?$", ", others", paper.authors)
    return [_escape(a) for a in re.split(r"\s*[,;&]\s*|\s+and\s+", listed) if a]


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(c, c) for c in text)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
