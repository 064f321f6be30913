"""By what a user judges a model: a metric by name, and the threshold of one of two classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nna import tasks
from nna.errors import UserError
from nna.workbench.evaluation import metrics
from nna.workbench.evaluation.intervals import Figure, mean, share, unknown
from nna.workbench.evaluation.results import Threshold

OF_CLASSES = (
    "accuracy",
    "balanced accuracy",
    "f1",
    "f1 macro",
    "precision",
    "recall",
    "AUC",
    "average precision",
    "log loss",
)
OF_TWO = ("f1", "precision", "recall", "average precision")  # of one class against the other
METRICS: Mapping[str, tuple[str, ...]] = {
    "classification": OF_CLASSES,
    "node-classification": OF_CLASSES,
    "regression": ("rmse", "mae", "r2"),
    "segmentation": ("mean IoU", "pixel accuracy"),
    "detection": ("AP", "AP50"),
    "verification": ("AUC", "equal error rate"),
    "reconstruction": ("mse",),
    "density": ("nats",),
    "language-modelling": ("bits per byte",),
    "translation": ("exact match", "token accuracy"),
}
ALIASES = {"roc auc": "AUC", "root mean squared error": "rmse", "mean absolute error": "mae"}
CUTTING = ("accuracy", "balanced accuracy", "f1", "f1 macro")  # that a threshold is chosen by
LOWER = ("log loss", "rmse", "mae", "equal error rate", "mse", "nats", "bits per byte")
AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What decides, where a user says so."""

    metric: str | None = None  # as figures are called; None: what the task is measured by first
    positive: int = 1  # of two classes the one that metrics and the threshold are about
    threshold: float | str | None = None  # its share from which it is named; None: the larger one

    @property
    def cuts_by(self) -> str:
        """The metric that an automatic threshold makes as good as it can be."""
        return self.metric or "balanced accuracy"

    def predicted(self, scores: np.ndarray) -> np.ndarray:
        """The class named for each row, `(n,)`; -1 where scores aren't all numbers.

        Args:
            scores: whose softmax are the shares of the classes, `(n, classes)`.
        """
        named = scores.argmax(1)
        if isinstance(self.threshold, float):
            named = np.where(
                self.shares(scores) >= self.threshold, self.positive, 1 - self.positive
            )
        return np.where(np.isnan(scores).any(1), -1, named)

    def shares(self, scores: np.ndarray) -> np.ndarray:
        """The softmax of the positive one of two classes, `(n,)`."""
        from scipy.special import expit

        return expit(lead(scores, self.positive))


PLAIN = Scoring()


def higher_is_better(metric: str) -> bool:
    """Which way a metric is better."""
    return metric not in LOWER


def lead(scores: np.ndarray, positive: int) -> np.ndarray:
    """By how much the score of the positive one of two classes is the larger, `(n,)`."""
    exact = scores.astype(np.float64)
    return exact[:, positive] - exact[:, 1 - positive]


def asked(  # noqa: PLR0913 - one argument a thing that the user may say
    task: tasks.Task,
    classes: tuple[str, ...],
    likelihood: bool,
    metric: str | None = None,
    positive: str | None = None,
    threshold: float | str | None = None,
) -> Scoring:
    """What a user says, checked against what is predicted.

    Args:
        task: of the model.
        classes: their names.
        likelihood: whether the softmax of the scores is made to be probable.
        metric: by name; blanks, hyphens and underscores are one, as is the case of letters.
        positive: the class that f1, precision, recall and the threshold are about; None: the second
            one, as scikit-learn has it.
        threshold: the share of that class from which it is named, or "auto": chosen on validation.

    Raises:
        UserError: what means nothing here.
    """
    name = None if metric is None else _metric(metric, task, classes, likelihood)
    two = task.one_class and len(classes) == 2
    if (positive is not None or threshold is not None) and not two:
        what = "--positive" if threshold is None else "--threshold"
        have = f"{len(classes)} classes" if classes else task.name
        raise UserError(f"{what} is for telling two classes apart, and these data are for {have}")
    if positive is not None and positive not in classes:
        raise UserError(f"--positive {positive!r}: the classes are {', '.join(map(repr, classes))}")
    cut = None if threshold is None else _threshold(threshold, likelihood)
    if cut == AUTO and name is not None and name not in CUTTING:
        raise UserError(f"--threshold auto is chosen by {', '.join(CUTTING)}, not by {name}")
    return Scoring(metric=name, positive=classes.index(positive) if positive else 1, threshold=cut)


def _metric(said: str, task: str, classes: tuple[str, ...], likelihood: bool) -> str:
    def plain(word: str) -> str:
        return " ".join(word.replace("_", " ").replace("-", " ").lower().split())

    there = METRICS.get(task.name)
    if there is None:
        raise UserError(f"--metric is not for {task}")
    wanted = plain(said)
    found = next((one for one in there if plain(one) == plain(ALIASES.get(wanted, wanted))), None)
    if found is None:
        raise UserError(f"no metric {said!r} for {task}; there are: {', '.join(there)}")
    if found in OF_TWO and len(classes) != 2:
        raise UserError(
            f"{found} is for two classes, and there are {len(classes)}; f1_macro, "
            "balanced_accuracy and roc_auc are for any number"
        )
    if found == "log loss" and not likelihood:
        raise UserError("log loss is for probabilities, and this objective is no log-likelihood")
    return found


def _threshold(said: float | str, likelihood: bool) -> float | str:
    if not likelihood:
        raise UserError(
            "--threshold is for probabilities, and this objective is no log-likelihood: choose "
            "--objective cross_entropy, or an architecture that learns by it"
        )
    if said == AUTO:
        return AUTO
    try:
        number = float(said)
    except ValueError:
        number = -1.0
    if not 0 < number < 1:
        raise UserError(f"--threshold {said}: a number between 0 and 1, or auto")
    return number


def choose(scores: np.ndarray, y: np.ndarray, scoring: Scoring) -> float:
    """The threshold of the positive class's share that is best by the metric; see `cuts_by`.

    All cuts between neighbouring shares are tried, and 0.5; of equally good ones the nearest to 0.5
    is taken, half-way between its neighbours.

    Args:
        scores: of validation rows, `(n, 2)`; their softmax are the shares.
        y: class numbers, `(n,)`.
        scoring: the metric, and the class.
    """
    shares, truth = scoring.shares(scores), y == scoring.positive
    order = np.argsort(shares, kind="stable")
    shares, truth = shares[order], truth[order]
    below = np.concatenate([[0], np.cumsum(truth)])  # positives that each cut leaves unnamed
    cuts = np.concatenate([shares[:1] / 2, (shares[1:] + shares[:-1]) / 2, (1 + shares[-1:]) / 2])
    real = np.concatenate([[True], shares[1:] > shares[:-1], [True]])
    real &= (cuts > 0) & (cuts < 1)
    cuts, missed = np.append(cuts, 0.5), np.append(below, below[(shares < 0.5).sum()])
    unnamed = np.append(np.arange(len(y) + 1), (shares < 0.5).sum())
    real = np.append(real, True)
    hits = truth.sum() - missed
    false = len(y) - unnamed - hits
    value = np.where(real, _of_counts(scoring.cuts_by, hits, false, missed, unnamed - missed), -1)
    best = np.flatnonzero(value >= value.max() - 1e-12)
    return float(cuts[best[np.abs(cuts[best] - 0.5).argmin()]])


def _of_counts(
    metric: str, hits: np.ndarray, false: np.ndarray, missed: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """A metric of two classes from true and false positives, false and true negatives."""

    def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
        return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)

    if metric == "accuracy":
        return (hits + right) / (hits + false + missed + right)
    if metric == "balanced accuracy":
        return (ratio(hits, hits + missed) + ratio(right, right + false)) / 2
    of_positive = ratio(2 * hits, 2 * hits + false + missed)
    if metric == "f1":
        return of_positive
    return (of_positive + ratio(2 * right, 2 * right + false + missed)) / 2


def figures(scores: np.ndarray, y: np.ndarray, scoring: Scoring) -> dict[str, Figure]:
    """What answers to rows of classes are measured by, the metric asked for first.

    Args:
        scores: `(n, classes)`; their softmax are the shares of the classes.
        y: class numbers, `(n,)`.
        scoring: as asked for; its threshold a number, if there is one.
    """
    predicted = scoring.predicted(scores)
    found = metrics.classification(scores, y, predicted)
    return first({**named(scores, predicted, y, scoring), **found}, scoring.metric)


def first(found: Mapping[str, Figure], metric: str | None) -> dict[str, Figure]:
    """The same figures, the metric asked for before all others."""
    head = {name: of for name, of in found.items() if name == metric}
    return {**head, **found}


def named(
    scores: np.ndarray, predicted: np.ndarray, y: np.ndarray, scoring: Scoring
) -> dict[str, Figure]:
    """The figure of the metric asked for, where it is none that is always measured."""
    metric, positive = scoring.metric, scoring.positive
    if metric in (None, "accuracy", "balanced accuracy"):
        return {}
    if not len(y):
        return {metric: unknown("there is no example")}
    if metric in ("AUC", "average precision", "log loss"):
        return {metric: _ranked(metric, scores, y, positive)}
    classes = np.arange(scores.shape[1])
    hits = np.array([((predicted == k) & (y == k)).sum() for k in classes])
    given = np.array([(predicted == k).sum() for k in classes])
    true = np.array([(y == k).sum() for k in classes])
    if metric in ("precision", "recall"):
        whole = (given if metric == "precision" else true)[positive]
        why = "named" if metric == "precision" else "there"
        none = unknown(f"the positive class is never {why}")
        return {metric: share(int(hits[positive]), int(whole)) if whole else none}
    occurs = given + true > 0
    of_each = np.divide(2 * hits, given + true, out=np.zeros(len(classes)), where=occurs)
    if metric == "f1 macro":
        return {metric: Figure(float(of_each[occurs].mean()))}
    none = unknown("the positive class is neither there nor named")
    return {metric: Figure(float(of_each[positive])) if occurs[positive] else none}


def _ranked(metric: str, scores: np.ndarray, y: np.ndarray, positive: int) -> Figure:
    """A figure of the shares themselves, whichever class is named."""
    from scipy.special import log_softmax
    from sklearn.metrics import average_precision_score, roc_auc_score

    if np.isnan(scores).any():
        return unknown("scores that are no numbers", higher_is_better=metric != "log loss")
    if metric == "log loss":
        own = log_softmax(scores.astype(np.float64), axis=1)[np.arange(len(y)), y]
        return mean(-own, bounds=(0, np.inf))
    classes = range(scores.shape[1])
    if len(np.unique(y)) < len(classes):
        return unknown("a class never occurs")
    if metric == "average precision":
        return Figure(float(average_precision_score(y == positive, lead(scores, positive))))
    if len(classes) == 2:
        return Figure(float(roc_auc_score(y, lead(scores, 1))))
    shares = np.exp(log_softmax(scores.astype(np.float64), axis=1))
    return Figure(float(np.mean([roc_auc_score(y == k, shares[:, k]) for k in classes])))


def measurable(
    scoring: Scoring,
    y: np.ndarray,
    classes: tuple[str, ...],
    part: str = "the validation part",
) -> None:
    """See that rows can be judged so at all.

    Raises:
        UserError: they lack what it takes.
    """
    perfect = np.eye(max(len(classes), 2))[y] * 1000.0
    figure = figures(perfect, y, scoring).get(scoring.metric or "accuracy")
    why = figure.why if figure is not None and figure.value is None else None
    if scoring.threshold == AUTO and len(np.unique(y)) < 2:
        why = "a class never occurs"
    if why:
        what = scoring.metric or scoring.cuts_by
        raise UserError(f"{part} can't be judged by {what} ({why}): bring more rows")


def parse(said: str | None) -> float | str | None:
    """A threshold from the command line: a number, or a word."""
    try:
        return None if said is None else float(said)
    except ValueError:
        return said


def threshold_note(kept: Threshold) -> str:
    """A line on the threshold that a run keeps."""
    by = f", best {kept.by} on {kept.rows:,} validation rows" if kept.by else ""
    return f"{kept.positive!r} is named from a probability of {kept.value:.3g} on{by}"
