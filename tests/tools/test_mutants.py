"""`tools/mutants.py`: what its rules draw, what can't be drawn, and how results are counted."""

import ast
import hashlib
import importlib
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from nna import registry

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
draw = importlib.import_module("mutation.draw")
results = importlib.import_module("mutation.results")
mutants = importlib.import_module("mutants")

NET = '''"""A small net."""

import math


class Net(nn.Module):
    """y = x + f(x)."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        if config.width < 1:
            raise ValueError("too narrow")
        self.conv = nn.Conv2d(config.channels, 2 * config.width, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(config.width)
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Dropout(config.dropout))
        nn.init.normal_(self.conv.weight, std=0.02)

    def forward(self, x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]:
        x = self.norm(x)
        x = self.conv(x)
        gap = (x - x.mean(dim=1)) / math.sqrt(2.0)
        seen = torch.ones(3, 3).tril()
        return x + self.body(gap) * seen
'''

EXPECTED = {
    "eps": ("nn.BatchNorm2d(config.width)", "nn.BatchNorm2d(config.width, eps=0.001)"),
    "norm momentum": (
        "nn.BatchNorm2d(config.width)",
        "nn.BatchNorm2d(config.width, momentum=0.01)",
    ),
    "order": ("x = self.norm(x) x = self.conv(x)", "x = self.conv(x); x = self.norm(x)"),
    "mask": ("torch.ones(3, 3).tril()", "torch.ones(3, 3).triu()"),
    "scale": ("math.sqrt(2.0)", "2.0"),
    "geometry": ("2", "3"),
    "dropout": ("nn.Dropout(config.dropout)", "nn.Identity()"),
    "initial": ("0.02", "0.04"),
    "residual": ("x + self.body(gap) * seen", "x"),
    "count": ("2 * config.width", "(3 * config.width)"),
    "activation": ("nn.ReLU()", "nn.GELU()"),
    "detach": ("self.body(gap)", "self.body(gap).detach()"),
    "bias": ("nn.Linear(3, 4)", "nn.Linear(3, 4, bias=False)"),
    "reduction": ("x.mean(dim=1)", "x.sum(dim=1)"),
    "dim": ("1", "0"),
    "operands": ("x - x.mean(dim=1)", "(x.mean(dim=1) - x)"),
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind_of_fault_is_drawn_where_it_belongs(kind):
    found = {(f.before, f.after) for f in draw.faults("model.py", NET) if f.kind == kind}
    assert EXPECTED[kind] in found


def test_no_kind_is_without_a_test():
    assert {fault.kind for fault in draw.faults("model.py", NET)} == set(EXPECTED)


KERAS = """
class Net(keras.Model):
    def __init__(self, config):
        self.drop = layers.Dropout(config.dropout)
        self.norm = layers.LayerNormalization(epsilon=EPS)
        start = keras.initializers.RandomNormal(stddev=0.02)
        self.map = layers.Dense(config.units, activation="relu", kernel_initializer=start)

    def call(self, x: KerasTensor, training: bool | None = None) -> KerasTensor:
        return x + ops.stop_gradient(self.drop(self.map(self.norm(x)), training=training))
"""


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("dropout", "layers.Dropout(0.5 * config.dropout)"),
        ("dropout", "self.map(self.norm(x))"),
        ("training", "training=False"),
        ("initial", "0.04"),
        ("initial", "layers.Dense(config.units, activation='relu')"),
        ("activation", "'gelu'"),
        ("bias", "use_bias=False"),
        ("eps", "layers.LayerNormalization()"),
        ("count", "(config.units + 1)"),
        ("detach", "self.drop(self.map(self.norm(x)), training=training)"),
        ("residual", "x"),
    ],
)
def test_faults_of_what_is_written_in_keras_are_in_its_own_words(kind, after):
    drawn = [fault for fault in draw.faults("model_keras.py", KERAS) if fault.kind == kind]
    assert any(after in fault.after for fault in drawn), [fault.after for fault in drawn]
    assert not any("nn." in fault.after for fault in draw.faults("model_keras.py", KERAS))


def test_refusals_words_and_types_are_left_alone():
    for fault in draw.faults("model.py", NET):
        mutant = draw.apply(NET, fault)
        assert "if config.width < 1:\n            raise ValueError" in mutant
        assert '"""y = x + f(x)."""' in mutant
        assert 'x: Float[Tensor, "b c"]) -> Float[Tensor, "b c"]' in mutant


def test_every_mutant_of_drawn_architectures_parses_and_computes_something_else():
    names = random.Random(0).sample(registry.names(), 6)
    for name in names:
        for file, source in draw.sources(registry.folder(name)).items():
            plain = ast.dump(ast.parse(source))
            for fault in draw.faults(file, source):
                assert ast.dump(ast.parse(draw.apply(source, fault))) != plain, fault.key


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(registry.names()))
def test_an_architecture_has_at_least_four_faults_of_at_least_two_kinds(name):
    drawn = list(draw.drawn(name, draw.sources(registry.folder(name)), seed=1))
    assert len({fault.key for fault in drawn}) >= 4
    assert len({fault.kind for fault in drawn}) >= 2


def test_a_change_of_words_alone_is_the_same_code():
    fault = draw.Fault(
        "mask", "model.py", 16, 8, NET.index("nn.init"), NET.index("nn.init"), "", ""
    )
    commented = draw.apply(NET, fault).replace("std=0.02)", "std=0.02)  # as in the paper")
    one, other = compile(NET, "a", "exec"), compile(commented, "a", "exec")
    assert draw.same(one, other)
    assert not draw.same(one, compile(NET.replace("0.02", "0.03"), "a", "exec"))
    assert not draw.same(one, compile(NET.replace("2.0", "2"), "a", "exec"))


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6))
def test_a_seed_repeats_its_draws_and_leaves_none_out(seed):
    files = {"model.py": NET}
    first = list(draw.drawn("net", files, seed))
    assert first == list(draw.drawn("net", files, seed))
    assert sorted(f.key for f in first) == sorted(f.key for f in draw.faults("model.py", NET))
    kinds = [fault.kind for fault in first[: len(EXPECTED)]]
    assert sorted(kinds) == sorted(EXPECTED)  # each kind has its turn before any has a second


def test_another_seed_draws_others():
    files = {"model.py": NET}
    orders = {tuple(f.key for f in draw.drawn("net", files, seed)) for seed in range(5)}
    assert len(orders) == 5


def test_a_line_that_never_runs_is_told_from_one_that_does():
    fault = next(f for f in draw.faults("model.py", NET) if f.kind == "reduction")
    assert draw.runs(NET, fault, [fault.line])
    assert not draw.runs(NET, fault, [fault.line - 1, fault.line + 1])


def result(caught="parity", reason="", seed=1, fault="model.py:1:0 a -> b"):
    return results.Result(seed, "mask", fault, caught, reason=reason, mark="m")


def test_only_what_runs_and_is_not_equivalent_counts():
    held = [
        result(),
        result(caught=""),
        result(caught=results.DEAD),
        result(caught="", reason="equivalent: a sum of one term"),
        result(caught=results.UNRUN),
        result(caught=results.UNDECIDED),
    ]
    assert results.rate(held) == pytest.approx(1 / 3)
    assert results.rate([result(caught=results.UNRUN)]) is None


def test_results_are_found_again_and_a_reason_outlives_another_run(tmp_path):
    fault = next(draw.faults("model.py", NET))
    store = results.Store(tmp_path, "net")
    told = "equivalent: no entry is that small"
    store.add(result(caught="", reason=told, fault=fault.key))
    again = results.Store(tmp_path, "net")
    assert again.find(1, fault, "m").reason == told
    assert again.find(1, fault, "changed") is None
    assert again.find(2, fault, "m") is None
    assert again.add(result(caught="", seed=2, fault=fault.key)).reason == told
    assert again.add(result(caught="parity", seed=2, fault=fault.key)).reason == ""


def test_the_page_lists_every_survivor_with_its_reason_or_as_open():
    held = {"net": [result(), result(caught=""), result(caught="", reason="equivalent: x", seed=2)]}
    page = results.page(held)
    assert "| net | 1 | 1 | 1 | 0 | 50% |" in page
    assert "`model.py:1:0 a -> b`: open" in page
    assert "`model.py:1:0 a -> b`: equivalent: x" in page


def test_the_page_in_the_documents_is_that_of_the_results_kept():
    assert mutants.PAGE.read_text(encoding="utf-8") == results.page(results.stored(mutants.KEPT))


def state(folder: Path) -> str:
    texts = [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(b"".join(texts)).hexdigest()


@pytest.mark.exhaustive
def test_a_known_fault_is_caught_by_name_and_the_working_tree_stays_as_it_is():
    folder = registry.folder("gcn")
    before = state(folder)
    source = (folder / "model.py").read_text(encoding="utf-8")
    with mutants.bench("gcn") as bench:
        assert bench.plain["broken"] == {}
        dropped = source.replace(".relu()", "")
        assert bench.judge("model.py", dropped)["caught"] == "parity"
        assert bench.judge("model.py", source.replace("c_in, c_out))", "c_in, 1))"))["caught"]
        assert bench.judge("model.py", source.replace("@ self.weight", "@ missing"))["caught"] == (
            results.UNRUN
        )
        assert (bench.folder / "model.py").read_text(encoding="utf-8") == source
    assert state(folder) == before
    assert not bench.folder.exists()
