"""The playground: what may be asked for, and a training watched from its start to its end."""

import base64
import contextlib
import os
import signal
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from starlette.testclient import TestClient

from nna.app import play_request, playground, server
from nna.app.worker import Show
from nna.errors import UserError

HERE = "http://localhost"  # an address of this machine

ASKED = {"model": "mlp", "data": "spirals"}
WORDS = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.none(), st.lists(st.none()))


def frames(watched):
    """Everything a training tells."""
    told = []
    while True:
        frame = watched.next(60)
        assert frame is not None, "nothing was told for a minute"
        told.append(frame)
        if frame.get("last"):
            return told


@pytest.fixture
def hall():
    hall = playground.Hall()
    yield hall
    hall.close()


@settings(deadline=None)
@given(
    asked=st.dictionaries(
        st.sampled_from([*ASKED, "learning_rate", "batch_size", "epochs", "seed"]), WORDS
    )
)
def test_whatever_is_asked_is_understood_or_refused(asked):
    with contextlib.suppress(UserError):
        wish = play_request.PlayRequest.of(ASKED | asked)
        assert wish.data in play_request.DATA
        assert wish.epochs is None or 1 <= wish.epochs <= play_request.EPOCHS


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "gpt2"}, "no network 'gpt2' to watch"),
        ({"data": "/etc/passwd"}, "no data '/etc/passwd'"),
        ({"learning_rate": "fast"}, "rate must be a number, not 'fast'"),
        ({"epochs": 10**9}, "epochs must lie between 1 and 2000"),
        ({"batch_size": 1.5}, "batch_size must be a whole number"),
    ],
)
def test_what_cannot_be_is_one_clear_line(asked, said):
    with pytest.raises(UserError, match=said):
        play_request.PlayRequest.of(ASKED | asked)


def test_orders_are_checked():
    assert play_request.order({"order": "learning_rate", "learning_rate": "0.1"}) == {
        "order": "learning_rate",
        "learning_rate": 0.1,
    }
    assert play_request.order({"order": "probe", "at": [1, "2"]}) == {
        "order": "probe",
        "at": [1.0, 2.0],
    }
    assert play_request.order({"order": "probe", "example": 3}) == {"order": "probe", "example": 3}
    assert play_request.order({"order": "probe", "row": [1, "a"]}) == {
        "order": "probe",
        "row": ["1", "a"],
    }
    for asked in (
        {"order": "stop"},
        {"order": "probe", "ink": [0] * (play_request.INK + 1)},
        {},
        {"order": "rate"},
        {"order": "probe", "at": [1, None]},
    ):
        with pytest.raises(UserError, match="no order"):
            play_request.order(asked)


class Wire:
    """Stands for the pipe: keeps what is told, and gives orders once the start was shown."""

    def __init__(self, *orders):
        self.told, self.orders = [], [*orders]

    def send(self, frame):
        self.told.append(frame)

    def poll(self, wait=0):
        return bool(self.orders) and len(self.told) > 1

    def recv(self):
        return self.orders.pop(0)


def watched(asked, sent=None, *orders):
    wire = Wire(*orders)
    Show(play_request.PlayRequest.of({"epochs": 60, **asked}, sent), wire).run()
    return wire.told[0]["scene"], [frame for frame in wire.told if "step" in frame]


@pytest.mark.parametrize("columns", [2, 3])
def test_numbers_are_no_classes(columns, tmp_path):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(120, columns))
    y = 1000 + 10 * (x[:, 0] - x[:, 1])
    path = tmp_path / "t.csv"
    np.savetxt(path, np.c_[x, y], "%.6f", ",", header=",".join("abcy"[-columns - 1 :]), comments="")
    asked = {"model": "mlp", "learning_rate": 0.01}
    scene, shown = watched(asked, path, {"order": "probe", "example": 3})
    assert (scene["task"], scene["classes"], scene["probable"]) == ("regression", [], False)
    assert scene["least"] == pytest.approx(y.min(), abs=15)
    assert {0, 255} <= {*scene["labels"]}
    assert shown[0]["training"] < 0.5 < 0.9 < shown[-1]["training"] <= 1
    assert shown[-1]["validation"] > 0.8
    levels = base64.b64decode(shown[-1]["surface" if columns == 2 else "named"])
    assert len({*levels}) > 20
    assert "sure" not in shown[-1]
    probe = next(frame["probe"] for frame in reversed(shown) if "probe" in frame)
    assert not probe.keys() & {"shares", "scores"}
    assert abs(probe["value"] - float(probe["label"])) < 10


@pytest.mark.parametrize("model", ["perceptron", "adaline", "mlp"])
def test_only_what_learns_probabilities_shows_any(model):
    scene, shown = watched(
        {"model": model, "data": "moons", "epochs": 3}, None, {"order": "probe", "example": 3}
    )
    assert scene["probable"] == (model == "mlp")
    probe = next(frame["probe"] for frame in shown if "probe" in frame)
    for frame in shown:
        assert ("sure" in frame) == (model == "mlp")
    assert ("shares" in probe, "scores" in probe) == (model == "mlp", model != "mlp")


@pytest.mark.slow
def test_spirals_are_learnt_to_95_percent_while_the_picture_changes(hall):
    wish = play_request.PlayRequest.of(
        ASKED | {"settings": "hidden=64,64", "learning_rate": 0.01, "epochs": 60}
    )
    told = frames(hall.begin(wish))
    assert told[-1]["said"] == "done"
    scene, shown = told[0]["scene"], [frame for frame in told if "surface" in frame]
    assert scene["params"] == 2 * 64 + 64 + 64 * 64 + 64 + 64 * 2 + 2
    assert len(scene["points"]) == len(scene["labels"]) == play_request.SHOWN
    assert shown[0]["training"] < 0.7
    assert shown[-1]["validation"] > 0.95
    assert len({frame["surface"] for frame in shown}) > 3
    assert len(base64.b64decode(shown[-1]["surface"])) == play_request.SIDE**2
    assert shown[-1]["step"] == scene["total"]
    steps = [step for frame in shown for step, _ in frame["curve"]]
    assert steps == sorted(steps)
    assert len(steps) == 60


@pytest.mark.slow
def test_it_pauses_steps_and_shows_each_layer_of_a_chosen_place(hall):
    watched = hall.begin(play_request.PlayRequest.of(ASKED | {"epochs": 2000}))
    watched.tell({"order": "pause"})
    frame = watched.next(60)
    while not frame.get("paused"):
        frame = watched.next(60)
    at = frame["step"]
    watched.tell({"order": "step"})
    frame = watched.next(60)
    while frame["step"] == at:
        frame = watched.next(60)
    assert frame["step"] == at + 1
    watched.tell({"order": "probe", "at": [0.5, 0.5]})
    frame = watched.next(60)
    while "probe" not in frame:
        frame = watched.next(60)
    assert sum(frame["probe"]["shares"]) == pytest.approx(1, abs=0.01)
    assert frame["probe"]["layers"][-1]["kind"] == "Linear"
    hall.end(watched.id)
    assert hall.find(watched.id) is None
    assert not watched.process.is_alive()


@pytest.mark.slow
def test_what_the_training_refuses_is_told(hall):
    big = play_request.PlayRequest.of(ASKED | {"settings": "hidden=4000,4000"})
    assert "parameters are too many to watch" in frames(hall.begin(big))[-1]["said"]
    odd = play_request.PlayRequest.of(ASKED | {"settings": "hiden=4"})
    assert "no setting 'hiden'" in frames(hall.begin(odd))[-1]["said"]


@pytest.mark.slow
def test_over_http_with_a_table_of_the_readers(tmp_path):
    rows = "".join(f"{i % 7},{i % 5},{'ab'[i % 2]}\n" for i in range(100))
    with TestClient(server.application(), base_url=HERE) as reader:
        asked = {"model": "mlp", "epochs": 2, "table": "one,two,kind\n" + rows}
        key = reader.post("/play/begin", json=asked).json()["key"]
        told = reader.get(f"/play/{key}/frames").text
        assert '"classes": ["a", "b"]' in told
        assert '"said": "done"' in told
        assert reader.get(f"/play/{key}/frames").status_code == 404


@pytest.mark.slow
def test_a_place_an_example_a_drawing_and_a_row_are_followed_through_the_layers(hall):
    for asked, order, shown in (
        ({"data": "digits", "model": "lenet5"}, {"ink": [0.5] * 64}, "picture"),
        ({"data": "digits", "model": "lenet5"}, {"example": 1}, "label"),
        ({"data": "iris", "model": "mlp"}, {"row": ["5", "3.5", "1.4", "0.2"]}, "row"),
    ):
        watched = hall.begin(play_request.PlayRequest.of(ASKED | asked | {"paused": True}))
        watched.tell({"order": "probe", **order})
        frame = watched.next(60)
        while "probe" not in frame:
            frame = watched.next(60)
        assert frame["step"] == 0
        assert shown in frame["probe"]
        assert sum(frame["probe"]["shares"]) == pytest.approx(1, abs=0.01)
        assert ("maps" in frame["probe"]["layers"][0]) == (asked["data"] == "digits")
        assert all(layer["weights"] for layer in frame["layers"])
        watched.tell({"order": "probe", "row": ["1", "2"]})
        told = watched.next(60)
        while "refused" not in told and asked["data"] == "iris":
            told = watched.next(60)
        hall.end(watched.id)


@pytest.mark.slow
def test_one_reader_leaves_places_for_the_others(hall, monkeypatch):
    monkeypatch.setattr(playground, "EACH", 1)
    hall.begin(play_request.PlayRequest.of(ASKED | {"paused": True}), who="Ann")
    with pytest.raises(UserError, match="you watch 1 trainings already"):
        hall.begin(play_request.PlayRequest.of(ASKED), who="Ann")
    hall.begin(play_request.PlayRequest.of(ASKED | {"paused": True}), who="Bob")


@pytest.mark.slow
def test_what_is_only_looked_into_makes_room(hall, monkeypatch):
    monkeypatch.setattr(playground, "EACH", 1)
    first = hall.begin(play_request.PlayRequest.of(ASKED | {"epochs": 1, "stays": True}), who="Ann")
    while not first.done:
        first.next(60)
    hall.begin(play_request.PlayRequest.of(ASKED | {"paused": True}), who="Ann")
    assert hall.find(first.id) is None


@pytest.mark.slow
def test_a_training_that_takes_nothing_in_holds_up_nobody():
    order = {"order": "probe", "ink": [0.5] * play_request.INK}
    with TestClient(server.application(), base_url=HERE) as reader, ThreadPoolExecutor() as pool:
        key = reader.post("/play/begin", json=ASKED | {"paused": True}).json()["key"]
        watched = reader.app.state.hall.find(key)
        os.kill(watched.process.pid, signal.SIGSTOP)
        try:
            told = [pool.submit(reader.post, f"/play/{key}/order", json=order) for _ in range(8)]
            assert pool.submit(reader.get, "/static/icon.svg").result(60).status_code == 200
            answers = (done.result() for done in as_completed(told, 60))
            refused = next(answer for answer in answers if answer.status_code == 400)
            assert "busy with what you asked before" in refused.json()["said"]
        finally:
            watched.process.kill()


def test_other_sites_start_nothing():
    with TestClient(server.application(), base_url=HERE) as reader:
        answer = reader.post("/play/begin", json=ASKED, headers={"origin": "https://evil.example"})
        assert answer.status_code == 400
        assert "own pages" in answer.json()["said"]
        answer = reader.post("/play/begin", content=b"x" * (2 * play_request.LARGEST + 1))
        assert "a table of more than" in answer.json()["said"]
        assert reader.post("/play/begin", content=b"[1]").json()["said"].endswith("JSON object")


def test_the_page_names_what_can_be_chosen():
    with TestClient(server.application(), base_url=HERE) as reader:
        told = reader.get("/play/about").json()
        assert told["models"]["mlp"]["settings"].startswith("hidden=")
        assert "spirals" in told["data"]
        assert "Playground" in reader.get("/playground.html").text
