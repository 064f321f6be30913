"""The playground in a real browser: networks learn, the pictures change, and one looks inside."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN = "document.querySelector('.surface')?.toDataURL()"


def figure(page, name, panel=0):
    return page.locator(f"[data-figure={name}]").nth(panel).inner_text()


def step(page):
    return int(figure(page, "step").partition(" of ")[0].replace(",", ""))


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
    assert len(pictures) >= 2  # however fast it learns, and however busy the machine is
    assert float(figure(page, "validation").removesuffix("%")) >= 95
    page.locator(".surface").click(position={"x": 150, "y": 200})  # it answers when it is done, too
    page.get_by_text(re.compile(r"At \(-?\d")).wait_for()
    assert page.locator(".inside .cells").count() >= 5


def test_it_is_paused_stepped_and_reset(read):
    page = read("/playground.html")
    page.get_by_label("Epochs").fill("2000")
    page.get_by_role("button", name="Train").click()
    page.locator(".panel tbody tr").first.wait_for()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").wait_for()
    at = step(page)
    page.get_by_role("button", name="Step").click()
    while step(page) == at:
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    assert step(page) == at + 1
    page.get_by_role("button", name="Reset").click()
    page.locator("[data-figure=step]", has_text=re.compile("^0 of")).wait_for()
    page.wait_for_timeout(300)
    assert step(page) == 0
    assert page.get_by_role("button", name="Go on").count() == 1


def test_two_networks_learn_side_by_side(read):
    page = read("/playground.html")
    page.locator("[name=data]").select_option("moons")
    page.get_by_label("Epochs").fill("20")
    page.get_by_label("Batch").fill("32")
    page.get_by_role("button", name="Add a network").click()
    page.locator("[name=model]").nth(1).select_option("perceptron")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    assert page.locator(".panel h2").all_inner_texts() == ["mlp/desk", "perceptron/desk"]
    for panel in (0, 1):
        assert float(figure(page, "validation", panel).removesuffix("%")) > 70


def test_a_drawn_digit_is_followed_from_map_to_map(read):
    page = read("/playground.html")
    page.locator("[name=data]").select_option("digits")
    page.locator("[name=model]").select_option("lenet5")
    page.get_by_label("Epochs").fill("1")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    canvas = page.locator("#draw")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 112, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 112, box["y"] + 200, steps=6)
    page.mouse.up()
    page.get_by_text("Your input:").wait_for()
    assert page.locator(".inside .maps").count() >= 4
    drawn = page.locator(".inside > canvas").evaluate(
        "c => [...c.getContext('2d').getImageData(0, c.height / 2, c.width, 1).data]"
    )
    reds = drawn[::4]
    assert reds[0] == 255  # no ink at the rim
    assert min(reds) < 100  # ink in the middle
    page.get_by_label("Example number").fill("3")
    page.get_by_role("button", name="Show").click()
    page.get_by_text(re.compile("Example 3, in truth")).wait_for()


def test_a_table_of_the_readers_is_learnt_and_a_row_of_it_changed(read, tmp_path):
    rows = "".join(f"{i % 10},{i % 7},{i % 3},{['low', 'high'][i % 10 > 4]}\n" for i in range(200))
    (tmp_path / "mine.csv").write_text("size,age,kind,price\n" + rows)
    page = read("/playground.html")
    page.locator("[name=table]").set_input_files(tmp_path / "mine.csv")
    page.get_by_label("Epochs").fill("30")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    assert float(figure(page, "validation").removesuffix("%")) >= 95
    for size, price in ((0, "low"), (9, "high")):
        page.get_by_label("or its values").fill(f"{size}, 3, 1")
        page.get_by_label("or its values").press("Enter")
        page.get_by_text(re.compile(f"Your input: {price} (9|100)")).wait_for()
    page.get_by_label("or its values").fill("1, 2")
    page.get_by_label("or its values").press("Enter")
    page.get_by_text("2 values for 3 columns").wait_for()


def test_the_atlas_ends_when_told_to_though_a_training_is_watched(chromium, tmp_path, serve):
    with serve(tmp_path) as (address, server):
        page = chromium.new_page(base_url=address)
        page.set_default_timeout(240_000)
        page.goto("/playground.html")
        page.get_by_label("Epochs").fill("2000")
        page.get_by_role("button", name="Train").click()
        page.locator(".panel tbody tr").first.wait_for()
        server.terminate()
        server.wait(60)
        page.close()


def test_nothing_is_sent_before_there_is_something_to_choose(read):
    page = read("/playground.html")
    held = []
    page.route("**/play/about", lambda route: held.append(route))
    page.goto("/playground.html")
    while not held:
        page.wait_for_timeout(20)
    train = page.get_by_role("button", name="Train")
    assert train.is_disabled()
    page.get_by_label("Epochs").fill("1")
    page.get_by_label("Epochs").press("Enter")
    held[0].continue_()
    train.click()
    page.get_by_text("Done.").wait_for()
    assert len(held) == 1  # the form was not sent, which would have loaded the page again


def test_a_card_leads_to_its_network_at_work(read):
    page = read("/card/lenet5.html")
    page.get_by_role("link", name="Watch it learn in the playground").click()
    page.wait_for_url("**/playground.html?model=lenet5")
    page.get_by_role("button", name="Train", disabled=False).wait_for()
    assert page.locator("[name=model]").input_value() == "lenet5"
    assert page.locator("[name=data]").input_value() == "digits"
    page.get_by_role("link", name="a perceptron on XOR").click()
    page.wait_for_url("**model=perceptron**")
    page.get_by_role("button", name="Train", disabled=False).click()
    page.get_by_text("Done.").wait_for()
    assert page.locator(".panel h2").first.inner_text() == "perceptron/desk"
    assert step(page) > 0
    assert float(figure(page, "training").removesuffix("%")) < 75


def test_on_a_phone_everything_stands_below_each_other(read):
    page = read("/playground.html?data=xor&epochs=1", (390, 844))
    page.get_by_role("button", name="Train").click()
    page.get_by_text("Done.").wait_for()
    page.get_by_role("button", name="Show").click()
    page.locator(".inside .cells").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".surface", "#look", "#curve", ".inside"):
        assert page.locator(part).bounding_box()["width"] > 300


def test_what_cannot_be_is_said(read):
    page = read("/playground.html", expected=("400",))
    page.get_by_label("Epochs").fill("none")
    page.get_by_role("button", name="Train").click()
    page.get_by_text("epochs must be a number").wait_for()


def test_what_is_wished_stands_in_the_address_and_comes_back(read):
    page = read("/playground.html")
    page.locator("[name=data]").select_option("moons")
    page.get_by_label("Epochs").fill("3")
    page.get_by_label("Settings").fill("hidden=5")
    page.get_by_label("Learning rate").fill("0.02")
    page.get_by_label("Learning rate").press("Tab")
    assert "data=moons" in page.url
    page.reload()
    page.locator("[type=submit]:not([disabled])", has_text="Train").wait_for()
    assert page.locator("[name=data]").input_value() == "moons"
    assert page.get_by_label("Epochs").input_value() == "3"
    assert page.get_by_label("Settings").input_value() == "hidden=5"
    assert page.get_by_label("Learning rate").input_value() == "0.02"


def test_two_clicks_begin_one_training(read):
    page = read("/playground.html")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "begin" in request.url else None)
    page.get_by_label("Epochs").fill("2")
    page.get_by_role("button", name="Train").dblclick()
    page.get_by_text("Done.").wait_for()
    assert len(sent) == 1
