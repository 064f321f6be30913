"""What a user can mend: one clear line, never a traceback."""


class UserError(Exception):
    """What is wrong, where, and how to mend it, in one line; the command line exits with 2."""


class MissingPackageError(UserError):
    """An optional package isn't installed; `needed` raises it, nothing else means the same."""


def needed(package: str, extra: str) -> None:
    """Make sure that an optional package is installed, without importing it.

    Args:
        package: the name that it is imported by.
        extra: of nna, which installs it.

    Raises:
        MissingPackageError: it isn't; the line says how to install it.
    """
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise MissingPackageError(f"needs {package}: pip install 'nna[{extra}]'")


def nearest(wrong: str, known: tuple[str, ...], see: str) -> str:
    """The closest known names to a misspelt one, as the end of a sentence."""
    import difflib

    near = difflib.get_close_matches(wrong, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"see `{see}`"
