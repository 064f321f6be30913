"""Real data that ship in packages: tables, series, pictures and words that nobody tuned nna for.

Files are read from the folders of installed packages, as a user would bring them; nothing of the
packages is imported. `make recommendations` brings them.
"""

from __future__ import annotations

import gzip
import importlib.util
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nna.data import catalog
from nna.data.examples import Examples
from nna.data.sources import open_file
from nna.errors import UserError
from nna.spec import Image, Series, Tokens

MOST = 1500  # rows drawn of larger ones


@dataclass(frozen=True, slots=True)
class RealSet:
    """One dataset and how it is to be parted."""

    load: Callable[[], Examples]
    source: str
    groups: str | None = None
    time: str | None = None


def file(package: str, path: str) -> Path:
    """A file of an installed package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise UserError(f"{package} isn't installed; `make recommendations` does it")
    return Path(found.submodule_search_locations[0]) / path


def frame(package: str, path: str, **reading: object) -> pd.DataFrame:
    """A table of an installed package."""
    where = file(package, path)
    if where.suffix == ".json":
        return pd.read_json(where)
    return pd.read_csv(where, **reading)  # type: ignore[call-overload]


def table(of: pd.DataFrame, target: str, without: tuple[str, ...] = ()) -> Examples:
    """A frame as examples, as `nna compare` reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        of.drop(columns=list(without)).to_csv(path, index=False)
        return drawn(open_file(path, target))


def drawn(examples: Examples) -> Examples:
    """At most so many rows, in their order."""
    if len(examples) <= MOST:
        return examples
    return examples.take(np.sort(np.random.default_rng(0).permutation(len(examples))[:MOST]))


def known(name: str) -> Callable[[], Examples]:
    """A dataset that nna has anyhow."""
    return lambda: drawn(catalog.load(name))


def csv(
    package: str, path: str, target: str, without: tuple[str, ...] = (), **reading: object
) -> Callable[[], Examples]:
    """A table of a package."""
    return lambda: table(frame(package, path, **reading), target, without)


def affairs() -> Examples:
    """Whether there was one."""
    of = frame("statsmodels", "datasets/fair/fair.csv")
    return table(of.assign(affair=np.where(of["affairs"] > 0, "yes", "no")), "affair", ("affairs",))


def miles() -> Examples:
    """Cars of 1970 to 1982 and their fuel, names left out."""
    names = ["cylinders", "displacement", "horsepower", "weight", "acceleration", "year", "origin"]
    of = frame("mlxtend", "data/data/autompg.csv.gz", names=[*names, "name", "mpg"])
    return table(of, "mpg", ("name",))


def series(name: str) -> Callable[[], Examples]:
    """A UCR problem in the format of sktime: numbers of one series a line, then its class."""

    def load() -> Examples:
        lines: list[str] = []
        for part in ("TRAIN", "TEST"):
            text = file("sktime", f"datasets/data/{name}/{name}_{part}.ts").read_text()
            data = text.split("@data\n", 1)[-1] if "@data\n" in text else text.split("@data")[-1]
            lines += [line for line in data.splitlines() if line.strip()]
        values, labels = zip(*(line.rsplit(":", 1) for line in lines), strict=True)
        x = np.array([one.split(",") for one in values], dtype=np.float32)[..., None]
        classes, y = np.unique(labels, return_inverse=True)
        port = Series(channels=1, steps=x.shape[1])
        found = Examples.of(
            task="classification", port=port, x=x, y=y, classes=tuple(map(str, classes))
        )
        return drawn(found)

    return load


def small_mnist() -> Examples:
    """Five hundred MNIST digits a class, 28x28; drawn like the rest."""
    with gzip.open(file("mlxtend", "data/data/mnist_5k.csv.gz"), "rt") as opened:
        rows = np.loadtxt(opened, delimiter=",", dtype=np.float32)
    x = rows[:, :-1].reshape(-1, 1, 28, 28) / 255
    classes = tuple(map(str, range(10)))
    port = Image(channels=1, size=28, min_size=28)
    y = rows[:, -1].astype(np.int64)
    return drawn(Examples.of(task="classification", port=port, x=x, y=y, classes=classes))


def words() -> Examples:
    """English words that people judged pleasant or unpleasant, as letters."""
    with file("vaderSentiment", "vader_lexicon.txt").open(encoding="utf-8") as opened:
        rows = [line.split("\t")[:2] for line in opened]
    rows = [(word, float(score)) for word, score in rows if word.isalpha() and word.isascii()]
    x = np.zeros((len(rows), 16), dtype=np.int64)
    for place, (word, _) in enumerate(rows):
        letters = word.lower().encode()[:16]
        x[place, : len(letters)] = list(letters)
    y = np.array([score > 0 for _, score in rows], dtype=np.int64)
    port = Tokens(vocab=128, length=16)
    classes = ("unpleasant", "pleasant")
    return drawn(Examples.of(task="classification", port=port, x=x, y=y, classes=classes))


def segments() -> Examples:
    """Patches of outdoor photographs."""
    with zipfile.ZipFile(file("river", "datasets/segment.csv.zip")) as packed:
        of = pd.read_csv(packed.open(packed.namelist()[0]))
    return table(of, str(of.columns[-1]))


STATS = "statsmodels"
SETS: dict[str, RealSet] = {
    "iris": RealSet(known("iris"), "scikit-learn"),
    "wine": RealSet(known("wine"), "scikit-learn"),
    "breast_cancer": RealSet(known("breast_cancer"), "scikit-learn"),
    "penguins": RealSet(csv("palmerpenguins", "data/penguins.csv", "species"), "palmerpenguins"),
    "penguin_sex": RealSet(csv("palmerpenguins", "data/penguins.csv", "sex"), "palmerpenguins"),
    "seattle_weather": RealSet(
        csv("vega_datasets", "_data/seattle-weather.csv", "weather"), "vega_datasets", time="date"
    ),
    "segment": RealSet(segments, "river"),
    "phishing": RealSet(csv("river", "datasets/phishing.csv.gz", "is_phishing"), "river"),
    "shuttle": RealSet(csv("river", "datasets/shuttle.csv.gz", "anomaly"), "river"),
    "affairs": RealSet(affairs, STATS),
    "votes_1996": RealSet(
        csv(STATS, "datasets/anes96/anes96.csv", "vote", sep="\t", quotechar="'"), STATS
    ),
    "travel_mode": RealSet(
        csv(STATS, "datasets/modechoice/modechoice.csv", "choice", sep=";"), STATS, "individual"
    ),
    "rearrest": RealSet(csv("lifelines", "datasets/rossi.csv", "arrest", ("week",)), "lifelines"),
    "tumour_grade": RealSet(csv("lifelines", "datasets/gbsg2.csv", "tgrade"), "lifelines"),
    "diabetes": RealSet(known("diabetes"), "scikit-learn"),
    "auto_mpg": RealSet(miles, "mlxtend"),
    "food_expenditure": RealSet(csv(STATS, "datasets/engel/engel.csv", "foodexp"), STATS),
    "maths_scores": RealSet(csv(STATS, "datasets/star98/star98.csv", "PR50M", ("MATHTOT",)), STATS),
    "doctor_visits": RealSet(csv(STATS, "datasets/randhie/randhie.csv", "mdvis"), STATS),
    "investment": RealSet(csv(STATS, "datasets/grunfeld/grunfeld.csv", "invest"), STATS, "firm"),
    "chick_weights": RealSet(
        csv("river", "datasets/chick-weights.csv", "weight"), "river", "chick"
    ),
    "state_crime": RealSet(
        csv(STATS, "datasets/statecrime/statecrime.csv", "murder", ("state",)), STATS
    ),
    "power_demand": RealSet(series("ItalyPowerDemand"), "sktime"),
    "gun_point": RealSet(series("GunPoint"), "sktime"),
    "digits": RealSet(known("digits"), "scikit-learn"),
    "mnist_5k": RealSet(small_mnist, "mlxtend"),
    "word_feeling": RealSet(words, "vaderSentiment"),
}
