"""Prepared examples as rows that scikit-learn's estimators learn from."""

from __future__ import annotations

from typing import Any

import numpy as np

from nna import ports
from nna.data.columns.tfidf import FEW, Text
from nna.data.columns.token_ids import TokenIds
from nna.data.examples import Examples
from nna.data.prepare import Preparation


def dense(preparation: Preparation) -> Preparation:
    """The preparation for estimators that take no sparse rows and cost much by the column."""
    return preparation.fewer(FEW)


def rows(examples: Examples, preparation: Preparation) -> Any:
    """Examples prepared and flattened, `(n, columns)`, in double precision.

    Rows with all words of texts are nearly all zeros and come as a sparse matrix: a linear model
    is fitted to it many times as fast.
    """
    prepared = preparation.apply(examples)
    known = [of for of in prepared.inputs.values() if not ports.of(of.port).whole]
    x = np.concatenate([ports.of(of.port).flat(of) for of in known], axis=1)
    x = x if examples.rows is None else x[examples.rows]
    if not any(isinstance(of, Text) and len(of.vocabulary) > FEW for of in preparation.columns):
        return x
    from scipy.sparse import csr_matrix

    return csr_matrix(x)


def of_numbers(preparation: Preparation, train: Examples) -> Preparation:
    """The preparation whose rows are numbers: fitted anew where a network reads token ids."""
    if any(isinstance(of, TokenIds) for of in preparation.columns):
        return Preparation.fit(train)
    return preparation
