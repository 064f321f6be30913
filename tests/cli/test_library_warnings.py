"""What libraries warn of is told in one line each, in the name of the program."""

import subprocess
import sys
import warnings

import numpy as np
import PIL.Image
import pytest

from nna import cli


@pytest.fixture
def pictures(tmp_path):
    """Two classes of pictures, one of which makes the library that opens them warn."""
    draw = np.random.default_rng(0)
    for kind in ("dark", "light"):
        (tmp_path / "set" / kind).mkdir(parents=True)
        for number in range(8):
            grey = draw.integers(100, size=(8, 8), dtype=np.uint8) + 120 * (kind == "light")
            PIL.Image.fromarray(grey.astype(np.uint8)).save(tmp_path / f"set/{kind}/{number}.png")
    odd = PIL.Image.new("P", (8, 8))
    odd.putpalette([*range(256)] * 3)
    odd.save(tmp_path / "set" / "dark" / "odd.png", transparency=bytes([0, 128] + [255] * 254))
    return tmp_path / "set"


def test_a_picture_that_warns_gives_one_line(pictures, tmp_path):
    words = ["data", "profile", str(pictures)]
    done = subprocess.run(
        [sys.executable, "-m", "nna", *words], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("nna: warning: ")
    assert "transparency" in line.lower()
    assert ".py" not in line


def test_warnings_of_several_lines_become_one_and_python_keeps_its_own_way(
    capsys, monkeypatch, recwarn
):
    def warn(arguments):
        warnings.warn("first line\n   and second", RuntimeWarning, stacklevel=1)
        return 0

    before = warnings.showwarning
    monkeypatch.setattr(cli, "_answer", warn)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert cli.run([]) == 0
    assert capsys.readouterr().err == "nna: warning: first line and second\n"
    assert warnings.showwarning is before
