"""A further file, to be tested on, is read as the first one was: by no value of its own."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from nna.data import sources
from nna.data.prepare import Preparation
from nna.data.splits import key_columns
from nna.data.splits.split import split
from nna.workbench import data_source
from nna.workbench.data_source import Source, tables_of

COLUMNS = {  # words, of which a part alone would be read as something else
    "flag": ["TRUE", "FALSE", "UNKNOWN"],
    "truth": ["true", "False"],
    "code": ["3.0", "N", "1E5", "+5"],
    "post": ["01234", "AB12", "00501"],
    "price": ["10,302", "0,5", "7", "1,25"],
    "many": ["1,234", "12,500,000", "7"],
    "share": ["12 %", "3 %", "50"],
    "mixed": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "x"],
    "day": ["13/02/2020", "02/11/2020", "03/04/2021"],
    "plain": ["1", "2.5", "-3"],
    "gap": ["1", "", "NA", "4"],
}
ROWS = 44


def whole(target):
    table = {
        name: [words[row % len(words)] for row in range(ROWS)] for name, words in COLUMNS.items()
    }
    return pd.DataFrame(table | {"y": [target[row % 2] for row in range(ROWS)]})


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sets(st.integers(0, ROWS - 1), min_size=1, max_size=6),
    st.sampled_from([",", ";"]),
    st.sampled_from([("01", "2"), ("1,5", "2,25"), ("yes", "no")]),
)
def test_rows_mean_in_a_file_of_their_own_what_they_meant_among_others(
    tmp_path, some, mark, target
):
    rows = sorted(some)
    table = whole(target)
    first, other = tmp_path / "first.csv", tmp_path / "other.csv"
    table.to_csv(first, index=False, sep=mark)
    table.iloc[rows].to_csv(other, index=False, sep=mark)
    origin = Source(data=str(first), target="y", test=str(other))
    _, examples = tables_of(origin, None, None, 0, "mlp")
    parts = split(examples, 0)
    preparation = Preparation.fit(parts["train"])
    alone = preparation.apply(parts["test"])
    among = preparation.apply(examples.take(np.array(rows)))
    assert np.array_equal(np.asarray(alone.x), np.asarray(among.x))
    assert np.array_equal(alone.y, among.y)
    names = dict(data_source.read(first, "y").dates)
    assert examples.dates == names


@pytest.mark.parametrize("rows", [[0], [1, 2], [0, 3, 5]])
def test_frames_are_read_like_the_first_one(rows):
    table = whole(("01", "2"))
    first = data_source.read(table, "y")
    other = table.iloc[rows].copy()
    other["flag"] = [{"TRUE": True, "FALSE": False}.get(word, word) for word in other["flag"]]
    of = key_columns.joined(
        first,
        data_source.read(other, "y", first.task, recorded=key_columns.recorded(first)),
        "other",
    )
    preparation = Preparation.fit(of.take(np.arange(ROWS)))
    seen = np.asarray(preparation.apply(of).x)
    assert np.array_equal(seen[ROWS:], seen[rows])


def test_an_encoding_that_is_said_is_in_force_for_both_files(tmp_path):
    text = "word,y\n" + "żółć,a\ngęś,b\n" * 6
    for name in ("first.csv", "other.csv"):
        (tmp_path / name).write_bytes(text.encode("cp1250"))
    origin = Source(
        data=str(tmp_path / "first.csv"), test=str(tmp_path / "other.csv"), encoding="cp1250"
    )
    whole, _ = tables_of(origin, None, None, 0, "mlp")
    assert set(whole.x["word"]) == {"żółć", "gęś"}
    assert not sources.source(str(tmp_path / "first.csv"), encoding="cp1250").notes[1:]
