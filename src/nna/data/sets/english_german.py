"""Small English sentences and their German, made by a grammar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nna.data.catalog import Dataset
from nna.spec import Tokens

if TYPE_CHECKING:
    import numpy as np

    from nna.data.examples import Examples

DATASET = Dataset(
    title="Small English sentences and their German",
    task="translation",
    port=Tokens(vocab=182, length=19),
    rows=6000,
    origin="generated",
    source="a grammar of main clauses, some with a clause of reason behind them, in nna",
    licence="none needed",
    about="Which German word stands for an English one, and where, hangs on words far from it: "
    "articles and adjectives follow the gender and the case of their noun, the verb comes second "
    "in main clauses even behind an adverb, infinitives and participles go to the end, and all of "
    "the verb does in a clause of reason. No source is there twice. Both languages share one "
    "vocabulary: 0 is left for padding, 1 starts and 2 ends a sentence.",
)


class Noun(NamedTuple):
    """A noun in both languages; the gender says which articles it takes."""

    one: str
    many: str
    eins: str
    viele: str
    gender: str


class Verb(NamedTuple):
    """A verb with an object in the accusative: he sees, they see, seen."""

    one: str
    many: str
    done: str
    eins: str
    viele: str
    getan: str


LIVING = [
    Noun(*row.split())
    for row in (
        "man men Mann Männer m", "dog dogs Hund Hunde m", "bird birds Vogel Vögel m",
        "woman women Frau Frauen f", "cat cats Katze Katzen f", "aunt aunts Tante Tanten f",
        "child children Kind Kinder n", "horse horses Pferd Pferde n",
        "girl girls Mädchen Mädchen n",
    )
]  # fmt: skip
THINGS = [
    Noun(*row.split())
    for row in (
        "ball balls Ball Bälle m", "apple apples Apfel Äpfel m", "tree trees Baum Bäume m",
        "flower flowers Blume Blumen f", "lamp lamps Lampe Lampen f", "town towns Stadt Städte f",
        "house houses Haus Häuser n", "book books Buch Bücher n", "picture pictures Bild Bilder n",
    )
]  # fmt: skip
VERBS = [
    Verb(*row.split())
    for row in (
        "sees see seen sieht sehen gesehen", "finds find found findet finden gefunden",
        "hears hear heard hört hören gehört", "loves love loved liebt lieben geliebt",
        "seeks seek sought sucht suchen gesucht", "paints paint painted malt malen gemalt",
        "carries carry carried trägt tragen getragen", "knows know known kennt kennen gekannt",
    )
]  # fmt: skip
ADJECTIVES = {
    "old": "alt", "young": "jung", "small": "klein", "big": "groß", "good": "gut", "new": "neu",
}  # fmt: skip
ADVERBS = {"today": "heute", "now": "jetzt", "here": "hier", "often": "oft"}
AUXILIARIES = {  # with a participle, or the base form: English, then German of one and of many
    "perfect": (("has", "have"), ("hat", "haben")),
    "will": (("will", "will"), ("wird", "werden")),
    "can": (("can", "can"), ("kann", "können")),
}
DEFINITE = {"m": ("der", "den"), "f": ("die", "die"), "n": ("das", "das"), "many": ("die", "die")}
INDEFINITE = {"m": ("ein", "einen"), "f": ("eine", "eine"), "n": ("ein", "ein")}
AFTER_THE = {"m": ("e", "en"), "f": ("e", "e"), "n": ("e", "e"), "many": ("en", "en")}
AFTER_A = {"m": ("er", "en"), "f": ("e", "e"), "n": ("es", "es")}
Words = list[str]


def _phrase(draw: np.random.Generator, nouns: list[Noun], case: int) -> tuple[Words, Words, bool]:
    """A noun with its article and perhaps an adjective; and whether it stands for many.

    Args:
        draw: decides it.
        nouns: of which one is taken.
        case: 0 for the nominative, 1 for the accusative.
    """
    noun, many = nouns[draw.integers(len(nouns))], bool(draw.random() < 0.3)
    definite = many or draw.random() < 0.6
    form = "many" if many else noun.gender
    english = ["the" if definite else "an" if noun.one in ("aunt", "apple") else "a"]
    german = [(DEFINITE if definite else INDEFINITE)[form][case]]
    if draw.random() < 0.4:
        adjective = [*ADJECTIVES][draw.integers(len(ADJECTIVES))]
        if not definite:
            english = ["an" if adjective == "old" else "a"]
        english.append(adjective)
        german.append(ADJECTIVES[adjective] + (AFTER_THE if definite else AFTER_A)[form][case])
    english.append(noun.many if many else noun.one)
    german.append(noun.viele if many else noun.eins)
    return english, german, many


def _predicate(draw: np.random.Generator, many: bool) -> tuple[Words, str, Words]:
    """The English verb, and of the German one what is inflected and what goes to the end."""
    verb = VERBS[draw.integers(len(VERBS))]
    kind = ("present", *AUXILIARIES)[draw.integers(4)]
    if kind == "present":
        return [verb.many if many else verb.one], verb.viele if many else verb.eins, []
    english, german = (forms[many] for forms in AUXILIARIES[kind])
    if kind == "perfect":
        return [english, verb.done], german, [verb.getan]
    return [english, verb.many], german, [verb.viele]  # German's infinitive is its plural form


def _clause(draw: np.random.Generator, reason: bool) -> tuple[Words, Words]:
    """A clause in both languages; one of reason ends with its inflected verb."""
    who, wer, many = _phrase(draw, LIVING, 0)
    does, tut, rest = _predicate(draw, many)
    whom, wen, _ = _phrase(draw, LIVING + THINGS, 1)
    if reason:
        return ["because", *who, *does, *whom], ["weil", *wer, *wen, *rest, tut]
    if draw.random() < 0.5:
        return [*who, *does, *whom], [*wer, tut, *wen, *rest]
    when = [*ADVERBS][draw.integers(len(ADVERBS))]
    return [when, *who, *does, *whom], [ADVERBS[when], tut, *wer, *wen, *rest]


def sentence(draw: np.random.Generator) -> tuple[Words, Words]:
    """A sentence in English and in German."""
    english, german = _clause(draw, reason=False)
    if draw.random() < 0.25:
        more, mehr = _clause(draw, reason=True)
        english, german = [*english, *more], [*german, *mehr]
    return english, german


def vocabulary() -> dict[str, int]:
    """The number of every word of both languages, from 3 on, in the order of the alphabet."""
    words = {"the", "a", "an", "because", "weil", *ADVERBS, *ADVERBS.values(), *ADJECTIVES}
    for articles, endings in ((DEFINITE, AFTER_THE), (INDEFINITE, AFTER_A)):
        words |= {form for forms in articles.values() for form in forms}
        ends = {end for forms in endings.values() for end in forms}
        words |= {stem + end for stem in ADJECTIVES.values() for end in ends}
    for noun in (*LIVING, *THINGS):
        words |= {*noun[:4]}
    for verb in VERBS:
        words |= {*verb}
    for forms in AUXILIARIES.values():
        words |= {one for language in forms for one in language}
    return {word: 3 + i for i, word in enumerate(sorted(words))}


def load(data_dir: Path | None = None) -> Examples:
    """The 6,000 pairs, none of whose sources is another's."""
    import numpy as np

    from nna import tasks
    from nna.data.examples import Examples
    from nna.ports import Field
    from nna.tasks.translation import END, PREFIX, SOURCE, START, TARGET

    draw, pairs = np.random.default_rng(0), dict[tuple[str, ...], Words]()
    while len(pairs) < DATASET.rows:
        english, german = sentence(draw)
        pairs.setdefault(tuple(english), german)
    number = vocabulary()
    sources = [np.array([*map(number.get, one), END]) for one in pairs]
    targets = [np.array([*map(number.get, one), END]) for one in pairs.values()]
    prefixes = [np.concatenate([[START], one[:-1]]) for one in targets]
    return Examples(
        task=tasks.get(DATASET.task),
        inputs={SOURCE: Field(DATASET.port, sources), PREFIX: Field(DATASET.port, prefixes)},
        targets={TARGET: Field(DATASET.port, targets)},
    )
