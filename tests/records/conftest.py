"""Architectures that live outside the library, each whole in its folder beside this file."""

import shutil
import sys
from pathlib import Path

import pytest

import nna
from nna import contract, external, registry

HERE = Path(__file__).parent
IDS = sorted(path.name for path in HERE.iterdir() if (path / "spec.py").is_file())
PARITY = """
from nna import agreement, specimens

from . import model
from .spec import SPEC


def itself():
    made = [getattr(model, SPEC.model.split(":")[1])(SPEC.tiny) for _ in range(2)]
    return agreement.modules(*made, specimens.sample(SPEC, 3))
"""
WORDS = "A sentence of twenty words and a few more, so that whoever counts them is content: " * 2


def lay_out(home: Path, name: str) -> Path:
    """The folder as its author has it, with the card, the parity and the test that all have."""
    folder = home / name
    shutil.copytree(HERE / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = (folder / "spec.py").read_text(encoding="utf-8")
    title = spec.split('    name="')[1].split('"')[0]
    lenses = {lens: WORDS for lens in contract.LENSES}
    lenses["Mathematical foundation"] += "\n\n$$y = f(x)$$\n"
    papers = "".join(f"{i}. Nobody (2000). None.\n" for i in (1, 2, 3))
    lenses["References"] = f"{WORDS}\n\n{papers}\nWeb: one; two\n"
    card = "".join(f"\n## {lens}\n\n{text}\n" for lens, text in lenses.items())
    (folder / "card.md").write_text(f"# {title}\n{card}", encoding="utf-8")
    (folder / "parity.py").write_text(PARITY, encoding="utf-8")
    (folder / f"test_{name}.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=IDS)
def known(request, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setattr(external, "_modules", {})
    patch.setattr(external, "_folders", {})
    patch.setenv(external.VARIABLE, "")
    folder = lay_out(tmp_path_factory.mktemp("own"), request.param)
    nna.register(folder)
    yield folder
    patch.undo()
    registry.describe.cache_clear()
    for module in [name for name in sys.modules if name.startswith(external.PREFIX)]:
        del sys.modules[module]
