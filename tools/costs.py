"""Write the multiply-adds of every variant into the specs, as they are counted.

python tools/costs.py            of all architectures
python tools/costs.py gru lstm   of some
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from nna import costs, registry

MACS = 3  # place of the multiply-adds among the arguments of Variant


def main(names: list[str]) -> int:
    """Write what is new; the exit status is 1 where a variant must be edited by hand."""
    left = []
    for name in names or registry.names():
        counted = dict(changed(name))
        path = registry.folder(name) / "spec.py"
        before = path.read_bytes()
        after, missed = written(before, counted)
        left += [f"{path}: macs={counted[key]:_} of {key!r}" for key in missed]
        if after != before:
            path.write_bytes(after)
            ruff = Path(sys.executable).with_name("ruff")
            subprocess.run([ruff, "format", "--quiet", path], check=True)
            print(f"{name}: {', '.join(f'{k} {v:,}' for k, v in counted.items())}", flush=True)
    print("\n".join(left), file=sys.stderr, end="\n" if left else "")
    return int(bool(left))


def changed(name: str) -> Iterator[tuple[str, int]]:
    """Variants whose spec doesn't state the multiply-adds that are counted, and these."""
    spec = registry.describe(name)
    for key, variant in spec.variants.items():
        macs = costs.count_multiply_adds(name, spec, variant.config, variant.costs_at)
        if macs != variant.macs:
            yield key, macs


def written(source: bytes, counted: dict[str, int]) -> tuple[bytes, list[str]]:
    """The source of a spec with the multiply-adds in it, and the variants not found there.

    Args:
        source: of the spec.
        counted: by the variant's name.
    """
    found = {key: call for key, call in _variants(ast.parse(source)) if key in counted}
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def at(line: int, column: int) -> int:
        return lines[line - 1] + column

    edits = []
    for key, call in found.items():
        given = [word.value for word in call.keywords if word.arg == "macs"] or call.args[MACS:]
        if given:
            start, end = at(given[0].lineno, given[0].col_offset), _end(given[0], at)
            edits.append((start, end, f"{counted[key]:_}"))
        else:
            last = _end(max([*call.args, *call.keywords], key=lambda node: _end(node, at)), at)
            edits.append((last, last, f", macs={counted[key]:_}"))
    for start, end, text in sorted(set(edits), reverse=True):
        source = source[:start] + text.encode() + source[end:]
    return source, [key for key in counted if key not in found]


def _end(node: ast.expr | ast.keyword, at: object) -> int:
    return at(node.end_lineno, node.end_col_offset)  # type: ignore[operator]


def _variants(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Calls of Variant by the key that they have in a mapping, there or by a name of their own."""
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                call = named.get(value.id) if isinstance(value, ast.Name) else value
                if isinstance(key, ast.Constant) and _is_variant(call):
                    yield key.value, call  # type: ignore[misc]


def _is_variant(node: object) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in ("Variant", "spec.Variant")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
