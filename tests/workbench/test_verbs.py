"""Train, evaluate, predict and resume, as a user does, on small budgets."""

import csv
import json
import re

import numpy as np
import PIL.Image
import pytest

import nna
from nna.cli import run as command
from nna.errors import UserError
from nna.training.runs import open_run
from nna.workbench.train import resume


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A finished run of an MLP on digits."""
    out = tmp_path_factory.mktemp("runs")
    return nna.train("mlp", "digits", out=out, recipe={"epochs": 6}, quiet=True)


def test_a_run_holds_all_that_was_promised(digits):
    held = {path.name for path in digits.folder.iterdir()}
    wanted = {"run.json", "metrics.jsonl", "model.safetensors", "results.json", "report.html"}
    assert held == wanted | {"calibration.json", "rows.safetensors", ".lock"}
    results = digits.results()
    accuracy = results["metrics"]["accuracy"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    assert accuracy["value"] > 0.9 > results["baselines"]["majority"]["accuracy"]["value"]
    assert set(results["baselines"]) == {"majority", "logistic regression"}
    assert np.sum(results["confusion"]) == results["test examples"] == 360
    assert len(digits.history()) == 6


def test_the_report_is_whole_in_itself(digits):
    page = (digits.folder / "report.html").read_text()
    for title in (
        "Learning curves",
        "Confusion matrix",
        "Calibration",
        "confident mistakes",
        "First-layer filters",
    ):
        assert title in page
    assert page.count("data:image/png;base64,") == 5
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "8x8 -&gt;" in page or "columns" in page


@pytest.mark.slow
def test_evaluating_again_finds_the_same(digits, capsys):
    before = digits.results()
    assert command(["evaluate", str(digits.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["metrics"] == before["metrics"]


@pytest.mark.slow
def test_the_same_command_finds_the_same_bits(digits, tmp_path):
    again = nna.train("mlp", "digits", out=tmp_path, recipe={"epochs": 6}, quiet=True)
    assert again.model.read_bytes() == digits.model.read_bytes()


def test_prediction_for_pictures(digits, tmp_path, capsys):
    from sklearn.datasets import load_digits

    images, y = load_digits().images[:3], load_digits().target[:3]
    for i, image in enumerate(images):
        PIL.Image.fromarray((image / 16 * 255).astype(np.uint8)).save(tmp_path / f"{i}.png")
    assert command(["predict", str(digits.folder), str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [int(answer["class"]) for answer in told] == y.tolist()
    assert all(0 < answer["probability"] <= 1 for answer in told)
    PIL.Image.new("L", (9, 9)).save(tmp_path / "odd.png")
    with pytest.warns(UserWarning, match="1 of 4 pictures are of another size, such as 9x9"):
        answers = nna.load(digits.folder).predict(tmp_path)
    assert [int(answer.class_) for answer in answers[:3]] == y.tolist()
    (tmp_path / "odd.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"odd.png is not a picture, or damaged"):
        nna.load(digits.folder).predict(tmp_path)
    assert command(["predict", str(digits.folder), str(tmp_path), "--skip-bad", "--json"]) == 0
    told, warned = capsys.readouterr()
    assert [answer["example"] for answer in json.loads(told)] == ["0.png", "1.png", "2.png"]
    assert "left out" in warned
    assert "odd.png" in warned


def test_a_table_of_ones_own_from_training_to_prediction(tmp_path, capsys):
    rng = np.random.default_rng(0)
    path, new = tmp_path / "fruit.csv", tmp_path / "new.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["weight", "colour", "fruit"])
        for _ in range(120):
            lemon = rng.random() < 0.5
            weight = rng.normal(90 if lemon else 160, 10)
            writer.writerow(
                [round(weight, 1), "yellow" if lemon else "red", "lemon" if lemon else "apple"]
            )
    new.write_text("colour,weight\nyellow,85\nred,170\n")
    arguments = [
        "train",
        "mlp",
        str(path),
        "--target",
        "fruit",
        "--out",
        str(tmp_path),
        "--name",
        "r",
    ]
    assert command([*arguments, "--epochs", "30"]) == 0
    shown = capsys.readouterr().out
    assert "1 category columns to 2 columns" in shown
    assert "majority" in shown
    assert command(["predict", str(tmp_path / "r"), str(new), "--json"]) == 0
    assert [a["class"] for a in json.loads(capsys.readouterr().out)] == ["lemon", "apple"]
    new.write_text("weight\n85\n")
    assert command(["predict", str(tmp_path / "r"), str(new)]) == 2
    assert "lacks the column 'colour'" in capsys.readouterr().err


def test_a_messy_table_is_trained_on_and_answered_for_and_all_is_told(tmp_path, capsys):
    rng = np.random.default_rng(0)
    lines = ["id,price,when,city,gap,same,sold"]
    for i in range(150):
        sold = rng.random() < 0.5
        price, city = 1000 + 900 * sold + rng.normal() * 100, "abcd"[i % 4] if i % 5 else ""
        day, gap = f"{1 + i % 28:02d}.{1 + i % 12:02d}.2024", "NA" if i % 7 == 0 else i / 9
        answer = "" if i in (10, 11, 70) else "yes" if sold else "no"
        lines.append(f'{i},"{price:,.2f}",{day},{city},{gap},7,{answer}')
    path, new = tmp_path / "shop.csv", tmp_path / "new.csv"
    path.write_text("\n".join(lines) + "\n")
    place = ["--out", str(tmp_path), "--name", "r", "--epochs", "40"]
    assert command(["train", "mlp", str(path), "--target", "sold", *place]) == 0
    shown = capsys.readouterr().out
    for words in (
        "left out: 3 of 150 rows, without 'sold': lines 12-13, 72",
        "words read as numbers: 'price'",
        "dates to time and cycles: 'when' (read as %d.%m.%Y)",
        "gaps filled by the median and told by a column of their own: 'gap'",
        "columns left out: 'id' (names the rows), 'same' (is the same in every row)",
    ):
        assert words in shown
    assert nna.load(tmp_path / "r").run.results()["metrics"]["accuracy"]["value"] > 0.9
    report = (tmp_path / "r" / "report.html").read_text()
    assert "Rows left out" in report
    assert "lines 12-13, 72" in report

    new.write_text('extra,gap,city,when,price\n1,2,zz,05.03.2024,"1,002"\n1,?,a,,"1,900.5"\n')
    assert command(["predict", str(tmp_path / "r"), str(new), "--json"]) == 0
    told, warned = capsys.readouterr()
    assert [answer["class"] for answer in json.loads(told)] == ["no", "yes"]
    assert "columns that training had not are ignored: 'extra'" in warned
    assert "column 'city': 1 values that training didn't keep ('zz')" in warned
    assert "column 'when': 1 values missing: taken as the mean" in warned
    assert command(["evaluate", str(tmp_path / "r")]) == 0
    assert "Rows left out" in (tmp_path / "r" / "report.html").read_text()


def test_a_number_is_predicted_in_its_own_units(tmp_path, capsys):
    run = nna.train("mlp", "diabetes", out=tmp_path, recipe={"epochs": 40}, quiet=True)
    results = run.results()
    assert results["task"] == "regression"
    assert run.request.recipe["objective"] == "squared_error"
    assert results["metrics"]["rmse"]["value"] < results["baselines"]["mean"]["rmse"]["value"]
    assert 30 < results["metrics"]["rmse"]["value"] < 80

    asked, path = ["predict", str(run.folder), "diabetes"], tmp_path / "new" / "answers.csv"
    capsys.readouterr()
    assert command([*asked, "--json"]) == 0
    exact = json.loads(capsys.readouterr().out)
    assert command(asked) == 0
    heading, first, *others = capsys.readouterr().out.splitlines()
    assert heading.split() == ["example", "value", "low", "high"]
    assert len(others) == len(exact) - 1
    assert first.split()[1] == f"{exact[0]['value']:.6g}"
    assert command([*asked, "--out", str(path)]) == 0
    assert capsys.readouterr().out == f"442 answers in {path}\n"
    kept = [*csv.DictReader(path.open())]
    assert [row["low"] for row in kept] == [str(one["low"]) for one in exact]


def test_a_rule_learns_through_the_same_door(tmp_path):
    run = nna.train("perceptron", "iris_setosa", out=tmp_path, quiet=True)
    assert run.results()["metrics"]["accuracy"]["value"] == 1.0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lenet", "digits"], "did you mean lenet5"),
        (["lenet5/big", "digits"], "has no variant 'big'"),
        (["lenet5", "digit"], "digits"),
        (["mlp", "digits", "--set", "hiden=5"], "no setting 'hiden'"),
        (["mlp", "digits", "--set", "hidden=many"], "expected something like"),
        (["mlp", "digits", "--set", "features=5"], "the data decide features: 64"),
        (["mlp", "digits", "--objective", "cross_entrop"], "did you mean cross_entropy"),
        (["mlp", "digits", "--objective", "adversarial"], "adversarial"),
        (["mlp", "digits", "--epochs", "0"], "epochs is 0"),
        (["mlp", "digits", "--optimiser", "adem"], "no optimiser 'adem'"),
        (["mlp", "digits", "--schedule", "linear"], "no schedule 'linear'"),
        (["mlp", "digits", "--lr", "nan"], "rate is nan"),
        (["mlp", "digits", "--strategy", "ddp"], "needs several processes"),
        (["mlp", "digits", "--precision", "16"], "no precision '16'"),
        (["mlp", "digits", "--augment", "affine"], "for pictures"),
        (["mlp", "digits", "--task", "sorting"], "no task 'sorting'"),
        (["lenet5", "diabetes"], "lenet5 does classification"),
        (["lenet5", "iris"], "no honest conversion"),
        (["gpt2", "digits"], "language-modelling"),
        (["mlp", "cora"], "data-dir"),
    ],
)
def test_what_can_be_mended_is_told_in_one_line_and_nothing_is_left(
    arguments, told, tmp_path, capsys
):
    assert command(["train", *arguments, "--out", str(tmp_path / "runs")]) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.err.startswith("nna: ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not (tmp_path / "runs").exists()


def test_a_run_is_never_overwritten(digits, capsys):
    arguments = ["mlp", "digits", "--out", str(digits.folder.parent), "--name", digits.folder.name]
    before = {path: path.read_bytes() for path in digits.folder.iterdir()}
    assert command(["train", *arguments]) == 2
    assert "exists" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in digits.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content", "verb", "told"),
    [
        ("run.json", None, "evaluate", "is no run"),
        ("run.json", b'{"architecture": "ml', "evaluate", "damaged"),
        ("run.json", b"[]", "evaluate", "damaged"),
        ("model.safetensors", None, "evaluate", "isn't finished"),
        ("model.safetensors", b"half", "evaluate", "not a whole safetensors file"),
        ("model.safetensors", b"\x80\x04pickled", "predict", "could run foreign code"),
        ("results.json", b"{", "resume", "damaged"),
    ],
)
def test_a_run_cut_off_half_way_is_told_in_one_line(
    digits, tmp_path, capsys, name, content, verb, told
):
    folder = tmp_path / "run"
    folder.mkdir()
    for path in digits.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    rest = ["digits"] if verb == "predict" else []
    assert command([verb, str(folder), *rest]) == 2
    shown = capsys.readouterr().err
    assert told in shown
    assert shown.count("\n") == 1


def test_a_finished_run_is_not_resumed(digits):
    with pytest.raises(UserError, match="is finished"):
        resume(digits.folder)


def test_changed_data_are_found_out(tmp_path):
    path = tmp_path / "table.csv"
    rows = [f"{i},{i % 2}" for i in range(60)]
    path.write_text("x,y\n" + "\n".join(rows) + "\n")
    run = nna.train("mlp", str(path), out=tmp_path, recipe={"epochs": 1}, quiet=True)
    path.write_text("x,y\n" + "\n".join(rows[:-1]) + "\n")
    assert command(["evaluate", str(run.folder)]) == 2


def test_a_place_that_cannot_be_written_to(tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    assert command(["train", "mlp", "digits", "--out", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_opening_something_else_names_the_runs_there_are(digits, monkeypatch):
    monkeypatch.chdir(digits.folder.parent.parent)
    with pytest.raises(UserError, match="is no run"):
        open_run(digits.folder / "absent")
