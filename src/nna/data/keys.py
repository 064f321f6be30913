"""Columns that say how rows are to be parted: whose a row is, and when it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from nna.data import dates
from nna.data.examples import Examples
from nna.errors import UserError, nearest


def apart(
    examples: Examples, groups: str | None, time: str | None, asked: Sequence[str] = ()
) -> tuple[Examples, np.ndarray | None, np.ndarray | None]:
    """Take the columns that part the rows out of those that are learnt from.

    Args:
        examples: rows of a table, where a column is named.
        groups: the column whose equal values must not be torn apart.
        time: the column by which rows are ordered.
        asked: how columns write dates, where their values don't prove it.

    Returns:
        The examples without those columns; the number of each row's group; its moment.

    Raises:
        UserError: no such column, or one with gaps, or times that can't be read.
    """
    names = [name for name in (groups, time) if name is not None]
    if not names:
        return examples, None, None
    x = examples.x
    if not isinstance(x, pd.DataFrame):
        raise UserError("--groups and --time name columns of a table; these data have none")
    if groups == time:
        raise UserError(f"--groups and --time both name {groups!r}: name two columns, or say one")
    for name in names:
        if name not in x.columns:
            near = nearest(name, tuple(map(str, x.columns)), "nna data profile")
            raise UserError(f"no column {name!r} to part the rows by; {near}")
        if pd.Series(x[name]).isna().to_numpy().any():
            raise UserError(f"column {name!r} has gaps; rows can't be parted by it")
    if len(names) == x.shape[1]:
        raise UserError(f"no column is left to learn from beside {', '.join(map(repr, names))}")
    of_groups = None if groups is None else pd.factorize(pd.Series(x[groups]))[0]
    of_time = None
    if time is not None:
        said = dates.said(asked)
        how = examples.dates.get(time) or said.get(time, said.get(""))
        of_time, _ = dates.moments(pd.Series(x[time]), f"--time {time}", how)
    kept = {name: how for name, how in examples.dates.items() if name not in names}
    without = dataclasses.replace(examples, x=x.drop(columns=names), dates=kept)
    return without, of_groups, of_time


def timed(examples: Examples) -> np.ndarray | pd.DataFrame:
    """The rows with dates as such: what all rows prove, a few of them need not."""
    x = examples.x
    if not isinstance(x, pd.DataFrame) or not examples.dates:
        return x
    read = {
        name: np.round(dates.parse(pd.Series(x[name]), how) * 1e6).astype("datetime64[us]")
        for name, how in examples.dates.items()
    }
    return x.assign(**read)
