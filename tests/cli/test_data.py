"""`nna data`: the datasets, and a look at a file."""

import pytest

from nna.data import catalog


def test_list_has_every_dataset(nna):
    rows = nna("data", "list", "--json").json()
    assert [row["id"] for row in rows] == [*catalog.names()]
    assert next(row for row in rows if row["id"] == "digits")["rows"] == 1797
    lines = nna("data", "list").out.splitlines()
    *named, empty, own = lines[1:]
    assert [line.split()[0] for line in named] == [*catalog.names()]
    assert not empty
    assert own.startswith("your own: .csv")
    assert "images/ and masks/" in own


def test_show_has_source_and_licence(nna):
    out = nna("data", "show", "digits").out
    about = catalog.describe("digits")
    for fact in (about.title, about.source, about.licence, about.about, "1,797"):
        assert fact in out
    assert nna("data", "show", "digits", "--json").json()["licence"] == about.licence


def test_unknown_dataset(nna):
    assert "no dataset 'digts'; did you mean digits" in nna("data", "show", "digts").complaint()


TABLE = "size,colour,kind\n1,red,a\n2,,a\n4,red,b\n3,blue,b\n5,red,a\n7,red,b\n"


def test_profile_of_a_table(nna, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(TABLE)
    found = nna("data", "profile", str(path), "--target", "kind", "--json").json()
    assert (found["rows"], found["target"], found["task"]) == (6, "kind", "classification")
    assert found["classes"] == {"a": 3, "b": 3}
    out = nna("data", "profile", str(path), "--target", "kind").out
    lines = [line.split() for line in out.splitlines()]
    assert ["size", "number", "0", "0", "6", "1", "3.667", "7"] in lines
    assert ["a", "3"] in lines
    for warning in found["warnings"]:
        assert f"\n{warning}\n" in out


def test_profile_of_a_dataset(nna):
    found = nna("data", "profile", "iris", "--json").json()
    assert found["rows"] == 150
    assert set(found["classes"].values()) == {50}
    assert nna("data", "profile", "iris").out.startswith("iris\nrows  150\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digts"], "no dataset 'digts', and no such file; did you mean digits"),
        (["missing/file.csv"], "missing/file.csv: no such file"),
        (["iris", "--task", "clasification"], "no task 'clasification'; did you mean class"),
        (["iris", "--target", "petal"], "--target is for files of your own"),
    ],
)
def test_profile_of_nothing_gets_one_line(nna, arguments, said):
    assert said in nna("data", "profile", *arguments).complaint()


def test_profile_as_a_page(nna, tmp_path):
    rows = [f"{i},{i * 3 + 1},{'pq'[i % 2]},{i if i % 5 else ''},{i / 3}" for i in range(60)]
    path, page = tmp_path / "mine.csv", tmp_path / "page.html"
    path.write_text("id,copy,word,gap,y\n" + "\n".join(rows) + "\n")
    out = nna("data", "profile", str(path), "--report", str(page)).out
    assert out.rstrip().endswith(f"report   {page}")
    html = page.read_text()
    for words in (
        "column &#39;copy&#39; is the target in another form",
        "What each column alone tells of the target",
        "Gaps",
        "Numbers and dates",
        f"nna recommend {path} --target y",
        "<td>identifier</td>",
    ):
        assert words in html
    assert html.count("data:image/png;base64,") == 4
    assert "http" not in html.replace("http-equiv", "")  # nothing is fetched


def test_a_page_of_pictures_and_of_a_text(nna, tmp_path):
    page = tmp_path / "page.html"
    nna("data", "profile", "coarse_digits", "--report", str(page))
    assert "Classes" in page.read_text()
    text = tmp_path / "t.txt"
    text.write_text("words and words " * 9)
    nna("data", "profile", str(text), "--report", str(page))
    assert "tokens" in page.read_text()
