"""Draw statements of the texts at random, for a reader who checks each in a source.

    python tools/statements.py --seed 1 --each 30

prints, for each family's cards, the guide, the glossary and the blocks, as many sentences with
their places, the same ones for the same seed as long as the texts stay. What was found when they
were last checked stands in docs/audit.md.
"""

from __future__ import annotations

import argparse
import random
import re

from nna import registry, stated
from nna.atlas import catalogue, glossary, guide
from nna.atlas.references import body
from nna.lab.blocks import catalog as blocks

LEAST = 6  # words of a sentence that states something
_END = re.compile(r"(?<=[.!?\]])\s+(?=[A-Z`*$\[])")
_ASIDE = re.compile(
    r"\$\$[^$]+\$\$|```[^`]+```|^ {4}nna .*$|^\|.*$|^!\[.*$|^#.*$|</?\w+>|^\*Before it: .*$", re.M
)

Statement = tuple[str, str]  # where it stands, and the sentence


def statements(where: str, text: str) -> list[Statement]:
    """The sentences of a text that say something; displayed formulas, tables and code aside."""
    bare = _ASIDE.sub("\n", stated.fill(text))
    parts = [part.strip() for line in re.split(r"\n\s*", bare) for part in _END.split(line)]
    says = [part for part in parts if len(part.split()) >= LEAST and not part.startswith("[")]
    return [(where, part) for part in says]


def groups() -> dict[str, list[Statement]]:
    """All statements, by family and by kind of text."""
    found: dict[str, list[Statement]] = {family: [] for family in catalogue.families()}
    for name in registry.names():
        found[registry.family(name)] += statements(name, body(name))
    found["guide"] = [s for one in guide.read() for s in statements(one.id, one.text)]
    found["glossary"] = [(term.words[0], term.text) for term in glossary.read()]
    every = [blocks.describe(name) for name in blocks.names()]
    found["blocks"] = [s for one in every for s in statements(one.name, f"{one.use}\n{one.limits}")]
    return {group: own for group, own in found.items() if own}


def draw(seed: int, each: int) -> dict[str, list[Statement]]:
    """Some statements of each group, without repetition."""
    found = {}
    for group, own in groups().items():
        found[group] = random.Random(f"{seed} {group}").sample(own, min(each, len(own)))
    return found


def main() -> None:
    """Print a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=30)
    asked = parser.parse_args()
    for group, own in draw(asked.seed, asked.each).items():
        print(f"\n## {group}\n")
        for number, (where, sentence) in enumerate(own, 1):
            print(f"{number}. {where}: {sentence}")


if __name__ == "__main__":
    main()
