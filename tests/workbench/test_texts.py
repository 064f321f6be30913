"""Tables with texts: as good as TF-IDF with a linear model, and read as tokens if asked."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import nna
from nna import tasks
from nna.data.columns import tfidf
from nna.data.sources import open_file
from nna.workbench.comparison.candidates import baselines, prepared_by, takers
from nna.workbench.data_source import Source
from nna.workbench.evaluation import baselines as simple, evaluate
from nna.workbench.evaluation.intervals import share
from nna.workbench.prepared_data import gather
from nna.workbench.recommendation.recommend import first
from nna.workbench.train import material_of, train


def topics(rows: int, seed: int = 0) -> pd.DataFrame:
    """Texts of two topics, told apart by many words of which each is rare."""
    draw = np.random.default_rng(seed)
    label = draw.integers(0, 2, rows)
    common = draw.integers(0, 190, (rows, 6))
    own = draw.integers(0, 350, (rows, 4))
    texts = [
        " ".join([*(f"common{i}" for i in c), *(f"{'xy'[k]}word{i}" for i in o)])
        for c, o, k in zip(common, own, label, strict=True)
    ]
    return pd.DataFrame({"text": texts, "label": np.where(label, "left", "right")})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "texts.csv"
    topics(240).to_csv(path, index=False)
    return path


def test_a_linear_network_reaches_the_linear_baseline_where_few_words_do_not(monkeypatch):
    train, test = topics(700), topics(400, seed=1)
    counter = TfidfVectorizer().fit(train.text)
    linear = LogisticRegression().fit(counter.transform(train.text), train.label)
    theirs = linear.score(counter.transform(test.text), test.label)

    def ours():
        network = nna.Classifier("flnn", settings={"basis": "powers", "order": 1, "span": 1.0})
        return network.fit(train[["text"]], train.label).score(test[["text"]], test.label)

    reached = ours()
    low = share(round(theirs * len(test)), len(test)).low
    assert low <= reached
    monkeypatch.setattr(tfidf, "MOST", 200)
    assert ours() < low


def test_a_run_of_few_words_is_measured_and_goes_on_as_it_was(file, tmp_path, monkeypatch):
    """A preparation stands in its run; another version's number of words changes none."""
    monkeypatch.setattr(tfidf, "MOST", 20)
    run = train(
        "mlp",
        file,
        target="label",
        out=tmp_path,
        recipe={"epochs": 1},
        settings={"hidden": (4,)},
        quiet=True,
    )
    before = nna.load(run.folder).predict(file)
    monkeypatch.undo()
    material = material_of(run)
    assert np.shape(material.parts["test"].x)[1] == 20
    assert nna.load(run.folder).predict(file) == before
    model = nna.load(run.folder).model
    assert evaluate.results(model, material).to_json()["metrics"] == run.results()["metrics"]


def test_textcnn_reads_the_texts_of_a_table(file, tmp_path):
    run = train("textcnn", file, target="label", out=tmp_path, recipe={"epochs": 1}, quiet=True)
    answers = nna.load(run.folder).predict(file)
    assert len(answers) == 240
    asked = topics(3, seed=5)[["text"]]
    assert len(nna.load(run.folder).predict(asked)) == 3
    assert np.shape(material_of(run).parts["test"].x)[1] == 10
    names = [*run.results()["baselines"]]
    assert "logistic regression" in names


def test_the_linear_baseline_is_the_same_whatever_reads_the_texts(file):
    source = Source(data=str(file), target="label")
    found = [simple.baselines(gather(name, source)) for name in ("mlp", "textcnn")]
    assert found[0] == found[1]


def test_textcnn_takes_part_where_a_table_holds_texts_alone(file, tmp_path):
    texts = open_file(file, "label")
    assert "textcnn" in takers(texts)
    assert "textcnn" in first(texts, 3)
    more = pd.read_csv(file).assign(age=np.arange(240) / 7)
    more.to_csv(tmp_path / "more.csv", index=False)
    other = open_file(tmp_path / "more.csv", "label")
    assert "textcnn" not in takers(other)
    frame = pd.read_csv(file)
    network = nna.Classifier("textcnn", recipe={"epochs": 1}).fit(frame[["text"]], frame.label)
    assert network.predict(frame[["text"]]).shape == (240,)
    with pytest.raises(ValueError, match="'text' and also 'age'"):
        nna.Classifier("textcnn").fit(more[["text", "age"]], more.label)


def test_baselines_of_texts_are_sparse_but_for_trees(file):
    texts = open_file(file, "label")
    rows = prepared_by(texts).fit(texts.x).transform(texts.x)
    few = prepared_by(texts, dense=True).fit(texts.x).transform(texts.x)
    assert rows.shape[1] > tfidf.FEW == few.shape[1]
    assert rows.nnz < 0.1 * rows.shape[0] * rows.shape[1]
    for one in baselines(tasks.get("classification"), texts):
        fitted = one.make({}, 0, None).fit(texts.x[:60], texts.y[:60])
        assert fitted.predict(texts.x[60:]).shape == (180,)


def test_numbers_are_predicted_from_texts_by_ridge_of_all_words(tmp_path):
    frame = topics(300)
    counted = 0.1 * frame.text.str.count("yword") + np.random.default_rng(0).normal(0, 0.02, 300)
    pd.DataFrame({"text": frame.text, "y": counted}).to_csv(tmp_path / "n.csv", index=False)
    material = gather("mlp", Source(data=str(tmp_path / "n.csv"), target="y"))
    figures = simple.baselines(material)
    assert figures["ridge"]["r2"].value > figures["gradient boosting"]["r2"].value
