"""What the suite costs: processor seconds by folder of tests and by architecture.

    PYTHONPATH=. python -m pytest -n 2 -p tools.processor_seconds [...]

Counts the seconds that processes of the tests compute, subprocesses included, not the clock's, so that
what else the machine does changes little. At the end prints the dearest folders, architectures and
tests. An architecture's part is its own folder's tests, and the cases of the others that bear its id.
"""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

SHOWN = 40  # rows a list
FOLDERS = Path(__file__).parents[1] / "src/nna/architectures"
_spent: Counter[str] = Counter()
_last = 0.0


def _now() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    global _last
    _last = _now()
    yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    global _last
    outcome = yield
    now = _now()
    # An attribute of a report travels from the process that ran the test to the one that sums up.
    outcome.get_result().processor_seconds = now - _last
    _last = now


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _spent[report.nodeid] += getattr(report, "processor_seconds", 0.0)


def architecture_of(nodeid: str, ids: frozenset[str]) -> str | None:
    """The architecture that a test is about, by its folder or by the id among its parameters."""
    if found := re.match(r"src/nna/architectures/\w+/(\w+)/", nodeid):
        return found[1]
    if found := re.search(r"\[(.*)\]$", nodeid):
        words = re.split(r"[-/ ,]", found[1])
        return next((word for word in words if word in ids), None)
    return None


def pytest_terminal_summary(terminalreporter) -> None:
    # By their folders: jaxtyping's plugin asks that no package which it checks be imported before.
    ids = frozenset(spec.parent.name for spec in FOLDERS.glob("*/*/spec.py"))
    folders: Counter[str] = Counter()
    architectures: Counter[str] = Counter()
    for nodeid, seconds in _spent.items():
        file = nodeid.split("::")[0]
        folders[file if file.startswith("tests/test_") else os.path.dirname(file)] += seconds
        if name := architecture_of(nodeid, ids):
            architectures[name] += seconds
    for title, counted in (
        ("folders", folders),
        ("architectures", architectures),
        ("tests", _spent),
    ):
        total = sum(counted.values())
        terminalreporter.write_line(f"\nprocessor seconds by {title}: {total:.0f} over {len(counted)}")
        for name, seconds in counted.most_common(SHOWN):
            terminalreporter.write_line(f"{seconds:8.1f}  {name}")
