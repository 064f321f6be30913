"""What ages in the guide has its date: chapters with new works, machines, services and laws."""

import re

import pytest

from nna.atlas import guide
from nna.atlas.references import cited

CHAPTERS = guide.read()
STATE = re.compile(r"^\*State of ([A-Z][a-z]+) (20\d\d)\.\*", re.M)
YOUNG = 2023  # a work since then is about something that goes on changing
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MACHINES = r"[HB][12]00s?|TPUs?|A100s?|Gemini|Mistral|GPT-[345]\w*|DeepSeek|Llama|Claude|Qwen\w*"
MODELS = r"PaLM|T5|CLIP|AlphaFold\w*|Whisper|Chronos-2|TabPFN"
RULES = (
    r"AI Act|General Data Protection Regulation|GDPR|[Dd]igital omnibus|fair use|Court of Justice"
)
MANY = r"\d[\d,.]*(?: (?:thousand|million|billion|trillion))?"
COSTS = rf"{MANY} (?:US )?(?:dollars?|euros?|pounds|cents)"
POWER = rf"{MANY} (?:[TGMk]?Wh|watt-hours?|[MG]W|(?:kilo|mega|giga)?watts?|joules?|tonnes|litres?)"
AGES = re.compile(rf"\b(?:{MACHINES}|{MODELS}|{RULES})\b|\b(?:{COSTS})\b|\b(?:{POWER})\b|[€£]\d")
APART = re.compile(r"(?:(?<=[.!?])|(?<=[.!?\]]\])|(?<=\]))\s+(?=[A-Z*`(])")


def undated(text: str) -> list[str]:
    """Sentences with a figure of what ages, and no year in them or in what they cite."""
    bare = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text.split("## Exercises")[0])
    found = [one for part in bare.split("\n\n") for one in APART.split(part)]
    return [
        one for one in found if AGES.search(one) and re.search(r"\d", one) and not YEAR.search(one)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "An H100 does 989 trillion operations a second.",
        "Training took 289 MWh. It was of 2024.",
        "It cost 4.6 million dollars to train.",
        "A prompt takes 0.24 watt-hours at the median.",
        "The AI Act has 113 articles.",
        "Llama was trained with 65 billion parameters.",
        "In 2024 all was well. One card takes 700 watts.",
        "A company paid €15 for each of them.",
        "Reasoning by DeepSeek took 93.3 % off the cache.",
    ],
)
def test_undated_figures_are_found(text):
    assert undated(text)


@pytest.mark.parametrize(
    "text",
    [
        "An H100, of 2022, does 989 trillion operations a second.",
        "Training took 289 MWh [IEA 2025].",
        "A dense layer of 1,024 units.",
        "A model of 7 billion parameters answers in 14 GB.",
        "The AI Act asks for a statement.",
    ],
)
def test_dated_figures_and_those_that_do_not_age_are_let_be(text):
    assert not undated(text)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_figures_that_age_have_a_year_beside_them(chapter):
    assert undated(chapter.text) == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_a_chapter_with_young_works_says_of_when_it_is(chapter):
    years = [int(year[:4]) for _, year in cited(chapter.text)]
    state = STATE.search(chapter.text)
    assert state or max(years, default=0) < YOUNG
    assert not state or max(years, default=0) <= int(state[2])
    assert (
        not state
        or chapter.text.index(state[0]) == len("\n\n".join(chapter.text.split("\n\n")[:2])) + 2
    )


def test_what_readers_of_today_ask_has_its_section():
    """Each with a word that its section can't do without, and a work that is cited there."""
    texts = {chapter.id: chapter.text for chapter in CHAPTERS}
    asked = {
        "transformers": (
            ("## Pictures and words", "CLIP", "Radford"),
            ("## From text to an assistant", "byte-pair encoding", "Sennrich"),
            ("## From text to an assistant", "reward model", "Ouyang"),
            ("## From text to an assistant", "plain loss", "Rafailov"),
            ("## From text to an assistant", "GRPO", "Shao"),
            ("## Using one", "temperature", "Holtzman"),
            ("## Using one", "Retrieval", "Lewis"),
            ("## Using one", "Agents", "Yao"),
            ("## Measuring one", "training text", "Zhang"),
            ("## Adapting one", "LoRA", "Hu"),
        ),
        "recurrent": (("## Back to recurrence", "State-space models", "Gu"),),
        "generative": (("## Straight ways from noise to data", "Flow matching", "Lipman"),),
        "preparation": (("## A model to begin with", "TabPFN", "Hollmann"),),
        "applications": (("## How much? Numbers", "Chronos-2", "Ansari"),),
        "hardware": (
            ("## Serving a language model", "KV cache", "Ainslie"),
            ("## Serving a language model", "Guess ahead", "Leviathan"),
            ("## Serving a language model", "Fewer bits", "Frantar"),
            ("## Joules and watts", "watt-hours", "Elsworth"),
        ),
        "society": (
            ("## Small changes, chosen", "prompt injection", "Greshake"),
            ("## What is claimed", "hallucinations", "Kalai"),
            ("## Who answers for it", "AI Act", "Council"),
        ),
    }
    for chapter, sections in asked.items():
        for title, word, work in sections:
            section = re.split(r"^## ", texts[chapter].partition(title + "\n")[2], flags=re.M)[0]
            assert word in section, (chapter, title, word)
            assert work in {first for first, _ in cited(section)} or f"[{work} " in section, work
