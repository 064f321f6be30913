"""How `nna verify` ends."""

import pytest

from nna import contract
from nna.errors import MissingPackageError

MISSING = MissingPackageError("needs timm: pip install 'nna[parity]'")


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        ([None], 0),
        ([MISSING], 3),
        ([None, MISSING], 3),
        ([KeyError("weight")], 1),
        ([KeyError("weight"), MISSING], 1),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_the_exit_status_tells_broken_from_not_run(nna, raised, status, options, monkeypatch):
    def planted(error):
        def check_planted(name, spec):
            if error:
                raise error

        return check_planted

    monkeypatch.setattr(contract, "checks", lambda spec: map(planted, raised))
    answer = nna("verify", "lstm", "--no-behaviour", *options)
    assert answer.status == status, answer.err
    broken = sum(isinstance(error, KeyError) for error in raised)
    assert answer.out.count("KeyError: 'weight'") == broken
