"""The entry of BibTeX in a folder: read as it is, or refused with what it lacks."""

import re

import pytest
from hypothesis import given, strategies as st

from nna import bibliography, registry
from nna.atlas import citation
from nna.errors import UserError
from nna.spec import Paper

WORDS = st.text("abcéß XYZ &%$#_~^\\{}'-:.,()19", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
TITLES = WORDS.filter(lambda text: text and not text.startswith("{"))
NAMES = st.from_regex(r"(van |de )?[A-ZÉ][a-zéß'-]+", fullmatch=True)
AUTHORS = st.lists(NAMES, min_size=1, max_size=4).map(", ".join)
PAPERS = st.builds(
    Paper,
    title=TITLES,
    authors=AUTHORS | AUTHORS.map(lambda names: f"{names} et al."),
    year=st.integers(1900, 2030),
    venue=TITLES,
    kind=st.sampled_from([*bibliography.VENUES]),
    arxiv=st.none() | st.just("1512.03385"),
    doi=st.none() | st.just("10.1/x_y"),
    url=st.none() | st.just("https://example.org/~a_b%20c"),
)
LSTM = (registry.folder("lstm") / "paper.bib").read_text(encoding="utf-8")


@given(PAPERS)
def test_a_paper_is_read_back_from_its_entry(paper):
    assert bibliography.read(citation.bibtex(paper), "it") == paper


def test_given_names_are_left_out_and_spaces_are_free():
    entry = """@article{x,
    author    = {van den Oord, Aaron and LeCun, Yann and others},
    title = {A {B} C},
    journal = {Nature},
    year={1999}
}"""
    paper = bibliography.read(entry, "it")
    assert (paper.authors, paper.title, paper.year) == (
        "van den Oord, LeCun et al.",
        "A {B} C",
        1999,
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@article", "@book", "it: no entry of BibTeX, which begins with @ and inproceedings, "),
        ("journal", "booktitle", "it: @article needs a line `journal = {...},`"),
        ("author", "editor", "it: @article needs a line `author = {...},`"),
        ("{1997}", "{soon}", "it: year = {soon} is no year"),
        ("{1997}", "1997", "it: @article needs a line `year = {...},`"),
    ],
)
def test_what_is_no_entry_is_told(old, new, said):
    with pytest.raises(UserError, match=f"^{re.escape(said)}"):
        bibliography.read(LSTM.replace(old, new), "it")


def test_every_folder_has_its_entry_and_gives_it_as_it_is():
    for name in registry.names():
        assert (registry.folder(name) / "paper.bib").is_file()
    assert citation.entry("lstm") + "\n" == LSTM
