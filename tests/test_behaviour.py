"""Every architecture learns its signature task within its recipe, and beats its baseline.

What the ledger holds is not trained again while all that it depends on stays: code, data, versions.
`nna verify` and `make docs` train it in any case.
"""

import shutil

import pytest

from nna import fingerprint, registry
from nna.ledger import behave, proven_as_it_stands


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.names())
def test_signature_task(name):
    if proven_as_it_stands(name):
        return
    told = behave(name)
    assert told["kept"], told["evidence"]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """The package's source, to be changed."""
    root = tmp_path / "nna"
    shutil.copytree(fingerprint.ROOT, root, ignore=shutil.ignore_patterns("*.json", "__pycache__"))
    monkeypatch.setattr(fingerprint, "ROOT", root)
    return root


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    fingerprint._read.cache_clear()


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("architectures/convolutional/lenet5/model.py", "torch.tanh(", "torch.relu("),
        ("training/loop.py", "self.at.step += 1", "self.at.step += 2"),
        ("objectives/cross_entropy.py", "functional.cross_entropy", "functional.nll_loss"),
        ("data/prepare.py", "StandardScaler()", "MinMaxScaler()"),
        ("data/sets/digits.py", "(pixels) / 16", "(pixels) / 17"),
    ],
)
def test_a_change_in_what_decides_asks_for_a_new_proof(copy, path, old, new):
    before = fingerprint.of("lenet5")
    change(copy / path, old, new)
    assert fingerprint.of("lenet5") != before


def test_words_and_strangers_change_nothing(copy):
    before = fingerprint.of("lenet5")
    loop = copy / "training" / "loop.py"
    loop.write_text("# a remark\n" + loop.read_text(encoding="utf-8"), encoding="utf-8")
    change(loop, '"""Train to the end', '"""Train until the end')
    change(copy / "architectures" / "hybrid" / "gcn" / "model.py", "nn.Module", "nn.Identity")
    assert fingerprint.of("lenet5") == before
