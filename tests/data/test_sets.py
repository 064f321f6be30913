"""Every dataset is what it declares, the same on every load, and says what it lacks."""

import gzip
import importlib.util
import io
import struct
import tarfile
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from networkx.algorithms.community import modularity

from nna.data import carried, catalog
from nna.data.examples import PARTS
from nna.data.images.idx import read as read_idx
from nna.data.sets import tones
from nna.data.sources import fingerprint
from nna.data.splits.split import split

HERE = [n for n in catalog.names() if catalog.describe(n).origin in ("embedded", "generated")]
COUNTS = {  # rows a class, by the sources
    "iris": [50, 50, 50],
    "iris_setosa": [100, 50],
    "breast_cancer": [212, 357],
    "wine": [59, 71, 48],
    "digits": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    "digit_bitmaps": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    "coarse_digits": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    "moved_digits": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    "moved_bitmaps": [178, 182, 177, 183, 181, 182, 181, 179, 174, 180],
    "xor": [2, 2],
    "temporal_xor": [985, 1015],
    "moons": [500, 500],
    "circles": [500, 500],
    "spirals": [500, 500],
    "long_lag": [1000] * 4,
    "both_sides": [957, 1062, 985, 996],
    "marked_symbol": [1000] * 4,
    "noisy_waves": [750] * 4,
    "word_order": [2000, 2000],
    "allies": [750, 750],
    "karate": [11, 5, 12, 6],
    "fashion_mnist_part": [900] * 10,
    "debian_packages": [1108, 1653, 438, 833, 676, 365, 336, 244, 197, 22, 471, 230],
}


def test_the_sets_that_the_architectures_name_are_there():
    assert set(catalog.names()) >= {*COUNTS, "diabetes", "ring", "pydoc", "cora", "mnist"}


@pytest.mark.parametrize("name", HERE)
def test_a_set_is_what_it_declares(name):
    declared, examples = catalog.describe(name), catalog.load(name)
    assert len(examples) == declared.rows
    assert (examples.task.name, examples.port) == (declared.task, declared.port)
    shape = declared.port.shape(declared.rows, None)
    if declared.port.kind == "graphs":
        for name_of, wide in (("nodes", "features"), ("edge_features", "edge_features")):
            rows = np.concatenate([one[name_of] for one in examples.x])
            assert rows.shape[1] == getattr(declared.port, wide)
            assert np.isfinite(rows).all()
    elif isinstance(examples.x, list):  # of different lengths, the longest as declared
        for field in examples.inputs.values():
            lengths, words = {*map(len, field.values)}, np.concatenate(field.values)
            assert max(lengths) == declared.port.length > min(lengths)
            assert words.min() >= 0
            assert words.max() + 1 <= field.port.vocab
    elif declared.port.kind == "tokens":
        one_text = declared.task == "language-modelling"
        assert examples.x.shape == ((declared.rows,) if one_text else shape)
        assert examples.x.min() >= 0
        assert examples.x.max() < declared.port.vocab
    else:
        assert examples.x.shape == shape
    if declared.port.kind != "graphs":
        numbers = np.concatenate(examples.x) if isinstance(examples.x, list) else examples.x
        assert np.isfinite(np.asarray(numbers, dtype=float)).all()
    if declared.task in ("classification", "node-classification"):
        assert np.bincount(examples.y).tolist() == COUNTS[name]
        assert len(examples.classes) == len(COUNTS[name])
    else:
        assert bool(examples.classes) == (
            name in ("bars", "ring", "digit_scenes", "digit_boxes", "probed_digits")
        )  # modes, to be counted; classes of pixels and boxes; of probes
    assert declared.source
    assert declared.licence


@pytest.mark.parametrize("name", HERE)
def test_a_set_is_the_same_on_every_load_and_splits(name):
    examples = catalog.load(name)
    assert fingerprint(examples) == fingerprint(catalog.load(name))
    parts = split(examples, seed=0)
    assert all(len(parts[part]) for part in PARTS)


def test_tables_keep_the_names_of_their_columns():
    assert catalog.load("iris").x.columns[0] == "sepal length (cm)"
    assert isinstance(catalog.load("diabetes").x, pd.DataFrame)


def test_moved_digits_keep_their_ink_and_differ_in_place_only():
    still, moved = catalog.load("digits"), catalog.load("moved_digits")
    assert (still.y == moved.y).all()
    for before, after in zip(still.x[:200, 0], moved.x[:200, 0], strict=True):
        places = [
            (top, left)
            for top in range(3)
            for left in range(3)
            if np.array_equal(after[top : top + 8, left : left + 8], before)
        ]
        assert len(places) == 1
        assert after.sum() == pytest.approx(before.sum())


def test_bitmaps_move_as_the_digits_do_and_keep_their_ink():
    still, grey, moved = map(catalog.load, ("digit_bitmaps", "moved_digits", "moved_bitmaps"))
    assert np.array_equal(moved.x, grey.x >= 0.5)
    assert np.array_equal(moved.x.sum((1, 2, 3)), still.x.sum((1, 2, 3)))
    assert moved.scaled == still.scaled


def test_setosa_can_be_told_by_one_line_and_the_other_species_can_not():
    iris, setosa = catalog.load("iris"), catalog.load("iris_setosa")
    assert np.array_equal(setosa.y, (iris.y == 0).astype(int))
    petal = setosa.x["petal length (cm)"]
    assert petal[setosa.y == 1].max() < petal[setosa.y == 0].min()
    assert petal[iris.y == 1].max() > petal[iris.y == 2].min()


def test_the_diabetes_columns_were_not_scaled_with_the_test_part():
    x = catalog.load("diabetes").x
    assert x["age"].min() == 19
    assert x["bmi"].mean() == pytest.approx(26.4, abs=0.1)


def test_xor_is_all_of_its_parts_and_says_so():
    examples = catalog.load("xor")
    assert {tuple(row): int(y) for row, y in zip(examples.x, examples.y, strict=True)} == {
        (0, 0): 0,
        (0, 1): 1,
        (1, 0): 1,
        (1, 1): 0,
    }
    assert all(len(part) == 4 for part in split(examples, seed=0).values())
    assert "each hold all four" in catalog.describe("xor").about


def test_the_ring_has_eight_tight_modes_at_radius_two():
    examples = catalog.load("ring")
    x = examples.x
    angle = np.arange(8) * np.pi / 4
    centres = 2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    distance = np.linalg.norm(x[:, None] - centres, axis=2)
    mode, near = distance.argmin(axis=1), distance.min(axis=1)
    assert (mode == examples.y).all()
    assert np.bincount(mode).min() > 1100  # of 1250; the spread of a count is 33
    spread = (x - centres[mode]).std()
    assert spread == pytest.approx(0.05, rel=0.05)
    assert near.max() < 0.3


def test_the_first_symbol_of_the_long_lag_is_the_class_and_the_rest_tells_nothing():
    examples = catalog.load("long_lag")
    shown = examples.x.argmax(axis=2)
    assert (examples.x.sum(axis=2) == 1).all()
    assert np.array_equal(shown[:, 0], examples.y)
    assert set(np.unique(shown[:, 1:])) == {4, 5, 6, 7}
    of_class = [np.bincount(shown[examples.y == c, 1:].ravel(), minlength=8)[4:] for c in range(4)]
    shares = np.array(of_class) / np.sum(of_class, axis=1, keepdims=True)
    assert np.abs(shares - 0.25).max() < 0.01  # 100,000 symbols a class


def test_pydoc_is_prose_in_a_fixed_order():
    text = bytes(catalog.load("pydoc").x.astype(np.uint8))
    assert text.startswith(b'The "assert" statement')
    assert text.decode(errors="ignore").count("the") > 1000


def test_shuffled_words_are_the_same_words_and_no_text_is_in_two_parts():
    examples = catalog.load("word_order")
    shares = [np.bincount(examples.x[examples.y == c].ravel(), minlength=1000) for c in range(2)]
    frequent = shares[0] > 300
    assert np.allclose(shares[1][frequent] / shares[0][frequent], 1, atol=0.25)
    parts = split(examples, seed=0)
    texts = [{tuple(row) for row in parts[p].x[parts[p].y == 0]} for p in PARTS]
    shared = (texts[0] & texts[1]) | ((texts[0] | texts[1]) & texts[2])
    assert all(row.count(1) > 5 for row in shared)  # alike only where words are unknown
    assert [round(len(parts[p]) / 4000, 2) for p in PARTS] == pytest.approx(
        [0.65, 0.15, 0.2], abs=0.06
    )


def test_tones_are_coded_finely_near_silence_and_coarsely_where_loud():
    signal = np.linspace(-1, 1, 2001)
    off = np.abs(tones.decode(tones.encode(signal)) - signal)
    assert (off <= 0.0222 * (np.abs(signal) + 1 / 255)).all()  # half a step of ln(256) / 127.5
    assert tones.encode(np.zeros(1)) == 128
    heard = tones.decode(catalog.load("tones").x)
    assert np.abs(heard).max() > 0.5
    lag_one = np.corrcoef(heard[:-1], heard[1:])[0, 1]
    assert lag_one > 0.8  # low notes move little from sample to sample


def test_the_karate_club_has_the_communities_of_greatest_modularity():
    examples = catalog.load("karate")
    pairs = set(map(tuple, examples.edges.T.tolist()))
    assert len(pairs) == 156
    assert all((b, a) in pairs for a, b in pairs)
    communities = [set(np.flatnonzero(examples.y == c).tolist()) for c in range(4)]
    graph = nx.karate_club_graph()
    assert modularity(graph, communities, weight=None) == pytest.approx(0.4198, abs=5e-5)
    # the leaders of the two factions into which the club broke stand apart
    assert examples.y[0] != examples.y[33]


def test_training_knows_one_member_of_each_community():
    examples = catalog.load("karate")
    parts = split(examples, seed=3)
    assert [len(parts[p]) for p in PARTS] == [4, 8, 22]
    assert sorted(parts["train"].labels.tolist()) == [0, 1, 2, 3]
    assert sorted(np.concatenate([parts[p].rows for p in PARTS]).tolist()) == list(range(34))
    again = split(examples, seed=4)
    assert np.array_equal(parts["train"].rows, again["train"].rows)


# --- sets whose files the user brings --------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def mnist(tmp_path):
    """Twelve training and four test pictures in MNIST's layout; the test pictures are brighter."""
    draw = np.random.default_rng(0)
    arrays = {
        "train-images-idx3": draw.integers(0, 100, (12, 28, 28)),
        "train-labels-idx1": np.arange(12) % 10,
        "t10k-images-idx3": draw.integers(200, 256, (4, 28, 28)),
        "t10k-labels-idx1": np.array([9, 8, 7, 6]),
    }
    for name, array in arrays.items():
        (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(idx(array)))
    return tmp_path, arrays


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_mnist_is_read_and_split_as_published(name, mnist):
    folder, arrays = mnist
    examples = catalog.load(name, folder)
    assert examples.x.shape == (16, 1, 28, 28)
    assert examples.x.dtype == np.float32
    assert len(examples.classes) == 10
    parts = split(examples, seed=0)
    assert [len(parts[p]) for p in PARTS] == [10, 2, 4]
    assert np.array_equal(parts["test"].y, [9, 8, 7, 6])
    read = np.rint(parts["test"].x[:, 0] * 255)
    assert np.array_equal(read, arrays["t10k-images-idx3"])
    assert parts["train"].x.max() < 0.5 < parts["test"].x.min()


def test_mnist_is_read_where_it_lies_unpacked(mnist):
    folder, _ = mnist
    packed = folder / "train-images-idx3-ubyte.gz"
    before = catalog.load("mnist", folder)
    (folder / "train-images-idx3-ubyte").write_bytes(gzip.decompress(packed.read_bytes()))
    packed.unlink()
    assert fingerprint(catalog.load("mnist", folder)) == fingerprint(before)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("train-images-idx3", lambda whole: gzip.compress(whole)[:-40], "damaged"),
        ("train-images-idx3", lambda whole: gzip.compress(whole[:-1]), "9407 bytes .* 9408"),
        ("train-images-idx3", lambda whole: whole, "damaged"),  # not packed
        ("t10k-labels-idx1", lambda whole: gzip.compress(b"GIF89a" + whole), "not an IDX file"),
        ("t10k-labels-idx1", lambda whole: gzip.compress(b""), "not an IDX file"),
        ("t10k-labels-idx1", lambda _: gzip.compress(idx(np.zeros(3))), r"labels of shape \(3,\)"),
        ("t10k-labels-idx1", lambda _: gzip.compress(idx(np.full(4, 77))), "label 77 of 10"),
        ("t10k-images-idx3", lambda _: gzip.compress(idx(np.zeros((4, 9, 9)))), "expected .*28"),
    ],
)
def test_damaged_files_of_mnist_are_refused(name, content, said, mnist, refuses):
    folder, arrays = mnist
    (folder / f"{name}-ubyte.gz").write_bytes(content(idx(arrays[name])))
    refuses(lambda: catalog.load("mnist", folder), said)


def test_a_missing_file_of_mnist_is_named(mnist, refuses):
    folder, _ = mnist
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    refuses(lambda: catalog.load("mnist", folder), "holds no t10k-labels-idx1-ubyte.gz")


def cifar(labels, seed=0) -> bytes:
    """Pictures of CIFAR-10's binary layout: a byte of class, then red, green and blue by row."""
    pixels = np.random.default_rng(seed).integers(0, 256, (len(labels), 3072), dtype=np.uint8)
    return np.column_stack([np.array(labels, np.uint8), pixels]).tobytes()


@pytest.fixture
def cifar10(tmp_path):
    """Five batches of four pictures and a test batch of three, unpacked."""
    contents = {f"data_batch_{n}.bin": cifar([n, n + 1, n + 2, 0], n) for n in range(1, 6)}
    contents["test_batch.bin"] = cifar([9, 8, 7], 9)
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path, contents


def packed(folder, contents):
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_cifar_is_read_and_split_as_published(cifar10):
    folder, contents = cifar10
    examples = catalog.load("cifar10", folder)
    assert examples.x.shape == (23, 3, 32, 32)
    assert examples.x.dtype == np.float32
    parts = split(examples, seed=0)
    assert [len(parts[p]) for p in PARTS] == [18, 2, 3]  # of 20 the last tenth is validation
    assert parts["test"].y.tolist() == [9, 8, 7]
    record = np.frombuffer(contents["data_batch_1.bin"], np.uint8)[:3073]
    assert examples.y[0] == record[0] == 1
    assert examples.x[0, 1, 0, 2] == np.float32(record[1 + 1024 + 2]) / np.float32(255)  # green


def test_cifar_is_the_same_packed_or_in_its_own_folder(cifar10, tmp_path_factory):
    folder, contents = cifar10
    whole, inside = tmp_path_factory.mktemp("packed"), tmp_path_factory.mktemp("inside")
    packed(whole, contents)
    (inside / "cifar-10-batches-bin").mkdir()
    for name, content in contents.items():
        (inside / "cifar-10-batches-bin" / name).write_bytes(content)
    known = fingerprint(catalog.load("cifar10", folder))
    assert {fingerprint(catalog.load("cifar10", one)) for one in (whole, inside)} == {known}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda f: (f / "data_batch_3.bin").unlink(), r"holds no data_batch_3\.bin"),
        (lambda f: (f / "data_batch_3.bin").write_bytes(b""), "data_batch_3.bin has 0 bytes"),
        (
            lambda f: (f / "data_batch_3.bin").write_bytes(cifar([1, 2])[:-1]),
            "6,145 bytes, no multiple of 3,073",
        ),
        (lambda f: (f / "test_batch.bin").write_bytes(cifar([77])), "class 77 of 10"),
        (lambda f: (f / "test_batch.bin").rename(f / "test_batch"), "pickle, which nna never"),
        (lambda f: (f / "test_batch.bin").unlink(), r"holds no cifar-10-binary\.tar\.gz"),
    ],
)
def test_faults_of_cifar_are_one_clear_line(harm, said, cifar10, refuses):
    folder, _ = cifar10
    harm(folder)
    refuses(lambda: catalog.load("cifar10", folder), said)


def test_a_damaged_archive_of_cifar_is_refused(cifar10, tmp_path_factory, refuses):
    _, contents = cifar10
    folder = tmp_path_factory.mktemp("packed")
    packed(folder, contents)
    path = folder / "cifar-10-binary.tar.gz"
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"no archive at all" * 99):
        path.write_bytes(content)
        refuses(lambda: catalog.load("cifar10", folder), "damaged", "bring a whole copy")
    packed(folder, {"data_batch_1.bin": contents["data_batch_1.bin"]})
    refuses(lambda: catalog.load("cifar10", folder), "data_batch_2.bin", "as published")


CORA = {
    "x_rows": np.array([0, 0, 1, 2, 3, 3, 3], dtype=np.int16),
    "x_cols": np.array([5, 1432, 0, 7, 1, 2, 3], dtype=np.int16),
    "edges": np.array([[0, 1], [2, 1], [3, 4]], dtype=np.int16),
    "y": np.array([0, 6, 2, 2, 1], dtype=np.int8),
    "train": np.array([0]),
    "val": np.array([1, 2]),
    "test": np.array([3]),
}


def test_cora_is_read_with_both_directions_and_its_words_shared_out(tmp_path):
    np.savez(tmp_path / "cora.npz", **CORA)
    examples = catalog.load("cora", tmp_path)
    assert examples.x.shape == (5, 1433)
    assert np.allclose(examples.x.sum(axis=1), [1, 1, 1, 1, 0])  # the last has no word
    assert examples.x[0, 1432] == 0.5
    assert set(map(tuple, examples.edges.T.tolist())) == {
        *[(0, 1), (1, 0), (2, 1), (1, 2), (3, 4), (4, 3)]
    }
    assert len(examples.classes) == 7
    parts = split(examples, seed=0)
    assert [parts[p].rows.tolist() for p in PARTS] == [[0], [1, 2], [3]]
    assert parts["validation"].labels.tolist() == [6, 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x_cols": np.array([5, 1433, 0, 7, 1, 2, 3])}, "not numbered as Cora's"),
        ({"y": np.array([0, 7, 2, 2, 1])}, "not numbered as Cora's"),
        ({"test": np.array([5])}, "not numbered as Cora's"),
        ({"train": np.array([-1])}, "not numbered as Cora's"),
        ({"edges": np.array([[0, 1, 2]])}, "n x 2"),
        ({"edges": np.array([["a", "b"]])}, "edges holds no whole numbers"),
        ({"y": np.array([{}], dtype=object)}, "never opened"),
    ],
)
def test_a_foreign_cora_is_refused(change, said, tmp_path, refuses):
    np.savez(tmp_path / "cora.npz", **CORA | change)
    refuses(lambda: catalog.load("cora", tmp_path), said)


def test_what_cora_lacks_is_named(tmp_path, refuses):
    refuses(lambda: catalog.load("cora"), "--data-dir FOLDER", "cora.npz", "nna data show cora")
    refuses(lambda: catalog.load("cora", tmp_path), "holds no cora.npz")
    np.savez(tmp_path / "cora.npz", x_rows=CORA["x_rows"])
    refuses(lambda: catalog.load("cora", tmp_path), "lacks the arrays x_cols, edges, y")
    (tmp_path / "cora.npz").write_bytes(b"not a zip at all")
    refuses(lambda: catalog.load("cora", tmp_path), "cora.npz")


def test_an_unknown_set_is_answered_with_the_nearest(refuses):
    refuses(lambda: catalog.load("digit"), "no dataset 'digit'", "did you mean digits")


@pytest.mark.parametrize(("name", "flipped"), [("digit_recall", 10), ("many_digits_recall", 3)])
def test_a_cue_differs_from_its_picture_in_so_many_pixels(name, flipped):
    examples = catalog.load(name)
    assert examples.parts is not None
    stored, cues = examples.take(examples.parts["train"]), examples.take(examples.parts["test"])
    assert len(np.unique(stored.x, axis=0)) == len(stored)
    assert np.array_equal(stored.x, stored.y)
    assert ((cues.x != cues.y).sum(1) == flipped).all()
    assert {row.tobytes() for row in cues.y} <= {row.tobytes() for row in stored.y}


def test_the_carried_part_of_fashion_mnist_has_each_class_in_each_part():
    examples = catalog.load("fashion_mnist_part")
    counts = {part: np.bincount(examples.y[rows]) for part, rows in examples.parts.items()}
    assert {part: set(of.tolist()) for part, of in counts.items()} == {
        "train": {600},
        "validation": {100},
        "test": {200},
    }
    assert len({row.tobytes() for row in np.asarray(examples.x)}) > 8990  # as good as all differ


def test_the_carried_part_is_cut_from_the_published_files(tmp_path, monkeypatch):
    draw = np.random.default_rng(0)
    arrays = {
        "train-images-idx3": draw.integers(0, 256, (8000, 28, 28)),
        "train-labels-idx1": draw.permutation(np.arange(8000) % 10),
        "t10k-images-idx3": draw.integers(0, 256, (2500, 28, 28)),
        "t10k-labels-idx1": draw.permutation(np.arange(2500) % 10),
    }
    for name, array in arrays.items():
        (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(idx(array), 1))
    path = Path(__file__).parents[2] / "tools" / "carry.py"
    module = importlib.util.spec_from_file_location("carry", path)
    carry = importlib.util.module_from_spec(module)
    module.loader.exec_module(carry)
    monkeypatch.setattr(carry, "HOME", tmp_path / "cut")
    monkeypatch.setattr(carry.lzma, "PRESET_EXTREME", 0)
    carry.main(tmp_path)
    pictures = read_idx(tmp_path / "cut" / "images.idx.xz")
    labels = read_idx(tmp_path / "cut" / "labels.idx.xz")
    assert pictures.shape == (9000, 28, 28)
    x, y = arrays["train-images-idx3"], arrays["train-labels-idx1"]
    first = np.flatnonzero(y == 3)[:700]
    assert np.array_equal(pictures[:6000][labels[:6000] == 3], x[first[:600]])
    assert np.array_equal(pictures[6000:7000][labels[6000:7000] == 3], x[first[600:]])
    tested = np.flatnonzero(arrays["t10k-labels-idx1"] == 3)[:200]
    assert np.array_equal(pictures[7000:][labels[7000:] == 3], arrays["t10k-images-idx3"][tested])


def test_packages_depend_both_ways_and_no_part_meets_another():
    examples = catalog.load("debian_packages")
    pairs = set(map(tuple, examples.edges.T.tolist()))
    assert all((b, a) in pairs for a, b in pairs)
    assert [len(rows) for rows in examples.parts.values()] == [240, 500, 1000]
    assert len(np.unique(np.concatenate([*examples.parts.values()]))) == 1740
    assert np.bincount(examples.y[examples.parts["train"]]).tolist() == [20] * 12
    sums = np.asarray(examples.x).sum(1)
    assert np.isclose(sums[sums > 0], 1).all()


def test_what_the_library_carries_is_small_and_names_its_source():
    folders = [
        path for path in Path(carried.__file__).parent.iterdir() if (path / "SOURCE.md").is_file()
    ]
    assert {path.name for path in folders} == {"fashion_mnist", "debian_packages", "moby_dick"}
    sizes = [file.stat().st_size for path in folders for file in path.iterdir()]
    assert sum(sizes) < 4_200_000
    assert (Path(carried.__file__).parent / "fashion_mnist" / "LICENCE").is_file()
    text = bytes(np.asarray(catalog.load("moby_dick").x))
    assert text.startswith(b"CHAPTER 1. Loomings.")
    assert "Ishmael" in text.decode()
