"""What the libraries that read files raise on damaged ones, as one line.

Only calls into a library stand within `damaged`: a fault in a module of ours still shows as itself.
"""

from __future__ import annotations

import lzma
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from nna.errors import UserError

T = TypeVar("T")

# Of zip archives, packed streams and the headers within: what the standard library names for each.
PACKING = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, RuntimeError)
# Of values that can't be: a header, a number, a date, a place in a list, a letter.
CONTENT = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    SyntaxError,  # of XML that isn't well formed, and of headers of arrays
    tokenize.TokenError,
    AssertionError,
    RecursionError,
)


@contextmanager
def damaged(path: Path, mend: str, *more: type[BaseException]) -> Iterator[None]:
    """Say in one line that a library can't read a file; its warnings are kept back.

    Args:
        path: the file.
        mend: what the user can do.
        more: exceptions that the library names beside those of packing and content.

    Raises:
        UserError: the library raised one of them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (*PACKING, *CONTENT, *more) as error:
        raise _said(path, mend, error) from error


def each(path: Path, mend: str, items: Iterable[T], *more: type[BaseException]) -> Iterator[T]:
    """The items that a library yields; what it raises on the way is told as by `damaged`."""
    items = iter(items)
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except (*PACKING, *CONTENT, *more) as error:
            raise _said(path, mend, error) from error
        yield item


def _said(path: Path, mend: str, error: BaseException) -> UserError:
    said = " ".join(str(error).split())[:200]
    return UserError(f"{path}: damaged{f' ({said})' if said else ''}: {mend}")
