"""The pages that compute in the reader's page: playground, predictions, quiz and mechanisms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nna.app import lab_pages
from nna.app.mechanisms import MECHANISMS, Mechanism
from nna.app.predictions import CASES
from nna.atlas import catalogue
from nna.atlas.search import Document

# Architectures that the playground has, and what it opens with.
PLAYED = {
    "perceptron": "kind=perceptron&data=blobs",
    "mlp": "layers=4,2",
    "deep_feedforward": "layers=6,6,6",
    "rbfn": "kind=rbf&layers=4&data=circles",
}

Row = tuple[str, str, str, str, Callable[[], Mapping[str, Any]]]


def rows() -> Iterator[Row]:
    """Each page's path, title, template, entry of the menu, and what fills it."""
    yield "play.html", "Playground", "play.html", "playground", dict
    yield "predict.html", "Why can't it learn this?", "predict.html", "playground", _cases
    yield "quiz.html", "True or false?", "quiz.html", "errata", lab_pages.questions
    yield "mechanisms.html", "Mechanisms", "mechanisms.html", "playground", _mechanisms
    for one in MECHANISMS:
        yield one.path, one.title, "mechanism.html", "playground", lambda one=one: _mechanism(one)


KIND = "page to try"


def documents() -> Iterator[Document]:
    """What the search knows of these pages; each one's id is its path."""
    about = {
        "play.html": "Build a network by clicks and watch every neuron learn; gradient descent, "
        "learning rate, overfitting, decision boundary",
        "predict.html": "Predict what a network can't learn, run it, see: XOR and the like",
        "quiz.html": "Common errors about neural networks as a quiz, with measured verdicts",
        **{one.path: f"{one.about} {one.made}" for one in MECHANISMS},
    }
    for path, title, *_ in rows():
        if path in about:
            yield Document(KIND, path, title, {"name": title, "about": about[path]})


def mechanisms_of(name: str) -> list[Mechanism]:
    """The mechanisms that an architecture's card leads to."""
    return [one for one in MECHANISMS if name in one.cards]


def _cases() -> dict[str, Any]:
    return {"cases": CASES}


def _mechanisms() -> dict[str, Any]:
    return {"mechanisms": MECHANISMS}


def _mechanism(own: Mechanism) -> dict[str, Any]:
    return {"own": own, "specs": catalogue.read().specs}
