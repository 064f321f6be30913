"""The map in a real browser: what a place says, narrowing, zoom, keys."""

import pytest

from nna import registry

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def shown(page):
    return set(page.locator(".map a:visible").evaluate_all("a => a.map(e => e.dataset.id)"))


def test_pointing_at_a_place_says_its_idea_inside_the_map(read):
    page = read("/index.html")
    for name in ("mcculloch_pitts", "resnet", "convnext"):
        page.locator(f'.map a[data-id="{name}"]').hover()
        said = page.locator("#idea")
        assert registry.describe(name).idea in said.inner_text()
        box, map_ = said.bounding_box(), page.locator(".map").bounding_box()
        assert map_["x"] <= box["x"]
        assert box["x"] + box["width"] <= map_["x"] + map_["width"]


def test_it_is_narrowed_by_family_task_data_and_years_and_the_address_remembers(read):
    page = read("/index.html")
    page.locator("select[name=family]").select_option("convolutional")
    page.locator("select[name=task]").select_option("segmentation")
    page.locator("input[name=from]").fill("2015")
    specs = {name: registry.describe(name) for name in registry.names()}
    expected = {
        name
        for name, spec in specs.items()
        if registry.family(name) == "convolutional"
        and "segmentation" in spec.tasks
        and spec.year >= 2015
    }
    assert shown(page) == expected
    assert page.locator("#shown").inner_text() == f"{len(expected)} of {len(specs)}"
    page.reload()
    assert shown(page) == expected
    page.get_by_role("button", name="All").click()
    assert shown(page) == set(specs)
    page.locator("select[name=takes]").select_option("table")
    assert shown(page) == {
        name for name, s in specs.items() if "table" in {port.kind for port in s.inputs.values()}
    }


def test_it_grows_and_shrinks_by_buttons_and_keys(read):
    page = read("/index.html")
    wide = page.locator(".map svg").bounding_box()["width"]
    page.get_by_role("button", name="Zoom in").click()
    assert page.locator(".map svg").bounding_box()["width"] == pytest.approx(1.25 * wide, rel=0.01)
    page.locator(".map").focus()
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert page.locator(".map svg").bounding_box()["width"] == pytest.approx(0.8 * wide, rel=0.01)
    page.keyboard.press("0")
    assert page.locator(".map svg").bounding_box()["width"] == pytest.approx(wide, rel=0.01)


def test_arrows_lead_from_place_to_place_and_enter_opens_the_card(read):
    page = read("/index.html")
    page.locator('.map a[data-id="perceptron"]').focus()
    page.keyboard.press("ArrowDown")
    below = page.evaluate("document.activeElement.dataset.id")
    assert below
    assert below != "perceptron"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    right = page.evaluate("document.activeElement.dataset.id")
    years = [registry.describe(name).year for name in ("perceptron", right)]
    assert years[1] > years[0]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/card/{right}.html")


def test_without_javascript_every_place_is_a_link_with_its_idea(read):
    page = read("/index.html", java_script_enabled=False)
    assert shown(page) == set(registry.names())
    assert (
        registry.describe("lstm").idea
        in page.locator('.map a[data-id="lstm"] title').text_content()
    )
    assert not page.locator("#narrow").is_visible()


def test_all_that_came_before_a_place_and_after_it_is_shown(read):
    page = read("/index.html")
    page.locator('.map a[data-id="lstm"]').hover()
    near = set(page.locator(".map a.near").evaluate_all("a => a.map(e => e.dataset.id)"))
    specs = {name: registry.describe(name) for name in registry.names()}
    kin = {"lstm"}
    while more := {n for n in kin for n in specs[n].builds_on if n in specs} - kin:
        kin |= more
    after = {"lstm"}
    while more := {n for n, spec in specs.items() if after & {*spec.builds_on}} - after:
        after |= more
    assert near == kin | after
    assert {"elman", "mcculloch_pitts", "transformer"} <= near


def test_years_and_families_stay_in_sight(read):
    page = read("/index.html", (700, 500))
    page.locator(".map").evaluate("map => { map.scrollLeft = 300; }")
    page.locator('.map a[data-id="gpt2"]').scroll_into_view_if_needed()
    page.wait_for_timeout(100)
    bar = page.locator("header").bounding_box()
    year = page.locator("text.year", has_text="2020").bounding_box()
    assert bar["y"] + bar["height"] <= year["y"] + year["height"] <= 500
    family = page.locator("text.family", has_text="transformers").bounding_box()
    assert 0 <= family["x"] < 100


def test_on_a_phone_the_map_is_a_list_that_can_be_narrowed(read):
    page = read("/index.html", (390, 844))
    assert not page.locator(".map").is_visible()
    listed = page.locator(".listed a:visible")
    assert listed.count() == len(registry.names())
    page.locator("select[name=family]").select_option("recurrent")
    own = {f"card/{name}.html" for name in registry.names() if registry.family(name) == "recurrent"}
    assert set(listed.evaluate_all("a => a.map(e => e.getAttribute('href'))")) == own
    page.get_by_role("link", name="Elman network").click()
    page.wait_for_url("**/card/elman.html")
