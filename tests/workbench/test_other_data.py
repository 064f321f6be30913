"""A run is measured on other data by the same figures, and stays as it was."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from sklearn.datasets import load_iris

import nna
from nna.cli import run as command
from nna.data.examples import Examples
from nna.spec import Image
from nna.workbench import other_data
from nna.workbench.evaluation import seen_rows
from nna.workbench.train import material_of


def flowers(rows=slice(None)):
    table = load_iris(as_frame=True)
    names = np.array(table.target_names)[table.target]
    whole = table.data.assign(kind=names).drop_duplicates([*table.data])  # two are alike
    return whole.sample(frac=1, random_state=0).iloc[rows]


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """A run on 100 irises; 50 others lie beside them."""
    folder = tmp_path_factory.mktemp("elsewhere")
    flowers(slice(100)).to_csv(folder / "first.csv", index=False)
    flowers(slice(100, None)).to_csv(folder / "rest.csv", index=False)
    run = nna.train("mlp", folder / "first.csv", target="kind", out=folder, name="run", quiet=True)
    return run.folder


def asked(capsys, *words):
    code = command(["evaluate", *map(str, words), "--json"])
    told = capsys.readouterr()
    return json.loads(told.out) if code == 0 else told.err


def test_all_rows_of_another_table_count(learnt, capsys):
    before = {path.name: path.read_bytes() for path in learnt.iterdir()}
    path = learnt.parent / "rest.csv"
    found = asked(capsys, learnt, path)
    assert found["test examples"] == np.sum(found["confusion"]) == 49
    assert found["baselines"].keys() == json.loads(before["results.json"])["baselines"].keys()
    answers = [one.class_ for one in nna.load(learnt).predict(path)]
    right = np.mean(answers == flowers(slice(100, None))["kind"].to_numpy())
    assert found["metrics"]["accuracy"]["value"] == pytest.approx(right)
    assert right > 0.8
    assert {one.name: one.read_bytes() for one in learnt.iterdir()} == before


def test_classes_are_known_by_name_and_fewer_will_do(learnt, tmp_path, capsys):
    some = flowers(slice(100, None)).query("kind != 'setosa'").rename(columns={"kind": "what"})
    some.to_csv(tmp_path / "some.csv", index=False)
    found = asked(capsys, learnt, tmp_path / "some.csv", "--target", "what")
    assert found["classes"] == ["setosa", "versicolor", "virginica"]
    assert np.sum(found["confusion"], axis=1).tolist() == [
        0,
        *some["what"].value_counts(sort=False).sort_index(),
    ]
    assert found["metrics"]["accuracy"]["value"] > 0.8


def test_what_was_left_out_or_filled_is_told(learnt, tmp_path, capsys):
    holes = flowers(slice(100, None)).assign(extra=1.0)
    holes.iloc[0, 0] = np.nan
    holes.iloc[1, 4] = None
    holes.to_csv(tmp_path / "holes.csv", index=False)
    assert command(["evaluate", str(learnt), str(tmp_path / "holes.csv")]) == 0
    told = capsys.readouterr().out
    assert "48 test examples" in told
    for said in ("line 3", "values missing: filled by the median", "'extra'"):
        assert said in told


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda t: t.assign(kind="rose " + t["kind"]), "holds classes that the run doesn't know"),
        (lambda t: t.drop(columns="kind"), "no column 'kind'"),
        (lambda t: t.drop(columns="petal width (cm)"), "the table lacks the column 'petal width"),
    ],
)
def test_what_does_not_fit_is_one_line(learnt, tmp_path, capsys, spoil, complaint):
    spoil(flowers(slice(100, None))).to_csv(tmp_path / "bad.csv", index=False)
    told = asked(capsys, learnt, tmp_path / "bad.csv")
    assert complaint in told
    assert told.count("\n") == 1


def test_a_dataset_or_a_folder_is_not_asked_for_the_column(learnt, tmp_path, capsys):
    assert asked(capsys, learnt, "iris")["test examples"] in (
        69,
        70,
    )  # the run's own 80 are left out
    told = asked(capsys, learnt, tmp_path)
    assert "--target" not in told
    assert told.count("\n") == 1


def test_without_its_own_data_a_run_says_what_is_missing(learnt, capsys):
    own, away = learnt.parent / "first.csv", learnt.parent / "away.csv"
    own.rename(away)
    try:
        told = asked(capsys, learnt, learnt.parent / "rest.csv")
    finally:
        away.rename(own)
    assert "the baselines learn from the run's own data, and" in told
    assert "first.csv: no such file" in told


def test_numbers_are_measured_in_their_own_units(tmp_path, capsys):
    run = nna.train("mlp", "diabetes", out=tmp_path, recipe={"epochs": 5}, quiet=True)
    found = asked(capsys, run.folder, "diabetes")
    assert found["test examples"] == run.results()["test examples"] == 89
    told = [of["metrics"]["r2"]["value"] for of in (found, run.results())]
    assert told[0] == pytest.approx(told[1])
    assert found["notes"][0] == (
        "left out: 353 of 442 examples, whose values the run was trained or stopped on"
    )
    assert 30 < found["metrics"]["rmse"]["value"] < 300
    assert "--target, --skip-bad and --encoding are for other data" in asked(
        capsys, run.folder, "--target", "y"
    )


def test_runs_without_answers_to_compare_with_say_so(tmp_path, capsys):
    run = nna.train("autoencoder", "digits", out=tmp_path, recipe={"epochs": 1}, quiet=True)
    assert "measured on their own test part alone" in asked(capsys, run.folder, "digits")


@pytest.mark.parametrize(
    ("task", "given", "known"),
    [
        ("classification", [0, 1, 0], [2, 0, 2]),
        ("segmentation", [[[0, 1], [-1, 0]]], [[[2, 0], [-1, 2]]]),
        (
            "detection",
            [[[0.0, 1, 1, 2, 2], [-1, 0, 0, 0, 0]]],
            [[[2.0, 1, 1, 2, 2], [-1, 0, 0, 0, 0]]],
        ),
    ],
)
def test_labels_take_the_numbers_of_the_run(task, given, known):
    x = np.zeros((len(given), 1, 4, 4), np.float32)
    examples = Examples.of(
        task=task, port=Image(channels=1, size=4), x=x, y=np.array(given), classes=("c", "a")
    )
    request = SimpleNamespace(task=task, classes=["a", "b", "c"])
    found = other_data._known(examples, request, "other")
    assert found.y.tolist() == known
    assert found.classes == ("a", "b", "c")
    assert examples.y.tolist() == given


def test_pictures_of_many_sizes_are_cut_as_the_run_cut_its_own(tmp_path, capsys):
    draw = np.random.default_rng(0)
    for name, sides in (("first", (20, 30)), ("other", (40, 60))):
        for kind, shade in (("dark", 60), ("light", 200)):
            folder = tmp_path / name / kind
            folder.mkdir(parents=True)
            for number in range(12):
                size = (*draw.integers(*sides, size=2), 3)
                pixels = (shade + draw.integers(-50, 50, size=size)).astype(np.uint8)
                PIL.Image.fromarray(pixels).save(folder / f"{number}.png")
    run = nna.train(
        "resnet",
        tmp_path / "first",
        out=tmp_path,
        recipe={"epochs": 3, "batch_size": 8},
        quiet=True,
    )
    found = asked(capsys, run.folder, tmp_path / "other")
    assert found["test examples"] == 24
    assert found["classes"] == ["dark", "light"]


# --- what was learnt from is no test ---------------------------------------------------------


def noise(rows, seed):
    """Labels of pure chance: whatever is better than that was learnt by heart."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(draw.normal(size=(rows, 3)), columns=list("abc")).round(6)
    return frame.assign(y=draw.choice(["yes", "no"], rows))


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noise")
    noise(100, 0).to_csv(folder / "own.csv", index=False)
    run = nna.train("mlp", folder / "own.csv", target="y", out=folder, name="run", quiet=True)
    return run.folder


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "jsonl"])
def test_rows_trained_on_are_left_out_in_any_order_and_format(noisy, form, tmp_path, capsys):
    own = noise(100, 0).sample(frac=1, random_state=1)[["c", "y", "a", "b"]].assign(more=1)
    path = tmp_path / f"again.{form}"
    {
        "csv": lambda: own.to_csv(path, index=False),
        "parquet": lambda: own.to_parquet(path),
        "xlsx": lambda: own.to_excel(path, index=False),
        "jsonl": lambda: own.to_json(path, orient="records", lines=True),
    }[form]()
    found = asked(capsys, noisy, path)
    kept = json.loads((noisy / "results.json").read_text())
    assert found["test examples"] == kept["test examples"] == 20
    assert found["metrics"] == kept["metrics"]
    assert "80 of 100 examples, whose values the run was trained or stopped on" in found["notes"][0]


def test_new_rows_count_and_none_left_is_refused(noisy, tmp_path, capsys):
    both = pd.concat([noise(100, 0), noise(30, 7)])
    both.to_csv(tmp_path / "both.csv", index=False)
    assert asked(capsys, noisy, tmp_path / "both.csv")["test examples"] == 50
    train = material_of(nna.load(noisy).run).raw["train"]
    train.x.assign(y=["yes", "no"] * 32 + ["no"]).to_csv(tmp_path / "train.csv", index=False)
    told = asked(capsys, noisy, tmp_path / "train.csv")
    assert "all 65 examples hold values that the run was trained or stopped on" in told
    assert told.count("\n") == 1


def test_a_run_older_than_its_keys_knows_its_rows_by_its_data(noisy, capsys):
    kept = noisy / seen_rows.FILE
    assert kept.stat().st_size < 80 * 16 + 300
    before = asked(capsys, noisy, noisy.parent / "own.csv")
    content = kept.read_bytes()
    kept.unlink()
    after = asked(capsys, noisy, noisy.parent / "own.csv")
    kept.write_bytes(content)
    assert before == after


@pytest.mark.parametrize("kind", ["table", "series", "image"])
def test_arrays_trained_on_are_left_out(kind, tmp_path, capsys):
    draw = np.random.default_rng(0)
    shape = {"table": (60, 4), "series": (60, 6, 2), "image": (60, 1, 8, 8)}[kind]
    x, y = draw.normal(size=shape), draw.integers(0, 2, 60)
    np.savez(tmp_path / "own.npz", x=x, y=y)
    turned = draw.permutation(60)
    np.savez(tmp_path / "again.npz", x=x[turned].astype(np.float32), y=y[turned])
    name = {"table": "mlp", "series": "lstm", "image": "lenet5"}[kind]
    run = nna.train(name, tmp_path / "own.npz", out=tmp_path, recipe={"epochs": 1}, quiet=True)
    found = asked(capsys, run.folder, tmp_path / "again.npz")
    assert found["test examples"] == run.results()["test examples"] == 12


@pytest.mark.parametrize("times", [1, 3])
def test_a_test_part_that_was_learnt_from_is_told(times, tmp_path, capsys):
    rows = pd.concat([noise(60, 1)] * times)
    rows.to_csv(tmp_path / "twice.csv", index=False)
    words = ["train", "mlp", str(tmp_path / "twice.csv"), "--target", "y", "--epochs", "2"]
    assert command([*words, "--out", str(tmp_path), "--name", "run"]) == 0
    told = capsys.readouterr().err
    page = (tmp_path / "run" / "report.html").read_text()
    said = "hold the values of examples that were trained or stopped on"
    assert [said in text for text in (told, page)] == [times > 1] * 2


def test_a_comparison_whose_folds_repeat_rows_says_so(tmp_path, capsys):
    pd.concat([noise(40, 1)] * 2).to_csv(tmp_path / "twice.csv", index=False)
    words = ["compare", str(tmp_path / "twice.csv"), "--target", "y", "--folds", "2"]
    words += ["--models", "majority", "--out", str(tmp_path / "comparison")]
    assert command(words) == 0
    assert (
        "of 80 tested rows hold the values of rows that were learnt from" in capsys.readouterr().err
    )
    assert "tested rows hold" in (tmp_path / "comparison" / "report.html").read_text()


def test_an_estimator_tells_of_calibrating_rows_that_were_learnt_from():
    rows = pd.concat([noise(30, 1)] * 3)
    with pytest.warns(UserWarning, match="rows kept back to calibrate hold the values of rows"):
        nna.Classifier(calibrate=0.2, recipe={"epochs": 1}).fit(rows[["a", "b", "c"]], rows["y"])
