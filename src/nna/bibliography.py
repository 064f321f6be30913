r"""The paper of an architecture, from the entry of BibTeX that lies in its folder.

    @article{hochreiter1997long,
      author = {Hochreiter and Schmidhuber},
      title = {{Long Short-Term Memory}},
      journal = {Neural Computation 9(8)},
      year = {1997},
      doi = {10.1162/neco.1997.9.8.1735},
    }

A field is a line. Authors are family names, or "Family, Given"; their last may be `others`.
"""

from __future__ import annotations

import re
from typing import Any

from nna.errors import UserError
from nna.spec import Paper

VENUES = {  # the field that holds the venue, by the kind of entry
    "inproceedings": "booktitle",
    "article": "journal",
    "techreport": "institution",
    "misc": "howpublished",
}
_FIELD = re.compile(r"^ *(\w+) *= *\{(.*)\},? *$", re.M)
_NAMED = {r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^"}
_ESCAPED = re.compile("|".join([*map(re.escape, _NAMED), r"\\([&%$#_{}])"]))


def read(text: str, where: str) -> Paper:
    """The paper that one entry names.

    Args:
        text: the entry.
        where: it stands, for messages.

    Raises:
        UserError: no such entry, of another kind, or a field that every paper has is lacking.
    """
    kind = next(iter(re.findall(r"^@(\w+)\{", text, re.M)), None)
    if kind not in VENUES:
        raise UserError(f"{where}: no entry of BibTeX, which begins with @ and {_or(VENUES)}")
    found = {name: _plain(value) for name, value in _FIELD.findall(text)}
    if lacking := [one for one in ("author", "title", "year", VENUES[kind]) if not found.get(one)]:
        raise UserError(f"{where}: @{kind} needs a line `{lacking[0]} = {{...}},`")
    if not found["year"].isdigit():
        raise UserError(f"{where}: year = {{{found['year']}}} is no year")
    entry: dict[str, Any] = {"kind": kind, "arxiv": found.get("eprint")}
    return Paper(
        title=re.sub(r"^\{(.*)\}$", r"\1", found["title"]),
        authors=_family_names(found["author"]),
        year=int(found["year"]),
        venue=found[VENUES[kind]],
        doi=found.get("doi"),
        url=found.get("url"),
        **entry,
    )


def _family_names(authors: str) -> str:
    names = [name.partition(",")[0].strip() for name in re.split(r"\s+and\s+", authors)]
    if names[-1] == "others":
        return f"{', '.join(names[:-1])} et al."
    return ", ".join(names)


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or _NAMED[found[0]], value)


def _or(names: dict[str, str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}"
