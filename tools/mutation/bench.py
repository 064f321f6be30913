"""The process that holds everything heavy in memory, and forks once for each mutant.

It runs beside a copy of the package, first on its path. It says what the checks do without a
fault, reads mutants as lines of JSON, and answers each with what caught it. No model of the copy
is imported before the fork, so that each child loads what the copy holds then.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Step = tuple[str, Callable[[], None]]

APART = ("nna.architectures.", "jax", "keras", "tensorflow", "hypothesis", "_pytest", "coverage")
ROOM = 6 << 30  # bytes that a mutant may take beyond what it is born with
LEAST = 60  # processor seconds that every mutant has
TIMES = 6  # as long as the checks take without a fault
TESTS = Path(__file__).resolve().parents[2] / "tests"
WAIT = 20  # a process may wait as many times as long for its turn, before it is given up


def main(name: str) -> None:
    """Serve one architecture until no more mutants come."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever prints doesn't garble the answers
    sys.dont_write_bytecode = True  # two mutants of one size within a second look alike to a cache
    _prepare()
    told = forked(lambda: _without_fault(name), 15 * LEAST)
    for module in told.pop("modules", []):
        with contextlib.suppress(Exception):  # imported ahead for speed: a child does it anew
            importlib.import_module(module)
    print(json.dumps(told), file=answers, flush=True)
    order = sorted(told.get("seconds", {}), key=told.get("seconds", {}).get)
    limit = max(LEAST, TIMES * int(sum(told.get("seconds", {}).values())))
    for line in sys.stdin:
        asked = json.loads(line)
        path = Path(asked["path"])
        plain = path.read_bytes()
        path.write_text(asked["text"], encoding="utf-8")
        began = _used()
        try:
            found = forked(lambda: _judged(name, order), limit)
        finally:
            path.write_bytes(plain)
        found["seconds"] = round(_used() - began, 1)
        print(json.dumps(found), file=answers, flush=True)


def _prepare() -> None:
    import jaxtyping
    import pytest  # noqa: F401
    import torch

    sys.path.append(str(TESTS))
    import conftest  # the same cases as in the suite, and Keras without wrappers

    torch.set_num_threads(1)
    jaxtyping.install_import_hook(["nna.architectures", "nna.blocks"], "beartype.beartype")
    sys.meta_path.insert(0, conftest.AsWritten)
    import nna.contract  # noqa: F401


def _used() -> float:
    """Processor seconds of children so far: on a busy machine the clock says little."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def forked(work: Callable[[], dict[str, Any]], limit: int) -> dict[str, Any]:
    """What `work` returns in a child of this process; a child that dies or hangs is told too."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        os.setsid()
        _bounded(limit)
        try:
            answer = work()
        except BaseException as error:  # a child must never return into its parent's loop
            answer = {"caught": "no check", "how": f"crashes: {_line(error)}"}
        with os.fdopen(into, "w") as pipe:
            pipe.write(json.dumps(answer))
        os._exit(0)
    os.close(into)
    text, ended = _read(out, time.monotonic() + WAIT * limit)
    if not ended:
        os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not ended:
        return {"caught": "undecided", "how": "it never had its share of the processor"}
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return {"caught": "time-out", "how": f"more than {limit} processor seconds"}
    if not text:
        return {"caught": "crash", "how": f"the process died: {status}"}
    return json.loads(text)


def _read(out: int, until: float) -> tuple[str, bool]:
    parts = []
    with os.fdopen(out, "rb") as pipe:
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([pipe], [], [], left)
            if ready:
                part = os.read(pipe.fileno(), 1 << 16)
                if not part:
                    return b"".join(parts).decode(), True
                parts.append(part)
    return "", False


def _bounded(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, held + ROOM))


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:160]


def steps(name: str) -> Iterator[Step]:
    """The checks of the contract, what else is tested of each, and its own fast tests."""
    from nna import contract, registry

    spec = registry.describe(name)
    for check in contract.checks(spec):
        title = check.__name__.removeprefix("check_").replace("_", " ")
        yield title, lambda check=check: contract.run(check, name) and None
    sizes = f"{TESTS}/test_sizes.py::test_sizes_of_data_are_taken_or_refused_in_one_line[{name}]"
    yield "sizes", lambda: _tests(sizes)
    formulas = f"{TESTS}/objectives/test_formulas.py"
    yield "formulas", lambda: _tests(formulas, "-k", " or ".join(spec.objectives))
    yield "own tests", lambda: _tests(str(registry.folder(name) / f"test_{name}.py"))


class FailingTestError(AssertionError):
    """A test that fails; its words are the test's name."""


def _tests(*asked: str) -> None:
    import pytest

    failed: list[str] = []

    class First:
        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed:
                failed.append(report.nodeid.split("::", 1)[-1])

        def pytest_collectreport(self, report: Any) -> None:
            if report.failed:
                failed.append(f"collecting {report.nodeid}")

    options = ["-q", "-x", "-p", "no:cacheprovider", "--rootdir", ".", "-c", "pyproject.toml"]
    chosen = ["-o", "addopts=--import-mode=importlib", "-m", "not slow and not exhaustive"]
    status = pytest.main([*options, *chosen, *asked], plugins=[First()])
    if failed:
        raise FailingTestError(failed[0])
    if status not in (0, 5):  # 5: all tests are slow
        raise AssertionError(f"pytest ends with {status}")


def _without_fault(name: str) -> dict[str, Any]:
    """Seconds of each step, lines of the architecture's files that run, modules that it takes."""
    import coverage

    from nna import registry

    folder = registry.folder(name)
    seconds, broken = {}, {}
    lines = coverage.Coverage(None, config_file=False, include=[f"{folder}/*.py"], messages=False)
    lines.start()
    for title, step in steps(name):
        began = time.process_time()
        try:
            step()
        except Exception as error:  # a step that fails without a fault can't judge one
            broken[title] = _line(error)
            continue
        seconds[title] = round(time.process_time() - began, 2)
    lines.stop()
    data = lines.get_data()
    own = [file for file in data.measured_files() if Path(file).parent == folder]
    ran = {Path(file).name: sorted(data.lines(file) or []) for file in own}
    modules = [m for m in sys.modules if not m.startswith(APART)]
    return {"seconds": seconds, "broken": broken, "lines": ran, "modules": modules}


def _judged(name: str, order: list[str]) -> dict[str, Any]:
    """The first step that fails; whether the mutant runs at all is asked before."""
    from nna import contract, registry

    spec = registry.describe(name)
    known = dict(steps(name))
    try:
        model = contract.tiny(name, spec)
        for mode in (False, True):
            model.train(mode)(**contract.sample(spec, 2))
    except Exception as error:  # whatever a mutant breaks on, it is seen by whoever uses it
        return {"caught": "does not run", "how": _line(error)}
    for title in order:
        try:
            known[title]()
        except FailingTestError as test:
            return {"caught": str(test), "how": "test"}
        except Exception as error:  # whatever a check breaks on is evidence
            return {"caught": title, "how": _line(error)}
    return {"caught": "", "how": ""}


if __name__ == "__main__":
    main(sys.argv[1])
