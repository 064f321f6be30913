"""What a user may bring, by its ending; and what becomes of arrays and texts."""

import builtins
import dataclasses
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nna import tasks
from nna.data import catalog
from nna.data.sources import fingerprint, open_file, source

# --- source ----------------------------------------------------------------------------------


def test_a_name_is_a_dataset_and_a_path_is_a_file(written, tmp_path, monkeypatch, refuses):
    assert fingerprint(source("iris")) == fingerprint(catalog.load("iris"))
    path = written("own.csv", "a,y\n1,u\n2,v\n")
    assert source(str(path)).classes == ("u", "v")
    monkeypatch.chdir(tmp_path)
    written("iris", "a file that bears a dataset's name")
    assert len(source("iris")) == 150
    refuses(lambda: source("./iris"), "files of type 'none' are not read")


def test_what_is_neither_is_told_with_the_nearest(refuses, tmp_path):
    refuses(lambda: source("digts"), "no dataset 'digts', and no such file; did you mean digits")
    refuses(lambda: source("digits.csv"), "digits.csv: no such file")
    refuses(lambda: source(str(tmp_path / "no" / "digits")), "no such file")


def test_options_for_files_do_not_bend_datasets(refuses):
    refuses(lambda: source("iris", target="species"), "--target is for files of your own")
    refuses(
        lambda: source("iris", task=tasks.get("regression")),
        "iris is for classification, not for regr",
    )
    refuses(lambda: source("pydoc", task=tasks.get("reconstruction")), "is for language-modelling")
    assert source("iris", task=tasks.get("reconstruction")).task.name == "reconstruction"
    assert source("iris", task=tasks.get("classification")).task.name == "classification"


def test_files_of_a_dataset_come_from_the_folder_named(tmp_path, refuses):
    refuses(lambda: source("cora", data_dir=tmp_path), "holds no cora.npz")


# --- any file --------------------------------------------------------------------------------


def test_unknown_missing_and_empty_files(written, tmp_path, refuses):
    refuses(lambda: open_file(written("t.xls", "x")), "'.xls' are not read", r"\.csv", r"\.xlsx")
    refuses(lambda: open_file(written("t.pkl", "x")), "'.pkl' are not read")
    refuses(lambda: open_file(written("t.txt.gz", "x")), "'.gz' are not read")
    refuses(lambda: open_file(tmp_path / "gone.csv"), "gone.csv: no such file")
    for ending in ("csv", "tsv", "npz", "npy", "txt", "parquet", "xlsx", "jsonl"):
        refuses(lambda e=ending: open_file(written(f"empty.{e}", "")), "the file is empty")


@pytest.mark.parametrize("name", ["t.csv", "t.txt", "t.npz"])
def test_a_file_that_may_not_be_read(name, written, monkeypatch, refuses):
    path = written(name, "a,y\n1,u\n2,v\n")
    opened = io.open

    def forbidden(file, *args, **kwargs):
        if Path(str(file)) == path:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(file, *args, **kwargs)

    monkeypatch.setattr(io, "open", forbidden)
    monkeypatch.setattr(builtins, "open", forbidden)
    refuses(lambda: open_file(path), "t.*: no permission to read it")


def test_a_folder_that_may_not_be_read(tmp_path, monkeypatch, refuses):
    def forbidden(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", forbidden)
    refuses(lambda: open_file(tmp_path), "no permission to read it")


def test_a_disk_that_fails(written, monkeypatch, refuses):
    def fails(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", fails)
    refuses(lambda: open_file(written("t.txt", "text")), "can't be read .Input/output error")


# --- texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["t.txt", "t.md"])
def test_a_text_is_its_bytes_whatever_its_encoding(name, written):
    content = "Ein Café".encode("latin-1") + bytes(range(256))
    examples = open_file(written(name, content))
    assert examples.task.name == "language-modelling"
    assert bytes(examples.x) == content
    assert examples.port.vocab == 256
    assert examples.notes == ("text read as 264 bytes",)


def test_a_text_is_for_one_task_and_has_no_columns(written, refuses):
    path = written("t.txt", "text")
    refuses(lambda: open_file(path, task=tasks.get("classification")), "not for classification")
    refuses(lambda: open_file(path, target="a"), "has no columns: leave out --target")


# --- arrays ----------------------------------------------------------------------------------


def saved(tmp_path, **arrays):
    np.savez(tmp_path / "t.npz", **arrays)
    return tmp_path / "t.npz"


@pytest.mark.parametrize(
    ("shape", "port"),
    [
        ((6, 3), {"kind": "table", "features": 3}),
        ((6, 5, 2), {"kind": "series", "steps": 5, "channels": 2}),
        ((6, 3, 8, 8), {"kind": "image", "channels": 3, "size": 8}),
        ((6, 1, 8, 4), {"kind": "image", "channels": 1, "size": 4}),
    ],
)
def test_arrays_are_what_their_dimensions_say(shape, port, tmp_path):
    x = np.random.default_rng(0).standard_normal(shape)
    examples = open_file(saved(tmp_path, x=x, y=np.arange(6) % 2))
    assert port.items() <= dataclasses.asdict(examples.port).items()
    assert np.array_equal(examples.x, x)
    assert examples.x.dtype == np.float64  # as it came: it becomes single precision when centred
    assert examples.y.tolist() == [0, 1] * 3
    assert any(str(shape) in note for note in examples.notes)


def test_bytes_of_pictures_are_scaled_and_that_is_said(tmp_path):
    x = np.full((4, 1, 8, 8), 255, dtype=np.uint8)
    examples = open_file(saved(tmp_path, x=x, y=np.array(["u", "v", "u", "v"])))
    assert (examples.x == 1).all()
    assert "divided by 255" in examples.notes[1]
    assert examples.classes == ("u", "v")


def test_arrays_without_a_target(tmp_path):
    path = saved(tmp_path, x=np.ones((4, 2)), price=np.array([1.5, 2.5, 3.5, 1.0]))
    assert open_file(path, task=tasks.get("mapping")).y is None
    assert open_file(path, target="price").task == tasks.get("regression")


X = np.ones((4, 2))
Y = np.array([0, 1, 0, 1])


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"data": X, "y": Y}, "no array x; it has: data, y"),
        ({"x": X}, "no array 'y' to predict; it has: x"),
        ({"x": X, "y": Y[:3]}, r"y has shape \(3,\); x has 4 rows"),
        ({"x": X, "y": np.eye(4)}, r"y has shape \(4, 4\)"),
        ({"x": X, "y": np.zeros(4, dtype=int)}, "only one class, '0'"),
        ({"x": X, "y": np.full(4, np.nan)}, "y holds no value"),
        ({"x": np.full((4, 2, 1), 1e39), "y": Y}, "8 values of x missing, .* at x.0, 0, 0.: fill"),
        ({"x": np.array([["a"]] * 4), "y": Y}, "x is <U1, not numbers"),
        ({"x": np.ones(4), "y": Y}, r"x of shape \(4,\); a table is"),
        ({"x": np.ones((4, 0)), "y": Y}, r"x of shape \(4, 0\)"),
        ({"x": np.ones((4, 8, 8, 3)), "y": Y}, "channels last"),
        ({"x": np.array([[{}]] * 4), "y": Y}, "more than plain arrays is never opened"),
        ({"x": X, "y": np.array([1j, 2, 1, 2])}, "neither numbers nor words"),
    ],
)
def test_arrays_that_do_not_fit(arrays, words, tmp_path, refuses):
    path = saved(tmp_path, **arrays)
    refuses(lambda: open_file(path), words)


def test_gaps_of_arrays_stay_in_tables_and_leave_rows_without_a_target_out(tmp_path):
    x = np.where(np.eye(4, 2), np.nan, 1)
    examples = open_file(saved(tmp_path, x=x, y=np.array([0.5, np.nan, 1, 2])))
    assert examples.y.tolist() == [0.5, 1, 2]
    assert np.array_equal(examples.x, x[[0, 2, 3]].astype(np.float32), equal_nan=True)
    assert examples.notes[1:] == (
        "left out: 1 of 4 rows, without y: row 1",
        "x of shape (4, 2): table",
        "2 values of x missing, infinite or too large, the first at x[0, 0]: taken as missing",
    )


def test_safetensors_go_the_same_way(tmp_path, refuses):
    from safetensors.numpy import save_file

    path = tmp_path / "t.safetensors"
    save_file({"x": X * np.arange(4)[:, None], "y": Y}, path)
    examples = open_file(path)
    assert examples.x[:, 0].tolist() == [0, 1, 2, 3]
    assert examples.classes == ("0", "1")
    path.write_bytes(path.read_bytes()[:20])
    refuses(lambda: open_file(path), "damaged")


def test_one_array_alone_is_a_table_with_numbers_for_names(tmp_path, refuses):
    path = tmp_path / "t.npy"
    np.save(path, np.array([[1.5, 0], [2, 1], [3, 0], [4, 1]]))
    examples = open_file(path, target="1")
    assert examples.x["0"].tolist() == [1.5, 2, 3, 4]
    assert examples.classes == ("0", "1")
    refuses(lambda: open_file(path), "which column is the target", "columns are: 0, 1")
    fields = np.array([(1.5, "u"), (2, "v")], dtype=[("size", float), ("kind", "U1")])
    np.save(path, fields)
    assert open_file(path, target="kind").x.columns.tolist() == ["size"]
    np.save(path, np.ones((4, 5, 2)))
    assert open_file(path, task=tasks.get("reconstruction")).port.kind == "series"
    refuses(lambda: open_file(path), "no array 'y' to predict; it has: x")


def test_damaged_arrays(tmp_path, written, refuses):
    whole = saved(tmp_path, x=X, y=Y).read_bytes()
    refuses(lambda: open_file(written("cut.npz", whole[:-30])), "whole .npz")
    refuses(lambda: open_file(written("no.npz", "no zip")), "never opened|whole .npz")
    alone = tmp_path / "alone.npz"
    with alone.open("wb") as file:
        np.save(file, X)
    refuses(lambda: open_file(alone), "one array alone")


# --- fingerprint -----------------------------------------------------------------------------


def test_the_fingerprint_is_of_the_data(written):
    text = "a,b,y\n1,p,u\n2,q,v\n"
    plain = fingerprint(open_file(written("t.csv", text)))
    assert len(plain) == 64
    assert fingerprint(open_file(written("copy.csv", text))) == plain
    for changed in (
        text.replace("1,p", "1.5,p"),
        text.replace("q", "r"),
        text.replace("2,q,v", "2,q,u\n3,q,v"),
        text.replace("a,b", "a,c"),
    ):
        assert fingerprint(open_file(written("t.csv", changed))) != plain


def test_the_fingerprint_tells_x_y_edges_and_shapes_apart():
    karate = catalog.load("karate")
    seen = {
        fingerprint(karate),
        fingerprint(karate.changed(y=karate.y[::-1].copy())),
        fingerprint(karate.changed(edges=karate.edges[::-1].copy())),
        fingerprint(karate.changed(x=karate.x.reshape(17, 68))),
        fingerprint(karate.changed(y=None)),
        fingerprint(karate.changed(x=pd.DataFrame(karate.x))),
    }
    assert len(seen) == 6
    double = karate.changed(x=karate.x.astype(np.float64))
    assert fingerprint(double) == fingerprint(karate)  # the same values, in more places
    far = [double.changed(x=double.x + 1.7e9 + add) for add in (0, 1e-3 * double.x)]
    assert fingerprint(far[0]) != fingerprint(far[1])
