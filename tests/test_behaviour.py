"""Every architecture learns its signature task within its recipe, and beats its baseline."""

import pytest

from nna import registry
from nna.ledger import behave


@pytest.mark.slow
@pytest.mark.parametrize("name", registry.names())
def test_signature_task(name):
    told = behave(name)
    assert told["kept"], told["evidence"]
