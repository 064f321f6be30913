"""What fills memory is one line, too."""

import pytest

from nna.cli import commands


@pytest.mark.parametrize(
    "fault", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried")]
)
def test_memory_used_up_is_told(nna, monkeypatch, fault):
    def fill(arguments):
        raise fault

    monkeypatch.setattr(commands, "invoke", fill)
    assert (
        "memory is used up: draw fewer examples by --max-samples" in nna("data", "list").complaint()
    )


def test_other_faults_of_a_program_are_not_hidden(nna, monkeypatch):
    def fail(arguments):
        raise RuntimeError("a shape that is wrong")

    monkeypatch.setattr(commands, "invoke", fail)
    with pytest.raises(RuntimeError, match="shape"):
        nna("data", "list")
