"""`nna atlas` in a process of its own, and a real Chromium that reads it, kept from the network."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

READY = 120  # seconds in which an atlas must answer, on a machine with much else to do
# One page of every kind, by what stands on it, and others of the same kind.
KINDS = (
    "index.html",
    "table.html",
    "taxonomy.html",
    "guide.html",
    "guide/learning.html",
    "blocks.html",
    "block/gelu.html",
    "lab.html",
    "lab/step_size.html",
    "lab/topic-cnn.html",
    "errata.html",
    "formulas.html",
    "formulas/recurrent.html",
    "glossary.html",
    "references.html",
    "search.html?q=attention",
    "card/lstm.html",
    "compare.html?name=lenet5&name=mlp",
    "runs.html",
    "notes.html",
    "playground.html",
    "play.html",
    "predict.html",
    "quiz.html",
    "mechanism/attention.html",
)
OTHERS = (
    "guide/families.html",
    "card/resnet.html",
    "mechanism/kernel.html",
    "mechanism/graph.html",
)
TOOL = Path(__file__).parents[3] / "tools" / "browser.py"


def tool():
    spec = importlib.util.spec_from_file_location("browser", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="package")
def home(tmp_path_factory):
    """The folder that the atlas is started in; its `data` holds what the reader keeps."""
    return tmp_path_factory.mktemp("home")


@contextmanager
def serving(home):
    """The address and the process of an atlas started in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nna", "atlas", "--port", str(port)]
    own = {**os.environ, "XDG_DATA_HOME": str(home / "data"), "OMP_NUM_THREADS": "1"}
    with (home / "said").open("w") as said:
        server = subprocess.Popen(command, cwd=home, env=own, stdout=said, stderr=said)
    address = f"http://127.0.0.1:{port}"
    try:
        ready(address, server, home / "said")
        yield address, server
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            server.kill()
            pytest.fail(f"the atlas did not end when told to; it said:\n{said_in(home / 'said')}")


def ready(address, server, said):
    """Wait until an atlas shows whole cards; fail with what it said where it doesn't."""
    deadline = time.monotonic() + READY
    failure = "cards lack their structure"
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the atlas ended as it started; it said:\n{said_in(said)}")
        try:
            with urllib.request.urlopen(f"{address}/card/elm.html", timeout=READY) as answer:
                if b"data-live" not in answer.read():
                    return
        except OSError as error:
            failure = str(error)
        time.sleep(0.1)
    pytest.fail(f"not ready in {READY} seconds ({failure}); it said:\n{said_in(said)}")


def said_in(file):
    return file.read_text(encoding="utf-8", errors="replace") or "nothing"


@pytest.fixture(
    params=[*KINDS, *(pytest.param(one, marks=pytest.mark.exhaustive) for one in OTHERS)]
)
def kind(request):
    """The path of a page, one of each kind after the other."""
    return request.param


@pytest.fixture(scope="package")
def serve():
    return serving


@pytest.fixture(scope="package")
def atlas(home):
    """The address of a running atlas."""
    with serving(home) as (address, _):
        yield address


@pytest.fixture(scope="package")
def chromium():
    """A real browser; a machine without one is told so, and nothing is passed over in silence."""
    browser = tool()
    path = browser.find()
    if path is None:
        pytest.fail(browser.NONE)
    with browser.launched(path) as launched:
        yield launched


@pytest.fixture
def read(chromium, atlas):
    """Opens pages of the atlas as a reader would; at the end nothing may have gone wrong."""
    opened, wrong = [], []

    def local(route):
        if route.request.url.startswith((atlas, "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asked for {route.request.url}")
            route.abort()

    def reader(path, size=(1280, 900), *, expected=(), **settings):
        """A page opened at `path`; `expected` are complaints in the console that belong to it."""
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=atlas, **settings
        )
        opened.append(context)
        context.set_default_timeout(240_000)
        context.route("**/*", local)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))

        def heard(message):
            plain = not any(part in message.text for part in expected)
            if message.type in ("error", "warning") and plain:
                wrong.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.goto(path)
        return page

    yield reader
    for context in opened:
        for page in context.pages:
            page.goto("about:blank")  # as readers leave: their trainings end
        context.close()
    assert wrong == []
