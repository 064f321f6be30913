"""Judge a learner's file: facts, parity and contract of the architecture, computed on that file.

It takes the reference's place before anything imports it, in a process of its own (`python -m
nna.exercises.judge FILE`), so that every check of the architecture runs on it as it stands: nothing
is compared as text. Each judgement is printed as a line of JSON.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from nna import registry
from nna.errors import MissingPackageError
from nna.exercises import blanks
from nna.exercises.blanks import Exercise
from nna.training import files

REFERENCE = "nna_exercise_reference"
LINE = 200  # characters of a test's own words

State = Literal["right", "not yet", "not checked"]

# What of the contract a model alone decides, in the words of a learner's report.
CHECKS = {
    "parameter counts": "check_parameter_counts",
    "multiply-adds": "check_multiply_adds",
    "output shape": "check_output_shape",
    "examples do not mix": "check_examples_do_not_mix",
    "seed decides": "check_seed_decides",
    "saves and loads": "check_saves_and_loads",
    "dropout": "check_dropout",
    "normalisation": "check_norms",
    "initial weights": "check_initial_weights",
    "parity": "check_parity",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One line of a report."""

    what: str
    state: State
    why: str = ""


def judge(path: Path, of: Exercise, text: str) -> Iterator[Judgement]:
    """All judgements of a file, the ones that others rest on first.

    Args:
        path: of the file.
        of: what it is an exercise of.
        text: what the file says.
    """
    try:
        left = blanks.left_blank(text)
    except SyntaxError as error:
        yield Judgement("Python", "not yet", f"line {error.lineno}: {error.msg}")
        return
    if left:
        lines = ", ".join(map(str, left))
        yield Judgement("blanks", "not yet", f"still blank: line{'s' * (len(left) > 1)} {lines}")
        return
    yield Judgement("blanks", "right", f"all {blanks.count(of)} are filled in")
    try:
        put_in_place(path, of)
    except Exception as error:  # whatever a learner's file breaks on is told
        yield Judgement("import", "not yet", _told(error, path))
        return
    yield from _of_torch(path, of) if of.framework == "torch" else _of_keras(path, of)


def put_in_place(path: Path, of: Exercise) -> None:
    """Import a file as the reference's own module."""
    package = f"nna.architectures.{registry.family(of.architecture)}.{of.architecture}"
    name = f"{package}.{of.path.stem}"
    importlib.import_module(package)
    sys.modules[name] = _imported(name, path)
    setattr(sys.modules[package], of.path.stem, sys.modules[name])


def _imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@cache
def _reference(path: Path) -> ModuleType:
    return _imported(REFERENCE, path)


def _of_torch(path: Path, of: Exercise) -> Iterator[Judgement]:
    from nna import contract

    spec = registry.describe(of.architecture)
    built = _judged("runs", lambda: _runs(of), path)
    yield built
    if built.state != "right":
        return
    yield _judged("beside the reference", lambda: _beside(of), path)
    for what, check in CHECKS.items():
        checked = getattr(contract, check)
        if checked in contract.checks(spec):
            yield _judged(what, lambda c=checked: _short(contract.run(c, of.architecture)), path)
    yield from _own_tests(path, of)


def _of_keras(path: Path, of: Exercise) -> Iterator[Judgement]:
    from nna import contract

    parity = _judged("parity", lambda: contract.run(contract.check_twin, of.architecture), path)
    yield parity
    if parity.state != "right":
        return
    from nna.exercises import beside_keras  # for want of Keras nothing more is checked

    spec, reference = registry.describe(of.architecture), _reference(of.path)
    for what, check in beside_keras.like_the_reference(of.architecture, spec, reference):
        yield _judged(what, check, path)


def _runs(of: Exercise) -> str:
    """It can be built at its smallest size, and computes something."""
    from nna import specimens

    spec = registry.describe(of.architecture)
    specimens.tiny(of.architecture, spec)(**specimens.sample(spec))
    return "builds and computes"


def _beside(of: Exercise) -> str:
    """The first layer whose output differs from the reference's, with equal weights."""
    from nna import specimens
    from nna.exercises import layers

    spec = registry.describe(of.architecture)
    reference = _reference(of.path)
    plain = getattr(reference, spec.model.split(":")[1])(spec.tiny).eval()
    own = specimens.tiny(of.architecture, spec).eval()
    told = layers.unlike_names(own, plain)
    told = told or layers.first_difference(own, plain, specimens.sample(spec))
    assert told is None, told
    return "all layers give the same"


def _own_tests(path: Path, of: Exercise) -> Iterator[Judgement]:
    """The architecture's own tests that need no training."""
    try:
        import pytest
    except ImportError:
        yield Judgement("tests", "not checked", "needs pytest: pip install 'nna[test]'")
        return
    failed: dict[str, str] = {}
    passed: list[str] = []

    class Listener:
        def pytest_runtest_logreport(self, report: Any) -> None:
            test = report.nodeid.split("::", 1)[-1]
            if report.failed:
                failed[test] = _crash(report.longrepr)
            elif report.when == "call" and report.passed:
                passed.append(test)

    file = registry.folder(of.architecture) / f"test_{of.architecture}.py"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", "/dev/null", "-W", "ignore"]
    options += ["--import-mode=importlib", "-m", "not slow and not exhaustive", "--tb=short"]
    pytest.main([*options, "--rootdir", str(file.parent), str(file)], plugins=[Listener()])
    for test, why in failed.items():
        yield Judgement(test.removeprefix("test_").replace("_", " "), "not yet", why)
    if not failed:
        yield Judgement("tests", "right", f"all {len(passed)} of its tests pass")


def _crash(told: Any) -> str:
    """The first line of what a test fails with."""
    crash = getattr(told, "reprcrash", None)
    lines = str(crash.message if crash else told).strip().splitlines()
    return lines[0].strip()[:LINE] if lines else ""


def _judged(what: str, check: Callable[[], str | None], path: Path) -> Judgement:
    try:
        return Judgement(what, "right", check() or "")
    except MissingPackageError as missing:
        return Judgement(what, "not checked", str(missing))
    except Exception as error:  # whatever a learner's model breaks on is told
        return Judgement(what, "not yet", _told(error, path))


def _short(evidence: str | None) -> str:
    return (evidence or "").split("\n")[0].split(";")[0]


def _told(error: BaseException, path: Path) -> str:
    """An error in a line, with the last line of the learner's file that it came through."""
    said = next((line for line in str(error).splitlines() if line.strip()), "").strip()
    known = (
        said if isinstance(error, AssertionError) and said else f"{type(error).__name__}: {said}"
    )
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if Path(frame.filename) == path]
    return f"line {own[-1]}: {known}" if own and own[-1] else known


def main(path: Path) -> None:
    """Judge a file; judgements go to the standard output, all else to the other one."""
    import os

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    text = path.read_text(encoding="utf-8")
    for judgement in judge(path, blanks.of_file(path, text), text):
        print(files.dumps(asdict(judgement)), file=answers, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
