"""How a text is written in bytes: said by its first bytes, else found out."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

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


def opened(path: Path, encoding: str | None = None) -> IO[Any]:
    """A file, unpacked where its name says that it is packed: as bytes, or as text."""
    opener = PACKED.get(path.suffix.lower(), open)
    if encoding is None:
        return opener(path, "rb")
    return opener(path, "rt", encoding=encoding, newline="")


def find(path: Path) -> tuple[str, list[str]]:
    """The encoding of a text, and what is to be said of it.

    Raises:
        UserError: no text, or one of several encodings.
        OSError: the file can't be opened.
    """
    with opened(path) as file:
        start = file.read(1024)
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name, [] if name == "utf-8-sig" else [f"read as {name}"]
    if start[1::2].count(0) > len(start) // 4 or start[::2].count(0) > len(start) // 4:
        name = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
        return name, [f"read as {name}"]
    if 0 in start:
        raise UserError(f"{path}: no text (byte {start.index(0)} is 0)")
    return ("utf-8", []) if _is_utf8(path) else _older(path)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    with opened(path) as file:
        while block := file.read(BLOCK):
            yield block


def _older(path: Path) -> tuple[str, list[str]]:
    """One of the encodings of a byte a letter, if no line speaks against it."""
    windows, place, good, bad = True, 0, "", ""
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if not line.isascii():
                fault = _fault(line, "utf-8")
                if fault is None:
                    good = good or f"line {number} is UTF-8"
                else:
                    bad = bad or f"byte {place + fault} (line {number}) is not"
                    windows = windows and _fault(line, "cp1252") is None
            place += len(line)
    if good:
        raise UserError(f"{path}: mixed encodings: {good}, {bad}: save the whole file as UTF-8")
    name = "cp1252" if windows else "latin-1"
    return name, [f"not UTF-8 ({bad}): read as {name}"]


def _fault(line: bytes, encoding: str) -> int | None:
    """The first byte that isn't of an encoding."""
    try:
        line.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return None
