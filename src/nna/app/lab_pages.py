"""What the pages of the laboratory show: experiments, checks, building blocks and errata."""

from __future__ import annotations

from typing import Any

from nna.app import errata, figures, quiz
from nna.atlas import catalogue, citation
from nna.lab import catalog, record, report, verdict
from nna.lab.blocks import catalog as blocks
from nna.lab.experiment import Experiment


def overview() -> dict[str, Any]:
    """Every experiment with its verdicts, and the checks by topic."""
    experiments = []
    for name in catalog.names():
        experiment, found = catalog.describe(name), record.newest(name, record.SHIPPED)
        verdicts = (
            {j.claim.row: j.label for j in verdict.judge(experiment, found[0])} if found else {}
        )
        experiments.append({"id": name, "experiment": experiment, "verdicts": verdicts})
    return {
        "experiments": experiments,
        "topics": {topic: catalog.checks(topic) for topic in catalog.topics()},
    }


def trial(name: str) -> dict[str, Any]:
    """An experiment as it was last measured."""
    return report.entry(name, record.SHIPPED)


def checks(topic: str) -> dict[str, Any]:
    """The checks of a topic, with their figures."""
    rows = catalog.checks(topic)
    drawn = {row.row: figures.check(row.row) for row in rows if row.figure}
    return {"topic": topic, "checks": rows, "figures": drawn}


def kinds() -> dict[str, Any]:
    """Every building block, by kind."""
    of = {kind: [blocks.describe(name) for name in blocks.names(kind)] for kind in blocks.kinds()}
    return {"kinds": of}


def block(name: str) -> dict[str, Any]:
    """A building block, what it is used by, and how it was tried."""
    own = blocks.describe(name)
    return {
        "block": own,
        "paper": citation.line(own.paper),
        "users": blocks.used_by(own),
        "tried": blocks.tried(own),
        "specs": catalogue.read().specs,
        "figure": figures.block(name),
    }


def errors() -> dict[str, Any]:
    """What the field often gets wrong, with what was measured of it."""
    return {"groups": errata.gather(_trials()), "specs": catalogue.read().specs}


def questions() -> dict[str, Any]:
    """What is true and what is false of all that was looked up, computed or measured."""
    return {"questions": quiz.gather(_trials())}


def _trials() -> list[tuple[str, Experiment, dict[str, str]]]:
    return [(t["id"], t["experiment"], t["verdicts"]) for t in overview()["experiments"]]
