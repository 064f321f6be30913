"""What every architecture promises: one check a promise; users can run it on their own.

A check returns nothing when the promise is kept, or a line of evidence for the ledger, and raises
AssertionError, saying what is missing and where, when it is broken.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import math
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from nna import objectives, ports, registry, tasks
from nna.blocks.unfilled import outlined
from nna.costs import count_multiply_adds
from nna.errors import MissingPackageError, needed
from nna.glossary import GLOSSARY
from nna.ports import outputs
from nna.spec import Architecture, Parity, Variant
from nna.specimens import collated, drawn, sample, tiny
from nna.training.resume_check import Rehearsal, differences, examples
from nna.training_checks import check_dropout, check_initial_weights, check_norms
from nna.twin_checks import check_twin

Check = Callable[[str, Architecture], str | None]

LENSES = (
    "What it is",
    "Why use it",
    "Intuition",
    "Mathematical foundation",
    "Training logic",
    "Assumptions and limitations",
    "Key hyperparameters",
    "Evaluation focus",
    "When to use, when not to",
    "References",
)


LEARNING = re.compile("parameter gradients|^learnt ")  # quantities that show what is learnt


def checks(spec: Architecture) -> Iterator[Check]:
    """The checks that apply to an architecture, given what it declares."""
    yield check_nothing_left
    yield check_declaration
    yield check_fields_vary
    yield check_imports
    yield check_card
    yield check_lineage
    yield check_signature
    yield check_output_shape
    yield check_examples_do_not_mix
    yield check_seed_decides
    yield check_parameter_counts
    yield check_multiply_adds
    yield check_exports
    yield check_saves_and_loads
    yield check_resumes_exactly
    yield check_dropout
    yield check_norms
    yield check_initial_weights
    yield check_parity
    if spec.twin:
        yield check_twin


def run(check: Check, name: str) -> str | None:
    """Run one check; one that the spec waives must fail, or the waiver is stale.

    Raises:
        AssertionError: a promise is broken.
    """
    spec = registry.describe(name)
    short = check.__name__.removeprefix("check_")
    if short not in spec.waive:
        return check(name, spec)
    try:
        check(name, spec)
    except AssertionError:  # anything else is a crash, which shows nothing about the promise
        return f"waived: {spec.waive[short]}"
    raise AssertionError(f"{name} waives {short!r}, but keeps it: delete the waiver")


def check_nothing_left(name: str, spec: Architecture) -> None:
    """Nothing that the template left open is still open."""
    for path in sorted(registry.folder(name).iterdir()):
        if path.suffix in (".py", ".md", ".bib"):
            lines = path.read_text(encoding="utf-8").splitlines()
            open_ = [number for number, line in enumerate(lines, start=1) if "FILL" in line]
            assert not open_, f"{path.name}: to be filled in: lines {open_}"


def check_declaration(name: str, spec: Architecture) -> None:
    """The spec is whole: a desk variant, a glossary word for every field, no dangling words."""
    assert registry.DESK in spec.variants, "spec.py: no variant 'desk' that trains in minutes"
    fields = dataclasses.fields(spec.variants[registry.DESK].config)
    assert len(fields) <= 8, f"spec.py: Config has {len(fields)} fields; at most eight"
    odd = sorted({f.name for f in fields} - set(GLOSSARY))
    assert not odd, f"spec.py: Config fields {odd} are not in nna.glossary.GLOSSARY"
    assert spec.recipe.objective == spec.objectives[0], "spec.py: the recipe's objective is first"
    for objective in spec.objectives:
        learnt = {tasks.get(task).learns_as or task for task in spec.tasks}
        suits = {*objectives.get(objective).tasks} & learnt
        assert suits, f"spec.py: {objective} learns none of {', '.join(spec.tasks)}"
    known = {c.__name__.removeprefix("check_") for c in checks(spec)}
    assert set(spec.waive) <= known, f"spec.py waives unknown checks {set(spec.waive) - known}"
    for key, entry in spec.weights.items():
        assert key.split("@")[0] == entry.variant in spec.variants, f"weights.py: {key!r}"
    assert spec.paper.arxiv or spec.paper.doi or spec.paper.url, "paper.bib: where is the paper?"
    tests = (registry.folder(name) / f"test_{name}.py").read_text(encoding="utf-8")
    assert f"def {spec.signature.failure_test}(" in tests, (
        f"card.md: its expected failure: no test {spec.signature.failure_test}"
    )


def check_fields_vary(name: str, spec: Architecture) -> None:
    """Every configuration field is used: two variants differ in it, or users must set it."""
    free = {"features", "channels", "classes", "steps", "horizon", "dropout", "vocab", "width"}
    for port in (*spec.inputs.values(), spec.outputs):  # what the data decide
        sizes = (getattr(port, of.name) for of in dataclasses.fields(port))
        free |= {value for value in sizes if isinstance(value, str)}
    configs = [variant.config for variant in spec.variants.values()]
    for field in dataclasses.fields(configs[0]):
        values = {repr(getattr(config, field.name)) for config in configs}
        assert len(values) > 1 or field.name in free, f"no variant needs {field.name!r}: remove it"


def check_imports(name: str, spec: Architecture) -> None:
    """What only declares imports no framework, and no file imports another architecture."""
    for path in registry.folder(name).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom | ast.Import):
                continue
            module = getattr(node, "module", None) or node.names[0].name
            foreign = re.match(r"nna\.architectures\.\w+\.(\w+)", module)
            assert not foreign or foreign[1] == name, f"{path.name} imports from {foreign[1]}"
            framework = module.split(".")[0] in {"torch", "keras", "tensorflow", "jax", "numpy"}
            declares = path.name in ("spec.py", "weights.py")
            assert not (declares and framework), f"{path.name} imports {module}"


def check_card(name: str, spec: Architecture) -> None:
    """The card has the name, the ten lenses with words in each, what the spec leaves to it."""
    card = registry.card(name)
    assert card.startswith(f"# {spec.name}\n"), f"card.md must open with '# {spec.name}'"
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", card, re.M | re.S))
    assert tuple(sections) == LENSES, f"card.md: the lenses are {list(LENSES)}, in this order"
    for lens, text in sections.items():
        assert len(text.split()) >= 20, f"card.md: the lens {lens!r} is empty"
    assert "$$" in sections["Mathematical foundation"], "card.md: no formula"
    assert spec.published_recipe, "card.md: no paragraph '*As published:* ...' in 'Training logic'"
    assert spec.signature.expected_failure, "card.md: no '*Expected failure:* ... [`test_...`]'"
    advice = re.findall(r"^- (?:Yes|No)\b.*", sections["When to use, when not to"], re.M)
    assert len(advice) in (0, len(spec.advice)), (
        f"card.md: {len(advice)} lines of advice, of which {len(spec.advice)} have the form "
        "'- Yes, **when**: because [source]'"
    )
    references = sections["References"]
    papers = re.findall(r"^\d\. .+\((?:19|20)\d\d[a-z]?\)", references, re.M)
    assert len(papers) >= 3, "card.md: three numbered papers with their years"
    web = re.search(r"^Web: (.+)$", references, re.M)
    assert web, "card.md: two web resources after 'Web: ', separated by ';'"
    assert ";" in web[1], "card.md: two web resources after 'Web: ', separated by ';'"


def check_lineage(name: str, spec: Architecture) -> None:
    """No architecture descends from itself."""
    seen, todo = set(), list(spec.builds_on)
    while todo:
        ancestor = todo.pop()
        assert ancestor != name, f"spec.py: {name} descends from itself"
        if ancestor in registry.names() and ancestor not in seen:
            seen.add(ancestor)
            todo += registry.describe(ancestor).builds_on


def check_signature(name: str, spec: Architecture) -> None:
    """`forward` takes exactly the declared inputs, by name and in order, and nothing optional."""
    forward = inspect.signature(registry.resolve(name, spec.model).forward)
    fed = [*sample(spec, 1)]
    assert [*forward.parameters][1:] == fed, f"forward{forward}, not {fed}"


def check_output_shape(name: str, spec: Architecture) -> None:
    """The declared input gives the declared output, finite, for batches of one and of two."""
    model = tiny(name, spec).eval()
    for batch in (1, 2):
        given = outputs.named(model(**sample(spec, batch)))
        expected = outputs.named(spec.outputs.shape(batch, spec.tiny))
        shapes = {name: tuple(out.shape) for name, out in given.items()}
        assert shapes == expected, f"gives {shapes}, declared {expected}"
        assert all(out.isfinite().all() for out in given.values()), "the output is not finite"


def check_examples_do_not_mix(name: str, spec: Architecture) -> None:
    """In evaluation, an example's output does not depend on its companions in the batch."""
    model, four = tiny(name, spec).eval(), drawn(spec, 4)
    one = {key: ports.of(port).alone(four[key]) for key, port in spec.inputs.items()}
    together = outputs.named(model(**collated(spec, four)))
    for key, alone in outputs.named(model(**collated(spec, one))).items():
        own = together[key][tuple(slice(length) for length in alone.shape)]  # without padding
        torch.testing.assert_close(own, alone, rtol=1e-4, atol=1e-5)


def check_seed_decides(name: str, spec: Architecture) -> None:
    """One seed, one initialisation."""
    one, other = tiny(name, spec).state_dict(), tiny(name, spec).state_dict()
    assert all(torch.equal(one[key], other[key]) for key in one)


def count_parameters(model: nn.Module) -> int:
    """Trainable parameters, each counted once."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def check_parameter_counts(name: str, spec: Architecture) -> str:
    """Each variant has exactly as many trainable parameters as declared, and as printed."""
    for key, variant in spec.variants.items():
        with outlined():
            model = registry.resolve(name, spec.model)(variant.config)
        counted = count_parameters(model)
        assert counted == variant.params, f"{key}: {counted:_} parameters, not {variant.params:_}"
        _as_printed(key, variant, "params", counted)
    counts = ", ".join(f"{key} {variant.params:,}" for key, variant in spec.variants.items())
    return "\n".join((counts, *_differing(spec, "params")))


def check_multiply_adds(name: str, spec: Architecture) -> str:
    """Each variant does exactly as many multiply-adds as declared, and as printed."""
    free = {size for port in spec.inputs.values() for size in port.free}
    for key, variant in spec.variants.items():
        odd = sorted(set(variant.costs_at) - free)
        assert not odd, f"spec.py: costs_at of {key}: {odd}; the inputs know {sorted(free)}"
        counted = count_multiply_adds(name, spec, variant.config, variant.costs_at)
        assert counted == variant.macs, f"{key}: {counted:_} multiply-adds, not {variant.macs}"
        _as_printed(key, variant, "macs", counted)
    counts = ", ".join(f"{key} {variant.macs:,}" for key, variant in spec.variants.items())
    return "\n".join((counts, *_differing(spec, "macs")))


def _as_printed(key: str, variant: Variant, figure: str, counted: int) -> None:
    if printed := variant.paper.get(figure):
        said = f"{key}: {counted:_} {figure}; {printed.where} prints {printed.value:_}"
        off = abs(counted - printed.value) / printed.value
        assert off <= printed.within, said
        same = printed.rounds(counted)
        assert same or printed.differs, f"{said}: say in `differs` why"
        assert not (same and printed.differs), f"{said}: the same; nothing `differs`"


def _differing(spec: Architecture, figure: str) -> Iterator[str]:
    """Figures that a source prints otherwise, and why; several for one reason together."""
    reasons: dict[str, list[str]] = {}
    for key, variant in spec.variants.items():
        if (printed := variant.paper.get(figure)) and printed.differs:
            said = f"{printed.value:,.15g} of {key} ({printed.where})"
            reasons.setdefault(printed.differs, []).append(said)
    for reason, said in reasons.items():
        yield f"printed otherwise: {', '.join(said)}; {reason}"


def check_exports(name: str, spec: Architecture) -> None:
    """`torch.export` captures it, and the captured graph computes the same."""
    model, example = tiny(name, spec).eval(), sample(spec, 2)
    try:
        graph = torch.export.export(model, (), example).module()
    except RuntimeError as error:  # as torch names all that can't be captured
        raise AssertionError(f"torch.export can't capture it: {error}") from error
    torch.testing.assert_close(graph(**example), model(**example))


def check_saves_and_loads(name: str, spec: Architecture) -> None:
    """Its weights survive a safetensors file, and a fresh model with them computes the same."""
    from safetensors.torch import load, save

    from nna import weights

    model, example = tiny(name, spec).eval(), sample(spec)
    fresh = registry.construct(name, spec.tiny).eval()
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    weights.load_exactly(fresh, load(save(state)))
    torch.testing.assert_close(fresh(**example), model(**example), rtol=0, atol=0)


def check_resumes_exactly(name: str, spec: Architecture) -> None:
    """A training that is cut off after a step and continued ends with the bits of a whole one."""
    made = rehearsal(name, spec)
    steps = made.training().total
    with tempfile.TemporaryDirectory() as folder:
        resumed = made.resumed(1 + sum(map(ord, name)) % steps, Path(folder))
    differ = differences(made.whole(), resumed)
    assert not differ, f"a resumed training differs in {', '.join(differ[:3])}"


def rehearsal(name: str, spec: Architecture, **recipe: Any) -> Rehearsal:
    """A training of a few steps on made-up examples, by the spec's recipe or another."""
    budget = {
        "epochs": 2,
        "batch_size": min(spec.recipe.batch_size, 2),
        "warmup": 0.0,
        "freeze": (),
    }
    final = dataclasses.replace(spec.recipe, **{**budget, **recipe})
    closed = objectives.get(final.objective).at_once  # wants its units' worth at once
    inputs = drawn(spec, getattr(spec.tiny, "memory", 7 if closed else 3))
    return Rehearsal(name, final, examples(name, final.objective, inputs))


def check_parity(name: str, spec: Architecture) -> str:
    """Every declared comparison with an independent computation stays within its tolerance.

    All that can run do, before a missing package is told; among them what the architecture learns
    by: gradients of its parameters, or where it learns by a rule of its own, what that rule learnt.

    Raises:
        MissingPackageError: a comparison could not be made; the others agree.
    """
    assert spec.parity, "spec.py: no parity; derive the equations a second time, naively"
    evidence, missing, learning = [], [], False
    for parity in spec.parity:
        try:
            found = _compared(name, parity)
        except MissingPackageError as lacking:
            missing.append(f"{parity.against}: {lacking}")
            continue
        learning |= any(LEARNING.search(quantity) for quantity in found)
        evidence += [f"{parity.against}: {quantity} {gap:.1g}" for quantity, gap in found.items()]
    if missing:
        raise MissingPackageError("; ".join((*missing, *evidence)))
    assert learning, "parity.py compares nothing that is learnt: no parameter gradients, no updates"
    return "; ".join(evidence)


def _compared(name: str, parity: Parity) -> dict[str, float]:
    if parity.needs:
        needed(parity.needs, "parity")
    torch.manual_seed(0)  # whatever it draws before a seed of its own
    found = registry.resolve(name, parity.check)()
    assert found, f"{parity.against}: compares nothing"
    for quantity, gap in found.items():
        within = math.isfinite(gap) and 0 <= gap <= parity.tolerance
        assert within, f"{parity.against}: {quantity} differ by {gap:.2g}"
    return found
