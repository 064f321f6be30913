"""Fetch published files once, checked against their published sums, or take the user's own."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from nna.errors import UserError


def cache() -> Path:
    """Where fetched files are kept: `$NNA_CACHE`, else the user's cache folder."""
    import pooch

    return Path(os.environ.get("NNA_CACHE") or pooch.os_cache("nna"))


def files(
    dataset: str, address: str, sums: Mapping[str, str], data_dir: Path | None = None
) -> dict[str, Path]:
    """The files of a dataset: out of `data_dir` where given, else fetched into the cache.

    Args:
        dataset: its id, for the cache and for messages.
        address: the folder on the web that holds the files; ends in a slash.
        sums: file name to "algorithm:sum", as published.
        data_dir: a folder of the user's that holds the files; nothing is fetched then.

    Raises:
        UserError: a file is not in `data_dir`, can't be fetched or written, or is not the
            published one.
    """
    if data_dir is not None:
        return {name: given(dataset, data_dir, name) for name in sums}
    return {name: _fetch(dataset, address + name, name, sums[name]) for name in sums}


def given(dataset: str, data_dir: Path | None, name: str) -> Path:
    """The file `name` of a dataset in the user's folder, also where unpacked (without `.gz`).

    Raises:
        UserError: no folder was named, or the file is not in it.
    """
    if data_dir is None:
        raise UserError(
            f"{dataset} needs a file of yours: --data-dir FOLDER, where FOLDER holds {name} "
            f"(`nna data show {dataset}` says what it is)"
        )
    for path in (data_dir / name, data_dir / name.removesuffix(".gz")):
        if path.is_file():
            return path
    raise UserError(f"{data_dir} holds no {name}, which {dataset} needs")


def _fetch(dataset: str, address: str, name: str, known: str) -> Path:
    """One file, from the cache or the web; it gets its name only when it is whole and right."""
    import pooch
    import requests

    folder = cache() / dataset
    own = f"or bring the file: --data-dir FOLDER, where FOLDER holds {name}"
    try:
        return Path(pooch.retrieve(address, known, fname=name, path=folder))
    except requests.HTTPError as error:
        raise UserError(f"{address}: {error}; {own}") from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise UserError(f"{address}: the download broke off; try again, {own}") from error
    except requests.RequestException as error:
        raise UserError(f"{address}: not reached: is there a network? Try again, {own}") from error
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror or error}; NNA_CACHE names another") from error
    except ValueError as error:
        raise UserError(
            f"{address}: {_sums(str(error))}: not the published file; try again, {own}"
        ) from error


def _sums(said: str) -> str:
    """The two sums out of pooch's message; all of it, should its wording change."""
    found = re.search(r"expected (\S+) but got (\w+)", said)
    if not found:
        return " ".join(said.split())
    algorithm, _, expected = found[1].rpartition(":")
    return f"expected {algorithm or 'sha256'} {expected}, got {found[2]}"
