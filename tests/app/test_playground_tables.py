"""Tables sent to the playground: read as `nna train` reads them; bad ones leave nothing."""

import base64
import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from starlette.testclient import TestClient

from nna.app import play_request, server
from nna.app.worker import Show
from nna.data import sources
from nna.errors import UserError

HERE = "http://localhost"  # an address of this machine

ASKED = {"model": "mlp", "epochs": 1, "settings": "hidden=2,"}


class Pipe:
    """What a training tells."""

    def __init__(self):
        self.told = []

    def send(self, frame):
        self.told.append(frame)

    def poll(self, _):
        return False


ROWS = [("10,302", "0,5", "żółć"), ("1,25", "7", "gęś")] * 10
TABLES = {
    "semicolons.csv": "\n".join(["a;b;kind", *map(";".join, ROWS)]).encode("cp1250"),
    "tabs.tsv": "\n".join(["a\tb\tkind", *map("\t".join, ROWS)]).encode(),
    "marked.csv": b"\xef\xbb\xbf" + "\n".join(["a,kind", *["1,x", "2,y"] * 10]).encode(),
    "lines.jsonl": "\n".join(['{"a": 1, "kind": "x"}', '{"a": 2, "kind": "y"}'] * 9).encode(),
}


def sent(name, content, **asked):
    coded = base64.b64encode(content).decode()
    return {**ASKED, **asked, "bytes": coded, "file": name}


@pytest.mark.parametrize("name", TABLES)
def test_it_is_read_as_a_training_reads_it(name, tmp_path):
    asked = sent(name, TABLES[name])
    path = play_request.received(asked)
    try:
        show = Show(play_request.PlayRequest.of(asked, path), Pipe())
    finally:
        path.unlink()
    own = tmp_path / name
    own.write_bytes(TABLES[name])
    expected = sources.source(str(own), target="kind")
    assert show.material.classes == expected.classes
    assert len(show.material.raw["train"]) > 10
    kept = show.material.raw["train"].x
    assert list(kept.columns) == list(expected.x.columns)
    assert set(np.unique(kept["a"])) == set(np.unique(expected.x["a"]))


def test_the_target_and_the_dates_are_what_was_said():
    lines = [f"{i % 2},0{1 + i % 9}/0{1 + i % 7}/2021,{i}" for i in range(40)]
    content = "\n".join(["kind,day,n", *lines]).encode()
    asked = sent("t.csv", content, target="kind", dates="day-first")
    path = play_request.received(asked)
    try:
        show = Show(play_request.PlayRequest.of(asked, path), Pipe())
        assert show.material.classes == ("0", "1")
        assert show.material.raw["train"].dates == {"day": "%d/%m/%Y"}
        with pytest.raises(UserError, match="day-first"):
            Show(play_request.PlayRequest.of(asked | {"dates": ""}, path), Pipe())
    finally:
        path.unlink()


DEEP = "[" * 100_000 + "]" * 100_000
BAD = [
    f'{{"model": {DEEP}}}',
    '{"model": "mlp", "table": "a,b\\n1,\\ud800\\n"}',
    '{"model": "\\udfff"}',
    json.dumps({**ASKED, "model": "x" * 10**5}),
    json.dumps({**ASKED, "data": "x" * 10**5}),
    json.dumps({**ASKED, "table": "a,b\n", "settings": "x=" + "(" * 10**5}),
    json.dumps({**ASKED, "table": "a,b\n", "seed": "9" * 10**5}),
    json.dumps({**ASKED, "table": "a,b\n", "model": {"a": [1]}}),
    json.dumps({**ASKED, "bytes": "?!", "file": "a.csv"}),
    json.dumps({**ASKED, "bytes": 7, "file": "a.csv"}),
    json.dumps({**ASKED, "bytes": "", "file": "../../a.exe"}),
    json.dumps({**ASKED, "table": "1" * (play_request.LARGEST + 1)}),
    '{"model": NaN, "table": 1e999}',
    "\ud800".encode("utf-8", "surrogatepass"),
]


@pytest.fixture(scope="module")
def reader():
    with TestClient(server.application(), base_url=HERE, raise_server_exceptions=False) as reader:
        yield reader


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_makes_no_sense_gets_one_line_and_leaves_nothing(body, reader, temporary):
    for place in ("/play/begin", "/play/none/order"):
        answer = reader.post(place, content=body)
        assert answer.status_code in (400, 404)
        said = answer.json()["said"]
        assert said
        assert "\n" not in said
        assert len(said) < 2 * play_request.FIELD
    assert not [*Path(temporary).iterdir()]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
FIELDS = [
    "model",
    "data",
    "settings",
    "learning_rate",
    "batch_size",
    "epochs",
    "seed",
    "table",
    "bytes",
    "file",
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.sampled_from(FIELDS), values))
def test_whatever_is_asked_for_is_checked(reader, temporary, asked):
    answer = reader.post("/play/begin", content=json.dumps({"model": "none", **asked}))
    assert answer.status_code == 400
    assert answer.json()["said"]
    assert not [*Path(temporary).iterdir()]
