"""What a reader takes home from a card: scripts that train without nna, and exercises' stubs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nna import registry
from nna.errors import UserError
from nna.exercises import blanks

CALLED = {"torch": "PyTorch", "keras": "Keras"}
SCRIPT, EXERCISE = "script/{}.zip", "exercise/{}.py"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a card offers in one framework, called as the command line calls it."""

    exercise: blanks.Exercise

    @property
    def framework(self) -> str:
        """Its name, as its makers write it."""
        return CALLED[self.exercise.framework]

    @property
    def option(self) -> str:
        """What follows an architecture's id on the command line."""
        return "" if self.exercise.framework == "torch" else " --framework keras"

    @property
    def script(self) -> str:
        """Where a server gives the script and its data."""
        return SCRIPT.format(self._stem("script"))

    @property
    def stub(self) -> str:
        """Where a server gives the exercise."""
        return EXERCISE.format(self._stem("exercise"))

    @property
    def blanks(self) -> int:
        """How many places the exercise leaves blank."""
        return blanks.count(self.exercise)

    def _stem(self, kind: str) -> str:
        own = self.exercise
        return f"{own.architecture}{'_keras' * (own.framework == 'keras')}_{kind}"


def offers(name: str) -> Iterator[Offer]:
    """What the card of an architecture offers; nothing where nna doesn't hold its source."""
    for framework in registry.FRAMEWORKS if registry.family(name) != registry.EXTERNAL else ():
        if framework == "torch" or registry.describe(name).twin:
            yield Offer(blanks.exercise(name, framework))


def stub(stem: str) -> str:
    """An exercise as `nna exercise start` writes it.

    Raises:
        UserError: there is none of that name.
    """
    return blanks.stub(_meant(stem, "exercise"))


@lru_cache(maxsize=4)
def script(stem: str) -> bytes:
    """A script and its data as `nna script` writes them, in one archive.

    Raises:
        UserError: there is none of that name.
    """
    from nna.scripts import write  # needs torch

    of = _meant(stem, "script")
    made, file = write.script(of.architecture, stem, of.framework), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr(f"{stem}.py", made.text)
        held.writestr(f"{stem}_data.npz", made.data)
    return file.getvalue()


def _meant(stem: str, kind: str) -> blanks.Exercise:
    found = re.fullmatch(rf"([a-z0-9_]{{1,80}}?)(_keras)?_{kind}", stem)
    if found is None or found[1] not in registry.names():
        raise UserError(f"there is no {kind} {stem[:80]}")
    return blanks.exercise(found[1], "keras" if found[2] else "torch")
