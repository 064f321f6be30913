"""The reader's notes: kept whole in the reader's home, shown, exported; nobody else writes them."""

import re

import pytest
from hypothesis import given, strategies as st
from starlette.testclient import TestClient

from nna.app import notes, server, site
from nna.cli import run
from nna.errors import UserError

HERE = "http://localhost"  # an address of this machine

PAGE = "card/lenet5.html"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(notes, "home", lambda: tmp_path / "notes")
    return tmp_path / "notes"


@pytest.fixture
def reader():
    return TestClient(server.application(), base_url=HERE)


def test_a_note_is_kept_as_markdown_and_taken_away_when_emptied(folder):
    notes.keep(PAGE, "Weights are *shared*.\r\n\r\nWhy 5x5?\n")
    assert (folder / "card" / "lenet5.md").read_text() == "Weights are *shared*.\n\nWhy 5x5?\n"
    assert notes.every() == {PAGE: "Weights are *shared*.\n\nWhy 5x5?"}
    notes.keep(PAGE, "  \n")
    assert notes.every() == {}
    assert notes.markdown() == ""


@given(page=st.text(max_size=30))
def test_whatever_page_is_named_no_file_outside_the_folder_is_meant(page):
    try:
        path = notes._file(page)
    except UserError:
        return
    assert path.resolve().is_relative_to(notes.home().resolve())
    assert path.suffix == ".md"


@pytest.mark.parametrize("page", ["../x.html", "a/../../x.html", "/etc/x.html", ".x.html", "x.md"])
def test_what_is_no_page_has_no_notes(page):
    with pytest.raises(UserError, match="no page of the atlas"):
        notes.keep(page, "mine")


def test_too_long_and_too_many_are_refused_and_what_was_there_stays(monkeypatch):
    notes.keep(PAGE, "mine")
    with pytest.raises(UserError, match="20,000 characters at most"):
        notes.keep(PAGE, "x" * (notes.LONGEST + 1))
    monkeypatch.setattr(notes, "MOST", 1)
    with pytest.raises(UserError, match="kept already"):
        notes.keep("lab.html", "another")
    notes.keep(PAGE, "mine, changed")
    assert notes.every() == {PAGE: "mine, changed"}


def test_a_form_keeps_a_note_and_the_page_shows_it_escaped(reader):
    said = "</textarea><script>alert(1)</script> & $x^2$ – ü"
    answer = reader.post(f"/note?page={PAGE}", data={"text": said}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/{PAGE}#note"
    page = reader.get(f"/{PAGE}").text
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in page
    every = reader.get("/notes.html").text
    assert "<script>alert" not in every
    assert "<math " in every
    assert f'href="{PAGE}#note"' in every
    exported = reader.get("/notes.md")
    assert exported.headers["content-disposition"].startswith("attachment")
    assert exported.text == f"# Notes on the atlas\n\n## LeNet-5 ({PAGE})\n\n{said}\n"


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
def test_other_sites_write_nothing(reader, headers):
    answer = reader.post(f"/note?page={PAGE}", data={"text": "theirs"}, headers=headers)
    assert answer.status_code == 400
    assert notes.every() == {}


def test_a_form_too_long_is_one_clear_line(reader):
    answer = reader.post(f"/note?page={PAGE}", content=b"text=" + b"x" * 300_000)
    assert answer.status_code == 400
    assert "20,000 characters at most" in answer.text


def test_the_terminal_prints_them(capsys):
    assert run(["atlas", "notes"]) == 0
    assert "No notes yet" in capsys.readouterr().out
    notes.keep("lab.html", "To be tried.")
    assert run(["atlas", "notes"]) == 0
    assert capsys.readouterr().out == "# Notes on the atlas\n\n## Lab (lab.html)\n\nTo be tried.\n"


def test_a_static_site_says_nothing_of_notes(tmp_path, monkeypatch):
    from nna.app import pages

    few = {path: pages.every()[path] for path in ("taxonomy.html",)}
    monkeypatch.setattr(pages, "every", lambda: few)
    site.build(tmp_path / "site")
    assert not re.search("note", (tmp_path / "site" / "taxonomy.html").read_text())
