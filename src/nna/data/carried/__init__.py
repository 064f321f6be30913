"""Data that travel with the library: a folder each, with its source and its licence beside it."""

from pathlib import Path


def file(name: str, file: str) -> Path:
    """Where a file of a dataset lies that the library brings."""
    return Path(__file__).parent / name / file
