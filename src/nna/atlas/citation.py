"""BibTeX of a paper."""

from __future__ import annotations

import re
import unicodedata

from nna.spec import Paper

# journals by the name of proceedings; everything else so called is a conference's
_JOURNALS = re.compile(r"Proceedings of the (IEEE|National Academy|Royal Society)\b|PNAS", re.I)
_CONFERENCES = re.compile(
    r"\b(Proc(eedings)?\b|Conference|Workshop|Symposium|Congress|Convention"
    r"|AAAI|ACL|AISTATS|CVPR|ECCV|EMNLP|ICANN|ICASSP|ICCV|ICLR|ICML|ICNN|ICPR|IJCAI|IJCNN"
    r"|INTERSPEECH|KDD|MICCAI|NAACL|NeurIPS|NIPS|SIGGRAPH|WACV)\b",
    re.I,
)
_REPORTS = re.compile(r"\breport\b", re.I)
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "&%$#_{}"},
}
_SMALL = {"a", "an", "the", "on", "of", "in", "for", "and", "to", "with"}


def bibtex(paper: Paper) -> str:
    """The entry of a paper, for BibTeX and biber; special characters are escaped."""
    kind, venue = _kind(paper)
    fields = {
        "author": " and ".join(_authors(paper)),
        "title": f"{{{_escape(paper.title)}}}",  # double braces keep the capitals
        venue: _escape(paper.venue),
        "year": str(paper.year),
        "doi": paper.doi,
        "eprint": paper.arxiv,
        "archiveprefix": "arXiv" if paper.arxiv else None,
        "url": paper.url,
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key(paper)},", *lines, "}"])


def key(paper: Paper) -> str:
    """The entry's key: first author, year and first telling word of the title, in ASCII."""
    title = [w for w in re.findall(r"\w+", _ascii(paper.title)) if w not in _SMALL]
    author = re.sub(r"\W", "", _ascii(_authors(paper)[0].split()[-1]))
    return f"{author}{paper.year}{title[0] if title else ''}"


def line(paper: Paper) -> str:
    """The paper on one line, as a list of references prints it."""
    where = [
        f"arXiv:{paper.arxiv}" if paper.arxiv else "",
        f"doi:{paper.doi}" if paper.doi else "",
        paper.url or "",
    ]
    parts = [f"{paper.authors} ({paper.year})", paper.title, paper.venue, *filter(None, where)]
    return ". ".join(parts) + "."


def _kind(paper: Paper) -> tuple[str, str]:
    """Kind of entry, and the field that holds the venue."""
    if _REPORTS.search(paper.venue):
        return "techreport", "institution"
    if paper.venue.casefold().startswith("arxiv"):
        return "misc", "howpublished"
    if _CONFERENCES.search(paper.venue) and not _JOURNALS.search(paper.venue):
        return "inproceedings", "booktitle"
    return "article", "journal"


def _authors(paper: Paper) -> list[str]:
    listed = re.sub(r",?\s+et al\.?$", ", others", paper.authors)
    return [_escape(a) for a in re.split(r"\s*[,;&]\s*|\s+and\s+", listed) if a]


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(c, c) for c in text)


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
