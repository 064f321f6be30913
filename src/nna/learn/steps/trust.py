"""Steps of the chapter on figures: intervals, and what a probability promises."""

from __future__ import annotations

import numpy as np

from nna.learn.step import Step


def wilson(right, tested, z):
    """Both ends of Wilson's interval for a share; z: the normal quantile, such as 1.96."""
    share = right / tested
    middle = share + z**2 / (2 * tested)
    half = z * np.sqrt(share * (1 - share) / tested + z**2 / (4 * tested**2))
    return (middle - half) / (1 + z**2 / tested), (middle + half) / (1 + z**2 / tested)


def half_width(one, other, t):
    """Half the width of the interval of a mean paired difference; t: Student's quantile."""
    gap = one - other
    return t * gap.std(ddof=1) / np.sqrt(len(gap))


def calibration_error(sure, right, bins):
    """The expected calibration error of confidences between 0 and 1, in so many equal bins."""
    places = np.minimum((sure * bins).astype(int), bins - 1)
    total = 0.0
    for place in range(bins):
        there = places == place
        if there.any():
            total += there.mean() * abs(right[there].mean() - sure[there].mean())
    return total


def area(scores, labels):
    """The area under the ROC curve: how often a positive scores above a negative; ties half."""
    gaps = scores[labels == 1][:, None] - scores[labels == 0]
    return (gaps > 0).mean() + (gaps == 0).mean() / 2


def _binomial(right, tested, z):
    from scipy import stats

    level = float(2 * stats.norm.cdf(z) - 1)
    found = stats.binomtest(right, tested).proportion_ci(level, method="wilson")
    return found.low, found.high


def _paired(one, other, t):
    from scipy import stats

    level = float(2 * stats.t.cdf(t, len(one) - 1) - 1)
    found = stats.ttest_rel(one, other).confidence_interval(level)
    return (found.high - found.low) / 2


def _binned(sure, right, bins):
    edges = np.linspace(0, 1, bins + 1)
    weight, _ = np.histogram(sure, edges)
    hits, _ = np.histogram(sure, edges, weights=right)
    told, _ = np.histogram(sure, edges, weights=sure)
    return np.abs(hits - told).sum() / weight.sum()


def _scored(scores, labels):
    from sklearn.metrics import roc_auc_score

    return roc_auc_score(labels, scores)


def _in_bins(sure, right, bins, of):
    places = np.minimum((sure * bins).astype(int), bins - 1)
    there = [places == place for place in range(bins) if (places == place).any()]
    return of([(one.mean(), right[one].mean() - sure[one].mean()) for one in there])


def _labelled(r):
    return r.integers(0, 4, 12).astype(float), np.r_[0, 1, r.integers(0, 2, 10)]


STEPS = (
    Step(
        answer=wilson,
        section="The interval",
        ask="Which shares would make this count no surprise? Solve the quadratic, or look it up.",
        draw=lambda r: (int(r.integers(0, 21)), 20, r.uniform(1.2, 2.8)),
        truth=_binomial,
        mistakes={
            "That is the simple interval: at no error at all it has no width": lambda k, n, z: (
                k / n - z * np.sqrt(k * (n - k) / n**3),
                k / n + z * np.sqrt(k * (n - k) / n**3),
            ),
            "The middle moves towards one half as well": lambda k, n, z: (
                *(
                    k / n + s * z * np.sqrt(k * (n - k) / n**3 + z**2 / (4 * n**2)) / (1 + z**2 / n)
                    for s in (-1, 1)
                ),
            ),
            "Under the root something is missing that doesn't vanish at either end": (
                lambda k, n, z: (
                    *(
                        (k / n + z**2 / (2 * n) + s * z * np.sqrt(k * (n - k) / n**3))
                        / (1 + z**2 / n)
                        for s in (-1, 1)
                    ),
                )
            ),
            "The lower end comes first": lambda k, n, z: wilson(k, n, z)[::-1],
        },
        hint="Ask for which true share the observed one lies exactly z deviations away.",
    ),
    Step(
        answer=half_width,
        section="Comparing two",
        ask="Two networks over the same seeds: the difference in pairs is the sharper question.",
        draw=lambda r: (r.normal(size=6), r.normal(size=6), r.uniform(1.5, 3)),
        truth=_paired,
        mistakes={
            "What both have in common doesn't cancel: take differences first": lambda a, b, t: (
                t * np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a))
            ),
            "With few seeds the deviation is too small if it is divided by their number": (
                lambda a, b, t: t * (a - b).std() / np.sqrt(len(a))
            ),
            "That is the spread of one difference, not of their mean": lambda a, b, t: (
                t * (a - b).std(ddof=1)
            ),
            "That is the whole width": lambda a, b, t: (
                2 * t * (a - b).std(ddof=1) / np.sqrt(len(a))
            ),
        },
        hint="First the differences, then the error of their mean.",
    ),
    Step(
        answer=calibration_error,
        section="The right figure",
        ask="Of all answers given with one confidence, how many were right?",
        draw=lambda r: (r.random(40), r.integers(0, 2, 40).astype(float), 4),
        truth=_binned,
        mistakes={
            "A bin counts as much as it has answers": lambda s, y, n: _in_bins(
                s, y, n, lambda v: np.mean([abs(gap) for _, gap in v])
            ),
            "Too sure in one bin doesn't make up for unsure in another": lambda s, y, n: _in_bins(
                s, y, n, lambda v: abs(sum(w * gap for w, gap in v))
            ),
            "That is the largest gap; a mean is asked": lambda s, y, n: _in_bins(
                s, y, n, lambda v: max(abs(gap) for _, gap in v)
            ),
            "That is the error of single answers: they must be put together first": (
                lambda s, y, n: np.abs(y - s).mean()
            ),
        },
        hint="In each bin compare two means; then average over the answers.",
    ),
    Step(
        answer=area,
        section="The right figure",
        ask="It is a probability about pairs. Mind ties.",
        draw=_labelled,
        truth=_scored,
        mistakes={
            "Ties count nothing here; a coin would be right half the time": lambda s, y: (
                s[y == 1][:, None] > s[y == 0]
            ).mean(),
            "Ties count as wins": lambda s, y: (s[y == 1][:, None] >= s[y == 0]).mean(),
            "Positives and negatives are exchanged": lambda s, y: 1 - area(s, y),
            "Those are pairs in all, not the share of them": lambda s, y: (
                area(s, y) * (y == 1).sum() * (y == 0).sum()
            ),
        },
        hint="Compare every positive with every negative.",
    ),
)
