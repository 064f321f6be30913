"""Steps of the chapter on preparation: what may be computed from which rows."""

from __future__ import annotations

import numpy as np

from nna.learn.step import Step


def standardised(train, test):
    """The test rows with each column scaled to mean 0 and deviation 1, without a leak."""
    return (test - train.mean(axis=0)) / train.std(axis=0)


def cycle(hour):
    """An hour of the day as sine and cosine, in this order, so that 23 is close to 0."""
    angle = 2 * np.pi * hour / 24
    return np.sin(angle), np.cos(angle)


def filled(column, median):
    """A column with its gaps (NaN) filled by the median, and a column that is 1 where they were."""
    gap = np.isnan(column)
    return np.where(gap, median, column), gap.astype(float)


def largest_by_chance(columns, rows):
    """About how large the largest correlation of so many columns of noise with a target is.

    By the bound sqrt(2 ln n) of the largest of n standard normal draws; a correlation over m rows
    has the deviation 1 / sqrt(m).
    """
    return np.sqrt(2 * np.log(columns) / rows)


def trainings(outer, inner, settings):
    """How many trainings nested cross-validation takes, without those for the final model.

    Every outer part chooses among the settings by inner folds, and trains with the chosen ones.
    """
    return outer * (settings * inner + 1)


def _scaled(train, test):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit(train).transform(test)


def _counted(outer, inner, settings):
    done = 0
    for _ in range(outer):
        for _ in range(settings):
            for _ in range(inner):
                done += 1
        done += 1
    return done


def _imputed(column, median):
    pairs = [(median, 1.0) if value != value else (value, 0.0) for value in column]
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])


def _solved(columns, rows):
    from scipy import optimize

    # a normal tail of exp(-z^2 / 2), a column's chance to be that far out, once in all columns
    z = optimize.brentq(lambda z: columns * np.exp(-(z**2) / 2) - 1, 0, 50, xtol=1e-13)
    return z / rows**0.5


STEPS = (
    Step(
        answer=cycle,
        section="Preparing",
        ask="A number for the hour would put 23 and 0 at opposite ends.",
        draw=lambda r: (r.uniform(0, 24, 6),),
        truth=lambda h: (np.exp(2j * np.pi * h / 24).imag, np.exp(2j * np.pi * h / 24).real),
        mistakes={
            "A day is a whole turn, not half of one": lambda h: (
                np.sin(np.pi * h / 24),
                np.cos(np.pi * h / 24),
            ),
            "Sine comes first": lambda h: (np.cos(np.pi * h / 12), np.sin(np.pi * h / 12)),
            "An hour isn't an angle yet": lambda h: (np.sin(h), np.cos(h)),
            "Angles are in radians here": lambda h: (np.sin(15 * h), np.cos(15 * h)),
        },
        hint="At 6 o'clock a quarter of the turn is done.",
    ),
    Step(
        answer=filled,
        section="Preparing",
        ask="Fill gaps without hiding where they were.",
        draw=lambda r: (np.where(r.random(6) < 0.4, np.nan, r.normal(size=6)), r.normal()),
        truth=_imputed,
        mistakes={
            "The second column is 1 where there was no gap": lambda c, m: (
                np.where(np.isnan(c), m, c),
                1.0 - np.isnan(c),
            ),
            "Gaps get the median that was given, not zero": lambda c, m: (
                np.nan_to_num(c),
                np.isnan(c).astype(float),
            ),
            "The values that are there should stay": lambda c, m: (
                np.full(len(c), m),
                np.isnan(c).astype(float),
            ),
            "A gap is still there; comparing with NaN is never true": lambda c, m: (
                c,
                np.isnan(c).astype(float),
            ),
        },
        hint="Find the gaps first; both columns come from that.",
    ),
    Step(
        answer=standardised,
        section="What belongs to training only",
        ask="Every number that is computed from data is part of the model.",
        draw=lambda r: (r.normal(1, 3, (8, 2)), r.normal(2, 1, (5, 2))),
        truth=_scaled,
        mistakes={
            "The statistics are of the test rows: they had a share in it": lambda a, b: (
                (b - b.mean(0)) / b.std(0)
            ),
            "The statistics are of both parts together: that is a leak": lambda a, b: (
                (b - np.vstack([a, b]).mean(0)) / np.vstack([a, b]).std(0)
            ),
            "Columns are divided by the variance": lambda a, b: (b - a.mean(0)) / a.var(0),
            "Each column has its own mean and deviation": lambda a, b: (b - a.mean()) / a.std(),
        },
        hint="Which rows may the mean and the deviation see?",
    ),
    Step(
        answer=largest_by_chance,
        section="What belongs to training only",
        ask="Why columns must be selected after the split: how good does the best noise look?",
        draw=lambda r: (int(r.integers(10, 10**6)), int(r.integers(20, 2000))),
        truth=_solved,
        mistakes={
            "The rows are missing: with more of them chance fits worse": lambda n, m: np.sqrt(
                2 * np.log(n)
            ),
            "That is a mean of chance, not the largest of many": lambda n, m: 1 / np.sqrt(m),
            "Natural logarithms are meant": lambda n, m: np.sqrt(2 * np.log10(n) / m),
            "The deviation falls with the root of the rows": lambda n, m: (
                np.sqrt(2 * np.log(n)) / m
            ),
        },
        hint="How far out is the largest of many draws, and how large is one deviation?",
    ),
    Step(
        answer=trainings,
        section="Choosing without fooling oneself",
        ask="Nested selection is dear. Count.",
        draw=lambda r: tuple(map(int, r.integers(2, 12, 3))),
        truth=_counted,
        mistakes={
            "Once the settings are chosen, the outer part trains with them": lambda o, i, s: (
                o * i * s
            ),
            "The training with the chosen settings comes once in each outer part": lambda o, i, s: (
                o * i * s + 1
            ),
            "Each setting is tried in every inner fold": lambda o, i, s: o * (s + i + 1),
            "The chosen settings are trained once, not once a fold": lambda o, i, s: (
                o * (s * i + i)
            ),
        },
        hint="Write it as loops and count what happens inside one outer part.",
    ),
)
