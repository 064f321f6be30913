"""Parameters keep their values under other names, and files that aren't ours are refused."""

import pickle
import zipfile

import pytest
import torch
from hypothesis import given, strategies as st
from safetensors.torch import save_file
from torch import nn

from nna import registry, weights
from nna.errors import UserError
from nna.spec import Drop, Join, Rename, Split, Transpose

SIZES = st.integers(1, 5)


def test_rules_apply_in_order():
    state = {"a.w": torch.ones(2, 3), "a.junk": torch.zeros(1)}
    rules = (Drop("junk"), Rename(r"^a\.", "b."), Transpose(r"^b\.w$"), Rename("w$", "weight"))
    translated = weights.translate(state, rules)
    assert {k: tuple(v.shape) for k, v in translated.items()} == {"b.weight": (3, 2)}


@given(parts=st.integers(1, 4), rows=SIZES, columns=SIZES)
def test_joining_undoes_splitting(parts, rows, columns):
    whole = torch.arange(float(parts * rows * columns)).reshape(parts * rows, columns)
    names = tuple(f"part{i}" for i in range(parts))
    cut = weights.translate({"layer.all": whole}, [Split("all$", names)])
    assert len(cut) == parts
    joined = weights.translate(cut, [Join(r"^(layer)\.(part\d)$", names, "{}.all")])
    assert torch.equal(joined["layer.all"], whole)


def test_two_names_never_become_one():
    with pytest.raises(ValueError, match="both became"):
        weights.translate({"a": torch.ones(1), "b": torch.ones(1)}, [Rename("^.$", "c")])


def test_a_join_demands_every_part():
    with pytest.raises(ValueError, match="has the parts"):
        weights.translate({"x.q": torch.ones(1)}, [Join(r"^(x)\.(.)$", ("q", "k"), "{}.all")])


def test_loading_is_all_or_nothing():
    model = nn.Linear(2, 2)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    with pytest.raises(UserError, match=r"left over: extra; missing: bias"):
        weights.load_exactly(model, {"weight": torch.zeros(2, 2), "extra": torch.zeros(1)})
    with pytest.raises(UserError, match=r"bias is \(3,\), expected \(2,\)"):
        weights.load_exactly(model, {"weight": torch.zeros(2, 2), "bias": torch.zeros(3)})
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


class _Bomb:
    """Leaves a trace if anybody unpickles it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("form", ["plain", "protocol 0", "torch"])
def test_a_pickle_is_refused_and_never_run(tmp_path, form):
    trace, path = tmp_path / "trace", tmp_path / "model.safetensors"
    if form == "torch":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("model/data.pkl", pickle.dumps(_Bomb(trace)))
    else:
        path.write_bytes(pickle.dumps(_Bomb(trace), 0 if form == "protocol 0" else None))
    with pytest.raises(UserError):
        weights.read(path)
    assert not trace.exists()


def test_a_header_whose_length_reads_like_a_pickle_is_none(tmp_path):
    path = tmp_path / "model.safetensors"
    for length in range(1, 200):
        save_file({"w": torch.ones(2)}, path, {"of": "n" * (1280 + length)})
        if path.read_bytes()[:2] == b"\x80\x05":
            break
    assert path.read_bytes()[:2] == b"\x80\x05"
    assert weights.read(path)["w"].tolist() == [1, 1]


def test_damaged_files_are_refused_in_one_line(tmp_path):
    path = tmp_path / "model.safetensors"
    save_file({"w": torch.ones(100)}, path)
    whole = path.read_bytes()
    for content in (b"", whole[:40], whole[:-8], b"hello world, I am a text" * 9):
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"model\.safetensors") as told:
            weights.read(path)
        assert "\n" not in str(told.value)
    with pytest.raises(UserError, match="no such file"):
        weights.read(tmp_path / "absent")


def test_unknown_public_weights_are_named_with_the_known_ones():
    with pytest.raises(UserError, match="resnet/50@imagenet1k"):
        registry.build("resnet/50@imagenet22k")


@pytest.mark.parametrize("wrong", [{"hidden": (True,)}, {"features": True}, {"dropout": False}])
def test_a_truth_value_is_no_number_of_a_configuration(wrong):
    with pytest.raises(UserError, match="expected something like"):
        registry.configure("mlp", **wrong)
