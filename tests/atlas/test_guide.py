"""The guide's chapters: in order, with exercises, and with figures and names that exist."""

import re

import pytest

from nna import registry
from nna.app import totals
from nna.atlas import guide
from nna.lab import catalog
from nna.lab.blocks import catalog as blocks

CHAPTERS = guide.read()


def test_chapters_come_in_the_order_of_their_numbers():
    assert [chapter.id for chapter in CHAPTERS][:4] == ["history", "neurons", "losses", "learning"]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_a_chapter_has_figures_that_exist_and_exercises(chapter):
    figures = re.findall(r"!\[[^\]]+\]\((\w+):([\w-]+)\)", chapter.text)
    assert figures
    drawn = [row.row for topic in catalog.topics() for row in catalog.checks(topic) if row.figure]
    known = {
        "lab": (*catalog.names(), *drawn),
        "block": blocks.names(),
        "trials": blocks.kinds(),
        "families": tuple(totals.PICTURES),
    }
    for kind, name in figures:
        assert name in known[kind]
    exercises = chapter.text.split("## Exercises")[1]
    assert len(re.findall(r"^\d+\. ", exercises, re.M)) >= 3


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_every_exercise_has_its_solution_folded_below_it(chapter):
    asked = re.split(r"^\d+\. ", chapter.text.split("## Exercises")[1], flags=re.M)[1:]
    for exercise in asked:
        question, _, folded = exercise.partition("<details><summary>Solution</summary>")
        assert question.strip()
        solution, _, after = folded.partition("</details>")
        assert solution.strip()
        assert not after.strip()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_what_it_refers_to_exists(chapter):
    for kind, name in re.findall(r"(?<!!)\[[^\]]+\]\((\w+):([\w-]+)\)", chapter.text):
        if kind == "lab":
            assert name in catalog.names() or catalog.checks(name), name
        else:
            assert kind == "block"
            assert name in blocks.names(), name


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_it_says_what_it_needs_and_gives_and_leads_to_chapters_that_exist(chapter):
    assert re.match(r"\*Before it: .+\. After it you can .+\.\*$", chapter.text.split("\n\n")[1])
    pages = re.findall(r"\]\((\w+)\.html\)", chapter.text)
    assert set(pages) <= {other.id for other in CHAPTERS} - {chapter.id}
    assert 3 <= chapter.minutes <= 30


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_names_in_it_are_names(chapter):
    for said in re.findall(r"`([a-z0-9_]+)`", chapter.text):
        assert said in registry.names() or said in blocks.names(), said


def test_a_file_without_title_is_no_chapter(tmp_path):
    path = tmp_path / "01-x.md"
    path.write_text("text")
    with pytest.raises(ValueError, match="begins with its title"):
        guide.parse(path)
