"""Buttons that run something, in a real browser."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_card_trains_its_network_and_shows_the_curves(read):
    page = read("/card/adaline.html")
    page.get_by_role("button", name="Run it here").click()
    page.get_by_text("Done:").wait_for()
    assert page.locator("#progress svg.curves polyline").count() >= 1
    page.locator("[role=status] a").click()
    page.wait_for_url("**/run/adaline-*.html")
    assert "finished" in page.locator(".lead").inner_text()
    page.get_by_role("link", name="Open the report").click()
    page.wait_for_url("**/report.html")


@pytest.mark.exhaustive
@pytest.mark.parametrize("scripts", [True, False])
def test_an_experiment_is_run_again_from_its_page(read, scripts):
    page = read("/lab/noise_escapes.html", java_script_enabled=scripts)
    page.get_by_role("button", name="Run the quick form").click()
    page.wait_for_url("**/lab/noise_escapes.html#again")
    while page.get_by_role("button", name="Stop").count():
        page.wait_for_timeout(500)
        if not scripts:
            page.reload()
    page.get_by_text("Quick form here, mean of 5").wait_for()
    numbers = page.locator("#again td.number").all_inner_texts()
    assert numbers
    assert all(float(number) is not None for number in numbers)
