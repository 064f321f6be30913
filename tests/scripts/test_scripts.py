"""A script stands alone: it needs no nna, computes what nna computes, and reads as its source."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import torch

from nna import paired, registry, specimens
from nna.cli import commands
from nna.errors import UserError
from nna.scripts import inline, loop, write

NAMES = [name for name in registry.names() if registry.family(name) != registry.EXTERNAL]


@pytest.mark.parametrize("name", NAMES)
def test_the_source_of_every_architecture_stands_alone(name):
    """Nothing of nna is imported, every name is known, and the model computes the same."""
    spec = registry.describe(name)
    package = f"nna.architectures.{registry.family(name)}.{name}"
    taken = inline.Collected(write.INSTEAD)
    taken.take(f"{package}.spec", "Config")
    taken.take(f"{package}.model", spec.model.split(":")[1])
    source = taken.text()
    assert "nna" not in re.findall(r"^(?:from|import) (\w+)", source, re.M)
    assert "jaxtyping" not in source
    head = "from __future__ import annotations\n" + "\n".join(inline.statements(taken.imports))
    module = type(sys)("alone")
    sys.modules["alone"] = module  # where dataclasses look their names up
    exec(compile(f"{head}\n{source}", "alone", "exec"), module.__dict__)
    known = module.__dict__
    config = known[type(spec.tiny).__name__](
        **{f: getattr(spec.tiny, f) for f in spec.tiny.__dataclass_fields__}
    )
    torch.manual_seed(0)
    own = known[taken.called(f"{package}.model", spec.model.split(":")[1])](config).eval()
    model, inputs = specimens.tiny(name, spec).eval(), specimens.sample(spec)
    assert own.state_dict().keys() == model.state_dict().keys()
    for one, other in zip(own.state_dict().values(), model.state_dict().values(), strict=True):
        assert torch.equal(one, other)
    torch.manual_seed(1)
    given = own(**inputs)
    torch.manual_seed(1)
    torch.testing.assert_close(given, model(**inputs), rtol=0, atol=0)


def test_two_things_of_one_name_keep_apart(tmp_path, monkeypatch):
    for file, text in {
        "nna_one": "def part():\n    return 1\n\n\ndef use():\n    return part()\n",
        "nna_two": "from nna_one import use\n\n\ndef part():\n    # why\n    return 10 * use()\n",
    }.items():
        (tmp_path / f"{file}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(inline, "_ours", lambda where: where.startswith("nna"))
    taken = inline.Collected()
    taken.take("nna_two", "part")
    known: dict = {}
    source = taken.text()
    exec(source, known)
    assert known[taken.called("nna_two", "part")]() == 10
    assert "# why" in source


def test_shapes_are_left_out_and_all_else_stays():
    source = 'def f(x: Float[Tensor, "b t"], y: list[str]) -> Int64[Tensor, "b"]:  # why\n    ...'
    assert inline.without_shapes(source) == (
        "def f(x: Tensor, y: list[str]) -> Tensor:  # why\n    ..."
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["perceptron", *(pytest.param(n, marks=pytest.mark.exhaustive) for n in ("flnn", "gcn"))],
)
def test_a_script_runs_without_nna_and_reaches_what_nna_does(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert commands.invoke(["script", name]) == 0
    figure = run(tmp_path / f"{name}_script.py")
    assert figure >= registry.describe(name).signature.threshold
    assert (tmp_path / f"{name}_script.png").read_bytes().startswith(b"\x89PNG")


def run(path, seed=0):
    """The figure that a script prints, where nna can't be imported."""
    code = "import sys, runpy\nsys.modules['nna'] = None\nsys.argv = sys.argv[1:]\n"
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(seed)],
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return float(done.stdout.split()[-1])


def test_what_cannot_be_written_is_said_in_a_line_and_nothing_is_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mlp_script.py").write_text("mine")
    for words, said in (
        (["mlp"], "mlp_script.py is there already"),
        (["mlp", "--out", "x.txt"], "ends with .py"),
        (["mlp", "--out", "no/x.py"], "there is no folder no"),
        (["mpl"], "no architecture 'mpl'"),
    ):
        with pytest.raises(UserError, match=said):
            commands.invoke(["script", *words])
    assert (tmp_path / "mlp_script.py").read_text() == "mine"


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_every_script_runs_and_stays_within_the_ten_seeds(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert commands.invoke(["script", name]) == 0
    figure = run(tmp_path / f"{name}_script.py")
    assert np.isfinite(figure)
    kept, metric = paired.read(registry.folder(name)), registry.describe(name).signature.metric
    if paired.verdict(kept) and metric in loop.EVALUATE:
        seen = [one["figure"]["value"] for one in kept["seeds"].values()]
        assert min(seen) - np.std(seen) <= figure <= max(seen) + np.std(seen)
