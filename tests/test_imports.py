"""What is only read stays cheap: describing everything imports no framework."""

import ast
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import nna
from nna.cli.commands import GROUPS

HEAVY = ("torch", "numpy", "pandas", "sklearn", "keras", "tensorflow", "jax", "matplotlib")


# What is done in one process, one after the other.
READING = (
    "import nna; [nna.names(), nna.__all__]",
    "from nna.atlas import catalogue; assert catalogue.read().specs",
    "from nna.atlas import lineage, search; lineage.graph(); search.architectures()",
    "from nna.atlas import cards, citation, diff, select",
    "import nna.cli; nna.cli.run(['list'])",
    "import nna.cli; nna.cli.run(['--help'])",
    "import nna.cli; nna.cli.run(['search', 'memory'])",
    "import nna.cli; nna.cli.run(['show', 'resnet'])",
    "import nna.cli; nna.cli.run(['data', 'list'])",
    "import nna.cli; nna.cli.run(['blocks', 'list'])",
    "import nna.cli; nna.cli.run(['blocks', 'show', 'gelu'])",
    "import nna.cli; nna.cli.run(['lab', 'list', '--help'])",
    f"import {', '.join(GROUPS)}",
)


def heavy_after(*codes: str, of: tuple[str, ...] = HEAVY) -> list[list[str]]:
    """The heavy packages that a fresh process has loaded once it has run each of `codes`."""
    program = ["import sys", "told = []"]
    for code in codes:
        program += [code, f"told.append([name for name in {of} if name in sys.modules])"]
    command = [sys.executable, "-c", "\n".join([*program, "print(told)"])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout.splitlines()[-1])


def test_the_probe_sees_what_is_loaded():
    assert heavy_after("import ast", "import numpy") == [[], ["numpy"]]


def test_reading_loads_no_framework():
    found = zip(READING, heavy_after(*READING), strict=True)
    assert [(code, loaded) for code, loaded in found if loaded] == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("code", READING)
def test_nor_does_it_alone(code):
    assert heavy_after(code) == [[]]


@pytest.mark.slow
def test_building_does_and_one_process_trains_without_what_serves_several():
    learner = "nna.Classifier('mlp', recipe={'epochs': 1})"
    train = f"{learner}.fit([[0.0], [1.0]] * 20, [0, 1] * 20)"
    several = "torch.distributed.checkpoint.state_dict"
    built, trained = heavy_after(
        "import nna; nna.build('perceptron')", train, of=("torch", several)
    )
    assert built == trained == ["torch"]


def imported(path: Path, modules: set[str]) -> set[str]:
    """The library's modules that a file imports, in functions too; what only types need is none."""
    found = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                found.add(whole if whole in modules else node.module)
        elif isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        for below in ast.iter_child_nodes(node):
            visit(below)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found & modules


def test_no_modules_import_each_other_in_a_ring_not_even_in_functions():
    root = Path(nna.__file__).parents[1]
    files = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in root.glob("nna/**/*.py")
    }
    graph = nx.DiGraph(
        (name, below) for name, path in files.items() for below in imported(path, {*files} - {name})
    )
    rings = [sorted(ring) for ring in nx.strongly_connected_components(graph) if len(ring) > 1]
    assert not rings
