"""How a text is written in bytes: said by its first bytes, else found out."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from nna.data.readers import guessed
from nna.errors import UserError

PACKED: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins alike
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
BLOCK = 1 << 20  # bytes read at once
WORDS = 2000  # different words that a guess looks at
BREAK = re.compile(rb'[\s,;|"]+')  # between words, in any encoding that is guessed


def opened(path: Path) -> IO[bytes]:
    """A file's bytes, unpacked where its name says that it is packed."""
    return PACKED.get(path.suffix.lower(), open)(path, "rb")


@contextmanager
def text(path: Path, encoding: str | None = None) -> Iterator[tuple[IO[str], list[str]]]:
    """A file as text, opened once, and what is to be said of its encoding.

    Args:
        path: the file.
        encoding: how it is written; None: it is found out.

    Raises:
        UserError: no text, or no such encoding.
        OSError: the file can't be opened.
    """
    with opened(path) as raw:
        name, notes = (known(encoding), []) if encoding else _found(path, raw)
        raw.seek(0)
        with io.TextIOWrapper(raw, name, newline="") as file:
            yield file, notes


def known(encoding: str) -> str:
    """An encoding's name, if there is one.

    Raises:
        UserError: there is none.
    """
    try:
        b"a".decode(encoding, "ignore")
    except (LookupError, ValueError) as error:
        raise UserError(
            f"--encoding {encoding}: no such encoding; utf-8, cp1251 or shift_jis are some"
        ) from error
    return encoding


def find(path: Path) -> tuple[str, list[str]]:
    """The encoding of a text, and what is to be said of it.

    Raises:
        UserError: no text, or one of several encodings.
        OSError: the file can't be opened.
    """
    with opened(path) as raw:
        return _found(path, raw)


def _found(path: Path, raw: IO[bytes]) -> tuple[str, list[str]]:
    start = raw.read(1024)
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name, [] if name == "utf-8-sig" else [f"read as {name}"]
    if start[1::2].count(0) > len(start) // 4 or start[::2].count(0) > len(start) // 4:
        name = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        return name, [f"read as {name}"]
    if 0 in start:
        raise UserError(f"{path}: no text (byte {start.index(0)} is 0)")
    return ("utf-8", []) if _is_utf8(raw) else _older(path, raw)


def _is_utf8(raw: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    raw.seek(0)
    try:
        while block := raw.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _older(path: Path, raw: IO[bytes]) -> tuple[str, list[str]]:
    """One of the encodings before UTF-8, if no line speaks against it."""
    place, good, bad, words = 0, "", "", dict[bytes, None]()
    raw.seek(0)
    for number, line in enumerate(raw, 1):
        if not line.isascii():
            fault = _fault(line)
            if fault is None:
                good = good or f"line {number} is UTF-8"
            else:
                bad = bad or f"byte {place + fault} (line {number}) is not"
            if len(words) < WORDS:
                words |= {word: None for word in BREAK.split(line) if not word.isascii()}
        place += len(line)
    if good:
        raise UserError(f"{path}: mixed encodings: {good}, {bad}: save the whole file as UTF-8")
    name = guessed.encoding([*words])
    return name, [
        f"not UTF-8 ({bad}): read as {name}, which is a guess; if letters look wrong, say "
        "--encoding NAME or save it as UTF-8"
    ]


def _fault(line: bytes) -> int | None:
    """The first byte that isn't UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None
