"""`nna data`: the datasets."""

from nna.data import catalog


def test_list_has_every_dataset(nna):
    rows = nna("data", "list", "--json").json()
    assert [row["id"] for row in rows] == [*catalog.names()]
    assert next(row for row in rows if row["id"] == "digits")["rows"] == 1797
    lines = nna("data", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [*catalog.names()]


def test_show_has_source_and_licence(nna):
    out = nna("data", "show", "digits").out
    about = catalog.describe("digits")
    for fact in (about.title, about.source, about.licence, about.about, "1,797"):
        assert fact in out
    assert nna("data", "show", "digits", "--json").json()["licence"] == about.licence


def test_unknown_dataset(nna):
    assert "no dataset 'digts'; did you mean digits" in nna("data", "show", "digts").complaint()
