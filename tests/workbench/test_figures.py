"""What a report draws: boxes within their picture, masks over it, how sure before and after."""

import ast
import inspect
import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import example, given, settings, strategies as st
from matplotlib.text import Text
from torch import nn

import nna.workbench
from nna.cli import run as command
from nna.workbench.formatting import LETTERS, LINES, NOTHING, drawable
from nna.workbench.reports import figures


def test_boxes_end_where_the_picture_ends_and_only_the_surest_are_drawn():
    images = np.zeros((2, 3, 20, 30))
    truth = np.full((2, 2, 5), -1.0)
    truth[0, 0] = (1, 2, 3, 10, 12)
    beyond = np.array([[0, 0.9 - 0.01 * i, -50, -50, 80, 90] for i in range(20)])
    plot = figures.boxes(images, truth, [beyond, np.empty((0, 6))], ("cat", "dog"))
    first, second = plot.axes[:2]
    assert len(first.texts) == figures.MOST
    assert first.texts[0].get_text() == "cat 90 %"
    assert len(first.patches) == figures.MOST + 2  # the true one is dashed, black under white
    assert (len(second.patches), len(second.texts)) == (0, 0)
    for box in first.patches[2:]:
        assert (*box.get_xy(), box.get_width(), box.get_height()) == (-0.5, -0.5, 30, 20)


def test_boxes_below_a_half_are_not_drawn():
    plot = figures.boxes(
        np.zeros((1, 1, 8, 8)), np.full((1, 1, 5), -1.0), [np.array([[0, 0.4, 1, 1, 4, 4]])], "a"
    )
    assert not plot.axes[0].patches


def test_masks_lie_over_the_middle_of_their_pictures_and_leave_unlabelled_pixels_bare():
    truth = np.zeros((1, 4, 4), dtype=int)
    truth[0, 0, 0] = -1
    plot = figures.masks(np.random.default_rng(0).random((1, 3, 8, 8)), truth, truth, ("a", "b"))
    picture, mask = plot.axes[1].images
    assert picture.get_array().shape == (8, 8)
    assert mask.get_array().mask.sum() == 1
    assert mask.get_extent() == [1.5, 5.5, 5.5, 1.5]
    assert plot.axes[1].get_xlim() == (-0.5, 7.5)


@pytest.mark.parametrize("lines", [1, 2])
def test_calibration_has_a_line_for_each_way_to_be_sure(lines):
    draw = np.random.default_rng(0)
    said = {name: draw.uniform(0.3, 1, 200) for name in ("before", "after")[:lines]}
    plot = figures.calibration(said, draw.random(200) < 0.6)
    labels = [line.get_label() for line in plot.axes[0].lines]
    assert labels[1:] == [*reversed(said)]


def test_first_weights_are_the_kernels_or_the_rows_that_look_at_pixels():
    colour = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 3), nn.Linear(16, 2))
    weight = figures.first(colour, None)
    assert weight is not None
    assert weight.shape == (5, 4, 3, 3)
    rows = figures.first(nn.Linear(16, 2), 4)
    assert rows is not None
    assert rows.shape == (2, 1, 4, 4)
    assert figures.first(nn.Linear(16, 2), 5) is None


# --- text of the user's ----------------------------------------------------------------------

NASTY = (
    "$",
    "a$b$c",
    "$\\frac{1}{",
    "\\$",
    "\\",
    "_hidden",
    "",
    " ",
    "\ud800",
    "\x00\x1b[31m",
    "x\ny",
    "\n" * 9,
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=80)


@settings(max_examples=200, deadline=None)
@given(TEXTS | st.lists(st.sampled_from(NASTY)).map("".join))
@example("word " * 5000)
@example("\u202e\u05d0\u05d1 \u202d")
def test_any_text_is_drawn_letter_by_letter(text):
    shown = drawable(text)
    shown.encode()
    assert not shown.startswith("_")
    assert shown
    lines = shown.split("\n")
    assert len(lines) <= LINES
    assert all(line.removeprefix(NOTHING).replace(r"\$", "$").isprintable() for line in lines)
    drawn, formula = Text()._preprocess_math(shown)  # what matplotlib makes of it
    assert formula is False
    short = len(text) <= LETTERS and text.isprintable() and text
    if short and text.strip() and text[0] != "_":
        assert drawn == text


def pixels(text):
    plot = figures.bars({text: 0.5, "other": 0.2}, text)
    plot.axes[0].set_title(drawable(text))
    return np.asarray(PIL.Image.open(io.BytesIO(figures.png(plot, dpi=40))))


@pytest.mark.parametrize(
    "text", [*NASTY, "\ud800\udfff", "\u202e\u05d0\u05d1", "\u4e2d" * 90, "\U0001f600"]
)
def test_every_text_leaves_a_picture_and_no_warning(text, recwarn):
    plain = pixels("a")
    assert pixels(text).shape == plain.shape
    assert len(recwarn) == 0


def test_names_that_begin_alike_or_with_an_underscore_are_all_shown():
    one, other = "x" * 90 + "1", "x" * 90 + "2"
    assert len(figures.bars({one: 0.1, other: 0.2}, "IoU").axes[0].patches) == 2
    drawn = figures.scatter(np.zeros((2, 2)), np.zeros((2, 2)), ("_made", "_data"))
    assert len(drawn.axes[0].get_legend().get_texts()) == 2


SINKS = {"set_title", "suptitle", "set_xlabel", "set_ylabel", "text", "annotate", "set_xticks"}
SINKS |= {"set_yticks", "set_xticklabels", "set_yticklabels"}
WORDS = {"label", "labels", "title", "xlabel", "ylabel", "s"}
DRAWS = {"set", "plot", "bar", "barh", "scatter", "hist", "colorbar", "Patch", "legend"} | SINKS


def is_safe(node, names):
    """Whether an expression is text of our own, or went through `drawable`."""
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Name(id="drawable" | "range")):
            return True
        case ast.IfExp():
            return is_safe(node.body, names) and is_safe(node.orelse, names)
        case ast.ListComp() | ast.NamedExpr():
            return is_safe(node.elt if isinstance(node, ast.ListComp) else node.value, names)
        case ast.List() | ast.Tuple():
            return all(is_safe(one, names) for one in node.elts)
        case ast.Name():
            given = names.get(node.id, [])
            return bool(given) and all(is_safe(value, {}) for value in given)
    return False


def bypasses(tree):
    """Texts that reach matplotlib as they are."""
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        names = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                names.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called not in DRAWS:
                continue
            texts = [k.value for k in node.keywords if k.arg in WORDS]
            places = {"text": [2], "set_xticks": [1], "set_yticks": [1], "annotate": [0]}
            positions = places.get(called, [0] if called in SINKS else [])
            texts += [node.args[i] for i in positions if i < len(node.args)]
            if called in ("bar", "barh"):  # words there become places, one a word
                texts += [n for n in node.args[:1] if isinstance(n, ast.List | ast.ListComp)]
            yield from (ast.unparse(text) for text in texts if not is_safe(text, names))


def test_no_text_reaches_matplotlib_past_the_one_helper():
    found, folder = {}, Path(inspect.getfile(nna.workbench)).parent
    for path in folder.rglob("*.py"):
        if "axes" in (source := path.read_text()) and (odd := [*bypasses(ast.parse(source))]):
            found[path.name] = odd
    assert found == {}
    assert [*bypasses(ast.parse("def f(): axis.set(title=name)"))] == ["name"]


DOLLARS = ["a$b$", "$\\frac{", "_c"]


def test_a_run_whose_names_hold_formulas_is_reported_and_explained(tmp_path, capsys):
    draw = np.random.default_rng(0)
    rows = [
        f"{v:.3f},{w:.3f},{DOLLARS[int(v > 0) + (w > 1)]}" for v, w in draw.normal(size=(90, 2))
    ]
    path = tmp_path / "$x_{.csv"
    path.write_text("\n".join(["$x_{1}$,$\\bad{,_y$", *rows]) + "\n")
    told = ["train", "mlp", str(path), "--target", "_y$", "--epochs", "2", "--name", "r"]
    assert command([*told, "--out", str(tmp_path)]) == 0, capsys.readouterr().err
    assert (tmp_path / "r" / "report.html").exists()
    assert command(["explain", str(tmp_path / "r")]) == 0
    assert command(["explain", str(tmp_path / "r"), "0", "--method", "occlusion"]) == 0
    assert capsys.readouterr().err.count("nna:") == 0
