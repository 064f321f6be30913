"""Explanations of networks that read tables find what was planted, and vanish with the weights."""

import numpy as np
import pandas as pd
import pytest

import nna
from nna.cli import run as command
from nna.data.columns.dates import Date
from nna.data.columns.numbers import Number
from nna.errors import UserError
from nna.workbench.explain import permutation
from nna.workbench.explain.images import explain
from nna.workbench.prediction.predict import load


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A number that hangs on one column much, on a word a little, on the rest not at all."""
    out = tmp_path_factory.mktemp("runs")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.normal(size=400) for name in ("strong", "idle", "spare")})
    frame["word"] = rng.choice(["low", "high"], 400)
    frame["y"] = 5 * frame["strong"] + np.where(frame["word"] == "high", 2.0, 0.0)
    frame.to_csv(out / "planted.csv", index=False)
    return nna.train(
        "mlp",
        str(out / "planted.csv"),
        target="y",
        out=out,
        recipe={"epochs": 150},
        settings={"hidden": (16,)},
        quiet=True,
    )


@pytest.fixture(scope="module")
def of(planted):
    return permutation.table(load(planted.folder))


def test_the_planted_columns_matter_most(of):
    found = permutation.permutation(of)
    order = sorted(found, key=lambda name: -found[name][0])
    assert order[:2] == ["strong", "word"]
    assert found["idle"][0] < 0.1 * found["word"][0]


@pytest.mark.parametrize("method", permutation.METHODS)
def test_every_method_finds_them(of, method):
    sizes = np.abs(permutation.attributions(of, np.arange(20), method)).mean(0)
    assert [of.names[place] for place in np.argsort(-sizes)[:2]] == ["strong", "word"]


@pytest.mark.parametrize("method", ["shapley", "gradients"])
def test_what_the_columns_add_is_the_whole_difference(of, method):
    added = permutation.attributions(of, np.arange(10), method).sum(1)
    score = of.score(of.trained.model)
    answers = (score(of.x[:10]) - score(of.background)).detach().numpy()[:, 0]
    np.testing.assert_allclose(added, answers, atol=0.2)


def test_the_curve_follows_the_column(of):
    values, means = permutation.dependence(of, "strong")
    slope = np.polyfit(values, means[:, 0], 1)[0]
    assert slope == pytest.approx(5, rel=0.25)
    words, means = permutation.dependence(of, "word")
    assert words == ["high", "low"]
    assert means[0, 0] - means[1, 0] == pytest.approx(2, rel=0.4)


def test_points_of_a_curve_are_spread_over_all_of_a_column():
    days = pd.Series(pd.date_range("2020-01-30", periods=400, freq="D").strftime("%d.%m.%Y"))
    date = Date.fit("day", days, "%d.%m.%Y")
    found = permutation._points(days, date)
    assert permutation._points(days[:3], date) == ["30.01.2020", "31.01.2020", "01.02.2020"]
    assert (found[0], found[-1], len(found)) == ("30.01.2020", "04.03.2021", permutation.POINTS)
    years = [day[-4:] for day in found]
    assert years == sorted(years)
    column = pd.Series(["1,000.5", "20", None, "3", "20"])
    number, _ = Number.fit("amount", column)
    assert permutation._points(column, number) == [
        "3",
        "20",
        "1,000.5",
    ]
    words = pd.Series(["rare", *[f"word {i}" for i in range(permutation.POINTS)] * 2])
    assert "rare" not in permutation._points(words)


def test_random_weights_destroy_the_explanation(of):
    assert abs(permutation.sanity(of, np.arange(40), "gradients")) < 0.6


def test_the_command_draws_and_tells(planted, of, capsys):
    assert command(["explain", str(planted.folder)]) == 0
    assert "permutation importance" in capsys.readouterr().out
    row = str(int(np.abs(permutation.frame_of(of)["strong"].to_numpy()).argmax()))
    told = explain(planted.folder, row, method="shapley").found
    assert told.values["word"] in ("low", "high")
    assert max(added := told.added["shapley"], key=lambda n: abs(added[n])) == "strong"
    assert (planted.folder / f"explain-columns-shapley-{row}.png").stat().st_size > 5000
    page = (planted.folder / "report.html").read_text(encoding="utf-8")
    assert f"Explained: columns shapley {row}" in page


@pytest.mark.parametrize(
    ("row", "options", "message"),
    [
        ("900", {}, "the test part has 80 rows"),
        ("x.png", {}, "say the number of a test row"),
        (None, {"method": "grad-cam"}, "there are: shapley, gradients, occlusion, attention"),
        (None, {"layer": "hidden"}, "for convolutional networks"),
        ("1", {"target": "high"}, "no class 'high'"),
    ],
)
def test_what_makes_no_sense_is_told(planted, row, options, message):
    with pytest.raises(UserError, match=message):
        explain(planted.folder, row, **options)


@pytest.mark.slow
def test_attention_is_shared_out_among_columns_where_tokens_are_columns(planted, tmp_path, of):
    run = nna.train(
        "ft_transformer",
        planted.request.data["data"],
        target="y",
        out=tmp_path,
        recipe={"epochs": 2},
        quiet=True,
    )
    table = permutation.table(load(run.folder))
    shares = permutation.attributions(table, np.arange(8), "attention")
    assert shares.shape == (8, 4)
    assert (shares > 0).all()
    assert (shares.sum(1) < 1).all()  # the rest goes to [CLS] itself
    with pytest.raises(UserError, match="has no attention between columns"):
        permutation.attributions(of, np.arange(2), "attention")
