"""Probes: double precision whatever code asks for, and numbers compared."""

import copy
import math

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from torch import nn

from nna import probe
from nna.errors import UserError


def test_whatever_asks_for_single_precision_gets_double():
    array = np.ones(3, np.float32)
    with probe.exact():
        made = [
            torch.zeros(2),
            torch.ones(2, dtype=torch.float32),
            torch.arange(3).float(),
            torch.randn(3).to(torch.float32),
            torch.from_numpy(array) * 2,
            torch.nn.functional.relu(torch.from_numpy(array)),
            nn.Linear(2, 2)(torch.rand(1, 2)),
            torch.zeros(2).type(torch.float32),
        ]
        with torch.autocast("cpu", torch.bfloat16):
            made.append(nn.Linear(2, 2)(torch.rand(1, 2)))
    assert {one.dtype for one in made} == {torch.float64}


def test_what_surrounds_a_probe_stays_as_it_was():
    threads, before = torch.get_num_threads(), torch.random.get_rng_state()
    with pytest.raises(ZeroDivisionError):
        probe.compute(lambda: {"one": torch.rand(1).item() / 0})
    assert torch.zeros(1).dtype == torch.float32
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_write_in_place_keeps_its_tensor():
    with probe.exact():
        held = torch.zeros(3)
        held.add_(torch.from_numpy(np.ones(3, np.float32)))
        held[0] = 5
    assert held.tolist() == [5, 1, 1]


def test_gradients_of_every_optimiser_are_noted():
    model = nn.Linear(1, 1, bias=False)
    rules = [torch.optim.SGD(model.parameters(), 0.1), torch.optim.Adam(model.parameters(), 0.1)]
    with probe.Steps().watched() as steps:
        for rule in rules:
            rule.zero_grad()
            (3 * model(torch.ones(1, 1))).sum().backward()
            rule.step()
    rules[0].step()
    assert steps.gradients == pytest.approx([3, 3])


numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
series = st.lists(numbers, max_size=4)
quantities = st.dictionaries(
    st.sampled_from(["losses", "outputs", "figure"]),
    numbers | st.booleans() | st.text(max_size=3) | series | st.lists(series, max_size=3),
    min_size=1,
)


@given(quantities)
def test_a_probe_equals_itself_stored_and_read(tmp_path_factory, held):
    made = probe.made(held)
    path = tmp_path_factory.mktemp("probe") / "probe.json"
    path.write_text(probe.text(made), encoding="utf-8")
    assert probe.read(path) == made
    assert probe.differs(probe.read(path), made) is None
    assert probe.differs({**made, "versions": {"torch": "1.0"}, "date": ""}, made) is None


@given(st.lists(st.floats(0.5, 2), min_size=1, max_size=6), st.data())
def test_what_is_far_off_is_named_and_what_is_near_is_not(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    for factor, trips in ((1 + 1e-8, False), (1 + 1e-4, True)):
        other = [v * factor if i == place else v for i, v in enumerate(values)]
        told = probe.differs(
            probe.made({"start": 1, "losses": values}), probe.made({"start": 1, "losses": other})
        )
        assert (told is not None) == trips
        assert not trips or str(told).startswith("losses: ")


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, "a: 3 numbers, were 2"),
        ({"a": 1}, {"b": 1}, "a: no longer computed"),
        ({"a": 1}, {"a": 1, "b": 1}, "b: not stored"),
        ({"a": True}, {"a": False}, "a: False, was True"),
        ({"a": True}, {"a": 1}, "a: 1, was True"),
        ({"a": [[1], [math.nan]]}, {"a": [[1], [0]]}, "a: 0, was 'nan'"),
        ({"a": "adam"}, {"a": "sgd"}, "a: 'sgd', was 'adam'"),
        ({"a": [None]}, {"a": [0]}, "a: 0, was None"),
        ({"a": [0.0, 1.0]}, {"a": [1e-5, 1.0]}, "a: 1e-05, was 0"),
    ],
)
def test_the_first_difference_is_told(before, now, told):
    assert probe.differs(probe.made(before), probe.made(now)) == told


def test_where_none_is_stored_or_it_is_damaged(tmp_path):
    path = tmp_path / "probe.json"
    assert probe.differs(probe.read(path), probe.made({"a": 1})) == "no probe is stored"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"probe\.json: damaged"):
        probe.read(path)


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=50), st.data())
def test_a_checksum_sees_any_number_and_any_order(values, data):
    one, other = data.draw(st.permutations(range(len(values))))[:2]
    changed = copy.copy(values)
    changed[one] += 1e-3
    assert probe.checksum(changed) != probe.checksum(values)
    if abs(values[one] - values[other]) > 1e-3:
        changed = copy.copy(values)
        changed[one], changed[other] = changed[other], changed[one]
        assert probe.checksum(changed) != probe.checksum(values)


def test_a_series_is_kept_by_its_ends_and_its_mean():
    assert probe.ends([float(n) for n in range(101)]) == [
        [101],
        [50],
        [0, 1, 2, 3],
        [97, 98, 99, 100],
    ]
    assert probe.ends([]) == [[0], [0], [], []]
