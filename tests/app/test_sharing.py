"""What links to pages show, and what machines read: descriptions, pictures, files."""

import io
import json
import re

import pytest
from hypothesis import given, strategies as st
from PIL import Image
from starlette.testclient import TestClient

from nna import registry
from nna.app import machines, pages, server, sharing, site
from nna.cli import atlas
from nna.errors import UserError

ADDRESS = "https://example.org/nna"


@given(st.text(max_size=400), st.text(max_size=400))
def test_a_description_is_one_short_line_that_cant_break_out_of_its_tag(lead, title):
    page = f"<head>{sharing.HERE}</head><main><p class='x'>no</p><p>{lead}</p></main>"
    told = sharing.described(page, "a.html", title, None)
    found = re.search(r'name="description" content="([^"]*)">', told)
    assert found
    assert len(sharing.description(page)) <= sharing.LONGEST
    assert "<" not in found.group(1)


def test_a_site_with_an_address_has_pictures_a_canonical_place_and_a_map(monkeypatch, tmp_path):
    few = {path: pages.every()[path] for path in ("table.html", "quiz.html", "guide.html")}
    monkeypatch.setattr(pages, "every", lambda: few)
    site.build(tmp_path, address=ADDRESS)
    sitemap = (tmp_path / "sitemap.xml").read_text(encoding="utf-8")
    for path in few:
        page = (tmp_path / path).read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{ADDRESS}/{path}">' in page
        shown = re.search(rf'"og:image" content="{ADDRESS}/([^"]*)"', page)
        assert shown
        picture = (tmp_path / shown.group(1)).read_bytes()
        assert Image.open(io.BytesIO(picture)).size == sharing.SIZE
        assert len(picture) < 40_000
        assert f"<loc>{ADDRESS}/{path}</loc>" in sitemap
    site.build(tmp_path)  # without one they go
    assert not (tmp_path / "sitemap.xml").exists()
    assert not list((tmp_path / "preview").iterdir())
    assert "canonical" not in (tmp_path / "table.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("length", [1, 40, 400])
def test_a_picture_holds_texts_of_any_length(length):
    title, about = "Wide " * length, "word " * length
    assert Image.open(io.BytesIO(sharing.drawn(title, about))).size == sharing.SIZE


def test_machines_read_every_card_and_find_every_page():
    cards = json.loads(machines.cards())
    assert {card["id"] for card in cards} == set(registry.names())
    assert [card["year"] for card in cards] == sorted(card["year"] for card in cards)
    lenet = next(card for card in cards if card["id"] == "lenet5")
    assert lenet["parameters"]["desk"] == registry.describe("lenet5").variants["desk"].params
    linked = set(re.findall(r"\]\(([^)#]*)\)", machines.llms()))
    assert linked - {"cards.json"} <= set(pages.every())
    assert {f"card/{name}.html" for name in registry.names()} <= linked


def test_the_server_answers_them_too():
    with TestClient(server.application(), base_url="http://localhost") as reader:
        assert reader.get("/llms.txt").text == machines.llms()
        assert reader.get("/cards.json").json() == json.loads(machines.cards())


@pytest.mark.parametrize("said", ["example.org", "ftp://example.org", "https://", "https://a/?b"])
def test_an_address_that_is_none_is_refused_in_one_line(said):
    with pytest.raises(UserError, match=r"--address .*: must be such as https://"):
        atlas._web(said)


def test_the_slash_at_an_addresses_end_goes():
    assert atlas._web("https://example.org/nna/") == ADDRESS
