"""Compose the script of an architecture: its model, its data, training, evaluation and a plot."""

from __future__ import annotations

import inspect
import io
import re
import textwrap
from dataclasses import dataclass
from types import ModuleType

import numpy as np
import torch

from nna import registry
from nna.errors import UserError
from nna.scripts import on_keras, on_torch
from nna.scripts.inline import Collected, Import, statements
from nna.scripts.parts import ARRAYS, FIGURES, Asked, Parts, blocks, written
from nna.spec import Recipe
from nna.training.in_memory import Tensors
from nna.workbench.data_source import Source
from nna.workbench.prepared_data import Material, gather
from nna.workbench.train import requested

FRAMEWORKS: dict[str, ModuleType] = {"torch": on_torch, "keras": on_keras}
NEEDED: set[Import] = {
    ("", "sys", "sys"),
    ("", "numpy", "np"),
    ("", "matplotlib.pyplot", "plt"),
    ("pathlib", "Path", "Path"),
}
PACKAGES = {"sklearn": "scikit-learn"}  # by what they are imported as

DATA = '''
stored = np.load(Path(__file__).with_name({file!r}))


def part(name: str) -> Examples:
    """All examples of "train", "validation" or "test"."""
    read = {{key: {value} for key in stored.files if key.startswith(f"{{name}}/")}}
    inputs, targets = (
        {{key.split("/")[2]: of for key, of in read.items() if key.split("/")[1] == side}}
        for side in ("inputs", "targets")
    )
    return Examples(inputs, targets{rows})
'''

EVALUATE = '''
def evaluate(model: {kind}, examples: Examples) -> float:
    """{doc}"""
    return {figure}
'''

MAIN = '''
def main() -> None:
    """Train, evaluate on the test part, draw the curves."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    model, history = train(seed)
    figure = evaluate(model, part("test"))
    print(f"{metric} on the test part: {{figure:.4f}}")
    for name, values in history.items():
        plt.plot(range(1, len(values) + 1), values, label=name)
    plt.xlabel("epoch")
    plt.title({title!r})
    if history:
        plt.legend()
    plt.savefig(Path(__file__).with_suffix(".png"))


if __name__ == "__main__":
    main()
'''


@dataclass(frozen=True, slots=True)
class Script:
    """A script and the data that lie beside it."""

    text: str
    data: bytes  # of an .npz


def script(name: str, stem: str, framework: str = "torch") -> Script:
    """The script that trains an architecture's desk variant on its signature data.

    Args:
        name: an architecture's id.
        stem: of the file that it will be; the data are called STEM_data.npz.
        framework: "torch" or "keras".

    Raises:
        UserError: it isn't written in that framework.
    """
    spec = registry.describe(name)
    if framework == "keras" and not spec.twin:
        raise UserError(f"{name} has no Keras twin; `nna script {name}` writes it in PyTorch")
    origin = Source(data=spec.signature.data)
    material = gather(name, origin)
    recipe = Recipe(**requested(name, origin, material).recipe)
    asked = Asked(name, stem, material, recipe, stored(material, name))
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **asked.arrays)
    return Script(_text(asked, FRAMEWORKS[framework]), file.getvalue())


def _text(asked: Asked, framework: ModuleType) -> str:
    taken = Collected(framework.INSTEAD)
    parts: Parts = framework.parts(asked, taken)
    rows = ', stored[f"{name}/rows"]' if asked.kind == "nodes" else ""
    reading = DATA.format(file=f"{asked.stem}_data.npz", value=framework.VALUE, rows=rows)
    sections = {
        "The model": blocks(parts.model, written(asked.material.config)),
        "What it learns by": parts.learnt,
        "The data": blocks(parts.data, reading),
        "Training": blocks(_constants(asked), parts.training),
        "Evaluation": _evaluation(asked, parts, taken),
    }
    body = blocks(
        *(
            f"# --- {title} {'-' * (91 - len(title))}\n\n\n{text}"
            for title, text in sections.items()
            if text
        )
    )
    imports = taken.imports | NEEDED | framework.NEEDED
    used = {one for one in imports if re.search(rf"\b{one[2]}\b", body)}
    return (
        f"{_head(asked, framework, used)}\n\nfrom __future__ import annotations\n\n"
        + "\n".join(statements(used))
        + f"\n\n{body}\n"
    )


def _head(asked: Asked, framework: ModuleType, imports: set[Import]) -> str:
    spec, paper, stem = asked.spec, asked.spec.paper, asked.stem
    source = f"{paper.authors} ({paper.year}). {paper.title}. {paper.venue}."
    top = {(where or name).split(".")[0] for where, name, _ in imports} - {*framework.DEPENDS}
    others = [PACKAGES.get(one, one) for one in sorted(top) if one in THIRD_PARTY]
    needs = ", ".join([*framework.DEPENDS, *others])
    return f'''"""{textwrap.fill(f"{spec.name}: {spec.idea}", 95)}

{textwrap.fill(source, 98)}

    python {stem}.py [SEED]

Needs {needs}, and {stem}_data.npz beside it{framework.NOTE}.
Written by nna from the architecture's own source; it needs no nna.
"""'''


THIRD_PARTY = ("kornia", "matplotlib", "numpy", "scipy", "sklearn")


def _constants(asked: Asked) -> str:
    recipe = asked.recipe
    rate = f"{recipe.epochs}, {recipe.batch_size}, {recipe.learning_rate!r}"
    return f"EPOCHS, BATCH_SIZE, LEARNING_RATE = {rate}\n"


def _evaluation(asked: Asked, parts: Parts, taken: Collected) -> str:
    metric = asked.spec.signature.metric
    title = f"{asked.spec.name} on {asked.spec.signature.data}"
    if metric not in FIGURES:
        return blocks(parts.loss, MAIN.format(metric="its objective", title=title))
    function = FIGURES[metric].partition("(")[0]
    taken.take(ARRAYS, function)
    # Many steps cost much: fewer examples are drawn then.
    count = 4 * len(asked.material.parts["test"]) if asked.spec.sampler else 2500
    figure = FIGURES[metric].format(count=min(2500, count))
    doc = f"{metric[0].upper()}{metric[1:]}."
    evaluate = EVALUATE.format(kind=parts.kind, doc=doc, figure=figure)
    main = MAIN.format(metric=metric, title=title)
    return blocks(taken.text(), parts.outputs, evaluate, main)


def stored(material: Material, name: str) -> dict[str, np.ndarray]:
    """The parts as the model takes them, inputs in the order of its arguments."""
    model = registry.construct(name, material.config)
    order = [*inspect.signature(model.forward).parameters]
    arrays: dict[str, np.ndarray] = {}
    for part, examples in material.parts.items():
        tensors = Tensors.of(examples).named(model)
        whole = tensors.batch(torch.arange(len(tensors)))
        for key in sorted(
            whole.inputs, key=lambda one: order.index(one) if one in order else len(order)
        ):
            arrays[f"{part}/inputs/{key}"] = whole.inputs[key].numpy()
        for key, value in whole.targets.items():
            arrays[f"{part}/targets/{key}"] = value.numpy()
        if whole.rows is not None:
            arrays[f"{part}/rows"] = whole.rows.numpy()
    return arrays
