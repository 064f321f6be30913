"""The static site: whole, without dead links, and without anything from outside."""

import base64
import re
from functools import cache
from itertools import pairwise

import pytest

from nna import registry
from nna.app import figures, lineage_chart, pages, site
from nna.app.mechanisms import MECHANISMS
from nna.atlas import lineage
from nna.errors import UserError
from nna.lab import claim_figure
from nna.lab.blocks import panels
from nna.workbench.recommendation import family_results

BESIDE = "model.py beside model_keras.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """All pages; what figures show is computed, and one picture stands for them all."""
    folder, render = tmp_path_factory.mktemp("atlas") / "site", cache(panels.image)
    with pytest.MonkeyPatch.context() as patch:
        one = panels.draw([panels.Panel("", "", "", ())], "one for all")
        patch.setattr(panels, "image", lambda drawing, form: render(one, form))
        patch.setattr(
            claim_figure, "named", lambda kept, row="": (None, render(one, "svg").decode())
        )
        site.build(folder)
    for drawn in (figures.block, figures.check, figures._counted):
        drawn.cache_clear()  # what other tests ask for is drawn
    return folder


@pytest.mark.exhaustive
def test_with_every_picture_drawn_no_link_is_dead_and_all_of_it_is_light(tmp_path):
    site.build(tmp_path / "site", address="https://example.org")
    assert site.dead_links(tmp_path / "site") == []
    within_budget(tmp_path / "site")


def within_budget(folder):
    """Any static host takes it, and a page loads at once: 30 MB, 300 kB a page."""
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < 30e6
    heavy = {path.name: size for path, size in sizes.items() if path.suffix == ".html"}
    assert {name: size for name, size in heavy.items() if size > 300e3} == {}


@pytest.mark.exhaustive
def test_it_is_light_and_every_page_describes_itself(built):
    within_budget(built)
    for path in built.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert re.search(r'<meta name="description" content="[^"]{10,400}">', page), path


def test_what_scripts_link_to_is_there():
    linked = [
        link
        for script in site.STATIC.glob("*.js")
        for link in re.findall(r"[\"'`]([a-z]+/[a-z_]+\.html)", script.read_text(encoding="utf-8"))
    ]
    assert len(linked) >= 2
    assert set(linked) <= set(pages.every())


def test_weights_of_mechanisms_are_small():
    carried = list(site.STATIC.glob("weights-*.js"))
    assert {path.stem.partition("-")[2] for path in carried} == {one.id for one in MECHANISMS}
    assert all(path.stat().st_size < 100_000 for path in carried)


@pytest.mark.slow
def test_every_architecture_has_its_page_and_no_link_is_dead(built):
    for name in registry.names():
        assert (built / "card" / f"{name}.html").is_file()
    assert site.dead_links(built) == []


@pytest.mark.slow
def test_nothing_is_fetched_from_outside(built):
    for path in built.rglob("*"):
        if path.suffix in (".html", ".css", ".js", ".svg"):
            page = path.read_text(encoding="utf-8")
            assert not re.search(r'<(script|link|img|iframe|source)[^>]+(src|href)="https?:', page)
            assert not re.search(r"(url\(|import\s|fetch\()\s*['\"]?https?:", page), path.name
            assert "<script>" not in page
            assert path.suffix != ".html" or ' style="' not in page, path


@pytest.mark.slow
def test_a_page_says_what_spec_card_and_ledger_say(built):
    page = (built / "card" / "lenet5.html").read_text(encoding="utf-8")
    spec = registry.describe("lenet5")
    size = f"{spec.variants['desk'].params:,}"
    for said in (spec.idea, spec.paper.title, size, "<math ", BESIDE):
        assert str(said) in page
    for lens in ("Intuition", "Mathematical foundation", "Structure", "Proofs", "Cite"):
        assert f">{lens}</h2>" in page
    assert "nna train lenet5 digits" in page


def test_a_site_is_written_anew_and_what_is_gone_goes(monkeypatch, tmp_path):
    few = {path: pages.every()[path] for path in ("table.html", "card/mlp.html")}
    monkeypatch.setattr(pages, "every", lambda: few)
    site.build(tmp_path)
    (tmp_path / "card" / "old.html").write_text("")
    (tmp_path / "table.html").write_text("")
    assert site.build(tmp_path) == 2
    assert (tmp_path / "table.html").read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "card").iterdir()] == ["mlp.html"]


def test_a_large_figure_is_a_file_that_pages_share(monkeypatch, tmp_path):
    kept = {path: pages.every()[path] for path in ("lab/step_size.html", "guide/learning.html")}
    monkeypatch.setattr(pages, "every", lambda: kept)
    whole = figures.named("lab:step_size", "")[0]
    site.build(tmp_path)
    drawn = {path.read_bytes(): path.name for path in (tmp_path / "figures").iterdir()}
    name = drawn[base64.b64decode(whole.partition(",")[2])]
    page = (tmp_path / "lab" / "step_size.html").read_text(encoding="utf-8")
    assert f'src="../figures/{name}"' in page
    assert len(page) < 100_000
    assert not re.search(r"base64,[^\"]{4000}", page)


def test_a_folder_of_the_readers_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(UserError, match="holds other files"):
        site.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_dead_link_is_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here">1</a><a href="b.html#no">2</a>'
        '<a href="b.html#a=1&amp;b=2">0</a>'
    )
    (tmp_path / "b.html").write_text('<a href="c.html">3</a><a href="https://example.org">4</a>')
    assert sorted(site.dead_links(tmp_path)) == ["a.html -> b.html#no", "b.html -> c.html"]


def test_on_the_map_no_names_overlap_and_every_edge_of_the_lineage_is_drawn():
    drawn = lineage_chart.draw(label=7)
    assert {place.id for place in drawn.places} == set(registry.names())
    parents = lineage.graph().parents
    expected = {(b, a) for a in registry.names() for b in parents[a] if b in registry.names()}
    assert {(before.id, after.id) for before, after in drawn.edges} == expected
    by_row = {}
    for place in sorted(drawn.places, key=lambda place: place.x):
        by_row.setdefault(place.y, []).append(place)
    for row in by_row.values():
        for left, right in pairwise(row):
            assert right.x - left.x >= 2 * lineage_chart.DOT + 7 * len(left.label)


def test_on_the_map_stand_names_of_which_none_is_cut_short_beyond_knowing():
    labels = [place.label for place in lineage_chart.draw().places]
    assert len(set(labels)) == len(labels)
    for place in lineage_chart.draw().places:
        assert place.title.startswith(place.label.removesuffix(" …"))
        assert len(place.label) <= lineage_chart.LONGEST + 2


def test_later_stands_further_right():
    places = [lineage_chart.at(year) for year in range(1940, 2030)]
    assert places == sorted(set(places))


def test_every_page_has_a_title_and_a_path_of_its_own():
    every = pages.every()
    assert all(path == page.path and page.title for path, page in every.items())


def test_a_card_tells_how_comparisons_on_real_data_ended():
    page = pages.render(pages.every()["card/rbfn.html"])
    row = next(one for one in family_results.compared_on("rbfn") if one["data"] == "wine")
    assert f'<td>wine</td><td>accuracy</td><td class="number">{row["mean"]:.4g}</td>' in page
    assert f"{row['place']} of {row['among']}</td>" in page
    assert row["mean"] <= row["winner"]["mean"]
    assert "Comparisons on real data" not in pages.render(pages.every()["card/gpt2.html"])
