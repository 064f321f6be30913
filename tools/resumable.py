"""`make test-all`: the whole suite, every case of it, resumable, with its outcome stored.

    PYTHONPATH=tools python -m pytest -m "" -p resumable [...]

Every test that ends is written down at once (build/test-all.jsonl) with a mark of what it ran on:
the source of the package and of the tests. Started again, those that passed on the same source are
not run again. At the end docs/measured/test-all.md says when, on what, how many passed, what failed
and what it cost: in seconds that processors compute, subprocesses included, not the clock's, so
that what else the machine does changes little. With `--costs` nothing is resumed or stored: the
dearest folders, architectures and tests are printed instead (`make costs`).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
JOURNAL = ROOT / "build" / "test-all.jsonl"
PAGE = ROOT / "docs" / "measured" / "test-all.md"
SHOWN = 40  # rows a list of costs
BAR = 3.5  # processor seconds an architecture may cost `make test`


@dataclass(frozen=True, slots=True)
class Ended:
    """One test that ran to its end."""

    test: str  # its node id
    mark: str  # of the source that it ran on
    failed: str | None  # the phase that failed: setup, call or teardown
    seconds: float  # of processors

    @staticmethod
    def read(path: Path) -> Iterator[Ended]:
        """All that a journal holds; a line cut off by an interruption counts as not written."""
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    yield Ended(**json.loads(line))
                except (json.JSONDecodeError, TypeError):
                    continue


def mark(root: Path = ROOT) -> str:
    """A hash of all source that tests run on."""
    digest = hashlib.sha256()
    files = (
        p for part in ("src", "tests", "tools") for p in (root / part).rglob("*") if p.is_file()
    )
    for path in sorted(p for p in files if "__pycache__" not in p.parts):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    digest.update((root / "constraints.txt").read_bytes())
    return digest.hexdigest()[:16]


def passed(journal: Iterable[Ended], marked: str) -> frozenset[str]:
    """The tests whose last run on this source passed."""
    last = {one.test: one for one in journal if one.mark == marked}
    return frozenset(test for test, one in last.items() if one.failed is None)


class Plugin:
    """What pytest calls; in the process that sums up as well as in those that run the tests."""

    def __init__(self, config: pytest.Config, journal: Path = JOURNAL, page: Path = PAGE) -> None:
        self.journal, self.page, self.worker = journal, page, hasattr(config, "workerinput")
        self.counted = bool(config.getoption("--costs"))
        known = None if self.counted else os.environ.get("NNA_TESTS_KNOWN")
        if self.worker and known:  # every process must leave out the same
            self.marked, self.known = "", frozenset(Path(known).read_text().splitlines())
        else:
            self.marked = "" if self.counted else mark()
            self.known = frozenset() if self.counted else passed(Ended.read(journal), self.marked)
        if not self.worker and not self.counted:
            journal.parent.mkdir(parents=True, exist_ok=True)
            snapshot = journal.with_suffix(".known")
            snapshot.write_text("\n".join(sorted(self.known)))
            os.environ["NNA_TESTS_KNOWN"] = str(snapshot)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: dict[str, str] = {}
        self._last = 0.0

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[Any]) -> None:
        """Leave out what passed before on the same source."""
        left = [item for item in items if item.nodeid in self.known]
        if left:
            config.hook.pytest_deselected(items=left)
            items[:] = [item for item in items if item.nodeid not in self.known]

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Start to count."""
        self._last = _computed()
        yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Note what a phase cost on its report, which travels to the process that sums up."""
        outcome: Any = yield
        now = _computed()
        outcome.get_result().processor_seconds = now - self._last
        self._last = now

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a test down as soon as it ended."""
        if self.worker:
            return
        self.seconds[report.nodeid] += getattr(report, "processor_seconds", 0.0)
        if report.failed:
            self.failed.setdefault(report.nodeid, report.when or "call")
        if report.when != "teardown" or self.counted:
            return
        test = report.nodeid
        ended = Ended(test, self.marked, self.failed.get(test), round(self.seconds[test], 2))
        with self.journal.open("a", encoding="utf-8") as file:
            fields = {name: getattr(ended, name) for name in Ended.__slots__}
            file.write(json.dumps(fields) + "\n")

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        """Store what came of it, or print what it costs."""
        if self.worker:
            return
        if self.counted:
            for line in costs(self.seconds):
                terminalreporter.write_line(line)
        elif not config.option.collectonly:
            last = {e.test: e for e in Ended.read(self.journal) if e.mark == self.marked}
            self.page.write_text(told(list(last.values()), self.marked), encoding="utf-8")
            terminalreporter.write_line(f"stored in {self.page.relative_to(ROOT)}")


def _computed() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def folder_of(test: str) -> str:
    """Where a test lies: the folder, or the file itself at the top of tests."""
    file = test.split("::")[0]
    return file if file.startswith("tests/test_") else str(Path(file).parent)


def architecture_of(test: str, ids: frozenset[str]) -> str | None:
    """The architecture that a test is about, by its folder or by the id among its parameters."""
    if found := re.match(r"src/nna/architectures/\w+/(\w+)/", test):
        return found[1]
    if found := re.search(r"\[(.*)\]$", test):
        return next((word for word in re.split(r"[-/ ,]", found[1]) if word in ids), None)
    return None


def kind_of(test: str, ids: frozenset[str]) -> str:
    """A test with the id of the architecture among its parameters left open, or without any."""
    plain, _, given = test.partition("[")
    words = re.split(r"([-/ ,])", given.removesuffix("]"))
    open_ = "".join("*" if word in ids else word for word in words)
    return f"{plain}[{open_}]" if "*" in open_ else plain


def costs(seconds: Mapping[str, float]) -> Iterator[str]:
    """What is dearest, as lines."""
    # By their folders: jaxtyping's plugin asks that no package which it checks be imported before.
    ids = frozenset(p.parent.name for p in (ROOT / "src/nna/architectures").glob("*/*/spec.py"))
    folders: defaultdict[str, float] = defaultdict(float)
    architectures: defaultdict[str, float] = defaultdict(float)
    for test, spent in seconds.items():
        folders[folder_of(test)] += spent
        if name := architecture_of(test, ids):
            architectures[name] += spent
    kinds: defaultdict[str, float] = defaultdict(float)
    for test, spent in seconds.items():
        kinds[kind_of(test, ids)] += spent
    dear = sum(spent > BAR for spent in architectures.values())
    yield f"{dear} of {len(architectures)} architectures cost more than {BAR} processor seconds"
    for title, counted in (
        ("folders", folders),
        ("architectures", architectures),
        ("kinds of tests", kinds),
        ("tests", seconds),
    ):
        yield f"\nprocessor seconds by {title}: {sum(counted.values()):.0f} over {len(counted)}"
        for name, spent in sorted(counted.items(), key=lambda pair: -pair[1])[:SHOWN]:
            yield f"{spent:8.1f}  {name}"


def told(ended: list[Ended], marked: str) -> str:
    """The page that is kept of a run of everything."""
    count: Counter[str] = Counter()
    spent: defaultdict[str, float] = defaultdict(float)
    for one in ended:
        count[folder_of(one.test)] += 1
        spent[folder_of(one.test)] += one.seconds
    failed = sorted(one.test for one in ended if one.failed)
    rows = [f"| {where} | {count[where]} | {spent[where]:.0f} |" for where in sorted(count)]
    return "\n".join(
        [
            "# Every case of the suite",
            "",
            f"Written by `make test-all` on {datetime.now(UTC):%Y-%m-%d}, Python"
            f" {platform.python_version()}, PyTorch {version('torch')}, {platform.machine()};",
            f"the source's mark was `{marked}`.",
            "",
            f"{len(ended) - len(failed)} passed, {len(failed)} failed, in"
            f" {sum(spent.values()) / 60:.0f} processor minutes.",
            *(f"- failed: `{test}`" for test in failed),
            "",
            "| tests | cases | processor seconds |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option."""
    parser.addoption("--costs", action="store_true", help="only print what tests cost")


def pytest_configure(config: pytest.Config) -> None:
    """Set it going."""
    config.pluginmanager.register(Plugin(config), "resumable-run")
