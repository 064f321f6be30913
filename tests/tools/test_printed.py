"""`tools/printed.py`: every printed figure has a place that a second reader can look up."""

import importlib
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
printed = importlib.import_module("printed")

PLACE = re.compile(
    r"\b(abstract|appendix|caption|chapter|equations?|figures?|lines?|pages?|pp?\.|sections?|tables?"
    r"|timm|torchvision)\b|/",
    re.I,
)


def test_the_page_is_what_the_specs_say():
    assert printed.PAGE.read_text(encoding="utf-8") == printed.page()


def test_every_figure_names_its_place():
    rows = [*printed.rows()]
    assert len(rows) > 200
    vague = [row for row in rows if not PLACE.search(row[4])]
    assert vague == []
