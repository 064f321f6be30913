"""`tools/hops.py`: hops between files are counted as its docstring says."""

import importlib
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
tool = importlib.import_module("hops")

FILES = {
    "start.py": """
        from hopped.other import helper, own
        def begin():
            from hopped import late
            for _ in range(3):
                helper(key=own)
            same()
        def same():
            helper(key=own)
    """,
    "other.py": """
        def helper(key):
            return sorted([2, 1], key=key)
        def own(value):
            return value
    """,
    "late.py": """
        from hopped.other import helper
        helper(key=abs)
    """,
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "hopped"
    folder.mkdir()
    for name, text in {"__init__.py": "", **FILES}.items():
        lines = text.strip("\n").splitlines()
        (folder / name).write_text("\n".join(line[8:] for line in lines), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "hopped"]:
        del sys.modules[name]


def test_each_pair_of_functions_in_two_files_counts_once(package):
    begin = importlib.import_module("hopped.start").begin
    assert tool.hops(begin, package) == {
        (tool.OUTSIDE, "start.py:begin"),
        ("start.py:begin", "other.py:helper"),
        ("start.py:same", "other.py:helper"),
    }


def test_building_a_model_is_two_hops():
    import nna

    assert len(tool.hops(lambda: nna.build("lenet5"), Path(nna.__file__).parent)) == 2
