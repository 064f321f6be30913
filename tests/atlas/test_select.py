"""Filters and their faults."""

import pytest

from nna.atlas import catalogue, select
from nna.errors import UserError


@pytest.mark.parametrize(
    ("span", "years"),
    [
        (None, (0, 9999)),
        ("1998", (1998, 1998)),
        (" 1980-1999 ", (1980, 1999)),
        ("-1989", (0, 1989)),
        ("2010-", (2010, 9999)),
    ],
)
def test_spans_of_years(span, years):
    assert select.years(span) == years


@pytest.mark.parametrize("span", ["", "-", "98", "1980 to 1990", "1980-90", "19981999", "x"])
def test_no_span_of_years(span):
    with pytest.raises(UserError, match="give a year"):
        select.years(span)


def test_no_filter_leaves_all():
    specs = catalogue.read().specs
    assert select.select(specs) == specs


def test_the_words_come_from_the_spec():
    assert {"classification", "regression"} < set(select.tasks())
    assert {"image", "table", "scores"} < set(select.ports())
    for spec in catalogue.read().specs.values():
        assert set(spec.tasks) <= set(select.tasks())
        assert set(select.kinds(spec)) <= set(select.ports())
