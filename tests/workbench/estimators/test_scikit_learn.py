"""What scikit-learn itself asks of an estimator, all of it."""

import json
import os
import subprocess
import sys

import pytest

NOVELTY = "the share is of fresh rows, and the threshold set by rows kept back"
DECLARED = {
    "nna.AnomalyDetector(recipe={'epochs': 20})": {
        "check_outliers_train": NOVELTY,
        "check_outliers_fit_predict": NOVELTY,
    }
}
PROGRAM = """
import json, sys
from sklearn.utils.estimator_checks import check_estimator
import nna
made = {}
for estimator, told in json.loads(sys.argv[1]).items():
    checks = check_estimator(
        eval(estimator), on_fail=None, on_skip=None, expected_failed_checks=told
    )
    made[estimator] = [(c["check_name"], c["status"], repr(c["exception"])) for c in checks]
print(json.dumps(made))
"""


def checks_of(estimators):
    """In a process of their own: SciPy reads whether it speaks the array API when imported."""
    surroundings = os.environ | {"SCIPY_ARRAY_API": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps({e: DECLARED.get(e, {}) for e in estimators})],
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert not done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimators",
    [
        (
            "nna.Classifier(recipe={'epochs': 30})",
            "nna.Regressor(recipe={'epochs': 30}, calibrate=0.1)",
        ),
        pytest.param(
            ("nna.AnomalyDetector(recipe={'epochs': 20})", "nna.Embedder(recipe={'epochs': 20})"),
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_every_check_of_scikit_learn_passes_but_those_declared(estimators):
    for estimator, checks in checks_of(estimators).items():
        assert len(checks) > 40
        odd = [check for check in checks if check[1] != "passed"]
        assert {name for name, _, _ in odd} == DECLARED.get(estimator, {}).keys(), estimator
        for _, status, complaint in odd:  # and for no other reason than the share
            assert status == "xfail"
            assert "Mismatched elements" not in complaint, complaint
            assert "outlier" in complaint.lower() or "AssertionError" in complaint, complaint
