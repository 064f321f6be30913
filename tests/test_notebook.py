"""What notebooks show: well-formed HTML in which every text is escaped, and bars that move."""

import html.parser
import json
import math
import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given, strategies as st

import nna
from nna import html as pieces, notebook
from nna.training import progress, runs
from nna.workbench.seeds import OverSeeds, Seeds

VOID = {"br", "img", "hr", "progress", "line", "circle"}


class Reader(html.parser.HTMLParser):
    """The texts of a page and whether its tags close."""

    def __init__(self):
        super().__init__()
        self.open, self.words, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    assert not reader.tags & {"script", "b", "i"}
    return reader


ANY = st.text("ab<>&\"'/;=é… -", min_size=1, max_size=20).filter(str.strip)
NUMBERS = st.none() | st.floats() | st.integers()


@given(ANY, ANY, NUMBERS)
def test_any_text_is_shown_as_it_stands(title, cell, number):
    page = pieces.block(title, pieces.table((cell, "n"), [(cell, number)]), pieces.words(title))
    said = "".join(read(page).words)
    assert said.count(cell) >= 2
    assert title in said
    assert pieces.text(number) in said


@given(st.dictionaries(ANY, st.lists(st.floats(width=32), max_size=5), max_size=4))
def test_curves_of_any_numbers_are_drawn_within_their_frame(lines):
    page = pieces.curves(lines)
    read(page)
    for points in page.split('points="')[1:]:
        for pair in points.split('"')[0].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= pieces.WIDTH
            assert 0 <= y <= pieces.HEIGHT


@given(st.lists(st.tuples(ANY, st.floats(-1e9, 1e9), st.none(), st.none()), max_size=4))
def test_a_row_without_an_interval_has_its_dot(rows):
    page = pieces.intervals(rows)
    read(page)
    assert page.count("<circle") == len(rows)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs")
    return nna.train("mlp", "iris", out=out, recipe={"epochs": 2}, quiet=True)


def test_a_run_shows_its_figures_beside_those_of_the_baselines(run):
    reader, found = read(run._repr_html_()), run.results()
    said = " ".join(reader.words)
    for who in ("mlp/desk on iris", *found["baselines"], *found["metrics"]):
        assert who in said
    assert f"{found['metrics']['accuracy']['value']:.4g}" in said
    assert "polyline" in reader.tags
    assert str(run.folder / "report.html") in said


def test_a_run_that_is_not_finished_or_is_damaged_says_so(run, tmp_path):
    empty = runs.Run(tmp_path, run.request)
    assert f"nna resume {tmp_path}" in " ".join(read(empty._repr_html_()).words)
    (tmp_path / runs.RESULTS).write_text("{")
    assert "damaged" in " ".join(read(empty._repr_html_()).words)


def test_seeds_show_mean_and_interval():
    none = OverSeeds(values=[1.0], mean=0.5, std=math.nan, low=None, high=None)
    known = replace(none, low=0.25, high=0.75)
    found = Seeds(runs=["a"], metrics={"x": none, "<y>": known})
    said = " ".join(read(found._repr_html_()).words)
    assert "0.25 to 0.75" in said
    assert "<y>" in said


def test_a_card_is_set_by_the_notebook_itself():
    card = nna.card("lstm")
    assert card._repr_markdown_() == str(card)
    assert card.startswith("# ")


# --- bars ---------------------------------------------------------------------------------------


@pytest.fixture
def cells(monkeypatch):
    """A notebook: what was displayed, and what it was written over with."""
    shown = []

    def display(html, display_id):
        shown.append([html])
        return SimpleNamespace(update=shown[-1].append)

    module, inner = ModuleType("IPython"), ModuleType("IPython.display")
    module.get_ipython = lambda: SimpleNamespace(kernel=object())
    inner.display, inner.HTML = display, str
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", inner)
    return shown


def test_a_terminal_is_no_notebook(monkeypatch):
    assert not notebook.inside()
    assert isinstance(progress.bar("x"), progress.Bar)
    module = ModuleType("IPython")
    module.get_ipython = lambda: SimpleNamespace()  # IPython in a terminal has no kernel
    monkeypatch.setitem(sys.modules, "IPython", module)
    assert not notebook.inside()


def test_training_moves_one_bar_in_a_notebook_and_prints_nothing(cells, tmp_path, capsys):
    nna.train("mlp", "iris", out=tmp_path, recipe={"epochs": 2})
    (shown,) = cells
    assert "epoch 2/2" in shown[-1]
    assert 'value="1.0000"' in shown[-1]
    for page in shown:
        read(page)
    assert capsys.readouterr().err == ""


def test_a_bar_moves_a_hundredth_at_a_time(cells):
    with progress.bar("<a>") as bar:
        for step in range(1, 10_001):
            bar.step(step, 10_000)
    (shown,) = cells
    assert len(shown) <= 102
    assert "&lt;a&gt;" in shown[0]


def test_recommendations_and_comparisons_show_as_tables(cells, tmp_path):
    found = nna.recommend("iris", quick_benchmark=False)
    said = " ".join(read(found._repr_html_()).words)
    assert found.advice in said
    assert found.candidates[0].command in said
    held = nna.compare("iris", models=("elm",), folds=2, out=tmp_path / "held")
    said = " ".join(read(held._repr_html_()).words)
    assert held.verdict in said
    for row in held.rows:
        assert row.name in said
        assert f"{row.mean:.4g}" in said
    assert 'value="1.0000"' in cells[-1][-1]  # the comparison was followed by a bar


# --- files --------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.sampled_from(["markdown", "code"]), st.text('a\n\r"é# ', max_size=20)),
        max_size=4,
    )
)
def test_cells_are_written_as_the_format_has_them(pairs):
    cells = [notebook.Cell(*pair) for pair in pairs]
    found = json.loads(notebook.written(cells))
    assert found["nbformat"] == 4
    assert [(one["cell_type"], "".join(one["source"])) for one in found["cells"]] == pairs
    names = [one["id"] for one in found["cells"]]
    assert len({*names}) == len(names)
    assert all(("outputs" in one) == (one["cell_type"] == "code") for one in found["cells"])
    assert notebook.written(cells) == notebook.written(cells)
