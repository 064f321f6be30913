"""The atlas in a real browser: open, search, keyboard, formulas, phone, dark, without a network."""

import io

import numpy as np
import pytest
from PIL import Image

from nna import registry
from nna.app import pages, search, site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, PHONE = (1280, 900), (390, 844)
QUERIES = (
    "residual network",
    "memroy convyor",
    "rnn",
    "cnn",
    "ViT",
    "1512.03385",
    "yann lecun",
    "learning rate",
    "colour normalisation",
    "color normalization",
    "Schrödinger",
    "dice",
    "?!",
    "qqzzxx",
)


def pixels(element):
    """How bright each pixel of an element is, from 0 to 1."""
    picture = Image.open(io.BytesIO(element.screenshot())).convert("L")
    return np.asarray(picture) / 255


def test_from_the_map_to_a_card_to_what_answered_it(read):
    page = read("/")
    page.locator('.map a[data-id="lenet5"]').click()
    page.wait_for_url("**/card/lenet5.html")
    assert page.locator("h1").inner_text().startswith("LeNet-5")
    page.locator(".chip", has_text="AlexNet").click()
    page.wait_for_url("**/compare/lenet5-alexnet.html")


def test_search_forgives_a_typing_error_and_is_used_by_keys_alone(read):
    page = read("/table.html")
    page.keyboard.press("/")
    page.keyboard.type("resudual netwrk")
    page.locator("#found a").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator("#found a[aria-selected=true]").count() == 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/card/resnet.html")


def test_the_first_key_leads_past_the_menu_to_the_content(read):
    page = read("/glossary.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_places_on_the_map_are_reached_by_keys_and_light_up_their_lines(read):
    page = read("/index.html")
    page.locator('.map a[data-id="resnet"]').focus()
    near = page.locator(".map a.near")
    assert near.count() > 3
    page.keyboard.press("Enter")
    page.wait_for_url("**/card/resnet.html")


def test_a_table_is_sorted_by_its_headings(read):
    page = read("/table.html")
    years = page.locator("tbody td:nth-child(2)")
    heading = page.get_by_role("button", name="Year")
    heading.click()
    rising = [int(year) for year in years.all_inner_texts()]
    heading.press("Enter")
    assert rising == sorted(rising)
    assert [int(year) for year in years.all_inner_texts()] == rising[::-1]


def test_errata_are_filtered_by_topic_and_words(read):
    page = read("/errata.html")
    every = page.locator(".claim:visible").count()
    page.locator("select[data-only]").select_option("hist")
    history = page.locator(".claim:visible").count()
    assert 0 < history < every
    assert page.locator("[data-group]:visible h2").count() == 1
    page.locator("main input[type=search]").fill("forget")
    page.locator("#HIST-14").wait_for(state="hidden")
    assert page.locator(".claim:visible").get_attribute("id") == "HIST-30"
    page.locator("main input[type=search]").fill("")
    page.locator("select[data-only]").select_option("")
    assert page.locator(".claim:visible").count() == every


def test_a_fraction_is_drawn_with_its_bar_between_what_stands_above_and_below(read):
    page = read("/formulas/generative.html", device_scale_factor=3)
    fraction = page.locator('math[display="block"] mfrac').first
    fraction.scroll_into_view_if_needed()
    ink = pixels(fraction) < 0.5
    rows = ink.mean(axis=1)
    bar = int(rows.argmax())
    assert rows[bar] > 0.9  # a line from side to side
    assert 0 < ink[: bar - 3].mean() < 0.5
    assert 0 < ink[bar + 4 :].mean() < 0.5


def test_a_part_of_the_figure_leads_to_its_line_of_code(read):
    page = read("/card/lstm.html")
    part = page.locator("#drawn area[alt^='Linear']")
    part.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/card/lstm.html#model-*")
    line = int(page.url.rpartition("-")[2])
    source = registry.source("lstm").read_text(encoding="utf-8").splitlines()
    assert part.get_attribute("title") == source[line - 1].strip()
    assert page.locator("a:target").evaluate("a => a.closest('details').open")


def test_at_a_desk_every_formula_fits_its_place(read):
    longer = "frames => frames.filter(e => e.scrollWidth > e.clientWidth).map(e => e.dataset.tex)"
    for path in (path for path in pages.every() if path.startswith("formulas/")):
        shown = read(f"/{path}", DESK).locator(".display")
        assert shown.count()
        assert shown.evaluate_all(longer) == []


def test_a_long_formula_goes_on_below_on_a_phone(read):
    lines = {}
    for size in (DESK, PHONE):
        page = read("/card/adaline.html", size)
        parts = page.locator(".display").first.locator("math")
        lines[size] = len({round(part.bounding_box()["y"] / 10) for part in parts.all()})
    assert lines[DESK] < lines[PHONE]


def test_a_raised_letter_is_smaller_and_stands_higher(read):
    page = read("/formulas/generative.html")
    raised = page.locator('math[display="block"] msup').first
    base, power = (raised.locator(f"xpath=*[{place}]").bounding_box() for place in (1, 2))
    assert power["y"] + power["height"] / 2 < base["y"] + base["height"] / 2
    assert power["height"] < base["height"] or power["x"] >= base["x"] + base["width"] - 1


def test_the_menu_is_one_line_that_shows_where_one_is(read):
    for size in ((1100, 800), PHONE):
        page = read("/playground.html", size)
        tops = page.locator("header nav a").evaluate_all("a => a.map(e => e.offsetTop)")
        assert len(set(tops)) == 1
        here = page.locator("header [aria-current]").bounding_box()
        assert here["x"] + here["width"] <= size[0]


def test_dark_is_dark_and_light_is_light(read):
    shades = {
        scheme: pixels(read("/card/resnet.html", color_scheme=scheme).locator("main")).mean()
        for scheme in ("dark", "light")
    }
    assert shades["dark"] < 0.3
    assert shades["light"] > 0.8


def test_without_javascript_a_card_reads_the_same(read):
    path = "/card/lenet5.html"
    with_, without = read(path), read(path, java_script_enabled=False)
    with_.locator(".copy").evaluate_all("buttons => buttons.forEach(b => b.remove())")
    assert without.locator("article").inner_text() == with_.locator("article").inner_text()


FONT = "async () => (await document.fonts.ready, [...document.fonts].map(f => f.status))"


def test_formulas_are_set_in_the_font_that_comes_along(read):
    assert read("/card/lstm.html").evaluate(FONT) == ["loaded"]


@pytest.fixture(scope="module")
def opened(chromium, tmp_path_factory):
    """Opens pages of an atlas that lies in a folder, as files; nothing may go wrong in them."""
    folder = tmp_path_factory.mktemp("site")
    whole, few = pages.every(), ("index.html", "card/lenet5.html", "table.html", "errata.html")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "every", lambda: {p: whole[p] for p in (*few, "search.html")})
        site.build(folder)
    context, wrong = chromium.new_context(), []

    def reader(path):
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{path}: {error}"))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.goto((folder / path).as_uri())
        return page

    yield reader
    context.close()
    assert wrong == []


def test_read_from_a_folder_links_lead_on(opened):
    page = opened("index.html")
    page.locator('.map a[data-id="lenet5"]').hover()
    assert page.locator("#idea").inner_text()
    page.locator('.map a[data-id="lenet5"]').click()
    page.wait_for_url("**/card/lenet5.html")
    assert page.locator("h1").inner_text().startswith("LeNet-5")


def test_read_from_a_folder_formulas_have_their_font_too(opened):
    page = opened("card/lenet5.html")
    assert page.evaluate(FONT) == ["loaded"]
    assert "nna math" in page.locator("math").first.evaluate("m => getComputedStyle(m).fontFamily")


def test_read_from_a_folder_tables_are_sorted_and_texts_filtered(opened):
    page = opened("table.html")
    page.get_by_role("button", name="Year").click()
    years = [int(year) for year in page.locator("tbody td:nth-child(2)").all_inner_texts()]
    assert years == sorted(years)
    page = opened("errata.html")
    page.locator("main input[type=search]").fill("forget")
    page.locator("#HIST-14").wait_for(state="hidden")


def test_read_from_a_folder_it_searches_as_the_command_line_does(opened):
    page = opened("card/lenet5.html")
    page.keyboard.press("/")
    page.keyboard.type("resudual netwrk")
    page.locator("#found a").first.wait_for()
    assert page.locator("#found a").first.get_attribute("href") == "../card/resnet.html"
    page = opened("search.html")
    for query in QUERIES:
        found = page.evaluate(
            "async (q) => (await Search(q, 1000)).hits.map((h) => h.address)", query
        )
        read_as = page.evaluate("async (q) => [...(await Search(q, 1)).readAs]", query)
        told = search.results(query).fill()
        addresses = [hit["address"] for hit in told["hits"] or ()]
        assert found[: len(addresses)] == addresses, query
        assert dict(read_as) == told["read_as"], query


def test_a_formula_is_copied_as_latex(read):
    page = read("/card/lstm.html", permissions=["clipboard-read", "clipboard-write"])
    shown = page.locator(".display").first
    page.get_by_role("button", name="Copy the formula").first.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown.get_attribute("data-tex")


def test_search_works_without_javascript(read):
    page = read("/index.html", java_script_enabled=False)
    page.get_by_role("searchbox").fill("attention")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=attention")
    assert page.locator("#results a").count() > 3


@pytest.mark.exhaustive
def test_printed_a_card_has_no_menu_and_dark_ink_on_white(read):
    page = read("/card/lstm.html", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("header").is_visible()
    assert pixels(page).mean() > 0.8
