"""What is claimed of FILL: its name, beyond the contract it shares with the rest."""

import pytest


def test_what_the_paper_claims():
    pytest.fail("FILL: a property, an invariant or a case computed by hand")


def test_what_it_cannot_do():
    pytest.fail("FILL: show the failure that spec.signature.expected_failure speaks of, and name the test so")
