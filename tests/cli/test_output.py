"""What the command line says while something takes long."""

import pytest

from nna.cli import output


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    return now


def test_the_time_left_follows_from_the_parts_done_since(clock):
    countdown = output.Countdown()
    clock[0] += 10  # the ninth of twenty parts: eight were done before
    assert countdown.left(9, 20) == "about 110 s left"
    clock[0] += 20
    assert countdown.left(10, 20) == "about 2 min left"


def test_many_may_be_done_at_once(clock, capsys):
    countdown = output.Countdown(before=0)
    clock[0] += 2
    countdown.tell(1000, 4000, "rows")
    countdown.tell(4000, 4000, "rows")
    assert capsys.readouterr().err == "1000/4000  rows  about 6 s left\n4000/4000  rows\n"
