"""The quiz in a browser: ten sentences, the same ten by the same address."""

import pytest

from nna.app import lab_pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_ten_sentences_are_answered_and_shared(read):
    page = read("/quiz.html#round=7")
    sentences = page.locator("#questions > li")
    assert sentences.count() == 10
    every = lab_pages.questions()["questions"]
    for place in range(10):
        asked = sentences.nth(place)
        row = asked.get_attribute("id").removesuffix("-again")
        says = asked.locator("p").first.inner_text()
        right = next(q.true for q in every if q.row == row and q.says.split()[0] == says.split()[0])
        asked.get_by_role("button", name="True" if right != (place == 0) else "False").click()
    assert page.locator("#score").inner_text() == "9 of 10 right, and that was all"
    assert "Not so." in sentences.first.inner_text()
    rows = page.locator("#questions > li").evaluate_all("items => items.map(one => one.id)")
    other = read("/quiz.html#round=7")
    assert other.locator("#questions > li").evaluate_all("a => a.map(one => one.id)") == rows
    other.get_by_role("button", name="Ten others").click()
    assert other.locator("#questions > li").evaluate_all("a => a.map(one => one.id)") != rows


def test_without_javascript_every_sentence_opens_on_its_answer(read):
    page = read("/quiz.html", java_script_enabled=False)
    assert page.locator("#questions summary").count() > 100
    page.locator("#questions summary").first.click()
    assert page.locator("#questions details[open] b").inner_text() in ("True.", "False.")
