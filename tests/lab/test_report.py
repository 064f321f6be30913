import base64
import dataclasses
import re
from typing import cast

import pytest

from nna.lab import claim_figure, record, report, run
from nna.lab.verdict import Judgement


def test_unmeasured_claims_say_so(toy):
    page = report.page()
    assert page.count("not measured") == 2
    assert "nna lab run toy" in page


def test_the_page_shows_verdict_scope_effect_interval_figures_and_versions(toy, measured):
    done = measured()
    page = report.page()
    assert page.count(">holds with limits</span>") == 2
    assert page.count(">fails</span>") == 2
    assert "on noise" in page
    assert re.search(r"1(\.0\d)? \[0\.9\d+, 1\.\d+\] of the runs", page)
    assert "Rather: It always is (Nobody, 1902)." in page
    assert f"torch {done.first.versions['torch']}" in page
    assert page.count("data:image/svg+xml;base64,") == 3


def shown(name):
    address = str(report.entry(name, record.OWN)["figure"])
    return base64.b64decode(address.partition(",")[2]).decode()


def test_a_whole_result_shows_the_figure_beside_it_and_one_in_the_making_is_drawn(toy, measured):
    place = run.folder("toy", False)
    done = measured()
    drawn = claim_figure.files(done)[record.FIGURE]
    assert shown("toy") == drawn
    (place / record.FIGURE).write_text("<svg>kept</svg>")
    assert shown("toy") == "<svg>kept</svg>"
    record.write(dataclasses.replace(done.first, asked=done.first.asked + 1), place)
    assert shown("toy") == drawn


def test_the_page_is_self_contained_and_escapes_what_it_is_given(toy, measured):
    measured()
    page = report.page()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)


def test_it_is_written_whole(toy, tmp_path):
    report.write(tmp_path / "new" / "report.html")
    assert (tmp_path / "new" / "report.html").read_text(encoding="utf-8") == report.page()
    assert len(list((tmp_path / "new").iterdir())) == 1


@pytest.mark.parametrize("part", ["first", "confirmation"])
def test_what_is_declared_and_has_no_number_yet_is_not_measured(toy, part):
    """The criterion is kept before the first number is: a reader may come in between."""
    place = run.folder("toy", False)
    if part == "confirmation":
        run.run(run.begin("toy", place), place)
    record.write(run.begin("toy", place, part=part).declaring(), place)
    entry = report.entry("toy", record.OWN)
    if part == "first":
        assert entry["record"] is None
        assert report.as_data("toy")["result"] is None
    else:
        judged = cast(list[Judgement], entry["judgements"])
        assert [one.why for one in judged] == ["not confirmed on fresh seeds"] * 2
    assert "A toy" in report.page(record.OWN)
