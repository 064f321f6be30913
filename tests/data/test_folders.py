"""One way to find files: by name, hidden ones never, at every depth alike."""

import pytest

from nna.data import folders
from nna.data.images import annotations
from nna.data.readers import array_folders, texts
from nna.errors import UserError

LAID = ("b.PNG", "a.png", "c.txt", "in/d.png", "in/deep/e.png", ".h.png", ".hid/f.png", "in/.g.png")


@pytest.fixture
def folder(tmp_path):
    for name in LAID:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


@pytest.mark.parametrize(
    ("deep", "found"),
    [
        (1, ["a.png", "b.PNG"]),
        (2, ["a.png", "b.PNG", "in/d.png"]),
        (None, ["a.png", "b.PNG", "in/d.png", "in/deep/e.png"]),
    ],
)
def test_files_by_name_hidden_ones_never(folder, deep, found):
    told = folders.files(folder, (".png",), deep)
    assert [path.relative_to(folder).as_posix() for path in told] == found


def test_where_there_is_no_folder_nothing_lies(tmp_path):
    assert folders.inside(tmp_path / "none") == []
    with pytest.raises(UserError, match="holds no pictures"):
        folders.listed(tmp_path, (".png",), "pictures")


def test_what_a_system_leaves_in_folders_changes_nothing(tmp_path):
    """macOS puts `._name` beside files; version control has folders of its own."""
    for name in ("ham/a.txt", "spam/b.txt", ".git/c.npy", "ham/._a.npy"):
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert texts.is_one(tmp_path / "texts")
    assert not array_folders.is_one(tmp_path / "texts", ())
    for name in ("one.json", "._one.json"):
        path = tmp_path / "boxes" / annotations.FILES / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert annotations.is_one(tmp_path / "boxes")
    assert [path.name for path in annotations._files(tmp_path / "boxes")] == ["one.json"]
