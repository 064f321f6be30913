"""`nna errata`: a list, and one with what is right."""

from nna.atlas import errata


def test_all_are_listed_under_their_topics(nna):
    lines = nna("errata").out.splitlines()
    assert lines[0] == "History"
    for erratum in errata.every():
        assert f"  {erratum.row:8}  {erratum.says}" in lines
    listed = nna("errata", "--json").json()
    assert [entry["row"] for entry in listed] == [erratum.row for erratum in errata.every()]


def test_one_with_its_sources(nna):
    out = nna("errata", "hist-14").out
    assert out.startswith("HIST-14: The paper on zip codes of 1989 presented LeNet-5.\n")
    assert "9,760" in out
    assert "doi:10.1162/neco.1989.1.4.541" in out
    assert nna("errata", "HIST-14", "--json").json()["about"] == ["lenet_1989", "lenet5"]


def test_one_that_is_none(nna):
    assert "no erratum 'HIST-98'" in nna("errata", "HIST-98").complaint()


def test_the_search_finds_them(nna):
    found = nna("search", "halicin", "--json").json()
    assert ("erratum", "GNN-14") in {(hit["kind"], hit["id"]) for hit in found}


def test_whose_ideas_it_tells(nna):
    out = nna("errata", "HIST-12").out
    assert "Elman 1988" in out
    assert "CRL Technical Report 8801" in out
