"""What a comparison sees: faults planted in one of two computations, each found by `agreement`."""

import ast
import copy
import re
from collections.abc import Mapping

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import nn

from nna import agreement, registry

FINITE = st.floats(-1e3, 1e3, allow_subnormal=False)
MATRIX = arrays.arrays(np.float64, (3, 2), elements=FINITE)
NAMES = registry.names()


@hypothesis.given(MATRIX, MATRIX, st.floats(1e-6, 1e6))
def test_a_gap_does_not_depend_on_the_unit(ours, theirs, unit):
    hypothesis.assume(np.abs(theirs).max() > 1e-3)
    found = agreement.gap(ours * unit, theirs * unit)
    assert found == pytest.approx(agreement.gap(ours, theirs), rel=1e-9, abs=1e-12)


@hypothesis.given(MATRIX, st.sampled_from([np.nan, np.inf, -np.inf]), st.integers(0, 5))
def test_no_gap_is_made_of_what_is_not_finite(values, bad, place):
    hypothesis.assume(np.abs(values).max() > 1e-3)
    spoilt = values.copy()
    spoilt.flat[place] = bad
    for pair in ((spoilt, values), (values, spoilt), (spoilt, spoilt)):
        with pytest.raises(AssertionError, match="NaN or infinity"):
            agreement.gap(*pair)
    with pytest.raises(AssertionError, match="outputs"):
        agreement.worst({"outputs": 0.0}, {"outputs": abs(bad)})


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (np.ones(3), np.zeros(3), "nothing but zeros"),
        (np.ones((2, 1)), np.ones(2), "the reference"),
        (np.ones(0), np.ones(0), "nothing to compare"),
    ],
)
def test_vacuous_gaps_are_refused(ours, theirs, said):
    with pytest.raises(AssertionError, match=said):
        agreement.gap(ours, theirs)


class Net(nn.Module):
    """A convolution, its norm, a scale, dropout, a linear map; and what may be wrong with it."""

    def __init__(self, fault=""):
        super().__init__()
        self.fault = fault
        self.conv = nn.Conv2d(2, 4, 3, bias=False)
        self.norm = nn.BatchNorm2d(
            4,
            eps=1e-3 if fault == "eps" else 1e-5,
            momentum=0.01 if fault == "momentum" else 0.1,
        )
        self.scale = nn.Parameter(torch.ones(4))
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(4, 3)

    def forward(self, image):
        scale = self.scale.detach() if self.fault == "detached scale" else self.scale
        x = self.norm(self.conv(image)).relu() * scale[:, None, None]
        x = self.drop(x.mean((2, 3)))
        if self.fault == "draws" and self.training:
            x = x * torch.rand(())
        if self.fault == "only in training" and self.training:
            x = 1.1 * x
        if self.fault == "detached half":
            x = (x + x.detach()) / 2
        if self.fault == "faint":
            x = x.detach() + 1e-6 * (x - x.detach())
        out = self.head(x)
        if self.fault == "no training":
            out = out.detach()
        if self.fault == "NaN":
            out[0, 0] = torch.nan
        if self.fault == "NaN in gradients" and out.requires_grad:
            out.register_hook(lambda slope: slope * torch.nan)
        return out


def pair(fault):
    torch.manual_seed(0)
    reference = Net()
    agreement.unsettle(reference)
    return Net(fault), reference, {"image": torch.randn(4, 2, 6, 6)}


def within(found):
    return all(value <= 1e-5 for value in found.values())


def seen(compare):
    """Whether a comparison finds too great a gap, or refuses to compare."""
    try:
        return not within(compare())
    except AssertionError:
        return True


def test_two_alike_agree_in_everything():
    found = agreement.modules(*pair(""))
    assert within(found)
    kinds = ("outputs", "input gradients", "parameter gradients")
    assert set(found) == {*kinds, *(f"training {k}" for k in kinds), "statistics after a step"}


FAULTS = (
    *("eps", "momentum", "detached scale", "draws", "only in training", "detached half"),
    *("faint", "no training", "NaN", "NaN in gradients"),
)


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_seen_beside_a_module(fault):
    assert seen(lambda: agreement.modules(*pair(fault)))


def naive(p, image):
    variance = p["norm.running_var"] + 1e-5
    scores = []
    for x in image:
        maps = []
        for k, kernel in enumerate(p["conv.weight"]):
            seen = [
                [(kernel * x[:, i : i + 3, j : j + 3]).sum() for j in range(4)] for i in range(4)
            ]
            normed = (np.array(seen) - p["norm.running_mean"][k]) / np.sqrt(variance[k])
            maps.append(np.maximum(normed * p["norm.weight"][k] + p["norm.bias"][k], 0))
        scores.append(p["head.weight"] @ (np.mean(maps, (1, 2)) * p["scale"]) + p["head.bias"])
    return np.stack(scores)


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_planted_faults_are_seen_beside_equations(fault):
    model, reference, inputs = pair(fault)
    model.load_state_dict(reference.state_dict())
    blind = fault in {"", "momentum"}  # how fast statistics follow, no equation of outputs says
    assert seen(lambda: agreement.equations(model, naive, inputs)) != blind


def test_what_is_compared_may_not_stand_as_it_starts():
    torch.manual_seed(0)
    fresh = Net()
    nn.init.normal_(fresh.scale)
    with pytest.raises(AssertionError, match=r"vacuous: all of 'norm\.weight' is 1"):
        agreement.modules(Net(), fresh, {"image": torch.randn(4, 2, 6, 6)})


def test_signals_that_die_are_told():
    ours, reference, inputs = pair("")
    reference.head.weight.data.mul_(1e-9)
    with pytest.raises(AssertionError, match="vacuous: outputs of examples differ"):
        agreement.modules(ours, reference, inputs)


class Odd(Net):
    """With a parameter that takes part in nothing."""

    def __init__(self):
        super().__init__()
        self.idle = nn.Parameter(torch.randn(3))


def test_a_parameter_without_a_gradient_must_be_named():
    _, _, inputs = pair("")
    reference = Odd()
    agreement.unsettle(reference)
    with pytest.raises(AssertionError, match="no gradient reaches 'idle'"):
        agreement.modules(Odd(), reference, inputs)
    assert within(agreement.modules(Odd(), reference, inputs, silent=("^idle$",)))
    with pytest.raises(AssertionError, match="called silent"):
        agreement.modules(Odd(), reference, inputs, silent=("idle|scale",))


def test_a_parameter_that_one_side_holds_fixed_is_told():
    ours, reference, inputs = pair("")
    reference.scale.requires_grad_(False)
    with pytest.raises(AssertionError, match=r"on one side only: .*scale"):
        agreement.modules(ours, reference, inputs)


def test_both_sides_are_left_as_they_were():
    ours, reference, inputs = pair("")
    before = copy.deepcopy(reference.state_dict())
    agreement.modules(ours, reference, inputs)
    for state in (ours.state_dict(), reference.state_dict()):
        assert all(torch.equal(state[key], value) for key, value in before.items())
    assert reference.drop.p == 0.5


def hidden(tree):
    """Gaps that a parity takes by itself, where NaN would get lost."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called, given = ast.unparse(call.func), ", ".join(map(ast.unparse, call.args))
        name = called.rsplit(".", 1)[-1]
        if name in {"max", "amax", "nanmax"}:
            alone = "abs(" in called + given or re.search(r"\bgaps?\b", given)
        else:  # abs() of a difference of two results
            alone = name.startswith(("allclose", "isclose", "assert_")) or (
                called == "abs" and "(" in given
            )
        if alone:
            yield ast.unparse(call)


@pytest.mark.parametrize("name", NAMES)
def test_every_parity_leaves_gaps_to_one_function(name):
    path = registry.folder(name) / "parity.py"
    found = hidden(ast.parse(path.read_text(encoding="utf-8")))
    allowed = "max(abs(n[0] - row), abs(n[1] - column))"  # neighbours on a grid of cells
    assert [one for one in found if one != allowed] == []


def spoil(out, reached):
    """The same with NaN for its first number; where outputs have names, for that of each."""
    reached.append(True)
    if isinstance(out, Mapping):
        return {name: spoiled(of) for name, of in out.items()}
    first, *rest = (out,) if isinstance(out, torch.Tensor) else out
    return spoiled(first) if isinstance(out, torch.Tensor) else (spoiled(first), *rest)


def spoiled(tensor):
    """A copy that begins with NaN."""
    copied = tensor.clone()
    copied[(0,) * copied.ndim] = torch.nan
    return copied


SAMPLED = NAMES[::6]  # that gaps are left to one function, the test above has of all of them


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLED)
def test_nan_in_the_outputs_breaks_a_parity(name, monkeypatch):
    breaks_under_nan(name, monkeypatch)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", sorted({*NAMES} - {*SAMPLED}))
def test_nan_in_the_outputs_breaks_every_parity(name, monkeypatch):
    breaks_under_nan(name, monkeypatch)


def breaks_under_nan(name, monkeypatch):
    """NaN in the model's outputs, or else in what is compared, must break each parity."""
    spec = registry.describe(name)
    model, gap, reached = registry.resolve(name, spec.model), agreement.gap, []
    plain = model.forward
    monkeypatch.setattr(model, "forward", lambda *a, **k: spoil(plain(*a, **k), reached))
    beside = []
    for parity in spec.parity:
        check, before = registry.resolve(name, parity.check), len(reached)
        try:
            check()
        except (AssertionError, ValueError):  # scikit-learn refuses NaN with the latter
            continue
        assert len(reached) == before, f"{parity.check} swallows NaN"
        beside.append(check)
    monkeypatch.setattr(
        agreement,
        "gap",
        lambda ours, *rest, **how: gap(np.nan * agreement._array(ours), *rest, **how),
    )
    for check in beside:  # of a part of the model, or of its learning
        with pytest.raises(AssertionError, match="NaN"):
            check()
