"""What people get is a dataclass a kind, and its JSON has the names that it always had."""

import dataclasses
import inspect
import json
import typing

import pytest
from hypothesis import given, strategies as st

import nna
from nna.workbench import as_json, tune
from nna.workbench.explain import results as explained
from nna.workbench.explain.images import explain
from nna.workbench.prediction import answers
from nna.workbench.prediction.answers import Answer, Answers
from nna.workbench.trained_model import Trained

NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)
SAMPLES = [
    (
        answers.ClassAnswer(example="a.png", class_="cat", probability=0.9),
        {"example": "a.png", "class": "cat", "probability": 0.9},
    ),
    (
        answers.ClassAnswer(example=3, class_="cat", score=-1.5),
        {"example": 3, "class": "cat", "score": -1.5},
    ),
    (answers.NumberAnswer(example=0, value=2.0), {"example": 0, "value": 2.0}),
    (
        answers.NumberAnswer(example=0, value=2.0, low=1.0, high=3.0),
        {"example": 0, "value": 2.0, "low": 1.0, "high": 3.0},
    ),
    (
        answers.PixelsAnswer(example=0, shares={"sky": 0.25, "road": 0.75}),
        {"example": 0, "sky": 0.25, "road": 0.75},
    ),
    (
        answers.OutputsAnswer(example=0, outputs=(0.5, -1.0)),
        {"example": 0, "output 0": 0.5, "output 1": -1.0},
    ),
    (
        answers.UsualnessAnswer(example=0, unit=7, usualness=-0.25, as_strange=0.5),
        {"example": 0, "unit": 7, "usualness": -0.25, "as strange": 0.5},
    ),
    (answers.UsualnessAnswer(example=0, usualness=-0.25), {"example": 0, "usualness": -0.25}),
    (
        answers.BoxAnswer(
            example=0, class_="9", score=0.75, left=0.0, top=1.0, right=2.0, bottom=3.0
        ),
        {
            "example": 0,
            "class": "9",
            "score": 0.75,
            "left": 0.0,
            "top": 1.0,
            "right": 2.0,
            "bottom": 3.0,
        },
    ),
    (
        answers.ForecastAnswer(unique_id="a", ds="2024-01-01", forecast=1.0),
        {"unique_id": "a", "ds": "2024-01-01", "forecast": 1.0},
    ),
    (
        answers.ForecastAnswer(
            unique_id="a", ds="2024-01-01", forecast=1.0, level=80, low=0.0, high=2.0
        ),
        {"unique_id": "a", "ds": "2024-01-01", "forecast": 1.0, "lo-80": 0.0, "hi-80": 2.0},
    ),
    (answers.DrawnAnswer(values=(1.0, 2.0)), {"column 1": 1.0, "column 2": 2.0}),
    (
        answers.WordAnswer(mask=1, word="sea", probability=0.5),
        {"mask": 1, "word": "sea", "probability": 0.5},
    ),
    (answers.WordAnswer(word="sea", probability=0.5), {"word": "sea", "probability": 0.5}),
    (answers.TranslationAnswer(example=0, tokens="4 2"), {"example": 0, "tokens": "4 2"}),
    (answers.OwnAnswer(example=0, said={"tokens": "4 2"}), {"example": 0, "tokens": "4 2"}),
]
FIGURES = explained.ArrayFigures(sum=1.0, least=0.0, mean=0.5, greatest=1.0)
NUMBERED = {"sum": 1.0, "least": 0.0, "mean": 0.5, "greatest": 1.0}
FOUND = [
    (
        explained.OfColumns(
            method="shapley",
            rows=2,
            permutation={"a": explained.Importance(0.5, 0.25)},
            mean_size={"a": 1.0},
            dependence={"a": explained.Dependence(["x"], [[0.5, 0.5]])},
            sanity=0.0,
        ),
        {
            "method": "shapley",
            "rows": 2,
            "permutation": {"a": {"mean": 0.5, "spread": 0.25}},
            "mean size": {"a": 1.0},
            "dependence": {"a": {"values": ["x"], "answers": [[0.5, 0.5]]}},
            "sanity": 0.0,
        },
    ),
    (
        explained.OfRow(
            row=1,
            explained="u",
            score=1.0,
            score_of_the_mean_row=0.5,
            values={"a": None},
            added={"shapley": {"a": 0.5}},
        ),
        {
            "row": 1,
            "explained": "u",
            "score": 1.0,
            "score of the mean row": 0.5,
            "values": {"a": None},
            "added": {"shapley": {"a": 0.5}},
        },
    ),
    (
        explained.OfSteps(
            windows=3,
            error=0.5,
            columns={"y": explained.Importance(0.5, 0.25)},
            steps_back={"1": 0.5},
            sanity=0.0,
        ),
        {
            "windows": 3,
            "error": 0.5,
            "columns": {"y": {"mean": 0.5, "spread": 0.25}},
            "steps back": {"1": 0.5},
            "sanity": 0.0,
        },
    ),
    (
        explained.OfWindow(
            window=0,
            series="s",
            after="2024-01-01",
            explained="the mean of the steps ahead",
            score=1.0,
            standing_still=0.5,
            pushes={"y": 0.5},
        ),
        {
            "window": 0,
            "series": "s",
            "after": "2024-01-01",
            "explained": "the mean of the steps ahead",
            "score": 1.0,
            "standing still": 0.5,
            "pushes": {"y": 0.5},
        },
    ),
    (
        explained.OfFilters(
            method="filters", layer="c", layers=["c"], shape=[6, 1, 5, 5], figures=FIGURES
        ),
        {"method": "filters", "layer": "c", "layers": ["c"], "shape": [6, 1, 5, 5], **NUMBERED},
    ),
    (
        explained.OfFeatures(
            method="features",
            picture="p",
            notes=[],
            layers=[explained.Layer(layer="c", shape=[6, 8, 8], figures=FIGURES)],
        ),
        {
            "method": "features",
            "picture": "p",
            "notes": [],
            "layers": [{"layer": "c", "shape": [6, 8, 8], **NUMBERED}],
        },
    ),
    (
        explained.OfPicture(
            method="all",
            picture="p",
            notes=["grey"],
            class_="class 3",
            number=3,
            score=1.0,
            probability=None,
            layer="c",
            attributions={"saliency": dataclasses.replace(FIGURES, row=0, column=4)},
            layers=["c"],
        ),
        {
            "method": "all",
            "picture": "p",
            "notes": ["grey"],
            "class": "class 3",
            "number": 3,
            "score": 1.0,
            "probability": None,
            "layer": "c",
            "attributions": {"saliency": {**NUMBERED, "row": 0, "column": 4}},
            "layers": ["c"],
        },
    ),
]


@pytest.mark.parametrize(("answer", "line"), SAMPLES, ids=lambda of: type(of).__name__)
def test_an_answer_is_written_by_the_names_it_always_had(answer, line):
    assert json.dumps(answer.to_json()) == json.dumps(line)  # the order of columns, too


def test_every_kind_of_answer_and_of_explanation_has_its_sample():
    kinds = {type(answer).__name__ for answer, _ in SAMPLES}
    assert kinds == {kind.__name__ for kind in Answer.__subclasses__()}
    assert {type(found) for found, _ in FOUND} == {*typing.get_args(explained.Found)}


@pytest.mark.parametrize(("found", "plain"), FOUND, ids=lambda of: type(of).__name__)
def test_an_explanation_is_written_by_the_names_it_always_had(found, plain):
    written = explained.Explanation(run="r", path="r/x.png", found=found).to_json()
    assert json.dumps(written) == json.dumps({"run": "r", "path": "r/x.png", **plain})


VERBS = [nna.recommend, nna.compare, nna.train, nna.train_seeds, tune.tune, explain]
VERBS += [Trained.predict, Trained.answers, Trained.forecast, Trained.draw]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__qualname__)
def test_no_verb_gives_a_dictionary_whose_keys_must_be_known(verb):
    given = inspect.get_annotations(verb, eval_str=True)["return"]
    assert given is Answers or dataclasses.is_dataclass(given)
    assert given.__doc__
    assert "_repr_html_" in vars(given)


@given(st.lists(NUMBERS, max_size=30), st.text(max_size=8))
def test_a_notebook_shows_the_first_answers_with_their_text_escaped(values, name):
    found = Answers(answers.NumberAnswer(example=f"<{name}>", value=one) for one in values)
    page = found._repr_html_()
    assert page.count("<tr>") == 1 + min(len(values), answers.SHOWN)
    assert f"<{name}>" not in page or name in ("p", "tr", "td", "th", "div", "strong")
    assert found.to_json() == [one.to_json() for one in found]
    assert found == Answers(found)


@dataclasses.dataclass
class Some:
    """A default of None or of an empty list says that there may be none of it."""

    sure: float | None
    iou: float | None = None
    by_step: list[float] = dataclasses.field(default_factory=list)
    radii: dict[str, float] = dataclasses.field(default_factory=dict)


@given(st.none() | NUMBERS, st.none() | NUMBERS, st.lists(NUMBERS, max_size=2))
def test_what_there_is_none_of_is_left_out_unless_all_is_wanted(sure, iou, by_step):
    some = Some(sure, iou, by_step)
    whole = {"sure": sure, "IoU": iou, "by step": by_step, "radii": {}}
    assert as_json.of(some, whole=True) == whole
    left_out = {"IoU"} if iou is None else set()
    left_out |= set() if by_step else {"by step"}
    assert as_json.of(some) == {key: of for key, of in whole.items() if key not in left_out}
