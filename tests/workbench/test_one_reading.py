"""A table is opened once, and is in few forms between its file and a batch."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import nna
from nna.data.tables import tabular
from nna.training.in_memory import Tensors
from nna.workbench import prepared_data
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import gather

FORMS = 4  # the file's table, its columns as read, the prepared numbers, the tensor
watched, opened = set[str](), list[str]()  # names of files, and of those that were opened


def note(event, args):
    if event == "open" and watched and Path(str(args[0])).name in watched:
        opened.append(str(args[0]))


sys.addaudithook(note)  # for as long as the process lives: cheap where no file is watched


@pytest.fixture
def table():
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=60) for name in ("high", "wide")})
    return frame.assign(kind=draw.choice(["a", "b"], 60), target=draw.choice(["u", "v"], 60))


def write(table, path):
    match path.name.partition(".")[2]:
        case "jsonl":
            table.to_json(path, orient="records", lines=True)
        case "xlsx":
            table.to_excel(path, index=False)
        case ending:
            table.to_csv(path, index=False, sep="\t" if ending == "tsv" else ",")
    return path


def openings(path, work):
    opened.clear()
    watched.add(path.name)
    try:
        work()
    finally:
        watched.clear()
    return len(opened)


@pytest.mark.parametrize("ending", ["tsv", "csv.gz", "jsonl", "xlsx"])
def test_reading_and_parting_open_a_file_once(table, tmp_path, ending):
    path = write(table, tmp_path / f"table.{ending}")
    origin = Source(data=str(path), target="target")
    # Whether JSON lines hold records or rows of a table is told by a look at the first.
    assert openings(path, lambda: gather("mlp", origin)) == (3 if ending == "jsonl" else 1)


@pytest.mark.parametrize("series", [False, True], ids=["rows", "series"])
def test_training_opens_a_file_once(table, tmp_path, series):
    if series:
        times = pd.date_range("2024-01-01", periods=60)
        table = pd.DataFrame({"ds": times, "target": np.sin(np.arange(60))})
    path = write(table, tmp_path / "table.csv")
    asked = {"forecast": {"horizon": 2}} if series else {}
    asked |= {"target": "target", "out": tmp_path, "recipe": {"epochs": 1}, "quiet": True}
    assert openings(path, lambda: nna.train("mlp", path, **asked)) == 1


@pytest.fixture
def forms(monkeypatch):
    """What holds the training rows on the way, each once, however it is wrapped."""
    seen = []

    def note(x):
        if isinstance(x, torch.Tensor):
            x = x.numpy()
        same = (one is x if isinstance(x, pd.DataFrame) else shares(one, x) for one in seen)
        if not any(same):
            seen.append(x)

    def watch(owner, name, of):
        plain = getattr(owner, name)

        def noted(*args, **kwargs):
            made = plain(*args, **kwargs)
            note(of(made, *args))
            return made

        monkeypatch.setattr(owner, name, noted)

    watch(tabular, "examples", lambda made, sheet, *_: (note(sheet.frame), made.x)[1])
    watch(prepared_data, "adapt", lambda made, prepared, *_: (note(prepared.x), made[0].x)[1])
    return seen, note


def shares(one, other):
    return isinstance(one, np.ndarray) and np.shares_memory(one, other)


def test_a_table_is_in_four_forms_from_file_to_batch(table, tmp_path, forms):
    seen, note = forms
    path = write(table, tmp_path / "table.csv")
    material = gather("mlp", Source(data=str(path), target="target"))
    prepared = [x for x in seen if isinstance(x, np.ndarray)]
    assert len(prepared) == len(material.parts)
    note(Tensors.of(material.parts["train"]).x)
    of_one_part = len(seen) - len(material.parts) + 1
    assert of_one_part <= FORMS
