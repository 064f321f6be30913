"""Fetched files are whole and the published ones, or there is one line and nothing in the cache."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nna.data import fetch

CONTENT = b"forty-two handwritten digits" * 1000
SUM = {"digits.gz": f"md5:{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"}


class Server(BaseHTTPRequestHandler):
    """Serves CONTENT whole, cut off, or not at all, as the address says; counts what is asked."""

    asked: list[str] = []  # noqa: RUF012

    def do_GET(self):
        self.asked.append(self.path)
        if self.path.startswith("/gone/"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if "cut" in self.path else CONTENT)

    def log_message(self, *_):
        pass


@pytest.fixture
def address(tmp_path, monkeypatch):
    """A server on this machine; the cache is a folder of the test's."""
    monkeypatch.setenv("NNA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    Server.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def cached(tmp_path):
    folder = tmp_path / "cache"
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_a_file_is_fetched_once(address, tmp_path):
    first = fetch.files("toy", f"{address}/", SUM)
    second = fetch.files("toy", f"{address}/", SUM)
    assert first == second
    assert first["digits.gz"].read_bytes() == CONTENT
    assert Server.asked == ["/digits.gz"]
    assert cached(tmp_path) == ["digits.gz"]


def test_a_damaged_copy_in_the_cache_is_fetched_anew(address, tmp_path):
    path = fetch.files("toy", f"{address}/", SUM)["digits.gz"]
    path.write_bytes(CONTENT[:100])
    assert fetch.files("toy", f"{address}/", SUM)["digits.gz"].read_bytes() == CONTENT


def test_an_interrupted_download_leaves_nothing(address, tmp_path, refuses):
    refuses(
        lambda: fetch.files("toy", f"{address}/cut/", SUM), "broke off", "try again", "--data-dir"
    )
    assert cached(tmp_path) == []


def test_a_wrong_sum_says_both_and_leaves_nothing(address, tmp_path, refuses):
    wrong = {"digits.gz": "md5:" + "0" * 32}
    got = SUM["digits.gz"].removeprefix("md5:")
    refuses(
        lambda: fetch.files("toy", f"{address}/", wrong),
        f"expected md5 {'0' * 32}, got {got}",
        "try again",
        "--data-dir",
    )
    assert cached(tmp_path) == []


def test_a_file_that_is_gone_is_told(address, tmp_path, refuses):
    refuses(lambda: fetch.files("toy", f"{address}/gone/", SUM), "404", "--data-dir")
    assert cached(tmp_path) == []


def test_without_a_network_there_is_one_line(address, tmp_path, monkeypatch, refuses):
    import socket

    def no_network(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    refuses(
        lambda: fetch.files("toy", "http://example.org/", SUM), "is there a network", "--data-dir"
    )
    assert cached(tmp_path) == []


def test_a_cache_that_can_not_be_written_is_told(address, tmp_path, monkeypatch, refuses):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNA_CACHE", str(tmp_path / "file" / "cache"))
    refuses(lambda: fetch.files("toy", f"{address}/", SUM), "NNA_CACHE")


def test_files_of_the_user_are_taken_as_they_are(address, tmp_path, refuses):
    (tmp_path / "digits.gz").write_bytes(b"their own")
    found = fetch.files("toy", f"{address}/", SUM, tmp_path)
    assert found == {"digits.gz": tmp_path / "digits.gz"}
    refuses(lambda: fetch.files("toy", f"{address}/", SUM, tmp_path / "no"), "holds no digits.gz")
    assert Server.asked == []


def test_the_cache_is_the_users_unless_named(monkeypatch, tmp_path):
    monkeypatch.delenv("NNA_CACHE", raising=False)
    assert fetch.cache().name == "nna"
    monkeypatch.setenv("NNA_CACHE", str(tmp_path))
    assert fetch.cache() == tmp_path
