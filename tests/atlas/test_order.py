"""Order and priority: who came before whom agrees with the dates, and "first" has its source."""

import re

import pytest

from nna import registry
from nna.atlas import attributions, cards, errata, glossary, guide
from nna.atlas.references import body, cited
from nna.lab.blocks import catalog as blocks

SPECS = {name: registry.describe(name) for name in registry.names()}
WHAT = r"(?:networks?|models?|machines?|answers?|methods?|detectors?|programs?|papers?)"
OF_ITS_TIME = r"(?:then|ever|known|published|of (?:its|their|the) (?:day|time)|so far|yet)"
FIRST = {name: spec.year for name, spec in SPECS.items()}
PRIORITY = re.compile(
    r"\b(?:was|were) (?:the |among the )?(?:very )?(?:first|earliest|oldest)\b"
    rf"|\b[Tt]he (?:first|earliest|oldest) (?:(?!two|three)[\w-]+ ){{0,2}}{WHAT}\b"
    rf"|\bthe (?:best|largest|smallest|deepest|fastest) (?:{WHAT} )?{OF_ITS_TIME}\b"
    r"|\bfor the first time\b|\b[Nn]obody (?:before|had|has (?:asked|shown|tried))\b"
    r"|\b(?:is|are) the oldest\b"
    r"|\bthe origin of (?!the (?:plane|axes|coordinates))|\bgo(?:es)? back to [A-Z\d]"
    r"|\b[Ii]t is the (?:smallest|largest|fastest|simplest)\b"
    r"|\b(?:[Pp]ioneer|[Oo]riginat)\w+|\b(?:invented|coined|devised|discovered)\b|\binventors?\b"
    r"|\b(?:introduced|proposed|described|published) (?:in (?:1[89]|20)\d\d|by [A-Z])"
    r"|\b[A-Z]\w+ (?:introduced|proposed)\b|\b[Ss]ince then\b|\b[Uu]ntil then\b"
    r"|\b(?:few|some|\w+) (?:years|decades) (?:later|earlier|before|after)\b"
    r"|\btook (?:most of )?its (?:place|ground)\b"
)
SOURCE = re.compile(r"\[[^\]]+\]")
PARTS = re.compile(r"\*(Before|Beside|After) it[:,]\*")


def unsourced(text: str) -> list[str]:
    """Statements of priority with no citation in their sentence or the next."""
    sentences = re.split(r"(?<=[.!?:\]])\s+(?=[A-Z*\[])", text)
    pairs = zip(sentences, [*sentences[1:], ""], strict=True)
    return [one for one, after in pairs if PRIORITY.search(one) and not SOURCE.search(one + after)]


def bridge(name: str) -> dict[str, str]:
    """What a card says came before, beside and after."""
    _, *parts = PARTS.split(cards.read(name).bridge)
    return {kind: text for kind, text in zip(parts[::2], parts[1::2], strict=True)}


def named(text: str) -> set[str]:
    """The architectures whose names stand in a text, none as a part of another's."""
    alone = r"(?<![\w-]){}(?![\w-])"
    return {n for n, s in SPECS.items() if re.search(alone.format(re.escape(s.name)), text)}


UNSOURCED = [
    "It was the first network to do so. Nobody cared.",
    "It is the smallest network that shows this.",
    "Fukushima pioneered shared detectors.",
    "Attention was invented for translation.",
    "The residual block was introduced in 2015.",
    "Hochreiter introduced the cell.",
    "It was the best network of its time.",
    "Its largest size was the largest published.",
    "Since then all have had shortcuts.",
    "Thirty years later it came back.",
    "Nobody had asked what depth is worth.",
    "The earliest convolutional networks had no error to follow.",
    "Diffusion took most of its ground.",
    "The idea goes back to Amari.",
]


@pytest.mark.parametrize("text", UNSOURCED)
def test_statements_of_priority_are_found(text):
    assert unsourced(text)
    first, _, rest = text.partition(". ")
    assert not unsourced(f"{first.rstrip('.')}. [Baldi 1993] {rest}")


def test_what_comes_first_in_a_network_is_no_priority():
    assert not unsourced("The first layer sees the picture. The first is fixed.")
    assert not unsourced("Nobody has to learn it. It begins with a line through the origin.")
    assert not unsourced("So the first two models are linear. Take the best of them.")


NAMED = {spec.name: name for name, spec in SPECS.items()} | {f"`{name}`": name for name in SPECS}
EACH = "|".join(re.escape(one) for one in sorted(NAMED, key=len, reverse=True))
LINKED = re.compile(
    rf"(?<![\w-])({EACH})(?![\w-])[^.;,()]*?"
    r"\b(before|older than|earlier than|preceded?s?|after|younger than|later than|followed|follows)"
    rf"\b[^.;,()]*?(?<![\w-])({EACH})(?![\w-])"
)
EARLIER = {"before", "older than", "earlier than", "precede", "precedes", "preceded"}
COUNTED = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
COUNTED += ["twelve", "thirteen", "fourteen", "fifteen", "twenty", "thirty", "forty", "fifty"]
VALUES = {word: n for n, word in enumerate(COUNTED[:14], 2)}
VALUES |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
APART = re.compile(
    rf"\b({'|'.join(COUNTED)}|\d+) years (?:later|earlier|before|after)\b"
    rf"|\bwaited ({'|'.join(COUNTED)}|\d+) years",
    re.I,
)
TEXTS = {f"card {name}": (body(name), {name}) for name in SPECS}
TEXTS |= {f"chapter {one.id}": (one.text, set[str]()) for one in guide.read()}
TEXTS |= {e.row: (f"{e.says} {e.right} {e.matters}", {*e.about}) for e in errata.every()}
TEXTS |= {f"term {one.words[0]}": (one.text, set[str]()) for one in glossary.read()}


def misordered(text: str) -> list[str]:
    """Pairs of architectures whose order in a sentence isn't that of their years."""
    bare = re.sub(r"\*(?:Before|After|Beside) it[:,]\*.*", "", text)
    return [
        found[0]
        for found in LINKED.finditer(bare)
        if (FIRST[NAMED[found[1]]] <= FIRST[NAMED[found[3]]]) != (found[2] in EARLIER)
        and FIRST[NAMED[found[1]]] != FIRST[NAMED[found[3]]]
    ]


def miscounted(text: str, about: set[str]) -> list[str]:
    """Spans of years with no two dates beside them, or of what the text is about, so far apart."""
    wrong = []
    sentences = re.split(r"(?<=[.!?\]])\s+(?=[A-Z*\[`])", text)
    for sentence in filter(APART.search, sentences):
        years = {int(year) for year in re.findall(r"\b(?:1[89]|20)\d\d\b", sentence)}
        years |= {FIRST[one] for one in about | named(sentence)}
        years |= {SPECS[one].paper.year for one in about}
        for first, second in APART.findall(sentence):
            said = VALUES.get((first or second).lower()) or int(first or second)
            far = {abs(a - b) for a in years for b in years}
            wrong += [] if any(abs(one - said) <= said // 20 for one in far) else [sentence]
    return wrong


def test_a_wrong_order_in_a_sentence_and_a_wrong_span_are_found():
    assert misordered("As ResNeXt came before AlexNet, it was forgotten.")
    assert misordered("The network `vgg` came after `resnet`.")
    assert not misordered("The network `vgg` came before `resnet`.")
    assert miscounted("It came nine years before errors trained it [LeCun 1989].", {"resnet"})
    assert not miscounted("Ten years later came another [LeCun 1989; Fukushima 1979].", set())
    assert miscounted("Of 2015, three years earlier: it is recurrent.", {"transformer"})


@pytest.mark.parametrize("text", TEXTS)
def test_order_and_spans_in_sentences_agree_with_the_years(text):
    assert misordered(TEXTS[text][0]) == []
    assert miscounted(*TEXTS[text]) == []


@pytest.mark.parametrize("name", SPECS)
def test_a_card_that_says_first_says_who_says_so(name):
    assert unsourced(body(name)) == []


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_a_chapter_that_says_first_says_who_says_so(chapter):
    assert unsourced(chapter.text) == []


@pytest.mark.parametrize("name", blocks.names())
def test_a_block_that_says_first_names_the_work(name):
    block = blocks.describe(name)
    text = re.sub(r"\(([A-Z][^()]*\d{4})\)", r"[\1]", f"{block.use} {block.limits}")
    assert unsourced(text) == []


@pytest.mark.parametrize("name", SPECS)
def test_a_spec_that_says_first_says_who_says_so(name):
    spec = SPECS[name]
    told = [f"{one.because}. [{one.source}]" for one in spec.advice]
    assert unsourced(" ".join([f"{spec.idea}", f"{spec.limitation}", *told])) == []


@pytest.mark.parametrize("name", SPECS)
def test_what_it_builds_on_was_public_before_it_and_not_beside_it(name):
    spec = SPECS[name]
    for parent in {*spec.builds_on} & {*SPECS}:
        assert FIRST[parent] <= FIRST[name], parent
        assert not any({name, parent} <= group for group in attributions.CONCURRENT), parent


@pytest.mark.parametrize("name", SPECS)
def test_before_and_after_agree_with_the_years(name):
    told, own = bridge(name), SPECS[name].paper.year
    beside = {one for group in attributions.CONCURRENT if name in group for one in group} - {name}
    for work, year in cited(told.get("Before", "")):
        assert int(year[:4]) <= own, work
    for work, year in cited(told.get("After", "")):
        assert int(year[:4]) >= FIRST[name], work
    for other in named(told.get("Before", "")) - {name}:
        assert FIRST[other] <= own, other
    for other in named(told.get("After", "")) - {name}:
        assert FIRST[other] >= FIRST[name], other
    assert not (named(told.get("Before", "")) | named(told.get("After", ""))) & beside


@pytest.mark.parametrize("name", SPECS)
def test_every_card_says_what_came_before_and_after(name):
    assert {*bridge(name)} >= {"Before", "After"}


@pytest.mark.parametrize("one", attributions.ATTRIBUTIONS, ids=lambda one: f"{one.who} {one.year}")
def test_an_originator_is_named_with_a_year_in_every_card_about_the_idea(one):
    for name in one.about:
        works = {work for work in cited(body(name)) if work[0] == one.who}
        own = SPECS[name].paper
        works |= {(one.who, str(own.year))} if own.authors.startswith(one.who) else set()
        assert any(int(year[:4]) >= one.year for _, year in works), name
