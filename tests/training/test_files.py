"""Files are written whole or not at all."""

import errno
import os

import pytest

from nna.training import files


def test_a_full_disk_leaves_the_old_content_and_no_remnant(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    files.write(path, "old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["run.json"]
