"""Estimators over networks of several inputs: X names them, and answers are as from a file."""

import json

import numpy as np
import pandas as pd
import pytest

import nna
from nna.data import catalog

pytestmark = pytest.mark.parametrize("known", ["two_tower"], indirect=True)
BRIEF = {"epochs": 2}


def towers(rows=60):
    whole = catalog.load("two_tower").take(np.arange(rows))
    inputs = {name: of.values for name, of in whole.inputs.items()}
    tables = {name: of for name, of in inputs.items() if isinstance(of, pd.DataFrame)}
    assert tables.keys() == inputs.keys()
    frames = {name: of.reset_index(drop=True) for name, of in tables.items()}
    return frames, np.array(["no", "yes"])[whole.y]


def test_a_mapping_is_read_as_a_file_of_records_is(known, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    x, y = towers()
    learner = nna.Classifier(known.name, recipe=BRIEF, validation=0).fit(x, y)
    shares = learner.predict_proba(x)
    assert shares.shape == (60, 2)
    assert list(learner.classes_) == ["no", "yes"]
    records = {name: of.to_dict("records") for name, of in x.items()}
    np.testing.assert_array_equal(learner.predict_proba(records), shares)
    rows = [dict(zip(records, row, strict=True)) for row in zip(*records.values(), strict=True)]
    lines = [json.dumps({**row, "likes": to}) for row, to in zip(rows, y, strict=True)]
    (tmp_path / "learnt.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run = nna.train(known.name, "learnt.jsonl", target="likes", recipe={"epochs": 1}, quiet=True)
    asked = nna.load(run.folder)
    assert asked.config == learner.fitted_.config
    names = [
        [column.name for column in of.others["thing"].columns]
        for of in (asked.preparation, learner.fitted_.preparation)
    ]
    assert names[0] == names[1] == ["price", "sort"]


def test_it_is_kept_and_columns_are_known_by_their_names(known, tmp_path):
    x, y = towers()
    learner = nna.Classifier(known.name, recipe=BRIEF).fit(x, y)
    shares = learner.predict_proba(x)
    learner.save(tmp_path / "kept")
    np.testing.assert_array_equal(nna.Classifier.load(tmp_path / "kept").predict_proba(x), shares)
    turned = {"thing": x["thing"][["sort", "price"]], "user": x["user"]}
    np.testing.assert_array_equal(learner.predict_proba(turned), shares)


def test_arrays_are_rows_of_numbers(known):
    x, y = towers()
    arrays = {"user": x["user"][["age"]].to_numpy(), "thing": x["thing"][["price"]].to_numpy()}
    learner = nna.Classifier(known.name, recipe=BRIEF).fit(arrays, y)
    assert learner.predict(arrays).shape == (60,)
    with pytest.raises(ValueError, match="it was fitted on several inputs by their names"):
        learner.predict(arrays["user"])
    with pytest.raises(ValueError, match="rows of 2 numbers; it needs 1"):
        learner.predict({**arrays, "user": arrays["user"].repeat(2, axis=1)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: x["user"], "two_tower takes user, thing: X is a mapping from these names"),
        (lambda x: {"user": x["user"]}, "X has no 'thing'; two_tower takes user, thing"),
        (lambda x: {**x, "other": x["user"]}, "X has 'other'; two_tower takes user, thing"),
        (lambda x: {**x, "thing": x["thing"][:9]}, "different numbers of rows: user 60, thing 9"),
        (lambda x: {name: of[:0] for name, of in x.items()}, "X holds no rows"),
        (lambda x: {**x, "thing": ["a"] * 60}, "X, row 1: 'thing': .*mend it$"),
    ],
)
def test_what_fits_no_input_is_refused_in_a_line(known, change, said):
    x, y = towers()
    with pytest.raises(ValueError, match=said) as error:
        nna.Classifier(known.name, recipe=BRIEF).fit(change(x), y)
    assert "\n" not in str(error.value)
