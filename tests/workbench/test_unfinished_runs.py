"""A run that stopped anywhere is ended by `nna resume`; two processes never share one."""

import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
import torch
from filelock import FileLock
from hypothesis import HealthCheck, given, settings, strategies as st
from safetensors.torch import load_file, save_file

import nna
from nna import weights
from nna.cli import run as command
from nna.errors import UserError
from nna.spec import Weights
from nna.training import files, runs
from nna.training.loop import Interrupted
from nna.workbench import train as training

BEGINNING = {"epochs": 2}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished run."""
    out = tmp_path_factory.mktemp("runs")
    return nna.train("mlp", "iris", out=out, name="whole", recipe=BEGINNING, quiet=True)


@pytest.fixture
def copy(whole, tmp_path):
    """The same, to be damaged."""
    folder = tmp_path / "run"
    shutil.copytree(whole.folder, folder)
    return runs.open_run(folder)


class Died(Exception):  # noqa: N818 - it is no error
    """Stands for the end of a process."""


WRITTEN = ("model.safetensors", "calibration.json", "report.html", "results.json")


@pytest.mark.parametrize("last", WRITTEN)
def test_a_run_stopped_between_its_files_is_ended(whole, tmp_path, monkeypatch, last):
    """Whichever file was being written when it died, that file and the later ones are missing."""
    write = files.write

    def dying(path, content):
        if path.name == last:
            (path.parent / f".{path.name}.x{files.PART}").write_bytes(b"half")
            raise Died
        write(path, content)

    monkeypatch.setattr(files, "write", dying)
    with pytest.raises(Died):
        nna.train("mlp", "iris", out=tmp_path, name="run", recipe=BEGINNING, quiet=True)
    monkeypatch.undo()
    run = runs.open_run(tmp_path / "run")
    assert not run.finished
    with pytest.raises(UserError, match="isn't finished; `nna resume"):
        nna.load(run.folder)
    training.resume(run.folder, quiet=True)
    assert run.finished
    assert run.model.read_bytes() == whole.model.read_bytes()
    assert run.results() == whole.results()
    assert run.history() == whole.history()
    assert {path.name for path in run.folder.iterdir()} == {p.name for p in whole.folder.iterdir()}


def test_an_older_run_without_its_report_gets_it(copy):
    (copy.folder / "report.html").unlink()
    nna.load(copy.folder)  # it answers as before
    training.resume(copy.folder, quiet=True)
    assert (copy.folder / "report.html").exists()
    with pytest.raises(UserError, match="is finished"):
        training.resume(copy.folder, quiet=True)


def test_ctrl_c_while_it_is_measured_says_how_to_go_on(tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(training.evaluate, "results", stopped)
    with pytest.raises(Interrupted, match="run"):
        nna.train("mlp", "iris", out=tmp_path, name="run", recipe=BEGINNING, quiet=True)


@pytest.mark.parametrize("verb", ["resume", "evaluate"])
def test_a_run_in_use_is_left_alone(copy, capsys, verb):
    before = {p: p.read_bytes() for p in copy.folder.iterdir()}
    told = []

    def other():
        told.append(command([verb, str(copy.folder)]))

    with copy.held():
        thread = threading.Thread(target=other)  # another holder of another descriptor
        thread.start()
        thread.join()
    shown = capsys.readouterr().err
    assert told == [2]
    assert "is in use by another process" in shown
    assert shown.count("\n") == 1
    assert {p: p.read_bytes() for p in copy.folder.iterdir()} == before


HOLDING = """
import sys, time
from nna.training.runs import open_run
with open_run(sys.argv[1]).held():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_a_killed_process_holds_no_run(copy):
    """Nor does it leave what it was writing, once the next has come."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(copy.folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(UserError, match="in use"), copy.held():
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    half = copy.folder / f".model.safetensors.abc{files.PART}"
    half.write_bytes(b"half")
    with copy.held():
        assert not half.exists()
    FileLock(copy.folder / ".lock").acquire(timeout=0).lock.release()


def test_a_run_goes_on_with_the_threads_that_it_began_with(tmp_path, monkeypatch):
    seen, before = [], torch.get_num_threads()

    def stopped(*_):
        seen.append(torch.get_num_threads())
        raise KeyboardInterrupt

    torch.set_num_threads(1)
    try:
        monkeypatch.setattr(training.evaluate, "results", stopped)
        with pytest.raises(Interrupted):
            nna.train("mlp", "iris", out=tmp_path, name="run", recipe=BEGINNING, quiet=True)
        torch.set_num_threads(2)
        with pytest.raises(Interrupted):
            training.resume(tmp_path / "run", quiet=True)
        assert seen == [1, 1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


# --- Weights that are no numbers ----------------------------------------------------------------


def damage(path, draw):
    """Make one value of one tensor infinite or no number; the tensor's name."""
    state = load_file(path)
    name = draw(st.sampled_from(sorted(state)))
    flat = state[name].view(-1)
    place = draw(st.integers(0, len(flat) - 1))
    flat[place] = draw(st.sampled_from([float("nan"), float("inf"), float("-inf")]))
    save_file(state, path)
    return name


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_run_with_a_value_that_is_no_number_never_answers(whole, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged") / "run"
    shutil.copytree(whole.folder, folder)
    name = damage(folder / "model.safetensors", data.draw)
    doors = (
        lambda: nna.load(folder),
        lambda: nna.train("mlp", "iris", out=folder.parent / "out", start=folder, quiet=True),
    )
    for door in doors:
        with pytest.raises(UserError, match=f"{name} holds values that are not finite") as told:
            door()
        assert str(folder / "model.safetensors") in str(told.value)
        assert "\n" not in str(told.value)
    assert not (folder.parent / "out").exists()


def test_finite_weights_that_overflow_are_no_answer_either(whole, tmp_path, capsys):
    """Bytes of 0x7f are the largest numbers there are: only what they compute shows the damage."""
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    state = load_file(folder / "model.safetensors")
    save_file(
        {n: torch.full_like(t, 3.39e38) for n, t in state.items()}, folder / "model.safetensors"
    )
    assert command(["predict", str(folder), "iris"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "the network's answer is not finite" in line


@given(size=st.integers(1, 4096), kind=st.sampled_from(["float32", "float16", "bfloat16"]))
def test_every_finite_tensor_passes_and_a_file_of_ones_does_not(tmp_path_factory, size, kind):
    path = tmp_path_factory.mktemp("file") / "model.safetensors"
    dtype = getattr(torch, kind)
    value = torch.full((size,), torch.finfo(dtype).max, dtype=dtype)
    save_file({"a": value, "b": torch.arange(size)}, path)
    assert weights.read(path)["a"].equal(value)
    raw = path.read_bytes()
    path.write_bytes(raw[: -10 * size] + b"\xff" * (10 * size))
    with pytest.raises(UserError, match="not finite"):
        weights.read(path)


def test_public_weights_that_are_no_numbers_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    save_file({"w": torch.tensor([1.0, float("nan")])}, path)
    monkeypatch.setattr(weights, "download", lambda _: path)
    with pytest.raises(UserError, match=r"model\.safetensors: w holds values"):
        weights.fetch(Weights(variant="desk", hub="somebody/some", licence="mit"))


def test_a_kept_estimator_with_weights_that_are_no_numbers_is_refused(tmp_path):
    fitted = nna.Classifier("mlp", recipe={"epochs": 1}).fit([[0.0], [1.0]] * 20, [0, 1] * 20)
    fitted.save(tmp_path / "kept")
    path = tmp_path / "kept" / "model.safetensors"
    state = load_file(path)
    next(iter(state.values())).view(-1)[0] = float("nan")
    save_file(state, path)
    with pytest.raises(UserError, match="not finite"):
        nna.Classifier.load(tmp_path / "kept")
