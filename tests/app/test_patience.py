"""The server waits for nobody for ever, and no reader holds up another."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from nna.app import playground, protocol, security, server
from nna.errors import UserError

SOON = 20.0  # seconds in which what is awaited must have come


@contextmanager
def served(host="127.0.0.1", app=None):
    """The atlas as `serve` runs it, on a port of its own."""
    app = app or server.application()
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.bind((host, 0))
    config = uvicorn.Config(
        app, log_level="critical", http=protocol.Impatient, timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: running.started)
    try:
        yield app, listening.getsockname()[:2]
    finally:
        running.should_exit = True
        thread.join(SOON)


def until(true):
    end = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def closed(connection):
    connection.settimeout(SOON)
    while connection.recv(1 << 16):
        pass
    return True


@pytest.mark.parametrize(
    "sent", [b"", b"GET /index.html HTTP/1.1\r\nHost: local", b"GET /static/icon.svg HTTP/1.1\r\n"]
)
def test_half_a_request_is_closed_and_a_whole_one_answered(monkeypatch, sent):
    monkeypatch.setattr(protocol, "PATIENCE", 0.3)
    with served() as (_, where):
        halves = [socket.create_connection(where) for _ in range(70)]
        for half in halves:
            half.sendall(sent)
        assert all(closed(half) for half in halves)
        with socket.create_connection(where) as whole:
            whole.sendall(b"GET /static/icon.svg HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert whole.recv(100).startswith(b"HTTP/1.1 200")


def test_an_answer_that_takes_long_is_waited_for(monkeypatch):
    monkeypatch.setattr(protocol, "PATIENCE", 0.1)

    async def slow(scope, receive, send):
        if scope["type"] == "http":
            await asyncio.sleep(0.5)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"late"})

    with served(app=slow) as (_, where), socket.create_connection(where) as asking:
        asking.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        asking.settimeout(SOON)
        assert b"200" in asking.recv(1000)


def test_half_a_body_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(security, "PATIENCE", 0.05)

    class Never:
        def __init__(self):
            self.headers = {}

        async def stream(self):
            yield b"{"
            await asyncio.sleep(60)

    # in a thread of its own: a browser that other tests hold keeps a loop running in this one
    with ThreadPoolExecutor(1) as pool, pytest.raises(UserError, match="never came to an end"):
        pool.submit(asyncio.run, security.body(Never(), 100, "long")).result()


@pytest.mark.parametrize(
    ("host", "status"),
    [("[::1]:8642", 200), ("localhost:1", 200), ("127.0.0.1", 200), ("testserver", 400)],
)
def test_the_addresses_of_this_machine_and_no_others_are_answered(host, status):
    reader = TestClient(server.application(), base_url="http://localhost")
    assert reader.get("/static/icon.svg", headers={"host": host}).status_code == status


class Training:
    """A training without a process."""

    next, stale = playground.Play.next, playground.Play.stale

    def __init__(self):
        self.id, self.who, self.watcher, self.done = "one", "", 0, False
        self.seen = self.begun = time.monotonic()
        self.lock, self.kept, self.ended = threading.Lock(), None, threading.Event()
        self.pipe = self

    def poll(self, wait):
        self.ended.wait(wait)
        return False

    def end(self):
        self.ended.set()


@contextmanager
def watched(where, count=1):
    """Some who watch a training; each has heard something."""
    lines = [socket.create_connection(where) for _ in range(count)]
    for line in lines:
        line.sendall(b"GET /play/one/frames HTTP/1.1\r\nHost: localhost\r\n\r\n")
    try:
        yield lines
    finally:
        for line in lines:
            line.close()


def test_a_training_ends_with_its_reader():
    with served() as (app, where):
        play = app.state.hall.by_name["one"] = Training()
        with watched(where) as (line,):
            assert b"200" in line.recv(1000)
            assert not play.ended.is_set()
        until(play.ended.is_set)
        assert not app.state.hall.by_name


def test_a_training_that_nobody_came_to_watch_ends(monkeypatch):
    monkeypatch.setattr(playground, "SWEEP", 0.02)
    monkeypatch.setattr(playground, "ALONE", 0.1)
    with served() as (app, _):
        play = app.state.hall.by_name["one"] = Training()
        until(play.ended.is_set)


def test_many_who_watch_one_training_hold_up_no_page():
    with served() as (app, where):
        play = app.state.hall.by_name["one"] = Training()
        with watched(where, 50) as lines:
            until(lambda: play.watcher == 50)
            with socket.create_connection(where) as asking:
                asking.sendall(b"GET /nowhere.html HTTP/1.1\r\nHost: localhost\r\n\r\n")
                asking.settimeout(SOON)
                assert b"404" in asking.recv(1000)
            others = [line for line in lines if line is not lines[-1]]
            gone = sum(closes(line) for line in others)
            assert gone >= 48  # only the last who came still watches
            assert not play.ended.is_set()


def closes(line):
    """Whether the answer comes to its end."""
    line.settimeout(3)
    try:
        while part := line.recv(1000):
            if part.endswith(b"0\r\n\r\n"):
                return True
    except TimeoutError:
        return False
    return True
