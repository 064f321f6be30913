"""Lay out the folder of a new architecture, and say line by line what it still lacks.

python tools/new.py gru recurrent
python tools/new.py --check gru
"""

from __future__ import annotations

import argparse
import keyword
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nna import architectures, registry
from nna.atlas.catalogue import families
from nna.errors import UserError, nearest

TEMPLATES = Path(__file__).parent / "template"
MARK = "FILL"  # the templates say behind this word what is to be written in its place


def main(arguments: list[str]) -> int:
    """Create or check; the exit status is 0, 1 where a check finds something, 2 for bad input."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("id", help="in snake case, such as gru")
    parser.add_argument("family", nargs="?", help=f"one of: {', '.join(families())}")
    parser.add_argument("--check", action="store_true", help="only say what is missing")
    parser.add_argument("--root", type=Path, help="the folder of the families [the library's]")
    given = parser.parse_args(arguments)
    try:
        if given.check:
            return check(given.id, given.root)
        folder = create(given.id, given.family, given.root or Path(architectures.__path__[0]))
    except (UserError, OSError) as error:
        sys.stderr.write(f"new: {error}\n")
        return 2
    print(f"created {folder}", flush=True)
    where = ["--root", str(given.root)] if given.root else []
    again = [sys.executable, __file__, "--check", given.id, *where]
    subprocess.run(again, check=False)  # a fresh process finds the new folder
    print(f"\nto see this list again: {' '.join(map(_from_here, again))}")
    return 0


def _from_here(word: str) -> str:
    """A path inside the current folder, relative to it; all else as it is."""
    path = Path(word)
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if inside else word


def create(name: str, family: str | None, root: Path) -> Path:
    """Write the folder of an architecture, whole or not at all.

    Args:
        name: its id.
        family: the folder that it goes to.
        root: the folder of the families.

    Raises:
        UserError: no fit id, one that is taken, or no such family.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        snake = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        raise UserError(f"{name!r} is no id: write it in snake case, such as {snake or 'gru'!r}")
    taken = {*registry.names(), *(path.name for path in root.glob("*/*") if path.is_dir())}
    if name in taken:
        raise UserError(f"there is an architecture {name!r} already; see `nna show {name}`")
    if family not in families():
        near = nearest(family, families(), "") if family else ""
        listed = f"the families are: {', '.join(families())}"
        wrong = f"no family {family!r}" if family else f"where does {name} belong?"
        raise UserError(f"{wrong}; {near if near.endswith('?') else listed}")
    home = root / family
    home.mkdir(parents=True, exist_ok=True)
    (home / "__init__.py").touch()
    draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=home))
    try:
        for file, text in _files(name, family):
            (draft / file).write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        return draft.rename(home / name)
    except BaseException:
        shutil.rmtree(draft)
        raise


def _files(name: str, family: str) -> Iterator[tuple[str, str]]:
    """The name and text of each file of a new folder."""
    values = {
        "@ID@": name,
        "@FAMILY@": family,
        "@CLASS@": "".join(part.capitalize() for part in name.split("_")),
    }
    for template in sorted(TEMPLATES.glob("*.tpl")):
        text = template.read_text(encoding="utf-8")
        for token, value in values.items():
            text = text.replace(token, value)
        file = template.name.removesuffix(".tpl")
        yield (f"test_{name}.py" if file == "test.py" else file), text


def check(name: str, root: Path | None) -> int:
    """Print the promises that are not kept, and what is left to write; 0 where nothing is.

    Args:
        name: the id of an architecture.
        root: a folder of families to look in before the library's.

    Raises:
        UserError: no such architecture.
    """
    if root:
        architectures.__path__.insert(0, str(root))
    folder = registry.folder(name)
    broken, left = list(_broken(name)), list(_left(folder))
    print(f"\n{name}: {len(broken)} promises not kept, {len(left)} places to fill in")
    for promise, why in broken:
        print(f"  {promise:22} {why}")
    for place, what in left:
        print(f"  {place:22} {what}")
    return 1 if broken or left else 0


def _broken(name: str) -> Iterator[tuple[str, str]]:
    """Each promise of the contract that is not kept, and why."""
    from nna import contract

    try:
        checks = list(contract.checks(registry.describe(name)))
    except Exception as error:  # a spec that is being written may raise anything
        yield "spec.py", f"can't be read: {type(error).__name__}: {error}"
        return
    for promise in checks:
        try:
            contract.run(promise, name)
        except Exception as error:  # so may a model
            said = str(error) or type(error).__name__
            yield promise.__name__.removeprefix("check_"), " ".join(said.split())


def _left(folder: Path) -> Iterator[tuple[str, str]]:
    """Each place that the template left open, as file:line, and what belongs there."""
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".py", ".md", ".bib"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if MARK in line:
                after = line.partition(MARK)[2].lstrip(": ")
                yield f"{path.name}:{number}", re.split(r'["}]+(?:[,)]|$)', after)[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
