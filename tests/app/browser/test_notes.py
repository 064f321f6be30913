"""A reader's note in a real browser, also without JavaScript."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_note_is_written_kept_found_again_and_taken_away(read, home, scripts):
    page = read("/card/lstm.html", java_script_enabled=scripts)
    page.locator("#note summary").click()
    page.locator("#note-text").fill("The gates are units, too.")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_url("**/card/lstm.html#note")
    assert page.locator("#note-text").input_value() == "The gates are units, too."
    kept = home / "data" / "nna" / "notes" / "card" / "lstm.md"
    assert kept.read_text() == "The gates are units, too.\n"
    page.get_by_role("link", name="All notes").click()
    page.get_by_text("The gates are units, too.").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert "gates are units" in download.value.path().read_text()
    page.goto("/card/lstm.html")
    page.locator("#note-text").fill("")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_url("**/card/lstm.html#note")
    assert not kept.exists()
