"""What a user can mend: one clear line, never a traceback."""


class UserError(Exception):
    """What is wrong, where, and how to mend it, in one line; the command line exits with 2."""


def nearest(wrong: str, known: tuple[str, ...], see: str) -> str:
    """The closest known names to a misspelt one, as the end of a sentence."""
    import difflib

    near = difflib.get_close_matches(wrong, known, n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"see `{see}`"
