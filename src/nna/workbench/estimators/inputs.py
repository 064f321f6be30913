"""What a user of scikit-learn passes as X, checked by its rules, as examples."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from nna import ports
from nna.data.columns.token_ids import Vocabulary
from nna.data.examples import Examples
from nna.data.scaling import widened
from nna.errors import UserError
from nna.spec import Image, Input, Series, Table, Tokens

TEXT = "text"  # what the one column is called that a list of texts becomes


@dataclass(frozen=True, slots=True)
class Form:
    """What X was when an estimator was fitted; what it is asked about must be of the same form."""

    port: Input | None  # None: of several inputs each has its own
    shape: tuple[int, ...]  # of an example
    vocabulary: Vocabulary | None = None  # of texts
    columns: tuple[str, ...] = ()  # of a frame; an array has none


Rows = np.ndarray | pd.DataFrame | Examples  # the last of several inputs
Read = tuple[Rows, Form]


def learn(estimator: BaseEstimator, x: Any, wanted: Input) -> Read:
    """X as an estimator is fitted to it, and its form.

    Two dimensions are a table, or rows of tokens where the architecture takes tokens; three are
    series `(n, steps, channels)`, or grey pictures `(n, height, width)` where it takes pictures;
    four are pictures `(n, channels, height, width)`. Texts become rows of tokens where it takes
    tokens, else a table of one column; frames with words in them are tables for everyone.

    Args:
        estimator: gets `n_features_in_` and `feature_names_in_`.
        x: numbers as anything that NumPy reads, a frame of pandas, polars or their like, or texts.
        wanted: the port of the architecture.

    Raises:
        ValueError: no rows or columns, infinite values, or more dimensions than pictures have.
        TypeError: things that are neither numbers nor words, or a sparse matrix.
    """
    read = _checked(estimator, x, first=True)
    if isinstance(read, list):
        return _texts(read, Vocabulary.fit(read) if ports.of(wanted).integers else None)
    if isinstance(read, pd.DataFrame) or read.ndim == 2:
        columns = int(read.shape[-1])
        if not ports.of(wanted).integers or _wordy(read):
            names = tuple(map(str, getattr(read, "columns", ())))
            return read, Form(Table(features=columns), (columns,), columns=names)
        rows = _tokens(np.asarray(read))
        port = Tokens(vocab=int(rows.max()) + 1, length=int(rows.shape[1]))
        return rows, Form(port, rows.shape[1:])
    return _form(read, wanted)


def like(estimator: BaseEstimator, x: Any, form: Form) -> np.ndarray | pd.DataFrame:
    """X as an estimator is asked about it.

    Args:
        estimator: knows what columns it was fitted on.
        x: as `learn` takes it.
        form: of what it was fitted on.

    Raises:
        ValueError: other columns or sizes than it was fitted on, or as for `learn`.
        TypeError: as for `learn`.
    """
    read = _checked(estimator, x, first=False)
    if isinstance(read, list):
        read, _ = _texts(read, form.vocabulary)
    elif isinstance(form.port, Tokens):
        read = _tokens(np.asarray(read))
        if (most := int(read.max())) >= int(form.port.vocab):
            raise UserError(f"token {most}: it was fitted on tokens below {form.port.vocab}")
    elif isinstance(read, np.ndarray) and read.ndim > 2:
        assert form.port is not None
        read, _ = _form(read, form.port)
    elif form.columns and isinstance(read, np.ndarray):
        read = pd.DataFrame(read, columns=list(form.columns))
    elif isinstance(read, pd.DataFrame) and not form.columns:
        read = _numbers(read)
    assert not isinstance(read, Examples)
    if read.shape[1:] != form.shape:
        raise UserError(f"X holds examples of {read.shape[1:]}; it was fitted on {form.shape}")
    return read


def _checked(estimator: BaseEstimator, x: Any, first: bool) -> np.ndarray | pd.DataFrame | list:
    """Numbers as an array, texts as a list, anything else as a frame."""
    if (texts := _listed(x)) is not None:
        return texts
    if (frame := _framed(x)) is not None:
        validate_data(estimator, x, reset=first, skip_check_array=True)
        return frame
    checks: dict[str, Any] = {"dtype": "numeric", "allow_nd": True}
    return np.asarray(
        validate_data(estimator, x, reset=first, ensure_all_finite="allow-nan", **checks)
    )


def _listed(x: Any) -> list[str] | None:
    """The texts, where X is a list, a column or an array of nothing else."""
    if not isinstance(x, Sequence | np.ndarray | pd.Series) or not len(x) or isinstance(x, str):
        return None
    found = list(x)
    return found if all(isinstance(one, str) for one in found) else None


def _framed(x: Any) -> pd.DataFrame | None:
    """The frame, where X is one, or holds words among its numbers; None if an array holds all."""
    if hasattr(x, "columns"):
        columns = {str(name): _column(x[name]) for name in x.columns}
        frame = pd.DataFrame(columns)
        return frame if frame.size else None
    array = np.asarray(x) if isinstance(x, np.ndarray | Sequence) else np.empty(0)
    if array.ndim != 2 or array.dtype.kind not in "OUS" or not array.size:
        return None
    array = np.array(x, dtype=object)  # of a list with words in it NumPy makes words of all
    try:
        array.astype(np.float64)
    except ValueError:  # words; anything that is neither a word nor a number raises a TypeError
        return pd.DataFrame(array, columns=[str(i) for i in range(array.shape[1])])
    return None


def _column(column: Any) -> pd.Series:
    """A frame's column as it is: of pandas with its dtype, categories among them."""
    if isinstance(column, pd.Series):
        return column.reset_index(drop=True)
    return pd.Series(np.asarray(column))


def _wordy(x: np.ndarray | pd.DataFrame) -> bool:
    """Whether some column of a frame holds words."""
    return isinstance(x, pd.DataFrame) and not all(map(is_numeric_dtype, x.dtypes))


def _numbers(frame: pd.DataFrame) -> np.ndarray:
    """A frame as the rows of numbers that an estimator was fitted on.

    Raises:
        UserError: it holds something else.
    """
    try:
        return frame.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserError("X holds words or dates; it was fitted on numbers alone") from error


def _texts(texts: list[str], vocabulary: Vocabulary | None) -> Read:
    if vocabulary is None:
        return pd.DataFrame({TEXT: texts}), Form(Table(features=1), (1,))
    rows = vocabulary.encode(texts)
    port = Tokens(vocab=len(vocabulary), length=vocabulary.length)
    return rows, Form(port, rows.shape[1:], vocabulary)


def _tokens(x: np.ndarray) -> np.ndarray[tuple[int, int], Any]:
    """Rows of tokens that came ready-made.

    Raises:
        UserError: numbers that count nothing.
    """
    rows = x.astype(np.int64)
    if (rows != x).any() or rows.min() < 0:
        raise UserError("rows of tokens hold whole numbers from 0 on; bring those, or texts")
    return rows


def _form(x: np.ndarray, wanted: Input) -> Read:
    """Arrays of more than two dimensions.

    Raises:
        UserError: neither series nor pictures.
    """
    x = widened(x)
    if not np.isfinite(x).all():
        raise UserError("X holds gaps; only those of tables can be filled")
    if x.ndim == 3 and ports.of(wanted).pictured:
        x = x[:, None]
    if x.ndim == 3:
        return x, Form(Series(channels=x.shape[2], steps=x.shape[1]), x.shape[1:])
    if x.ndim == 4:
        side = min(x.shape[2:])
        return x, Form(Image(channels=x.shape[1], size=side, min_size=side), x.shape[1:])
    raise UserError(f"X has {x.ndim} dimensions; pictures have 4, series 3, tables 2")


def to_json(form: Form) -> dict[str, Any]:
    """A form as plain data."""
    return dataclasses.asdict(form)


def from_json(plain: dict[str, Any]) -> Form:
    """Back from plain data."""
    if plain["port"] is None:
        return Form(None, ())
    kinds = {"table": Table, "image": Image, "series": Series, "tokens": Tokens}
    port = kinds[plain["port"]["kind"]](**plain["port"])
    words = plain["vocabulary"]
    vocabulary = words and Vocabulary(tuple(words["words"]), words["length"])
    return Form(port, tuple(plain["shape"]), vocabulary, tuple(plain["columns"]))
