"""What solutions of the guide's exercises say of lists, stored results and trainings holds."""

import itertools
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from nna import registry, stated
from nna.atlas import guide, lineage
from nna.data.profile import profile
from nna.lab import record, verdict
from nna.lab.blocks import catalog as blocks, plots, trials
from nna.workbench import train
from nna.workbench.recommendation import family_results

ROOT = Path(__file__).parents[2]
CHAPTERS = {chapter.id: chapter.text.split("## Exercises")[-1] for chapter in guide.read()}
FOLDED = re.compile(r"<details><summary>Solution</summary>(.*?)</details>", re.S)


def solution(chapter: str, number: int) -> str:
    return FOLDED.findall(CHAPTERS[chapter])[number - 1]


def named(text: str) -> set[str]:
    return {*re.findall(r"`(\w+)`", text)} & {*registry.names()}


# --- lists that a command prints ---------------------------------------------------------------


def test_the_lineage_of_resnet_is_told_whole():
    above = {*lineage.graph().ancestors("resnet")} & {*registry.names()}
    assert named(solution("history", 3)) == above | {"resnet"}


def test_what_came_back_is_of_those_twenty_years_and_came_back_after_2010():
    years = {name: registry.describe(name).year for name in named(solution("history", 5))}
    old = {name for name, year in years.items() if 1980 <= year < 2000}
    assert old == {"hopfield", "siamese", "lstm", "autoencoder", "lenet_1989", "cnn1d", "moe"}
    assert all(years[name] > 2010 for name in years.keys() - old)


def test_what_is_in_one_of_two_lists_only():
    tables = {
        name
        for name in registry.names()
        if "classification" in registry.describe(name).tasks
        and "table" in {port.kind for port in registry.describe(name).inputs.values()}
    }
    family = {name for name in registry.names() if registry.family(name) == "feedforward"}
    first, second = solution("taxonomy", 1).split("Only in the second")
    second = second.split(". ")[0]
    assert (named(first), named(second)) == (tables - family, family - tables)


def test_the_parents_of_modern_hopfield_and_their_families():
    assert {*lineage.graph().parents["modern_hopfield"]} == {"hopfield", "transformer"}
    assert registry.family("hopfield") in solution("taxonomy", 4)
    assert registry.family("transformer") == "transformers"


def test_a_table_with_a_number_and_a_copy_is_warned_of(tmp_path):
    drawn = random.Random(1)
    rows = sorted("ab"[drawn.random() < 0.4] for _ in range(200))
    lines = [f"{i},{drawn.gauss(0, 1)},{is_},{is_}" for i, is_ in enumerate(rows)]
    (tmp_path / "table.csv").write_text("\n".join(["row,x,copy,target", *lines]))
    found = profile(tmp_path / "table.csv", "target")["warnings"]
    said = ("'row' names the rows: it is left out", "'row' alone (nearly) gives the target away")
    for text in (*said, "'copy' is the target in another form"):
        assert any(text in warning for warning in found), text


# --- what is stored ----------------------------------------------------------------------------


def test_densenet_is_ahead_of_resnet_for_a_sixth_of_the_work():
    rows = {row["id"]: row for row in family_results.shipped()["convolutional-digits"]["rows"]}
    resnet, densenet = rows["resnet"], rows["densenet"]
    assert resnet["macs"] == max(row["macs"] for row in rows.values())
    assert densenet["accuracy"] > resnet["accuracy"]
    assert round(resnet["macs"] / densenet["macs"]) == 6


def test_no_condition_about_adams_default_is_decided_and_its_interval_ends_below_five():
    kept = record.evidence(record.SHIPPED / "adam_default")
    assert kept is not None
    (claim,) = verdict.summary(kept)
    assert [one["outcome"] for one in claim["findings"]] == ["undecided"] * 5
    assert claim["findings"][0]["parts"]["first"]["interval"][1] < 5


def test_two_intervals_overlap_and_that_of_the_paired_difference_leaves_out_zero():
    network, linear, paired = (
        [float(n) for n in re.findall(r"-?\d+\.\d+", stated.figure("result", f"small_tables.{of}"))]
        for of in ("diabetes_mlp", "diabetes_linear", "diabetes_linear-diabetes_mlp")
    )
    assert network[2] > linear[1]
    assert paired[1] > 0


# --- what a plot or a small calculation shows --------------------------------------------------


def test_the_corrections_of_a_perceptron_for_the_four_points_of_xor_cancel():
    points = itertools.product((-1, 1), repeat=2)
    corrections = [np.array([-a * b * a, -a * b * b, -a * b]) for a, b in points]
    assert (np.sum(corrections, axis=0) == 0).all()


def test_two_tanh_units_that_miss_xor_mostly_give_two_cases_one_half():
    torch.manual_seed(0)
    cases = torch.tensor([*itertools.product((0.0, 1.0), repeat=2)])
    target = torch.tensor([0.0, 1.0, 1.0, 0.0])
    shapes = (((2, 2), 4), ((1, 2), 0), ((2, 1), 3), ((1, 1), 0))  # and what Glorot adds up
    weights = [torch.empty(150, *of).uniform_(-1, 1) * (6 / n) ** 0.5 if n else
               torch.zeros(150, *of) for of, n in shapes]  # fmt: skip
    w1, b1, w2, b2 = (one.requires_grad_() for one in weights)
    rule = torch.optim.Adam([w1, b1, w2, b2], lr=0.05)
    for _ in range(500):
        rule.zero_grad()
        ((((cases @ w1 + b1).tanh() @ w2 + b2)[..., 0] - target) ** 2).sum().div(8).backward()
        rule.step()
    said = ((cases @ w1 + b1).tanh() @ w2 + b2)[..., 0].detach()
    missed = said[((said > 0.5) != (target > 0.5)).any(1)]
    assert 0.05 < len(missed) / 150 < 0.4
    assert (((missed - 0.5).abs() < 0.05).sum(1) == 2).float().mean() > 0.8


def test_hes_start_stays_level_with_rectifiers_and_glorots_sinks_to_a_tenth_with_tanh():
    ends = {}
    for start in ("he_normal", "glorot_normal"):
        (own, _), _ = (panel.lines for panel in plots.numbers(blocks.describe(start)))
        ends[start] = own.y[-1] / own.y[0] if start == "he_normal" else own.y[-1]
    assert 1 / 3 < ends["he_normal"] < 3
    assert 0.05 < ends["glorot_normal"] < 0.15


def test_l1_makes_coefficients_zero_one_after_another_until_all_are():
    zeros = plots.numbers(blocks.describe("l1"))[1].lines[0].y
    assert zeros == sorted(zeros)
    assert (zeros[0], zeros[-1]) == (0, 10)


def test_the_saving_layers_cost_between_an_eighth_and_a_ninth():
    full = 9 * 256**2
    assert all(8 < full / one < 9 for one in (9 * 256 + 256**2, 2 * 256 * 64 + 9 * 64**2))


# --- the record of who solved them --------------------------------------------------------------


def test_the_record_has_a_row_for_each_exercise_and_counts_them():
    text = (ROOT / "docs" / "audit-exercises.md").read_text()
    rows = re.findall(r"(?m)^\| (\d+\.\d+) \|.*?\| (.*) \| [^|]+ \|$", text)
    assert [number for number, _ in rows] == [
        f"{chapter}.{number}"
        for chapter, own in enumerate([*CHAPTERS.values()][:11], 1)
        for number in range(1, 1 + len(FOLDED.findall(own)))
    ]
    wrong = sum("**X**" in said for _, said in rows)
    mended = sum("mended" in said for _, said in rows)
    counts = (len(rows), len(rows) - mended, mended - wrong, wrong)
    assert f"| 1 to 11 | {' | '.join(map(str, counts))} |" in text
    marks = [len(re.findall(rf"(?m)^\d+\. \*\*{mark}\*\*", text)) for mark in "SCKN"]
    assert "{} **S**, {} **C**, {} **K**, {} **N**".format(*marks) in text


# --- trainings, as the exercises ask for them; `make test-all` only -----------------------------


class Trained:
    """A training's figures, epoch by epoch, and what it came to on the test part."""

    def __init__(self, folder, name, data, **asked):
        run = train.train(name, data, out=folder, quiet=True, **asked)
        lines = (run.folder / "metrics.jsonl").read_text().splitlines()
        self.epochs = [json.loads(line) for line in lines]
        found = json.loads((run.folder / "results.json").read_text())["metrics"]
        self.accuracy, self.low, self.high = (
            100 * found["accuracy"][of] for of in ("value", "low", "high")
        )

    @property
    def kept(self):
        return min(self.epochs, key=lambda one: one["validation loss"])["epoch"]

    @property
    def loss(self):
        return self.epochs[-1]["loss"]

    def agrees(self, other):
        return self.low < other.accuracy < self.high and other.low < self.accuracy < other.high


@pytest.mark.exhaustive
def test_the_loss_alone_makes_no_difference_that_360_digits_tell(tmp_path):
    plain = Trained(tmp_path, "mlp", "digits")
    squared = Trained(tmp_path, "mlp", "digits", objective="squared_error")
    assert plain.agrees(squared)


@pytest.mark.exhaustive
def test_three_rates_come_to_one_accuracy_and_the_least_stays_behind(tmp_path):
    slow, *others = (
        Trained(tmp_path, "mlp", "digits", recipe={"learning_rate": rate})
        for rate in (1e-4, 1e-3, 1e-2, 1e-1)
    )
    assert all(one.agrees(other) for one, other in itertools.combinations(others, 2))
    assert slow.high < min(one.accuracy for one in others)
    last = [one.epochs[-1]["validation loss"] for one in others]
    assert last[2] > 2 * max(last[:2])
    assert max(one.loss for one in others[1:]) < 1e-3 < others[0].loss


@pytest.mark.exhaustive
def test_a_cosine_parts_from_a_constant_rate_after_the_epoch_that_is_kept(tmp_path):
    told = {"optimiser": "sgd", "learning_rate": 0.1}
    constant, cosine = (
        Trained(tmp_path, "mlp", "digits", recipe={**told, "schedule": schedule})
        for schedule in ("constant", "cosine")
    )
    assert constant.kept == cosine.kept < 10
    assert constant.loss < 0.7 * cosine.loss
    assert constant.agrees(cosine)
    assert all(one["error"] < 0.002 for one in constant.epochs[9:])


@pytest.mark.exhaustive
def test_a_radial_network_is_solved_at_once_and_descends_in_some_dozens_of_epochs(tmp_path):
    told = {"objective": "cross_entropy"}
    solved = Trained(tmp_path, "rbfn", "wine")
    few, many = (
        Trained(tmp_path, "rbfn", "wine", recipe={"epochs": epochs}, **told) for epochs in (20, 100)
    )
    assert few.accuracy < 80 < solved.accuracy == many.accuracy


@pytest.mark.exhaustive
def test_patience_ends_five_epochs_after_the_one_that_is_kept(tmp_path):
    few = {"max_samples": 200}
    patient = Trained(tmp_path, "mlp", "digits", recipe={"patience": 5}, **few)
    longer = Trained(tmp_path, "mlp", "digits", recipe={"epochs": 200}, **few)
    assert len(patient.epochs) == patient.kept + 5 < 40
    assert patient.agrees(longer)
    assert longer.loss < 0.2 * patient.loss
    assert longer.kept < 150


@pytest.mark.exhaustive
def test_batch_norms_loss_in_training_is_a_fourth_less_and_its_mistakes_are_a_third():
    own, other = (
        [trials.run(setting, seed) for seed in range(3)]
        for setting in trials.settings(blocks.describe("batch_norm"))
    )
    losses = [np.mean([run.loss[-1] for run in arm]) for arm in (own, other)]
    assert [f"{loss:.1f}" for loss in losses] == ["0.3", "0.4"]
    mistakes = [100 - np.mean([run.final for run in arm]) for arm in (own, other)]
    assert 0.2 < mistakes[0] / mistakes[1] < 0.5
