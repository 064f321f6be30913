"""Figures by reference: each is the stored one, with its interval, wherever texts are read."""

import itertools
import json
import re

import numpy as np
import pytest

import nna
from nna import paired, registry, stated
from nna.app import pages
from nna.atlas import cards, guide
from nna.errors import UserError
from nna.lab import catalog, record, verdict
from nna.lab.blocks import catalog as blocks

TEXTS = {
    **{f"card {name}": registry.card(name) for name in registry.names()},
    **{f"chapter {chapter.id}": chapter.text for chapter in guide.read()},
}
NUMBER = re.compile(r"(?<![\w.:/-])\d+\.\d+(?![\w.])")


def numbers(experiment: str) -> dict[str, list[float]]:
    kept = record.evidence(record.SHIPPED / experiment)
    assert kept is not None
    seeds = [*kept.first.measured.values()]
    return {name: [seed[name] for seed in seeds] for name in seeds[0]}


def test_a_mean_comes_with_its_interval():
    values = numbers("association_units")["machine"]
    mean, (low, high) = sum(values) / len(values), verdict.mean_interval(np.array(values))
    said = stated.fill("It has {result:association_units.machine}.")
    assert said == f"It has {mean:.1f} % ({low:.1f} to {high:.1f})."


def test_a_difference_is_taken_in_pairs_and_is_in_points():
    kept = numbers("random_hidden")
    gaps = [a - b for a, b in zip(kept["elm_600"], kept["mlp_600"], strict=True)]
    said = stated.figure("result", "random_hidden.elm_600-mlp_600")
    assert said.startswith(f"{sum(gaps) / len(gaps):.2f} points (")


def test_a_rate_is_in_per_cent_with_its_exact_interval():
    assert stated.figure("result", "association_units.xor_24") == "100 % (91 to 100)"


def test_how_many_times_is_a_mean_over_ratios_and_of_doublings_a_power_of_two():
    kept = numbers("data_needs")
    more = np.array(kept["vit_needs"]) - np.array(kept["cnn_needs"])
    said = stated.figure("result", "data_needs.vit_needs/cnn_needs")
    assert said.startswith(f"{2 ** more.mean():.2f} (")
    same = stated.figure("result", "random_hidden.elm_600/elm_600")
    assert same == "1.00 (1.00 to 1.00)"


def test_what_a_block_gained_is_taken_in_pairs():
    kept = json.loads((blocks.EFFECTS / "batch_norm.json").read_text())
    gains = np.array(kept["runs"]) - np.array(kept["others"])
    low, high = verdict.mean_interval(gains)
    assert (
        stated.fill("{trial:batch_norm}") == f"{gains.mean():.2f} points ({low:.2f} to {high:.2f})"
    )
    least, most = min(kept["runs"]), max(kept["runs"])
    assert stated.figure("trial", "batch_norm.own").endswith(f"% ({least:.1f} to {most:.1f})")
    assert stated.figure("trial", "huber").startswith("0.50 (")  # an error that fell is a gain


def test_what_ten_seeds_came_to_is_said_with_their_spread_and_the_lead_in_pairs():
    kept = json.loads((registry.folder("triplet") / "seeds.json").read_text())
    shares = [100 * seed["figure"]["value"] for seed in kept["seeds"].values()]
    mean = sum(shares) / len(shares)
    said = f"{mean:.1f} % ({min(shares):.1f} to {max(shares):.1f})"
    assert stated.fill("{seeds:triplet}") == said
    assert stated.figure("seeds", "triplet.ahead").startswith(
        f"{100 * kept['paired']['mean']:.3g} p"
    )
    assert "%" not in stated.figure("seeds", "kan.baseline")


SHOWN = {"siamese"}  # a table of three seeds, beside measures that aren't stored


@pytest.mark.parametrize("name", [n for n in registry.names() if n not in SHOWN])
def test_no_card_types_what_a_stored_seed_came_to(name):
    kept = paired.read(registry.folder(name)).get("seeds", {})
    shown = [*kept.values()][:5]  # whoever types seeds types the first ones
    values = [seed[whose]["value"] for seed in shown for whose in ("figure", "rival")]
    for sentence in re.split(r"(?<=[.;])\s", registry.card(name).split("## References")[0]):
        for number in NUMBER.findall(sentence) if re.search(r"\bseeds?\b", sentence) else ():
            digits = len(number.partition(".")[2])
            near = {f"{times * value:.{digits}f}" for value in values for times in (1, 100)}
            assert number not in near, sentence


def test_what_the_ledger_holds_is_said_as_it_stands():
    evidence = stated.evidence()["flnn"]
    assert evidence.startswith(stated.figure("verified", "flnn") + ", to reach")
    assert evidence.endswith(" " + stated.figure("verified", "flnn.baseline"))


@pytest.mark.parametrize(
    "reference",
    [
        "result:nonesuch.x", "result:association_units", "result:association_units.nonesuch",
        "result:association_units.machine-direct-xor_6", "verified:nonesuch", "verified:flnn.x",
        "trial:nonesuch", "trial:adam.x", "seeds:nonesuch", "seeds:kan.x",
    ],
)  # fmt: skip
def test_what_is_not_stored_is_refused_by_name(reference):
    with pytest.raises(UserError, match=re.escape(f"{{{reference}}}: no such figure")):
        stated.fill(f"so {{{reference}}} it is")


def test_other_braces_stay():
    assert stated.fill(r"$W_{ij}$ {families} {result}") == r"$W_{ij}$ {families} {result}"


@pytest.mark.parametrize("text", TEXTS)
def test_every_reference_resolves(text):
    assert not stated.REFERENCE.search(stated.fill(TEXTS[text]))


MEASURED = re.compile(r"\[[^\]]*\b[Mm]easured\b[^\]]*\]\(lab:([a-z_0-9]+)\)")


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_called_measured_has_its_stored_result(text):
    """An experiment that waits to be measured anew is one to try."""
    named = set(MEASURED.findall(TEXTS[text])) & {*catalog.names()}
    assert [name for name in named if record.evidence(record.SHIPPED / name) is None] == []


def test_links_to_what_was_measured_are_found():
    assert MEASURED.findall("It fades ([measured](lab:dropout)), see [try](lab:xor).") == [
        "dropout"
    ]


SPANS_ZERO = re.compile(r"\(-[\d.]+ to [\d.]+\)")
HEDGED = re.compile(r"could be (?:nothing|chance)|next to nothing|isn't settled|undecided|is open")


@pytest.mark.parametrize("text", TEXTS)
def test_a_difference_that_could_be_nothing_is_said_to_be_so(text):
    """No gain is told whose interval holds zero."""
    bare = re.split(r"(?<=[.!?;])\s+", TEXTS[text])
    told = [stated.fill(sentence) for sentence in bare if "{result:" in sentence]
    assert [one for one in told if SPANS_ZERO.search(one) and not HEDGED.search(one)] == []


@pytest.mark.parametrize("name", registry.names())
def test_summaries_which_reports_print_as_they_stand_have_no_reference(name):
    assert not stated.REFERENCE.search(cards.read(name).summary)


def test_the_library_gives_cards_with_their_figures():
    assert "{verified:" in registry.card("flnn")
    assert stated.figure("verified", "flnn") in nna.card("flnn")


@pytest.mark.parametrize("name", registry.names())
def test_no_card_types_a_figure_that_is_stored(name):
    """A sentence that names its experiment or its run has that one's figures by reference."""
    for sentence in re.split(r"(?<=[.:;\]])\s", registry.card(name).split("## References")[0]):
        kept = [
            stated.evidence()[one]
            for one in re.findall(r"`nna (?:verify|train) (\w+)", sentence)
            if one in stated.evidence()
        ]
        values = {number for one in kept for number in NUMBER.findall(one)}
        for experiment in re.findall(r"experiment `(\w+)`", sentence):
            means = [sum(v) / len(v) for v in numbers(experiment).values()]
            values |= {f"{mean:.{digits}f}" for mean in means for digits in (1, 2, 3)}
        assert not values & {*NUMBER.findall(sentence)}, sentence
        for experiment in {*re.findall(r"experiment `(\w+)`", sentence)} & {*catalog.names()}:
            assert not [one for one in typed(sentence) if stored(experiment, *one)], sentence
            assert not [one for one in rates(sentence) if rated(experiment, *one)], sentence


_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: n for n, word in enumerate([*_ONES, "twelve"], 1)}
WORDS |= {"sixteen": 16, "twenty": 20} | {word: 10 * n for n, word in enumerate(_TENS, 3)}
TYPED = re.compile(
    rf"(?<![\w.:/$^{{-])(\d+(?:\.\d+)?|{'|'.join(WORDS)})"
    r"(?: (?:to|and|against) \d+(?:\.\d+)?)? ?(%|points?\b|times\b|in a hundred\b|bits of\b)"
)
KINDS = {"%": "%", "points": "%", "point": "%", "in a hundred": "%", "bits of": "bits"}


def typed(text: str) -> list[tuple[str, str]]:
    """Figures, in digits or words, with their measure, that a text types."""
    bare = stated.REFERENCE.sub("", re.sub(r"\[[^\]]*\](?!\()", "", text))
    return [(str(WORDS.get(n, n)), str(KINDS.get(of, of))) for n, of in TYPED.findall(bare)]


def stored(experiment: str, number: str, measure: str) -> list[str]:
    """The quantities of a result, differences and ratios, whose mean is a number as typed."""
    digits, declared = len(number.partition(".")[2]), catalog.describe(experiment).quantities
    units = {k: "%" if q.yes_no else KINDS.get(q.unit, q.unit) for k, q in declared.items()}
    kept = {
        k: np.array(v) * (100 if declared[k].yes_no else 1)
        for k, v in numbers(experiment).items()
        if k in declared  # an earlier result may hold what is no longer asked
    }
    means = {k: v.mean() for k, v in kept.items() if units[k] == measure}
    for one, other in itertools.permutations(kept, 2):
        if units[one] == units[other] == measure:
            means[f"{one}-{other}"] = means[one] - means[other]
    return [name for name, mean in means.items() if f"{mean:.{digits}f}" == number]


def named(texts: list[str], at: int) -> set[str]:
    """The experiments that a paragraph names, and those of the figures beside it."""
    beside = [one for one in texts[max(0, at - 1) : at + 2] if one.startswith("![")]
    found = re.findall(r"lab:(\w+)|nna lab show (\w+)", " ".join([texts[at], *beside]))
    return {one for pair in found for one in pair} & {*catalog.names()}


def test_typed_figures_are_found():
    said = "lost 7.1 % here, sixteen points there, 4 against 8 times, [5 %] and 3 dogs"
    assert typed(said) == [("7.1", "%"), ("16", "%"), ("4", "times")]
    machine = f"{np.mean(numbers('association_units')['machine']):.1f}"
    assert stored("association_units", machine, "%") == ["machine"]
    assert stored("association_units", machine, "times") == []
    assert named(["![so](lab:xor)", "It does.", "No."], 1) == {"xor"}


# what was set, or is from elsewhere, and happens to be near a mean or a difference beside it
ELSEWHERE = {
    ("adam_default", "2"): "the bound within which a rate counts as near the best",
}


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_no_chapter_types_a_figure_that_is_stored(chapter):
    """Beside an experiment its means and their differences stand by reference alone."""
    texts = chapter.text.split("\n\n")
    for at, text in enumerate(texts):
        for experiment in named(texts, at):
            for number, measure in typed(text):
                found = stored(experiment, number, measure)
                assert not found or (experiment, number) in ELSEWHERE, (number, found, text[:200])
            assert plain(experiment, text) == [], text[:200]


def plain(experiment: str, text: str) -> list[str]:
    """Decimals of two digits and more, without a measure, that are means of a stored result."""
    if record.evidence(record.SHIPPED / experiment) is None:
        return []
    bare = re.sub(r"(?s)\$\$.+?\$\$|\$[^$]*\$", "", stated.REFERENCE.sub("", text))
    found = [n for n in NUMBER.findall(bare) if len(n.replace(".", "").lstrip("0")) > 1]
    means = [float(np.mean(values)) for values in numbers(experiment).values()]
    return [n for n in found if f"{n}" in {f"{m:.{len(n.partition('.')[2])}f}" for m in means}]


def test_typed_decimals_without_a_measure_are_found():
    mean = f"{np.mean(numbers('ring_modes')['modes_deep_05']):.1f}"
    assert plain("ring_modes", f"It kept {mean} of them, at a rate of 0.001.") == [mean]
    assert plain("ring_modes", "It kept {result:ring_modes.modes_deep_05}, at $6.8$.") == []


COUNTED = "|".join([*WORDS, r"\d+"])
RATE = re.compile(rf"\b({COUNTED}) (?:\w+ )?(?:out of|of|in) (?:the )?({COUNTED})\b")
PARTS = {"half": (1, 2), "a third": (1, 3), "a quarter": (1, 4), "three quarters": (3, 4)}


def rates(text: str) -> list[tuple[int, int]]:
    """Shares of runs that a text types: "seven runs of ten", "one training in five", "a third"."""
    bare = stated.REFERENCE.sub("", re.sub(r"\[[^\]]*\](?!\()", "", text))
    said = [(WORDS.get(n) or int(n), WORDS.get(of) or int(of)) for n, of in RATE.findall(bare)]
    said += [share for words, share in PARTS.items() if f"{words} of the runs" in bare]
    return [(n, of) for n, of in said if 0 < n < of <= 20]


def rated(experiment: str, n: int, of: int) -> list[str]:
    """The yes-or-no quantities of a result whose rate, of yes or of no, is a share as typed."""
    declared = catalog.describe(experiment).quantities
    kept = {k: v for k, v in numbers(experiment).items() if k in declared and declared[k].yes_no}
    yes = {k: sum(v) / len(v) for k, v in kept.items()}
    near = 0.5 / of - 1e-9
    return [k for k, rate in yes.items() if min(abs(rate - n / of), abs(1 - rate - n / of)) < near]


def test_typed_rates_are_found():
    assert rates("in seven runs of ten, one training in five, a third of the runs") == [
        (7, 10), (1, 5), (1, 3),
    ]  # fmt: skip
    assert "rnn_identity_solved" in rated("long_lag", 7, 10)
    assert "mlp_2" in rated("xor", 1, 5)  # one in five ends without


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_no_chapter_types_a_rate_that_is_stored(chapter):
    texts = chapter.text.split("\n\n")
    for at, text in enumerate(texts):
        for experiment in named(texts, at):
            found = {share: rated(experiment, *share) for share in rates(text)}
            assert not any(found.values()), (found, text[:200])


def tried(texts: list[str], at: int) -> set[str]:
    """The blocks whose trials a paragraph is about: beside a picture of them, or by their name."""
    near = " ".join(texts[max(0, at - 2) : at + 2])
    beside = [one for one in texts[max(0, at - 1) : at + 2] if one.startswith("![")]
    named = {*re.findall(r"nna blocks effect (\w+)", near)} & {*blocks.names()}
    kinds = re.findall(r"trials:(\w+)", " ".join(beside))
    return named.union(*(blocks.names(kind) for kind in kinds))


def ends(block: str) -> list[float]:
    """What a block's trial came to: both means, each seed of either, and the gain."""
    kept = blocks.tried(blocks.describe(block))
    if kept is None:
        return []
    own, other = kept["runs"], kept["others"]
    return [*own, *other, np.mean(own), np.mean(other), abs(np.mean(own) - np.mean(other))]


def test_the_trials_beside_a_paragraph_are_found():
    texts = [
        "![so](trials:norm)",
        "Batch norm gained.",
        "No.",
        "`nna blocks effect adam`",
        "",
        "It",
    ]
    assert "batch_norm" in tried(texts, 1)
    assert tried(texts, 5) == {"adam"}
    assert any(f"{one:.1f}" == "6.4" for one in ends("batch_norm"))


@pytest.mark.parametrize("chapter", guide.read(), ids=lambda chapter: chapter.id)
def test_no_chapter_types_a_figure_of_a_stored_trial(chapter):
    texts = chapter.text.split("\n\n")
    for at, text in enumerate(texts):
        for number in {number for number, measure in typed(text) if measure == "%"}:
            digits = len(number.partition(".")[2])
            found = {
                b for b in tried(texts, at) for end in ends(b) if f"{end:.{digits}f}" == number
            }
            assert not found, (number, sorted(found)[:3], text[:200])


def test_a_readers_notes_are_shown_as_written():
    page = pages.Page("notes.html", "Notes", "notes.html", "", dict)
    assert "{result:nonesuch.x}" in pages.scope(page, served=True)["note"]("{result:nonesuch.x}")


def test_whatever_is_found_by_words_shows_no_reference():
    from nna import library

    texts = [text for one in library.documents() for text in one.fields.values()]
    assert not [text for text in texts if stated.REFERENCE.search(text)]
