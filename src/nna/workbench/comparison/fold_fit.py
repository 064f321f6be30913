"""One candidate on one fold: searched for its settings, fitted, asked, measured."""

from __future__ import annotations

import dataclasses
import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nna.errors import UserError
from nna.workbench.comparison import scores
from nna.workbench.comparison.candidates import Candidate
from nna.workbench.comparison.folds import Fold, Rows, into_folds
from nna.workbench.comparison.results import About, Fit, Refused, Seconds, Settings
from nna.workbench.comparison.scores import Measure
from nna.workbench.comparison.search_space import draw
from nna.workbench.evaluation.scoring import AUTO, PLAIN, Scoring

INNER = 4  # a trial is judged on one part in so many of the training rows


@dataclass(frozen=True, kw_only=True)
class Field:
    """What is compared: the rows, their targets, and what decides."""

    x: Any  # a frame, or an array whose first axis counts the rows
    y: np.ndarray  # class numbers, or numbers
    classes: tuple[str, ...]  # empty where numbers are predicted
    rows: Rows
    measure: Measure
    scoring: Scoring = PLAIN

    def at(self, index: np.ndarray) -> Any:
        """Some of the rows."""
        return self.x.iloc[index] if isinstance(self.x, pd.DataFrame) else self.x[index]

    def part(self, index: np.ndarray) -> Rows:
        """What is known of some of the rows."""

        def some(known: np.ndarray | None) -> np.ndarray | None:
            return None if known is None else known[index]

        of = self.rows
        return Rows(
            count=len(index),
            classes=some(of.classes),
            groups=some(of.groups),
            times=some(of.times),
        )

    def within(self, index: np.ndarray, seed: int) -> Fold:
        """Some of the rows split once more, for a search among them."""
        inner = into_folds(self.part(index), INNER, seed)[-1]
        return Fold(index[inner.train], index[inner.test])

    def teach(self, model: Any, index: np.ndarray) -> None:
        """Let a candidate learn from some rows."""
        model.fit(self.at(index), self.y[index])

    def ask(self, model: Any, index: np.ndarray) -> np.ndarray:
        """Shares of all classes, also of those that the training rows lacked; or numbers."""
        x = self.at(index)
        if not self.classes:
            return np.asarray(model.predict(x), dtype=np.float64)
        shares = np.zeros((len(index), len(self.classes)))
        known = np.asarray(model.classes_, dtype=int)
        if hasattr(model, "predict_proba"):
            shares[:, known] = model.predict_proba(x)
        else:  # it names a class and says no more: that counts as certainty
            shares[np.arange(len(index)), model.predict(x)] = 1.0
        return shares

    def judge(self, answers: np.ndarray, fold: Fold) -> dict[str, float]:
        """Figures of the answers to a fold's test rows."""
        if not np.isfinite(answers).all():
            raise UserError("its answers aren't all finite numbers")
        y = self.y[fold.test]
        if self.classes:
            return scores.of_classes(answers, y, self.scoring)
        return scores.of_numbers(answers, y)

    @property
    def chooses(self) -> bool:
        """Whether a threshold is to be chosen for each fit."""
        return self.scoring.threshold == AUTO

    def cut(self, answers: np.ndarray, index: np.ndarray) -> Field:
        """The same with a threshold, where one is to be chosen: the best for these answers."""
        if not self.chooses:
            return self
        return dataclasses.replace(self, scoring=scores.cut(answers, self.y[index], self.scoring))

    def of(self, fit: Fit) -> Field:
        """The same with the threshold that was chosen for a fit, if there was one."""
        if fit.threshold is None:
            return self
        how = dataclasses.replace(self.scoring, threshold=fit.threshold)
        return dataclasses.replace(self, scoring=how)

    def deciding(self, figures: dict[str, float]) -> float:
        """The figure that a search goes by."""
        return figures[self.measure.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The same for everyone."""

    trials: int = 1  # settings tried; 1: the default ones, without a search
    seed: int = 0  # of everything drawn
    seconds: float | None = None  # for each fit; None: as long as it takes
    clock: Callable[[], float] = time.perf_counter


def fit_fold(candidate: Candidate, field: Field, fold: Fold, terms: Terms) -> Fit | Refused:
    """Fit on the fold's training rows, tuned on a part of them, and answer for its test rows.

    Args:
        candidate: who.
        field: what is compared.
        fold: the rows.
        terms: the same for everyone.

    Returns:
        Figures, times, settings, trials; or why it can't take part.
    """
    with warnings.catch_warnings():
        # what was filled or unknown is told by training and predicting, not fit by fit
        warnings.simplefilter("ignore", UserWarning)
        return _fitted(candidate, field, fold, terms)


def _fitted(candidate: Candidate, field: Field, fold: Fold, terms: Terms) -> Fit | Refused:
    started, chooses = terms.clock(), field.chooses
    try:
        drawn, tried, field = _search(candidate, field, fold, terms)
        began, worked = terms.clock(), time.process_time()
        model = candidate.make(drawn, terms.seed, terms.seconds)
        field.teach(model, fold.train)
        fitted, cost = terms.clock() - began, time.process_time() - worked
        began = terms.clock()
        answers = field.ask(model, fold.test)
        asked = terms.clock() - began
        figures = field.judge(answers, fold)
    except (UserError, ValueError) as reason:
        return Refused(" ".join(str(reason).split())[:300])
    threshold = field.scoring.threshold if chooses else None
    assert not isinstance(threshold, str)
    return Fit(
        figures=figures,
        answers=answers.tolist(),
        seconds=Seconds(
            search=began - started - fitted,
            fit=fitted,
            processor=cost,
            asked=asked,
            a_row=asked / len(fold.test),
        ),
        settings={name: _plain(value) for name, value in drawn.items()},
        trials=tried,
        about=_about(model),
        threshold=threshold,
    )


def _about(model: Any) -> About:
    """Parameters and epochs of a network, and how far it came; what a rule had to leave out."""
    fitted = getattr(model, "fitted_", None)
    if fitted is None:
        learnt = getattr(model, "learnt_", None)
        return About(notes=[] if learnt is None else list(learnt.notes))
    params = sum(p.numel() for p in fitted.model.parameters() if p.requires_grad)
    return About(
        params=params,
        epochs=fitted.epochs,
        curve=list(fitted.history),
        stopped=fitted.stopped,
        cut=fitted.cut,
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _search(
    candidate: Candidate, field: Field, fold: Fold, terms: Terms
) -> tuple[Settings, list[Settings], Field]:
    """The best of some settings, judged on training rows that the trial didn't learn from.

    The first trial is always the default: a search can't lose to not searching by bad luck alone.
    A threshold is chosen by the same rows, of every candidate alike.
    """
    searches = terms.trials > 1 and candidate.space
    if not searches and not field.chooses:
        return {}, [], field
    import optuna

    inner = field.within(fold.train, terms.seed)
    tried: list[Settings] = []

    def judge(drawn: Settings) -> tuple[float, Field]:
        model = candidate.make(drawn, terms.seed, terms.seconds)
        field.teach(model, inner.train)
        answers = field.ask(model, inner.test)
        cut = field.cut(answers, inner.test)
        figure = field.deciding(cut.judge(answers, inner))
        tried.append({**{k: _plain(v) for k, v in drawn.items()}, field.measure.name: figure})
        return figure, cut

    (best, decided), settings = judge({}), Settings()
    if not searches:
        return {}, [], decided
    logging.getLogger("optuna").setLevel(logging.ERROR)
    study = optuna.create_study(
        direction="maximize" if field.measure.higher_is_better else "minimize",
        sampler=optuna.samplers.TPESampler(seed=terms.seed),
    )
    for _ in range(terms.trials - 1):
        trial = study.ask()
        drawn = draw(trial, candidate.space)
        try:
            figure, cut = judge(drawn)
        except (UserError, ValueError):  # settings that contradict each other
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        study.tell(trial, figure)
        if field.measure.better(figure, best):
            best, settings, decided = figure, drawn, cut
    return settings, tried, decided
