"""Every part of a figure leads to the line of the model's source that computes it."""

import ast

import pytest

from nna import figures, registry


@pytest.mark.parametrize("name", ["lstm", "resnet", "gcn", "transformer", "vae", "unet", "som"])
def test_parts_lie_where_they_are_drawn_and_lead_to_code_that_runs(name):
    figure, path = figures.figure(name), registry.source(name)
    source = path.read_text(encoding="utf-8")
    bodies = [
        (node.body[0].lineno, node.end_lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None
    ]
    assert figure.areas
    for area in figure.areas:
        assert any(first <= area.line <= last for first, last in bodies), area
        assert min(area.left, area.top) > 0
        for word in area.says.split():
            assert word.replace("&", "&amp;").replace("<", "&lt;") in figure.svg


def test_what_a_line_computes_is_what_its_part_says():
    figure, source = figures.figure("resnet"), registry.source("resnet").read_text().splitlines()
    (joined, *_) = (area for area in figure.areas if area.says == "+")
    assert "+=" in source[joined.line - 1]
    (head,) = (area for area in figure.areas if area.says.startswith("Linear"))
    assert "self.head" in source[head.line - 1]
