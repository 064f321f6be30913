"""Know an example again by its values: in another order, another file, another format.

A key of 64 bits stands for the features of an example as they were read. Of a table those columns
count that a network gets to see, by name; numbers by their value, however they were written, words
without blanks around them. What is to be predicted doesn't count: a row whose features were learnt
from is no new one, whatever stands beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from nna import ports
from nna.data.columns import dates, numbers, one_hot
from nna.data.columns.dates import Date
from nna.data.columns.fitting import Column
from nna.data.columns.numbers import Number
from nna.data.examples import Examples
from nna.data.prepare import Preparation

Keys = Mapping[str, np.ndarray]  # "single" and, of data in double precision, "double": (n,) int64
BITS = 40  # of a number that count, twelve digits: formats differ in how they write the last ones
_GAP = np.uint64(0x9E3779B97F4A7C15)


def keys(x: np.ndarray | pd.DataFrame | list, preparation: Preparation | None = None) -> Keys:
    """The keys of one input of examples, `(n,)` each.

    Those in single precision are compared where either side has no more than that.

    Args:
        x: the examples' features, as they were read; a list where they differ in length.
        preparation: says which columns of a table count, and how their numbers are written; None:
            all of them, as they are.
    """
    if isinstance(x, list):
        return {"single": np.array([_several(one) for one in x], dtype=np.uint64).view(np.int64)}
    if isinstance(x, np.ndarray) and x.ndim != 2:
        return {"single": _whole(x)}
    frame = x if isinstance(x, pd.DataFrame) else pd.DataFrame(x, columns=_numbered(x.shape[1]))
    known = () if preparation is None else preparation.columns
    columns: Sequence[tuple[str, Column | None]] = [(of.name, of) for of in known]
    columns = columns or [(str(name), None) for name in frame.columns]
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    values = {name: _values(pd.Series(frame[name]), of) for name, of in columns}
    found = {"single": _rows(values, len(frame), single=True)}
    if not any(kind in (np.float32, np.float16) for kind in frame.dtypes):
        found["double"] = _rows(values, len(frame), single=False)
    return found


def of_examples(examples: Examples, preparation: Preparation | None = None) -> Keys:
    """The keys of examples, whatever they are made of: those of all inputs, mixed in order."""
    first, *others = examples.inputs
    found = keys(examples.inputs[first].values, preparation)
    for name in others:
        if ports.of(examples.inputs[name].port).whole:
            continue
        rest = None if preparation is None else preparation.others.get(name)
        more = keys(examples.inputs[name].values, rest)
        found = {
            key: _mixed(found[key].view(np.uint64) ^ _mixed(more[key].view(np.uint64))).view(
                np.int64
            )
            for key in found.keys() & more.keys()
        }
    return found


def known(found: Keys, among: Keys) -> np.ndarray:
    """Which of some examples, by their keys, are among others: `(n,)`, true or false."""
    both = "double" if "double" in found and "double" in among else "single"
    return np.isin(found[both], among[both])


def together(*several: Keys) -> Keys:
    """The keys of several parts as those of one."""
    precisions = set.intersection(*(set(one) for one in several))
    return {key: np.concatenate([one[key] for one in several]) for key in sorted(precisions)}


def distinct(found: Keys) -> int:
    """How many examples differ."""
    return len(np.unique(found.get("double", found["single"])))


def repeated(
    asked: Examples, learnt: Sequence[Examples], preparation: Preparation | None = None
) -> np.ndarray:
    """Which examples of a part hold the values of one that was learnt from."""
    if not learnt:
        return np.zeros(len(asked), dtype=bool)
    among = together(*(of_examples(part, preparation) for part in learnt))
    return known(of_examples(asked, preparation), among)


def _numbered(count: int) -> list[str]:
    return [str(place) for place in range(count)]


def _values(column: pd.Series, of: Column | None) -> np.ndarray | pd.Series:
    """Numbers, NaN for gaps; or words, likewise."""
    if isinstance(of, Number):
        return numbers.parse(column, of.style)
    if isinstance(of, Date):
        return dates.parse(column, of.format)
    if of is None and is_datetime64_any_dtype(column):
        return dates.parse(column, dates.GIVEN)
    if of is None and is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return one_hot.as_words(column)


def _rows(values: Mapping[str, np.ndarray | pd.Series], count: int, single: bool) -> np.ndarray:
    """One key a row, whatever the order of the columns."""
    total = np.zeros(count, dtype=np.uint64)
    for name, of in values.items():
        cells = _words(of) if isinstance(of, pd.Series) else _numbers(of, single)
        total += _mixed(cells ^ _digest(name.encode("utf-8", "surrogatepass")))
    return _mixed(total).view(np.int64)


def _numbers(values: np.ndarray, single: bool) -> np.ndarray:
    with np.errstate(over="ignore"):
        values = values.astype(np.float32).astype(np.float64) if single else values
    digits, power = np.frexp(np.where(np.isnan(values), np.nan, values))  # one NaN
    plain = np.ldexp(np.round(np.ldexp(digits, BITS)), power) + 0.0  # and no minus nought
    return _mixed(np.ascontiguousarray(plain, dtype=np.float64).view(np.uint64))


def _words(values: pd.Series) -> np.ndarray:
    codes, different = pd.factorize(values)
    texts = [str(word).strip().encode("utf-8", "surrogatepass") for word in different]
    return np.array([*map(_digest, texts), _GAP], dtype=np.uint64)[codes]


def _whole(x: np.ndarray) -> np.ndarray:
    """A key for each picture, series or text: of all its numbers in their places."""
    shape = str(x.shape[1:]).encode()
    found = [_digest(shape + np.float32(one).tobytes()) for one in x]
    return np.array(found, dtype=np.uint64).view(np.int64)


def _several(value: Any) -> np.uint64:
    """A key of an array, or of several by name."""
    arrays = value.values() if isinstance(value, Mapping) else (value,)
    parts = [str(np.shape(one)).encode() + np.float32(one).tobytes() for one in arrays]
    return _digest(b"".join(parts))


def _digest(content: bytes) -> np.uint64:
    return np.frombuffer(hashlib.blake2b(content, digest_size=8).digest(), dtype=np.uint64)[0]


def _mixed(bits: np.ndarray) -> np.ndarray:
    """Every bit spread over all others: Steele, Lea, Flood (2014), Fast Splittable PRNGs."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
