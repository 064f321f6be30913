"""The atlas over HTTP: who may read, what is answered, and with which protection."""

import subprocess
import sys
import threading

import pytest
from starlette.testclient import TestClient

from nna.app import server
from nna.cli import run

HERE = "http://localhost"  # an address of this machine


@pytest.fixture
def reader():
    return TestClient(server.application(), base_url=HERE)


def test_pages_are_those_of_the_site(reader):
    answer = reader.get("/")
    assert answer.status_code == 200
    assert "threshold neuron" in answer.text
    assert reader.get("/lab.html").status_code == 200
    for name, kind in (("style.css", "text/css"), ("atlas.js", "text/javascript")):
        assert reader.get(f"/static/{name}").headers["content-type"].startswith(kind)


def test_every_answer_is_protected(reader):
    for path in ("/index.html", "/static/atlas.js", "/nowhere.html"):
        headers = reader.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_font_of_formulas_comes_as_one(reader):
    answer = reader.get("/static/math.woff")
    assert answer.headers["content-type"] == "font/woff"
    assert answer.content[:4] == b"wOFF"


def test_what_isnt_there_is_said_and_escaped(reader):
    answer = reader.get("/<script>alert(1)</script>")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
    assert reader.get("/static/..%2fpages.py").status_code == 404
    assert reader.get("/compare.html", params={"name": "nope"}).status_code == 400


def test_any_few_are_compared(reader):
    answer = reader.get("/compare.html", params={"name": ["lenet5", "mlp"]})
    assert answer.status_code == 200
    assert "What both share is left out" in answer.text
    assert '<option value="mlp" selected>' in answer.text
    answer = reader.get("/compare.html", params={"name": ["lenet5", "resnet", "", "vgg"]})
    assert "<h2>Measured</h2>" in answer.text
    assert "<th>resnet/desk</th><th>vgg/desk</th>" in answer.text


def test_other_names_of_this_machine_are_refused(reader):
    assert reader.get("/index.html", headers={"host": "evil.example"}).status_code == 400


def test_from_other_machines_only_who_shows_the_token_reads():
    reader = TestClient(server.application("secret"))
    assert reader.get("/index.html").status_code == 401
    assert reader.get("/index.html?token=wrong").status_code == 401
    assert reader.get("/index.html?token=secret").status_code == 200
    assert reader.get("/table.html").status_code == 200  # the cookie remembers


def test_the_command_says_what_it_doesnt_know(capsys):
    assert run(["atlas", "bild"]) == 2
    assert "there are `build` and `notes`" in capsys.readouterr().err


def test_without_its_packages_the_command_says_how_to_get_them(monkeypatch, capsys):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "latex2mathml" else found(name)
    )
    assert run(["atlas"]) == 2
    assert "the atlas needs latex2mathml: pip install 'nna[atlas]'" in capsys.readouterr().err


def test_search_without_javascript_forgives_and_escapes(reader):
    page = reader.get("/search.html", params={"q": "resudual netwrok"}).text
    first = page.partition('id="results"')[2].partition("</a>")[0]
    assert 'href="card/resnet.html"' in page
    assert "Residual" in first
    assert "Read as" in page
    page = reader.get("/search.html", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "Nothing found." in reader.get("/search.html", params={"q": "qqzzxx"}).text
    assert "Nothing found." not in reader.get("/search.html", params={"q": " "}).text


def test_pages_that_compute_nothing_are_made_without_torch():
    code = (
        "import sys; from nna.app import pages, server; server._made('index.html'); "
        "server._made('lab.html'); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_card_asked_for_at_once_comes_without_torch_and_its_structure_follows(
    reader, monkeypatch
):
    code = (
        "import sys; from nna.app import pages; "
        "made = pages.render(pages.early('card/resnet.html'), served=True); "
        "sys.exit('torch' in sys.modules or 'data-live' not in made)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    monkeypatch.setattr(server, "_warming", threading.Event())
    server._warming.set()
    early = reader.get("/card/elm.html").text
    assert "It is being drawn" in early
    server._warming.clear()
    whole = reader.get("/card/elm.html").text
    assert "data-live" not in whole
    drawn, _, parts = whole.partition('id="drawn"')[2].partition('id="parts"')
    assert 'src="data:image/svg+xml;base64,' in drawn
    assert 'class="structure"' in parts
