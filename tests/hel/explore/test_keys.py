"""What rows can keep: every command has its keys, and committed reports have no others.

Every result that a test of the command line looks at is held to the table by `tests.hel.commands.hel`.
"""

import json
from pathlib import Path

from hel.commands import SUMMARIES
from hel.explore.keys import KEYS

REPORTS = sorted((Path(__file__).parents[3] / "bitstreams/results").rglob("*_n*_p*.json"))
REPORTS += sorted((Path(__file__).parents[3] / "bitstreams/results/systems").glob("*.json"))


def test_every_command_that_a_sweep_runs_has_its_keys():
    assert list(KEYS) == [name for name in SUMMARIES if name != "explore"]
    assert all(keys and len(set(keys)) == len(keys) for keys in KEYS.values())


def test_committed_builds_have_no_others():
    assert len(REPORTS) > 20
    for path in REPORTS:
        assert set(json.loads(path.read_text())) <= {*KEYS["build"], "made_by"}, path
