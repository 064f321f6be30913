"""The reference is of today, and every name in it has an example that runs."""

import doctest
import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import PIL.Image
import pytest
import torch

import nna

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
api = importlib.import_module("api")

GIVEN = {"nna": nna, "np": np, "pd": pd, "PIL": PIL, "torch": torch}


def test_the_page_is_what_the_docstrings_say():
    assert api.PAGE.read_text(encoding="utf-8") == api.page()


@pytest.mark.parametrize("name", nna.__all__)
def test_its_example_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    finder = doctest.DocTestFinder(recurse=False)
    (found,) = finder.find(getattr(nna, name), name, module=False, globs=dict(GIVEN))
    assert found.examples
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    told = []
    assert runner.run(found, out=told.append).failed == 0, "".join(told)
