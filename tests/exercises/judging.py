"""A process that judges learners' files of one architecture, a fork each: `judging.py NAME FOLDER`.

It reads sources as lines of JSON, and answers each with the first judgement that is not right yet,
or with nothing. What is imported once is there for all; a fault that never ends is stopped.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from mutation import bench

from nna.exercises import blanks, judge

LIMIT = 120  # processor seconds


def first(path, of, text):
    """The first judgement that is not right yet."""
    for one in judge.judge(path, of, text):
        if one.state == "not yet":
            return {"what": one.what, "why": one.why}
    return {"what": "", "why": ""}


def main(name, folder):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import pytest  # noqa: F401
    import torch

    import nna.contract  # noqa: F401

    torch.set_num_threads(1)
    of, path = blanks.exercise(name, "torch"), Path(folder) / "mine.py"
    for line in sys.stdin:
        text = f"{of.head}\n{json.loads(line)}"
        path.write_text(text, encoding="utf-8")
        told = bench.forked(lambda text=text: first(path, of, text), LIMIT)
        if "what" not in told:  # it died, or never ended
            told = {"what": told["caught"], "why": told["how"]}
        print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
