"""What scikit-learn itself asks of an estimator, all of it."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from sklearn.utils.estimator_checks import check_estimator
import nna
checks = check_estimator(eval(sys.argv[1]), on_fail=None, on_skip=None)
print(json.dumps([(c["check_name"], c["status"], repr(c["exception"])) for c in checks]))
"""


def checks_of(estimator):
    """In a process of its own: SciPy reads whether it speaks the array API when it is imported."""
    surroundings = os.environ | {"SCIPY_ARRAY_API": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, estimator],
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator",
    [
        "nna.Classifier(recipe={'epochs': 30})",
        "nna.Regressor(recipe={'epochs': 30}, calibrate=0.1)",
        "nna.AnomalyDetector(recipe={'epochs': 20})",
        "nna.Embedder(recipe={'epochs': 20})",
    ],
)
def test_every_check_of_scikit_learn_passes(estimator):
    checks = checks_of(estimator)
    assert len(checks) > 40
    assert [check for check in checks if check[1] != "passed"] == []
