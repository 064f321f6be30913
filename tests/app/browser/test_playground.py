"""The playground in a real browser: it learns, and the picture changes."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN = "document.getElementById('surface').toDataURL()"


def test_spirals_are_learnt_to_95_percent_while_the_picture_changes(read):
    page = read("/playground.html")
    page.get_by_label("Settings").fill("hidden=64,64")
    page.get_by_label("Rate").fill("0.01")
    page.get_by_label("Epochs").fill("60")
    page.get_by_role("button", name="Train").click()
    pictures = set()
    while page.locator("#said").inner_text() != "Done.":
        pictures.add(page.evaluate(SEEN))
        page.wait_for_timeout(50)
    assert len(pictures) > 5
    assert float(page.locator("#validation").inner_text().removesuffix("%")) >= 95
