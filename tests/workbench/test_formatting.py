"""Figures as people read them."""

import pytest

from nna.cli.output import figure
from nna.workbench.formatting import short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.94034, "0.9403"),
        (53774.2, "53,770"),
        (-1234567.0, "-1,235,000"),
        (1e-7, "1e-07"),
        (2.5e20, "2.5e+20"),
        (float("inf"), "inf"),
    ],
)
def test_four_digits_without_an_exponent(value, text):
    assert short(value) == text


def test_a_sign_and_other_digits():
    assert short(241234.0, 3, "+") == "+241,000"
    assert short(-0.0123, 2, "+") == "-0.012"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (126.14804147078438, "126.148"),
        (1234567.891, "1234568"),
        (0.1, "0.1"),
        (3, 3),
        ("3.0", "3.0"),
    ],
)
def test_a_cell_of_a_table_has_six_digits(value, text):
    assert figure(value) == text
