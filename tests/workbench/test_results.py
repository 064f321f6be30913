"""Results are written as runs keep them, and come back as they were."""

import dataclasses
import json
import math

import pytest
from hypothesis import given, strategies as st

from nna.spec import TASKS
from nna.training import run_validation
from nna.workbench.evaluation import results
from nna.workbench.evaluation.intervals import Figure
from nna.workbench.evaluation.results import KINDS, OfClasses, Results, Threshold

NUMBERS = st.floats(-1e6, 1e6)
NAMES = st.sampled_from(["accuracy", "rmse", "mean IoU"])


@st.composite
def figures(draw):
    value = draw(st.none() | NUMBERS)
    if value is None:
        return Figure(None, why=draw(st.sampled_from([None, "there is no example"])))
    ends = draw(st.sampled_from([(None, None), (value - 1, value + 1)]))
    return Figure(value, *ends, draw(st.booleans()))


OF_MODEL = st.dictionaries(NAMES, figures(), min_size=1)
OWN = {
    "classes": st.just(["a", "b"]),
    "confusion": st.just([[3, 1], [0, 2]]),
    "iou": st.just([0.5, None]),
    "verdict": st.just("the baseline wins"),
    "radii": st.dictionaries(st.sampled_from(["80", "90"]), st.just([1.0, 2.0])),
    "by_step": st.dictionaries(st.sampled_from(["mlp", "naive"]), st.just([0.1])),
    "threshold": st.none() | st.just(Threshold(0.3, "b")) | st.just(Threshold(0.3, "b", "f1", 9)),
    "warnings": st.none() | st.just(["2 of 9 test examples"]),
    "notes": st.none() | st.just([]) | st.just(["no interval"]),
}


@st.composite
def measured(draw):
    task = draw(st.sampled_from(TASKS))
    kind = KINDS.get(task, Results)
    own = {of.name: draw(OWN[of.name]) for of in dataclasses.fields(kind) if of.name in OWN}
    rivals = draw(st.dictionaries(st.sampled_from(["ridge", "naive"]), OF_MODEL))
    count = draw(st.integers(1, 99))
    return kind(task=task, test_examples=count, metrics=draw(OF_MODEL), baselines=rivals, **own)


@given(measured())
def test_what_is_written_comes_back_and_is_what_runs_are_checked_for(found):
    plain = json.loads(json.dumps(found.to_json()))
    assert run_validation.results(plain) is None
    assert results.from_json(plain) == found


def test_a_file_keeps_its_names():
    one = Figure(0.5, 0.4, 0.6)
    found = OfClasses(
        task="classification",
        test_examples=2,
        metrics={"accuracy": one},
        baselines={},
        classes=["a", "b"],
        confusion=[[1, 0], [1, 0]],
        threshold=Threshold(0.3, "b", "f1", 9),
    )
    figure = {"value": 0.5, "low": 0.4, "high": 0.6, "higher_is_better": True}
    assert found.to_json() == {
        "task": "classification",
        "test examples": 2,
        "metrics": {"accuracy": figure},
        "baselines": {},
        "classes": ["a", "b"],
        "confusion": [[1, 0], [1, 0]],
        "threshold": {"value": 0.3, "positive": "b", "by": "f1", "rows": 9},
    }


@pytest.mark.parametrize("lost", ["confusion", "classes"])
def test_an_older_file_that_lacks_what_its_task_keeps_is_read(lost):
    plain = {"task": "classification", "test examples": 1, "metrics": {}, "baselines": {}}
    whole = {**plain, "classes": ["a"], "confusion": [[1]]}
    assert isinstance(results.from_json(whole), OfClasses)
    found = results.from_json({key: of for key, of in whole.items() if key != lost})
    assert type(found) is Results
    assert math.isclose(found.test_examples, 1)
