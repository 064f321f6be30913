"""Every figure agrees with an independent implementation, on random inputs and at the edges.

A figure that is added without a test of this kind, or without its line in docs/statistics.md, makes
the first test here fail.
"""

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import brentq, minimize_scalar
from scipy.special import kolmogorov, log_softmax, softmax
from scipy.stats import ks_2samp
from sklearn import metrics
from sklearn.model_selection import StratifiedKFold
from statsmodels.stats.multitest import multipletests

from nna import tasks
from nna.blocks.boxes import offsets
from nna.data.profiling import drift
from nna.workbench.comparison import scores, significance
from nna.workbench.evaluation import anomaly, calibration, metrics as measures, model_outputs

DOCS = Path(__file__).parents[2] / "docs" / "statistics.md"
ELSEWHERE = {  # forecasts: tests/workbench/test_forecast_measures.py, test_forecast_intervals.py
    "mase",
    "smape",
    "coverage",
}
COMPARED: dict[str, Callable[..., None]] = {}


def compares(*names):
    """Mark a test as the one that compares these figures with an independent implementation."""

    def noted(test):
        COMPARED.update(dict.fromkeys(names, test))
        return test

    return noted


def emitted(module) -> set[str]:
    """The names of all figures that a module's functions give: keys of their dictionaries."""
    found = set()
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(function, ast.FunctionDef) and "dict[str, F" in ast.unparse(
            function.returns or ast.Constant("")
        ).replace("dict[str, float]", "dict[str, Float]"):
            for node in ast.walk(function):
                keys = node.keys if isinstance(node, ast.Dict) else []
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                    keys = [node.targets[0].slice]
                found |= {key.value for key in keys if isinstance(key, ast.Constant)}
    return found


def statistics(*modules) -> set[str]:
    """The public functions of modules that hold nothing but statistics."""
    return {
        name
        for module in modules
        for name, of in vars(module).items()
        if inspect.isfunction(of) and of.__module__ == module.__name__ and name[0] != "_"
    }


def test_every_figure_is_compared_and_documented():
    figures = emitted(measures) | emitted(scores)
    assert len(figures) > 20
    assert figures - ELSEWHERE - COMPARED.keys() == set()
    known = DOCS.read_text(encoding="utf-8")
    assert not [name for name in figures if f"| {name} |" not in known]
    own = statistics(calibration, significance, drift, anomaly)
    assert own - COMPARED.keys() - HELPERS == set()
    assert not [name for name in own - HELPERS if f"`{name}`" not in known]


# simulated in test_significance.py, test_intervals.py, test_detector.py and test_drift.py
HELPERS = {"by_halves", "unlike", "drawn", "pairwise", "interval", "drawn_chance", "between"} | {
    "told_apart",
    "threshold",
}


# --- classes ---------------------------------------------------------------------------------


def scored(seed, n=200, classes=4, present=None):
    draw = np.random.default_rng(seed)
    y = draw.integers(present or classes, size=n)
    logits = draw.normal(size=(n, classes)) + 1.5 * np.eye(classes)[y]
    return softmax(logits, axis=1), y


@compares("accuracy", "balanced accuracy")
@pytest.mark.parametrize(("n", "present"), [(200, 4), (200, 2), (50, 1), (1, 1)])
def test_accuracies(n, present):
    shares, y = scored(n, n, present=present)
    figures, predicted = measures.classification(shares, y), shares.argmax(1)
    assert figures["accuracy"].value == pytest.approx(metrics.accuracy_score(y, predicted))
    expected = np.mean([np.mean(predicted[y == k] == k) for k in np.unique(y)])
    assert figures["balanced accuracy"].value == pytest.approx(expected)
    recall = metrics.recall_score(y, predicted, labels=np.unique(y), average="macro")
    assert expected == pytest.approx(recall)
    comparison = scores.of_classes(shares, y)
    assert comparison["accuracy"] == figures["accuracy"].value
    assert comparison["balanced accuracy"] == figures["balanced accuracy"].value


def test_scores_that_are_no_numbers_name_no_class():
    shares, y = scored(0)
    shares[:50] = np.nan
    right = (shares[50:].argmax(1) == y[50:]).sum() / 200
    assert measures.classification(shares, y)["accuracy"].value == right
    nobody = measures.classification(np.zeros((0, 3)), np.zeros(0, int))
    assert [of.value for of in nobody.values()] == [None, None]


@compares("top-5 accuracy")
def test_the_top_five():
    shares, y = scored(1, 300, 14)
    figure = measures.classification(shares, y)["top-5 accuracy"].value
    labels = np.arange(14)
    assert figure == pytest.approx(metrics.top_k_accuracy_score(y, shares, k=5, labels=labels))
    tied = np.round(shares, 1)  # scikit-learn's rule: of equals the later class comes first
    naive = [
        c in sorted(labels, key=lambda k: (r[k], k))[-5:] for r, c in zip(tied, y, strict=True)
    ]
    assert measures.classification(tied, y)["top-5 accuracy"].value == np.mean(naive)


@compares("log loss", "AUC")
@pytest.mark.parametrize("classes", [2, 4])
def test_log_loss_and_auc(classes):
    shares, y = scored(2, classes=classes)
    figures = scores.of_classes(shares, y)
    assert figures["log loss"] == pytest.approx(metrics.log_loss(y, shares))
    areas = []
    for k in range(classes):  # Mann and Whitney's count, ties as a half
        mine, others = shares[y == k, k], shares[y != k, k]
        pairs = mine[:, None] - others
        areas.append(np.mean(np.where(pairs == 0, 0.5, pairs > 0)))
    assert figures["AUC"] == pytest.approx(np.mean(areas))
    assert "AUC" not in scores.of_classes(shares, np.zeros_like(y))


def test_one_wrong_certainty_has_a_price_that_is_finite():
    shares, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1, 1])
    figure = scores.of_classes(shares, y)["log loss"]
    assert figure == pytest.approx(metrics.log_loss(y, shares, labels=[0, 1]))
    assert np.isfinite(figure)


@compares("calibration error", "calibration_error")
@pytest.mark.parametrize("seed", range(5))
def test_one_calibration_error(seed):
    """The definition by two loops: bins ((m - 1) / 15, m / 15]."""
    shares, y = scored(seed, 300, 3)
    shares[:20] = np.eye(3)[y[:20]]  # certain
    shares[20:40] = [0.6, 0.4, 0.0]  # on an edge of two bins
    expected = 0.0
    for m in range(1, 16):
        inside = [i for i, s in enumerate(shares.max(1)) if (m - 1) / 15 < s <= m / 15]
        if inside:
            sure = np.mean([shares[i].max() for i in inside])
            right = np.mean([shares[i].argmax() == y[i] for i in inside])
            expected += len(inside) / 300 * abs(sure - right)
    assert calibration.calibration_error(shares, y) == pytest.approx(expected)
    assert scores.of_classes(shares, y)["calibration error"] == pytest.approx(expected)


@compares("brier")
def test_brier():
    shares, y = scored(3)
    naive = np.mean([((row - np.eye(4)[k]) ** 2).sum() for row, k in zip(shares, y, strict=True)])
    assert calibration.brier(shares, y) == pytest.approx(naive)
    two, of = scored(3, classes=2)
    assert calibration.brier(two, of) == pytest.approx(2 * metrics.brier_score_loss(of, two[:, 1]))


@compares("temperature", "proven")
def test_the_temperature():
    shares, y = scored(4)
    logits = 3 * np.log(shares)

    def nats(temperature):  # the truth, smoothed by one row of any class
        target = (np.eye(4)[y] * 200 + 1 / 4) / 201
        return -(target * log_softmax(logits / temperature, axis=1)).sum()

    best = minimize_scalar(nats, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-8}).x
    assert calibration.temperature(logits, y) == pytest.approx(best, rel=1e-4)
    assert calibration.proven(logits, y) == pytest.approx(best, rel=1e-4)


@compares("margin")
@pytest.mark.parametrize("n", [5, 9, 10, 40])
def test_the_margin(n):
    errors = np.abs(np.random.default_rng(n).normal(size=n))
    at = [e for e in np.sort(errors) if (errors <= e).sum() >= 0.9 * (n + 1) - 1e-9]
    assert calibration.margin(errors, 0.9) == (at[0] if at else np.inf)


# --- numbers ---------------------------------------------------------------------------------


@compares("rmse", "mae", "r2")
@pytest.mark.parametrize("offset", [0.0, 1.7e9])
@pytest.mark.parametrize("n", [2, 30, 500])
def test_errors_of_numbers(n, offset):
    draw = np.random.default_rng(n)
    y = draw.normal(size=n) + offset
    guess = y + draw.normal(size=n)
    figures = {name: of.value for name, of in measures.regression(guess, y).items()}
    assert figures["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, guess))
    assert figures["mae"] == pytest.approx(metrics.mean_absolute_error(y, guess))
    centred = y - offset
    naive = 1 - ((guess - y) ** 2).sum() / ((centred - centred.mean()) ** 2).sum()
    assert figures["r2"] == pytest.approx(naive, abs=1e-6)
    assert figures["r2"] == pytest.approx(metrics.r2_score(y, guess), abs=1e-6)
    assert scores.of_numbers(guess, y) == figures


@pytest.mark.parametrize("y", [[5.0], [5.0, 5.0, 5.0]])
def test_of_a_target_that_does_not_vary_there_is_no_r_squared(y):
    found = measures.regression(np.zeros(len(y)), np.array(y))
    assert found["r2"].value is None
    assert "differ" in found["r2"].why
    assert found["mae"].value == 5
    assert "r2" not in scores.of_numbers(np.zeros(len(y)), np.array(y))


def test_predictions_that_are_no_numbers_are_not_measured():
    found = measures.regression(np.array([1.0, np.nan, 3.0]), np.arange(3.0))
    assert {of.value for of in found.values()} == {None}


@pytest.mark.parametrize("measure", [scores.RMSE, scores.MAE, scores.ACCURACY, scores.BALANCED])
def test_what_rows_add_has_the_figure_as_its_mean(measure):
    draw = np.random.default_rng(0)
    if measure.higher_is_better:
        answers, y = scored(0)
        figure = scores.of_classes(answers, y)[measure.name]
    else:
        y, answers = draw.normal(size=(2, 100))
        figure = scores.of_numbers(answers, y)[measure.name]
    assert scores.each_row(measure, answers, y).mean() == pytest.approx(figure)
    assert scores.each_row(scores.Measure("another", True, (0, 1)), answers, y) is None


@compares("bits per byte", "mse", "nats")
def test_means_over_examples():
    draw = np.random.default_rng(0)
    nats = draw.exponential(size=(20, 7))
    assert measures.language(nats)["bits per byte"].value == pytest.approx(
        np.log2(np.e**nats).mean()
    )
    x, back = draw.normal(size=(2, 20, 3, 4)).astype(np.float32)
    expected = metrics.mean_squared_error(x.ravel(), back.ravel())
    assert measures.reconstruction(back, x)["mse"].value == pytest.approx(expected, rel=1e-5)
    chances = draw.random(20)
    expected = -np.mean([np.log(p) for p in chances])
    assert measures.density(np.log(chances))["nats"].value == pytest.approx(expected)
    impossible = measures.density(np.array([-np.inf, -1.0]))["nats"]
    assert (impossible.value, impossible.why) == (None, "it isn't finite")


# --- pictures --------------------------------------------------------------------------------


@compares("mean IoU", "pixel accuracy")
@pytest.mark.parametrize("seed", range(4))
def test_pixels(seed):
    draw = np.random.default_rng(seed)
    masks = draw.integers(-1, 3, size=(12, 6, 5))
    guess = np.where(
        draw.random(masks.shape) < 0.6, masks.clip(0), draw.integers(3, size=masks.shape)
    )
    figures = measures.segmentation(measures.pixel_confusions(guess, masks, 5))
    true, given = masks[masks >= 0], guess[masks >= 0]
    jaccard = metrics.jaccard_score(true, given, average=None, labels=np.union1d(true, given))
    assert figures["mean IoU"].value == pytest.approx(np.mean(jaccard))
    assert figures["pixel accuracy"].value == pytest.approx(metrics.accuracy_score(true, given))


def test_pictures_without_a_labelled_pixel_are_not_measured():
    masks = np.full((3, 4, 4), -1)
    figures = measures.segmentation(measures.pixel_confusions(np.zeros_like(masks), masks, 2))
    assert {(of.value, of.why) for of in figures.values()} == {(None, "no pixel has a class")}


def overlap(one, other):
    width = max(0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0, min(one[3], other[3]) - max(one[1], other[1]))
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return width * height / (sum(areas) - width * height)


def average_precision(found, truth, label, threshold):
    """COCO's, by loops: 101 points of the precision that no higher recall betters."""
    judged, things = [], 0
    for rows, real in zip(found, truth, strict=True):
        boxes = [r[1:] for r in real if r[0] == label]
        things += len(boxes)
        free = set(range(len(boxes)))
        mine = sorted((r for r in rows if r[0] == label), key=lambda r: -r[1])[:100]
        for row in mine:
            near = [(overlap(row[2:], boxes[i]), i) for i in free]
            best = max(near, default=(0, None))
            hit = best[0] >= threshold
            if hit:
                free.remove(best[1])
            judged.append((row[1], hit))
    if not things:
        return None
    judged.sort(key=lambda one: -one[0])
    hits = np.cumsum([hit for _, hit in judged])
    recall, precision = hits / things, hits / np.arange(1, len(hits) + 1)
    at = [
        [p for r, p in zip(recall, precision, strict=True) if r >= point - 1e-12]
        for point in np.linspace(0, 1, 101)
    ]
    return np.mean([max(one, default=0) for one in at])


@compares("AP", "AP50")
@pytest.mark.parametrize("seed", range(3))
def test_average_precision(seed):
    draw = np.random.default_rng(seed)
    truth, found = np.full((6, 5, 5), -1.0), []
    for picture in truth:
        count = draw.integers(0, 6)
        corners = draw.uniform(0, 60, (count, 2))
        picture[:count, 0] = draw.integers(2, size=count)  # the third class has no box
        picture[:count, 1:] = np.hstack([corners, corners + draw.uniform(8, 30, (count, 2))])
        near = picture[:count].copy()
        near[:, 1:] += draw.normal(0, 2, (count, 4))
        other = np.column_stack(
            [draw.integers(3, size=4), *draw.uniform(0, 20, (2, 4)), *draw.uniform(25, 60, (2, 4))]
        )
        rows = np.vstack([near, other])
        found.append(np.column_stack([rows[:, 0], draw.random(len(rows)), rows[:, 1:]]))
    figures = measures.detection(found, truth, 3)
    for name, thresholds in (("AP", np.arange(50, 100, 5) / 100), ("AP50", [0.5])):
        each = [average_precision(found, truth, k, at) for k in range(3) for at in thresholds]
        expected = np.mean([one for one in each if one is not None])
        assert figures[name].value == pytest.approx(expected, abs=1e-9)


def test_a_perfect_detector_of_sixty_things_is_perfect():
    corners = torch.tensor(
        [[10.0 * i, 10.0 * j, 10.0 * i + 8, 10.0 * j + 8] for i in range(10) for j in range(6)]
    )
    scores_of = torch.tensor([0.0, 20.0]).expand(60, 2)
    rows = torch.cat([corners, offsets(corners, corners), scores_of], 1)[None].numpy()
    truth = np.concatenate([np.zeros((60, 1)), corners.numpy()], 1)[None]
    figures = measures.detection(model_outputs.found(rows), truth, 1)
    assert [of.value for of in figures.values()] == pytest.approx([1, 1])


@pytest.mark.parametrize("found", [[np.zeros((0, 6))], [np.array([[0, 0.9, 1, 1, 5, 5]])]])
def test_without_a_true_box_precision_is_not_measured(found):
    figures = measures.detection(found, np.full((1, 2, 5), -1.0), 2)
    assert {(of.value, of.why) for of in figures.values()} == {(None, "no picture has a true box")}


# --- samples, patterns, maps, pairs ----------------------------------------------------------


@compares("two-sample accuracy", "modes", "good samples")
def test_generated_samples():
    draw = np.random.default_rng(0)
    modes = np.repeat([0, 1], 30)
    x = draw.normal(size=(60, 2)) * 0.5 + 4 * modes[:, None]
    samples = np.vstack([draw.normal(size=(50, 2)) * 0.6, draw.uniform(-9, 9, (10, 2))])
    figures = measures.generation(samples, x, modes)
    both, labels = np.vstack([samples, x]), np.repeat([0, 1], 60)
    right = []
    for train, test in StratifiedKFold(5).split(both, labels):
        near = [np.argsort(((both[train] - both[i]) ** 2).sum(1))[:5] for i in test]
        guess = [labels[train][k].mean() > 0.5 for k in near]
        right.append(np.mean(np.array(guess) == labels[test]))
    assert figures["two-sample accuracy"].value == pytest.approx(np.mean(right))
    centres = [x[modes == k].mean(0) for k in (0, 1)]
    spread = np.sqrt(np.mean([x[modes == k].var(0).mean() for k in (0, 1)]))
    nearest = [min((np.linalg.norm(s - c), k) for k, c in enumerate(centres)) for s in samples]
    good = [k for distance, k in nearest if distance <= 4 * spread]
    assert figures["good samples"].value == len(good) / 60
    assert figures["modes"].value == sum(good.count(k) >= 0.008 * 60 for k in (0, 1))
    assert measures.generation(samples[:4], x, None)["two-sample accuracy"].value is None


@compares("recalled", "overlap")
def test_recalled_patterns():
    draw = np.random.default_rng(0)
    patterns = draw.choice([-1.0, 1.0], (40, 6))
    given = np.where(draw.random((40, 6)) < 0.9, patterns, -patterns) * draw.random((40, 6))
    figures = measures.recall(given, patterns)
    pairs = [*zip(np.sign(given).tolist(), patterns.tolist(), strict=True)]
    assert figures["recalled"].value == sum(a == b for a, b in pairs) / 40
    expected = np.mean([np.dot(a, b) / 6 for a, b in pairs])
    assert figures["overlap"].value == pytest.approx(expected)


@compares("topographic error", "quantisation error")
@pytest.mark.parametrize("block", [1 << 22, 64])
def test_maps(block, monkeypatch):
    monkeypatch.setattr(measures, "BLOCK", block)
    draw = np.random.default_rng(0)
    units, x = draw.normal(size=(12, 3)), draw.normal(size=(80, 3))
    grid = np.stack(np.divmod(np.arange(12), 4), 1)
    torn, nearest = 0, []
    for row in x:
        distances = [np.sqrt(((row - u) ** 2).sum()) for u in units]
        one, two = sorted(range(12), key=lambda k: distances[k])[:2]
        torn += max(abs(grid[one] - grid[two])) > 1
        nearest.append(distances[one])
    figures = measures.mapping(units, grid, x)
    assert figures["topographic error"].value == torn / 80
    assert figures["quantisation error"].value == pytest.approx(np.mean(nearest))
    alone = measures.mapping(units[:1], grid[:1], x)
    assert alone["topographic error"].why == "the map has a single unit"
    assert alone["quantisation error"].value > 0


@compares("equal error rate")
@pytest.mark.parametrize(("seed", "digits"), [(0, 9), (1, 9), (2, 0), (3, 0)])
def test_verification(seed, digits):
    draw = np.random.default_rng(seed)
    y = draw.integers(4, size=60)
    places = (draw.normal(size=(60, 2)) + y[:, None]).round(digits)  # rounded: many ties
    figures = measures.verification(places, y)
    apart, same = measures.pairs(places, y)
    false, true, _ = metrics.roc_curve(same, -apart, drop_intermediate=False)
    even = brentq(lambda at: 1 - at - np.interp(at, false, true), 0, 1)
    assert figures["equal error rate"].value == pytest.approx(even, abs=1e-6)
    ranked = stats.mannwhitneyu(-apart[same], -apart[~same]).statistic
    area = ranked / (same.sum() * (~same).sum())
    assert figures["AUC"].value == pytest.approx(area)


@pytest.mark.parametrize("y", [[0], [0, 0, 0], [0, 1, 2]])
def test_pairs_of_one_kind_only_are_not_measured(y):
    found = measures.verification(np.arange(len(y))[:, None], np.array(y))
    assert {of.value for of in found.values()} == {None}


@compares("usualness")
def test_how_usual_examples_are():
    draw = np.random.default_rng(0)
    x, out = draw.normal(size=(2, 9, 4))
    naive = [-sum((a - b) ** 2) / 4 for a, b in zip(out, x, strict=True)]
    np.testing.assert_allclose(tasks.get("reconstruction").usualness(out, x), naive)
    np.testing.assert_allclose(tasks.get("mapping").usualness(out, x), [max(r) for r in out])
    np.testing.assert_allclose(tasks.get("density").usualness(out, x), [r[0] for r in out])


# --- tests -----------------------------------------------------------------------------------


@compares("p_value")
@pytest.mark.parametrize("seed", range(4))
def test_the_corrected_t_test(seed):
    """Nadeau and Bengio's statistic from scikit-learn's and SciPy's parts."""
    one, other = np.random.default_rng(seed).normal(0.3, 1, (2, 10))
    plain = stats.ttest_rel(one, other)
    statistic = plain.statistic * np.sqrt((1 / 10) / (1 / 10 + 1 / 9))
    expected = 2 * stats.t.sf(abs(statistic), 9)
    assert significance.p_value(one, other, 1 / 9) == pytest.approx(expected)


def test_holms_correction():
    draw = np.random.default_rng(0)
    figures = {name: draw.normal(place, 1, 8) for place, name in enumerate("abcd")}
    found = significance.pairwise(figures, 1 / 7)
    raw = {pair: significance.p_value(*(figures[n] for n in pair), 1 / 7) for pair in found}
    corrected = multipletests([*raw.values()], method="holm")[1]
    assert [*found.values()] == pytest.approx(corrected)


@pytest.mark.parametrize("digits", [9, 1])
def test_distances_of_columns_of_numbers(digits):
    draw = np.random.default_rng(0)
    a, b = draw.normal(size=(80, 3)).round(digits), draw.normal(0.4, 1, (120, 3)).round(digits)
    distances, chances = drift._numbers(a, b)
    for place in range(3):
        exact = ks_2samp(a[:, place], b[:, place], method="exact")
        assert distances[place] == pytest.approx(exact.statistic)
        limit = kolmogorov(exact.statistic * np.sqrt(80 * 120 / 200))
        assert chances[place] == pytest.approx(limit)
        assert chances[place] >= exact.pvalue  # the limit law errs on the careful side
