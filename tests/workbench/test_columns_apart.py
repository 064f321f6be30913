"""New rows may bring the columns that were no features: nobody is warned of them."""

import json

import pytest

from nna.cli import run as command


@pytest.mark.parametrize("target", [["--target", "kind"], []])
def test_the_target_and_what_parted_the_rows_may_be_there(target, tmp_path, capsys, monkeypatch):
    name = "kind" if target else "Label"
    lines = [f"{i},{(i * 7) % 11},{'ab'[i % 2]},p{i % 9},{i % 5}" for i in range(60)]
    header = f"one,two,{name},person,day"
    (tmp_path / "whole.csv").write_text("\n".join([header, *lines]))
    monkeypatch.chdir(tmp_path)
    asked = ["train", "mlp", "whole.csv", *target, "--groups", "person", "--epochs", "1"]
    assert command([*asked, "--out", ".", "--name", "r"]) == 0
    (tmp_path / "gap.csv").write_text(
        "\n".join([header, *(one.replace(",a,", ",,") for one in lines)])
    )
    bare = [",".join([*one.split(",")[:2], one.split(",")[4]]) for one in lines]
    (tmp_path / "bare.csv").write_text("\n".join(["one,two,day", *bare]))
    capsys.readouterr()
    answers = []
    for file in ("whole.csv", "gap.csv", "bare.csv"):
        assert command(["predict", "r", file, "--json"]) == 0
        told, warned = capsys.readouterr()
        assert warned == ""
        answers.append(json.loads(told))
    assert answers[0] == answers[1] == answers[2]
    (tmp_path / "other.csv").write_text("one,two,day,extra\n1,2,3,4\n")
    assert command(["predict", "r", "other.csv", "--json"]) == 0
    assert "ignored: 'extra'" in capsys.readouterr().err
