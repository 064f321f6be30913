import json

import pytest

from nna.errors import UserError
from nna.lab import catalog, record, run

PLACE = record.OWN / "toy"


def measure_all(**settings):
    return run.run(run.begin("toy", **settings), run.folder("toy", settings.get("quick", False)))


def test_measures_every_seed_and_keeps_versions_verdicts_and_figure(toy):
    done = measure_all()
    assert sorted(done.measured) == list(range(6))
    kept = json.loads((PLACE / record.FILE).read_text())
    assert set(kept["versions"]) == {"python", "nna", "torch", "numpy"}
    assert [claim["verdict"] for claim in kept["claims"]] == ["holds with limits", "fails"]
    assert kept["claims"][0]["findings"][0]["seeds"] == 6
    assert (PLACE / record.FIGURE).read_text().count("<svg") == 1
    assert record.read(PLACE) == done


def test_interrupted_it_goes_on_to_the_same_numbers(toy, tmp_path):
    def interrupt(now):
        if len(now.measured) == 2:
            raise KeyboardInterrupt

    start = run.begin("toy")
    with pytest.raises(KeyboardInterrupt):
        run.run(start, PLACE, tick=interrupt)
    half = record.read(PLACE)
    assert half is not None
    assert half.missing == (2, 3, 4, 5)
    assert not (PLACE / record.FIGURE).exists()
    whole = measure_all()
    assert whole.measured == measure_all(fresh=True).measured
    assert whole.missing == ()


def test_nothing_is_measured_twice(toy, monkeypatch):
    measure_all()
    monkeypatch.setattr(run, "measure", lambda *_: pytest.fail("measured again"))
    assert measure_all().missing == ()
    assert len(measure_all(seeds=3).measured) == 6


def test_more_seeds_add_to_the_measured_ones(toy):
    few = measure_all(seeds=5)
    more = measure_all(seeds=8)
    assert len(more.measured) == 8
    assert all(more.measured[seed] == few.measured[seed] for seed in few.measured)


def test_quick_results_are_kept_apart_and_never_shown(toy):
    done = measure_all(quick=True)
    assert done.quick
    assert record.newest("toy") is None
    assert not (PLACE / record.FILE).exists()


def test_a_changed_experiment_does_not_mix_with_old_numbers(toy, rewrite):
    measure_all(seeds=5)
    rewrite('title="<b>toy</b>"', 'title="Toy"')
    rewrite("It always is", "Always")
    rewrite("noise", "drawn")
    assert run.begin("toy").missing == (5,)
    rewrite("3 + drawn", "4 + drawn")
    with pytest.raises(
        UserError, match=r"else \(measured: 4.*was 3.*\); measure anew with --fresh"
    ):
        run.begin("toy")
    assert run.begin("toy", fresh=True).missing == tuple(range(6))


def test_what_only_the_full_form_uses_does_not_mix_either(toy, rewrite):
    rewrite("return {", "steps = 1 if quick else 30\n    return {")
    measure_all(seeds=5)
    assert run.begin("toy").missing == (5,)
    rewrite("else 30", "else 40")
    with pytest.raises(UserError, match=r"else \(full form: 40, was 30\)"):
        run.begin("toy")


def test_results_without_a_probe_or_with_a_damaged_one_are_not_gone_on_with(toy):
    measure_all(seeds=5)
    (PLACE / record.PROBE).write_text("{")
    with pytest.raises(UserError, match=r"probe\.json: damaged; measure anew"):
        run.begin("toy")
    (PLACE / record.PROBE).unlink()
    with pytest.raises(UserError, match="no probe is stored"):
        run.begin("toy")


def test_other_versions_do_not_mix(toy, monkeypatch):
    measure_all(seeds=5)
    monkeypatch.setattr(record, "versions", lambda: {"torch": "1.0"})
    with pytest.raises(UserError, match="other versions"):
        run.begin("toy")


@pytest.mark.parametrize("damage", ["{", "[]", '{"experiment": "toy"}', "NaN"])
def test_a_damaged_result_is_one_clear_line(toy, damage):
    measure_all(seeds=5)
    (PLACE / record.FILE).write_text(damage)
    with pytest.raises(UserError, match=r"damaged .* nna lab run toy --fresh") as raised:
        run.begin("toy")
    assert "\n" not in str(raised.value)
    assert measure_all(fresh=True).missing == ()


def test_a_number_that_is_not_finite_is_not_kept(toy):
    measure_all(seeds=5)
    path = PLACE / record.FILE
    entry = json.loads(path.read_text())
    entry["measured"]["0"]["new"] = float("nan")
    path.write_text(json.dumps(entry))
    with pytest.raises(UserError, match="damaged"):
        record.read(PLACE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("3 + noise", "float('nan')", "not finite"), ('"solved": 1.0, ', "", "different quantities")],
)
def test_an_experiment_that_breaks_its_declaration_is_caught(toy, old, new, message):
    toy.write_text(toy.read_text().replace(old, new, 1))
    with pytest.raises(ValueError, match=message):
        measure_all()
    assert record.read(PLACE) is None


def test_a_failed_write_leaves_the_old_result(toy, monkeypatch):
    before = measure_all(seeds=5)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(UserError, match="No space left"):
        measure_all(seeds=6)
    monkeypatch.undo()
    place = toy.parent.parent / PLACE  # undoing takes the working folder back as well
    assert record.read(place) == before
    assert {path.name for path in place.iterdir()} == {record.FILE, record.FIGURE, record.PROBE}


def test_only_whole_full_results_are_stored(toy):
    with pytest.raises(UserError, match="full, whole"):
        run.store(run.begin("toy"))
    with pytest.raises(UserError, match="full, whole"):
        run.store(measure_all(quick=True))
    with pytest.raises(UserError, match="at least 5 seeds"):
        run.store(measure_all(seeds=4, fresh=True))
    place = run.store(measure_all())
    assert record.read(place) == record.read(PLACE)


def test_the_own_result_comes_first_once_it_is_whole(toy):
    run.store(measure_all())
    found = record.newest("toy")
    assert found is not None
    assert found[1] == PLACE
    record.write(run.begin("toy", fresh=True), PLACE)
    found = record.newest("toy")
    assert found is not None
    assert found[1] == record.SHIPPED / "toy"


def test_unknown_experiments_and_no_seeds(toy):
    with pytest.raises(UserError, match="did you mean toy"):
        run.begin("tyo")
    with pytest.raises(UserError, match="at least one seed"):
        run.begin("toy", seeds=0)
    assert catalog.names() == ("toy",)
