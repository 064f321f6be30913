"""The file of a SentencePiece model: a protocol buffer, of which three things are read.

Its layout is `sentencepiece_model.proto` of github.com/google/sentencepiece: pieces are field 1,
the trainer's settings field 2, the normaliser's field 3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, LONG, BYTES, SHORT = 0, 1, 2, 5  # how a field is written
UNIGRAM = 1  # the kind of model, in the trainer's field 3


def read(data: bytes) -> tuple[list[tuple[str, float]], int, bytes]:
    """Pieces with their log-probabilities, the unknown's number, and the map of characters.

    Raises:
        ValueError: the file is cut off, of another kind, or none of SentencePiece's.
    """
    pieces: list[tuple[str, float]] = []
    unknown, kind, characters = 0, UNIGRAM, b""
    for field, value in _fields(data):
        if field == 1:
            of = dict(_fields(_bytes(value)))
            score = struct.unpack("<f", of[2])[0] if 2 in of else 0.0  # type: ignore[arg-type]
            pieces.append((_bytes(of[1]).decode(), score))
        elif field == 2:
            of = dict(_fields(_bytes(value)))
            kind, unknown = of.get(3, UNIGRAM), of.get(40, 0)  # type: ignore[assignment]
        elif field == 3:
            characters = _bytes(dict(_fields(_bytes(value))).get(2, b""))
    if not pieces or kind != UNIGRAM:
        raise ValueError("it holds no unigram model")
    return pieces, int(unknown), characters


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Every field's number, and what it holds: a whole number, or bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        field, wire = tag >> 3, tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield field, value
            continue
        if wire == BYTES:
            size, at = _varint(data, at)
        elif wire in (LONG, SHORT):
            size = 8 if wire == LONG else 4
        else:
            raise ValueError(f"a field is written in the way {wire}, which there isn't")
        if at + size > len(data):
            raise ValueError("it is cut off")
        yield field, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number, seven bits a byte, and where it ends."""
    number, shift = 0, 0
    while at < len(data):
        byte = data[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
    raise ValueError("it is cut off")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where text should")
    return value
