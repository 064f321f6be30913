"""Every step: the reference passes, each typical mistake gets its own hint, none gives it away."""

import ast
import json
import re

import numpy as np
import pytest

from nna.atlas import guide
from nna.cli import commands, run as command
from nna.errors import UserError
from nna.lab import catalog as lab
from nna.learn import check, judge, step as steps

CHAPTERS = {one.id: one for one in guide.read()}
ALL = [
    (f"{chapter}/{one.name}", one)
    for chapter in steps.chapters()
    for one in steps.of_chapter(chapter)
]
EACH = pytest.mark.parametrize("chapter", steps.chapters())  # a test a step would cost more


def named(chapter):
    return [(name, one) for name, one in ALL if name.startswith(f"{chapter}/")]


def test_there_are_at_least_sixty_steps_and_no_two_share_a_name():
    names = [name for name, _ in ALL]
    assert len(names) >= 60
    assert len({*names}) == len(names)
    for _, one in ALL:
        assert len(one.mistakes) >= 3


@EACH
def test_the_reference_is_right(chapter):
    for name, step in named(chapter):
        cell = {"np": np}
        exec(step.solution, cell)  # as in a notebook: it needs numpy alone
        found = check(name, cell[step.name])
        assert found.right, found.line


@EACH
def test_each_typical_mistake_gets_its_own_hint(chapter):
    for name, step in named(chapter):
        seen = set()
        for hint, mistake in step.mistakes.items():
            found = check(name, mistake)
            assert not found.right, hint
            assert found.line == f"{name}: not yet. {hint}"
            seen.add(found.line)
        assert len(seen) == len(step.mistakes)


def bare(source):
    return re.sub(r"[\s`$\\{}]", "", source)


@EACH
def test_no_hint_holds_the_solution(chapter):
    for _, step in named(chapter):
        tree = ast.parse(step.solution).body[0]
        given = [step.ask, step.hint, *step.mistakes]
        for node in ast.walk(tree):
            if isinstance(node, ast.Return | ast.Assign) and node.value is not None:
                value = bare(ast.unparse(node.value))
                assert len(value) < 8 or all(value not in bare(told) for told in given)
        for told in [step.hint, *step.mistakes]:
            assert not re.search(r"np\.|math\.|\*\*|@|return|lambda|==", told), told


def function(source: str) -> ast.FunctionDef:
    first = ast.parse(source).body[0]
    assert isinstance(first, ast.FunctionDef)
    return first


@EACH
def test_a_stub_says_what_comes_in_and_nothing_of_the_body(chapter):
    for name, step in named(chapter):
        tree, whole = function(step.stub), function(step.solution)
        assert ast.unparse(tree.args) == ast.unparse(whole.args)
        assert ast.get_docstring(tree) == ast.get_docstring(whole)
        assert [type(node) for node in tree.body] == [ast.Expr, ast.Return]
        assert step.section in {
            "",
            *re.findall(r"^## (.+)$", CHAPTERS[name.split("/")[0]].text, re.M),
        }


def changed(step, by):
    """The solution, what it gives changed."""

    def answer(*given):
        value = step.answer(*given)
        return tuple(map(by, value)) if isinstance(value, tuple) else by(value)

    return answer


def stops(*given):
    raise IndexError("out of range")


@EACH
def test_whatever_is_off_is_told(chapter):
    """A factor, nothing at all, words, an error, a shape: each has a line of its own."""
    for name, step in named(chapter):
        told = {
            "": changed(step, lambda v: np.asarray(v) * 1.5),
            "blank": lambda *given: None,
            "str": lambda *given: "words",
            "IndexError: out of range": stops,
            "not a function": 3.0,
            "shape": changed(step, lambda v: np.ones((2, 3, 4))),
        }
        found = {word: check(name, answer) for word, answer in told.items()}
        assert not any(found.values())
        assert len({one.line for one in found.values()}) == len(found)
        assert all(word in one.line for word, one in found.items())
        assert "shape" not in found[""].line


# --- the judge ----------------------------------------------------------------------------------


def made(answer, truth, draw, **asked):
    return steps.Step(
        answer=answer,
        section="",
        ask="",
        draw=draw,
        truth=truth,
        mistakes={},
        hint="Think.",
        **asked,
    )


SUM = made(lambda x: x.sum(0), lambda x: x.sum(0), lambda r: (r.normal(size=(4, 4)),))
GRAM = made(lambda x: x, lambda x: x @ np.triu(x), lambda r: (r.normal(size=(3, 3)),))
WIDE = made(lambda x: x, lambda x: x[:2], lambda r: (r.normal(size=(3, 3)),))


@pytest.mark.parametrize(
    ("step", "answer", "said"),
    [
        (SUM, lambda x: -x.sum(0), "its sign is not"),
        (SUM, lambda x: 3 * x.sum(0), "same factor"),
        (SUM, lambda x: x.sum(0) + 1, "same amount"),
        (SUM, lambda x: x.sum(0)[::-1], "opposite order"),
        (SUM, lambda x: x.sum(0) / 0, "isn't finite"),
        (SUM, lambda x: (x.sum(0), 1.0), "2 values where one value is asked"),
        (SUM, lambda x: np.abs(x.sum(0)), "Think."),
        (GRAM, lambda x: (x @ np.triu(x)).T, "transposed"),
        (WIDE, lambda x: x[:2].T, "its transpose would fit"),
        (WIDE, lambda x: x[:1], "shape (1, 3) where (2, 3)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_general_is_found_by_computing(step, answer, said):
    assert said in (judge.fault(step, answer) or "")


def test_an_answer_written_otherwise_is_right_and_one_right_in_some_cases_is_counted():
    assert judge.fault(SUM, lambda x: [sum(column) for column in x.T]) is None
    some = judge.fault(SUM, lambda x: x.sum(0) if x[0, 0] > 0 else x.sum(0) ** 3)
    found = re.match(r"It is right in (\d+) of 20 cases", some or "")
    assert found
    assert 0 < int(found[1]) < 20


def test_an_answer_may_not_change_what_it_is_given():
    def spoils(x):
        x[0] += 1
        return x.sum(0) - 1

    assert "changes its arguments" in (judge.fault(SUM, spoils) or "")


def test_a_wrong_name_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="no step 'neurons/layr'; did you mean neurons/layer"):
        check("neurons/layr", len)
    for name in ("neurons", "nosuch/layer", "../x", "taxonomy/layer"):
        with pytest.raises(UserError, match="no step"):
            check(name, len)


def test_an_answer_shows_itself_escaped():
    found = judge.Answer(False, "x: <b> & so on")
    assert repr(found) == "x: <b> & so on"
    assert "&lt;b&gt; &amp;" in found._repr_html_()


# --- nna guide CHAPTER --notebook ----------------------------------------------------------------


@pytest.mark.parametrize("chapter", steps.chapters())
def test_a_chapter_is_written_as_a_notebook(chapter, tmp_path, capsys):
    path = tmp_path / "x.ipynb"
    assert commands.invoke(["guide", chapter, "--notebook", "--out", str(path)]) == 0
    assert str(len(steps.of_chapter(chapter))) in capsys.readouterr().out
    cells = json.loads(path.read_text())["cells"]
    code = ["".join(one["source"]) for one in cells if one["cell_type"] == "code"]
    words = "\n".join("".join(one["source"]) for one in cells if one["cell_type"] == "markdown")
    checked = re.findall(r'learn\.check\("([\w/]+)"', "\n".join(code))
    assert checked == [f"{chapter}/{one.name}" for one in steps.of_chapter(chapter)]
    assert {*checked} == {name for name, _ in ALL if name.startswith(f"{chapter}/")}
    shown = re.findall(r"!\[[^\]]+\]\(lab:(\w+)\)", CHAPTERS[chapter].text)
    assert words.count("](data:image/svg+xml;base64,") == len(
        [n for n in shown if n in lab.names()]
    )
    for left in ("](lab:", "{result:", "{verified:", "{members:", "Solution"):
        assert left not in words
    for one in code:
        ast.parse(one)


def test_a_notebook_as_it_is_written_says_blank_and_solved_says_right(tmp_path):
    for solved, line in (([], "still blank"), (["--solutions"], "right, in 20")):
        path = tmp_path / f"{len(solved)}.ipynb"
        commands.invoke(["guide", "neurons", "--notebook", "--out", str(path), *solved])
        space, told = {}, []
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code":
                body = ast.parse("".join(cell["source"])).body
                last = body.pop() if isinstance(body[-1], ast.Expr) else None
                exec(compile(ast.Module(body, []), "cell", "exec"), space)
                if isinstance(last, ast.Expr):
                    told.append(eval(compile(ast.Expression(last.value), "cell", "eval"), space))
        assert len(told) == len(steps.of_chapter("neurons"))
        assert all(line in repr(one) for one in told)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["guide", "--notebook"], "name a chapter"),
        (["guide", "neurons", "--out", "x.ipynb"], "--out is for --notebook"),
        (["guide", "neurons", "--notebook", "--json"], "--json"),
        (["guide", "taxonomy", "--notebook"], "no steps"),
        (["guide", "neurons", "--notebook", "--out", "nowhere/x.ipynb"], "no folder nowhere"),
    ],
)
def test_what_cannot_be_written_is_one_line(typed, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(typed) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_notebook_that_is_there_is_never_overwritten(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command(["guide", "2", "--notebook"]) == 0
    before = (tmp_path / "neurons.ipynb").read_bytes()
    assert command(["guide", "2", "--notebook"]) == 2
    assert "neurons.ipynb is there already" in capsys.readouterr().err
    assert (tmp_path / "neurons.ipynb").read_bytes() == before
