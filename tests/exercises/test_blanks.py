"""A stub is the reference but for its blanks, and every architecture has one."""

import ast

import pytest

from nna import registry
from nna.errors import UserError
from nna.exercises import blanks

ALL = [*blanks.exercises()]


@pytest.mark.parametrize("of", ALL, ids=lambda of: f"{of.architecture}-{of.framework}")
def test_a_stub_is_the_reference_but_for_its_blanks(of):
    text = blanks.stub(of)
    left = blanks.left_blank(text)
    assert len(left) == blanks.count(of) >= 1
    assert blanks.of_file(of.path, text) == of
    assert _emptied(text, of) == _emptied(of.path.read_text(encoding="utf-8"), of)
    solved = f"{of.head}\n{of.path.read_text(encoding='utf-8')}"
    assert blanks.left_blank(solved) == []


def _emptied(text, of):
    """The source without the values of all that a stub may leave blank."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        kinds = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return
        blank = isinstance(value, ast.Constant) and value.value is ...
        if isinstance(node, kinds) and (blank or isinstance(value, blanks.THOUGHTS)):
            setattr(node, "value", ast.Constant(...))  # noqa: B010  of several kinds
    return ast.dump(tree)


def test_every_architecture_of_the_library_has_one():
    assert {of.architecture for of in ALL} == set(registry.names())
    assert {of.architecture for of in ALL if of.framework == "keras"} == {
        name for name in registry.names() if registry.describe(name).twin
    }


def test_comments_stay_and_layers_are_hinted_at():
    text = blanks.stub(blanks.exercise("lstm", "torch"))
    assert "    i = ...  # input gate,  how much to write: i = sigmoid(W_i x + U_i h + b_i)" in text
    assert "self.body = ...  # nn.LSTM" in text
    assert "at least 1" in text  # what checks arguments isn't an exercise


@pytest.mark.parametrize(
    ("name", "framework", "said"),
    [
        ("lsmt", "torch", "lstm"),
        ("lstm", "tensorflow", "--framework tensorflow"),
        ("resnet", "jax", "--framework jax"),
        ("vgg", "keras", "vgg has no keras twin"),
    ],
)
def test_what_is_no_exercise_is_said_in_a_line(name, framework, said):
    with pytest.raises(UserError, match=said):
        blanks.exercise(name, framework)


@pytest.mark.parametrize(
    "text", ["", "import torch\n", "# nna exercise: lstm\n", "\n\n# x (torch)"]
)
def test_a_file_that_does_not_say_what_it_is_is_refused(text, tmp_path):
    with pytest.raises(UserError, match="line 1 doesn't say which exercise"):
        blanks.of_file(tmp_path / "a.py", text)
