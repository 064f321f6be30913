import dataclasses
import json
from typing import Any

import pytest

from nna.errors import UserError
from nna.lab import catalog, record, run, verdict
from nna.lab.experiment import Censored

PLACE = record.OWN / "toy"


def first(**settings):
    place = run.folder("toy", settings.get("quick", False))
    return run.run(run.begin("toy", **settings), place)


def verdicts(kept):
    return [judgement.verdict for judgement in verdict.judge(catalog.describe("toy"), kept)]


def test_measures_every_part_and_keeps_versions_criteria_and_figures(toy, measured):
    kept = measured()
    assert {*kept.parts} == {"first", "confirmation", "bed", "budget"}
    assert sorted(kept.first.measured) == list(range(10))
    assert sorted(kept.others["confirmation"].measured) == list(range(1000, 1010))
    entry = json.loads((PLACE / "first.json").read_text())
    assert set(entry["versions"]) == {"python", "nna", "torch", "numpy"}
    (criterion,) = entry["criteria"]["TOY-2"]
    assert criterion["criterion"] == [["lost", None, None, 0.1, None, False]]
    assert criterion["measured"] == 0
    assert verdicts(kept) == ["holds with limits", "fails"]
    for name in (record.FIGURE, "TOY-1.svg", "TOY-2.svg"):
        assert (PLACE / name).read_text().count("<svg") == 1
    assert record.evidence(PLACE) == kept


def test_a_second_bed_is_measured_only_where_a_claim_seems_to_fail(toy, measured, rewrite):
    rewrite("at_most=0.1", "at_most=9")
    assert {*measured().parts} == {"first", "confirmation"}


def test_interrupted_it_goes_on_to_the_same_numbers(toy, measured):
    def interrupt(now):
        if len(now.measured) == 2:
            raise KeyboardInterrupt

    for part in ("first", "confirmation"):
        start = run.begin("toy", part=part)
        with pytest.raises(KeyboardInterrupt):
            run.run(start, PLACE, tick=interrupt)
        half = record.read(PLACE, part)
        assert half is not None
        assert half.missing == tuple(range(start.start + 2, start.start + 10))
        assert not (PLACE / record.FIGURE).exists()
        assert run.run(run.begin("toy", part=part), PLACE).looks == (10,)
    whole = measured()
    assert whole.first.measured == measured(place=PLACE.with_name("other")).first.measured


def test_nothing_is_measured_twice(toy, measured, monkeypatch):
    before = measured()
    monkeypatch.setattr(run, "measure", lambda *_: pytest.fail("measured again"))
    assert measured() == before
    assert len(first(seeds=3).measured) == 10


def test_more_seeds_add_to_the_measured_ones_and_are_another_look(toy):
    few = first(seeds=10)
    more = first(seeds=14)
    assert len(more.measured) == 14
    assert all(more.measured[seed] == few.measured[seed] for seed in few.measured)
    assert (few.looks, more.looks) == ((10,), (10, 14))
    assert first(seeds=14).looks == (10, 14)


def test_a_confirmation_anew_takes_seeds_that_nobody_looked_at_and_is_another_look(toy, measured):
    before = measured().others["confirmation"]
    again = run.run(run.begin("toy", part="confirmation", fresh=True), PLACE)
    assert not {*again.measured} & {*before.measured}
    assert again.looks == (10, 10)
    assert [entry["measured"] for entry in again.criteria["TOY-1"]] == [0, 0]


def test_a_confirmation_by_other_code_than_the_first_is_refused(toy, rewrite):
    first()
    rewrite('"new": 3 + noise', '"new": 4 + noise')
    asked: tuple[dict[str, Any], ...] = ({"part": "confirmation"}, {"seeds": 12})
    for how in asked:
        with pytest.raises(UserError, match="computed something else"):
            run.begin("toy", **how)


def test_a_criterion_that_is_changed_after_the_look_needs_fresh_seeds(toy, measured, rewrite):
    measured()
    rewrite("at_least=1)", "at_least=1.5)")
    kept = measured()
    judged = verdict.judge(catalog.describe("toy"), kept)
    assert judged[0].verdict == "undecided"
    assert "changed after the confirmation" in judged[0].why
    assert judged[1].verdict == "fails"
    entries = kept.first.criteria["TOY-1"]
    assert [entry["measured"] for entry in entries] == [0, 10]
    assert entries[0]["digest"] != entries[1]["digest"]
    run.run(run.begin("toy", part="confirmation", fresh=True), PLACE)
    kept = record.evidence(PLACE)
    assert kept is not None
    assert verdicts(kept) == ["holds with limits", "fails"]


def test_words_are_no_part_of_a_criterion(toy, measured, rewrite):
    measured()
    rewrite('says="by one"', 'says="by more than one"')
    assert verdicts(measured()) == ["holds with limits", "fails"]


def test_quick_results_are_kept_apart_and_never_shown(toy, measured):
    kept = measured(quick=True)
    assert kept.first.quick
    assert verdicts(kept) == ["undecided", "undecided"]
    assert record.newest("toy") is None
    assert record.evidence(PLACE) is None


def test_a_changed_experiment_does_not_mix_with_old_numbers(toy, rewrite):
    first(seeds=5)
    rewrite('title="<b>toy</b>"', 'title="Toy"')
    rewrite("It always is", "Always")
    rewrite("noise", "drawn")
    assert run.begin("toy").missing == tuple(range(5, 10))
    rewrite("3 + drawn", "4 + drawn")
    with pytest.raises(
        UserError, match=r"else \(measured: 4.*was 3.*\); measure anew with --fresh"
    ):
        run.begin("toy")
    assert run.begin("toy", fresh=True).missing == tuple(range(10))


def test_a_changed_second_bed_does_not_mix_either(toy, rewrite):
    first(seeds=5)
    rewrite("s + 5000", "s + 5001")
    with pytest.raises(UserError, match="measured, bed"):
        run.begin("toy")


def test_what_only_the_full_form_uses_does_not_mix_either(toy, rewrite):
    rewrite("return {", "steps = 1 if quick else 30\n    return {")
    first(seeds=5)
    assert run.begin("toy").missing == tuple(range(5, 10))
    rewrite("else 30", "else 40")
    with pytest.raises(UserError, match=r"else \(full form: 40, was 30\)"):
        run.begin("toy")


def test_results_without_a_probe_or_with_a_damaged_one_are_not_gone_on_with(toy):
    first(seeds=5)
    (PLACE / record.PROBE).write_text("{")
    with pytest.raises(UserError, match=r"probe\.json: damaged; measure anew"):
        run.begin("toy")
    (PLACE / record.PROBE).unlink()
    with pytest.raises(UserError, match="no probe is stored"):
        run.begin("toy")


def test_other_versions_do_not_mix(toy, monkeypatch):
    first(seeds=5)
    monkeypatch.setattr(record, "versions", lambda: {"torch": "1.0"})
    with pytest.raises(UserError, match="other versions"):
        run.begin("toy")


@pytest.mark.parametrize("damage", ["{", "[]", '{"experiment": "toy"}', "NaN"])
def test_a_damaged_result_is_one_clear_line(toy, damage):
    first(seeds=5)
    (PLACE / "first.json").write_text(damage)
    with pytest.raises(UserError, match=r"damaged .* nna lab run toy --fresh") as raised:
        run.begin("toy")
    assert "\n" not in str(raised.value)
    assert first(fresh=True).missing == ()


def test_a_number_that_is_not_finite_is_not_kept(toy):
    first(seeds=5)
    path = PLACE / "first.json"
    entry = json.loads(path.read_text())
    entry["measured"]["0"]["new"] = float("nan")
    path.write_text(json.dumps(entry))
    with pytest.raises(UserError, match="damaged"):
        record.read(PLACE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("3 + noise", "float('nan')", "not finite"), ('"new": 3 + noise, ', "", "different quantit")],
)
def test_an_experiment_that_breaks_its_declaration_is_caught(toy, old, new, message):
    toy.write_text(toy.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        first()
    kept = record.read(PLACE)
    assert kept is None or not kept.measured


def test_runs_that_broke_off_are_flagged_from_the_measurement_to_the_record(toy, rewrite):
    rewrite("3 + noise", 'Censored(3 + noise, "the cap of 3", "above") if seed == 4 else 3.0')
    done = first()
    assert done.censored == {4: {"new": ("above", "the cap of 3")}}
    assert record.read(PLACE) == done
    assert done.flags("new") == [""] * 4 + ["above"] + [""] * 5
    assert not any(isinstance(v, Censored) for row in done.measured.values() for v in row.values())


def test_flags_survive_the_way_between_processes(toy):
    import pickle

    there = pickle.loads(pickle.dumps(Censored(2.5, "diverged")))
    assert (there, there.why, there.side) == (2.5, "diverged", "unknown")


def test_a_failed_write_leaves_the_old_result(toy, measured, monkeypatch):
    before = measured()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(UserError, match="No space left"):
        first(seeds=12)
    monkeypatch.undo()
    place = toy.parent.parent / PLACE  # undoing takes the working folder back as well
    assert record.evidence(place) == before


def earlier(place, **changes):
    """A result as the earlier protocol kept it."""
    done = dataclasses.asdict(first(seeds=6))
    kept = ("experiment", "quick", "asked", "versions", "date", "seconds", "measured")
    entry = {name: done[name] for name in kept} | changes
    entry["claims"] = [{"row": "TOY-1", "verdict": "holds"}, {"row": "TOY-2", "verdict": "fails"}]
    (PLACE / "first.json").unlink()
    record.replace(place / record.EARLIER, json.dumps(entry))
    record.replace(place / record.FIGURE, "<svg>earlier</svg>")
    return place


def interrupt(now):
    raise KeyboardInterrupt


def test_an_earlier_result_stays_readable_and_is_shown_as_what_it_is(toy, measured):
    place = earlier(record.SHIPPED / "toy")
    found = record.newest("toy")
    assert found is not None
    judged = verdict.judge(catalog.describe("toy"), found[0])
    assert [j.verdict for j in judged] == ["undecided"] * 2
    assert [j.label for j in judged] == ["holds, not confirmed", "fails, not confirmed"]
    assert all("measured with 6 seeds under the earlier protocol" in j.why for j in judged)
    start = run.begin("toy", place)
    assert start.missing == tuple(range(10))  # its seeds are not gone on with
    with pytest.raises(KeyboardInterrupt):
        run.run(start, place, tick=interrupt)
    kept = record.evidence(place)  # in the making, the earlier one is still shown
    assert kept is not None
    assert kept.first.earlier
    assert verdicts(measured(place)) == ["holds with limits", "fails"]
    assert not (place / record.EARLIER).exists()


def test_an_earlier_result_that_lacks_a_quantity_declared_since_stays_readable(toy, rewrite):
    place = earlier(record.SHIPPED / "toy")
    rewrite('"lost": ', '"gone": ')
    rewrite('of="lost"', 'of="gone"')
    kept = record.evidence(place)
    assert kept is not None
    judged = verdict.judge(catalog.describe("toy"), kept)
    assert judged[1].label == "fails, not confirmed"
    assert judged[1].findings[0].estimate == ""


def test_the_own_result_comes_first_once_it_is_whole(toy, measured):
    measured(record.SHIPPED / "toy")
    measured()
    found = record.newest("toy")
    assert found is not None
    assert found[1] == PLACE
    record.write(run.begin("toy", fresh=True), PLACE)
    found = record.newest("toy")
    assert found is not None
    assert found[1] == record.SHIPPED / "toy"


def test_unknown_experiments_no_seeds_and_no_such_bed(toy, rewrite):
    with pytest.raises(UserError, match="did you mean toy"):
        run.begin("tyo")
    with pytest.raises(UserError, match="at least one seed"):
        run.begin("toy", seeds=0)
    rewrite('"bed": Elsewhere', '"budget": Elsewhere')
    with pytest.raises(UserError, match="declares no second test bed"):
        run.begin("toy", part="bed")
    assert catalog.names() == ("toy",)
