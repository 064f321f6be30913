"""What the tests of the data layer share."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nna.errors import UserError


@pytest.fixture
def refuses() -> Callable[..., str]:
    """Call something that must be refused with one clear line in which all the words stand."""

    def call(what: Callable[[], object], *words: str) -> str:
        with pytest.raises(UserError) as caught:
            what()
        said = str(caught.value)
        assert said
        assert "\n" not in said
        for word in words:
            assert re.search(word, said), f"{word!r} not in {said!r}"
        return said

    return call


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file of the given name and content; its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
