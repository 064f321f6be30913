"""The page of errata: what sources decide, what is computed and what is measured, by topic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nna.atlas import attributions, errata
from nna.atlas.attributions import Attribution
from nna.lab import catalog
from nna.lab.experiment import Experiment
from nna.lab.verdict import UNCONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One error as the page shows it."""

    row: str
    says: str
    right: str
    by: str  # "by its source", "computed" or "measured"
    matters: str = ""
    sources: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # ids of architectures
    origins: tuple[Attribution, ...] = ()  # whose ideas it tells
    verdict: str = ""  # the laboratory's
    address: str = ""  # of its page in the laboratory


@dataclass(frozen=True, slots=True)
class Group:
    """The errors of one topic."""

    code: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.entries)


def gather(experiments: Iterable[tuple[str, Experiment, dict[str, str]]]) -> list[Group]:
    """All errors, in the topics' order and within them by number.

    Args:
        experiments: id, declaration, and the verdict on each row that was measured.
    """
    found = [*_stated(), *_computed(), *_measured(experiments)]
    titles = {topic.code: topic.title for topic in errata.read()}
    codes = [*titles, *sorted({_code(entry) for entry in found} - titles.keys())]
    groups = []
    for code in codes:
        own = sorted((entry for entry in found if _code(entry) == code), key=lambda e: e.row)
        if own:
            groups.append(Group(code, titles.get(code, code.upper()), tuple(own)))
    return groups


def _stated() -> list[Entry]:
    return [
        Entry(
            row=one.row,
            says=one.says,
            right=one.right,
            by="by its source",
            matters=one.matters,
            sources=tuple(map(_linked, [*one.sources, *_alone(one)])),
            about=one.about,
            origins=attributions.told_by(one.row),
        )
        for one in errata.every()
    ]


def _alone(erratum: errata.Erratum) -> list[str]:
    return [f"from one hand alone: {erratum.alone.removesuffix('.')}"] if erratum.alone else []


def _computed() -> list[Entry]:
    return [
        Entry(
            row=check.row,
            says=check.says,
            right=check.right,
            by="computed",
            sources=(_linked(check.source),),
            verdict=check.verdict,
            address=f"lab/topic-{topic}.html#{check.row}",
        )
        for topic in catalog.topics()
        for check in catalog.checks(topic)
        if check.verdict != "holds"
    ]


def _measured(experiments: Iterable[tuple[str, Experiment, dict[str, str]]]) -> list[Entry]:
    return [
        Entry(
            row=claim.row,
            says=claim.says,
            right=claim.rather,
            by="measured",
            verdict=verdicts.get(claim.row, "not measured"),
            address=f"lab/{name}.html#{claim.row}",
        )
        for name, experiment, verdicts in experiments
        for claim in experiment.claims
        if claim.rather and verdicts.get(claim.row) not in ("holds", f"holds, {UNCONFIRMED}")
    ]


def _linked(source: str) -> str:
    """The source with addresses of pages as links; works' numbers are linked where it is shown."""
    return re.sub(r"https?://[^\s,;]+", r"<\g<0>>", source)


def _code(entry: Entry) -> str:
    return entry.row.partition("-")[0].lower()
