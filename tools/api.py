"""Write docs/api.md, the reference of what `import nna` gives, from signatures and docstrings.

`make docs` runs it; the suite runs the examples in it, and sees that the page is of today.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import nna
from nna.training import files

PAGE = Path(__file__).parents[1] / "docs" / "api.md"
WIDTH = 88  # of a call
SECTIONS = ("Args", "Returns", "Raises", "Attributes", "Example")
INTRO = """# What `import nna` gives

Written by `tools/api.py` from the docstrings. The examples run in the suite, after

```python
import nna, numpy as np, pandas as pd, PIL.Image, torch
```

What a user can mend raises `nna.errors.UserError`, in one line.
"""


def page() -> str:
    """The whole reference, in Markdown."""
    names = sorted(nna.__all__, key=lambda name: (name[0].isupper(), name.lower()))
    listed = " · ".join(f"[{name}](#nna{name.lower()})" for name in names)
    return "\n".join([INTRO, listed, "", *(_entry(name, getattr(nna, name)) for name in names)])


def _entry(name: str, of: Any) -> str:
    parts = [f"## nna.{name}", _signature(f"nna.{name}", of), _text(of)]
    if inspect.isclass(of):
        for method, found in _methods(of):
            parts += [f"### {name}.{method}", _signature(f".{method}", found), _text(found)]
    return "\n".join(parts)


def _methods(of: type) -> list[tuple[str, Any]]:
    """Public methods that nna itself defines, in the order of their names."""
    found = []
    for name in sorted(dir(of)):
        if name.startswith("_"):
            continue
        method = inspect.getattr_static(of, name)
        method = getattr(method, "__func__", getattr(method, "fn", method))
        if inspect.isfunction(method) and method.__module__.startswith("nna."):
            found.append((name, method))
    return found


def _signature(name: str, of: Any) -> str:
    """A call in one line, or a line each where there is no room."""
    given = inspect.signature(of)
    words, keywords = list[str](), False
    for parameter in given.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            words.append("*")
        keywords |= parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        words.append(_parameter(parameter))
    back = given.return_annotation
    end = "" if back is given.empty or inspect.isclass(of) else f" -> {_kind(back)}"
    line = f"{name}({', '.join(words)}){end}"
    if len(line) > WIDTH:
        line = f"{name}(\n" + "".join(f"    {word},\n" for word in words) + f"){end}"
    return f"```python\n{line}\n```\n"


def _parameter(of: inspect.Parameter) -> str:
    star = {of.VAR_POSITIONAL: "*", of.VAR_KEYWORD: "**"}.get(of.kind, "")
    kind = "" if of.annotation is of.empty else f": {_kind(of.annotation)}"
    if of.default is of.empty:
        return f"{star}{of.name}{kind}"
    default = of.default.__name__ if callable(of.default) else repr(of.default)
    return f"{of.name}{kind} = {default}"


def _kind(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def _text(of: Any) -> str:
    """A docstring as Markdown: its sections as headings, arguments as a list."""
    lines, section, out = (inspect.getdoc(of) or "").splitlines(), "", list[str]()
    for line in lines:
        head = line.rstrip(":") if line.endswith(":") and not line.startswith(" ") else ""
        if head in SECTIONS:
            out += ["```", ""] if section == "Example" else []
            section = head
            out += [f"**{section}**", ""] + (["```pycon"] if section == "Example" else [])
        elif section == "Example":
            out.append(line.removeprefix("    "))
        elif section and (found := re.match(r"    (\*{0,2}\w[\w.]*): (.*)", line)):
            out.append(f"- `{found[1]}`: {found[2]}")
        elif section:
            out.append(("  " if line.startswith("        ") else "") + line.strip())
        else:
            out.append(line)
    out += ["```"] if section == "Example" else []
    return "\n".join([*out, ""])


def main() -> None:
    """Write the page."""
    files.write(PAGE, page())


if __name__ == "__main__":
    main()
