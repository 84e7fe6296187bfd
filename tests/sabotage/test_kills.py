"""One sabotage of each kind, on the real thing, turns what it names to FAIL and nothing beside it.

Each in one scenario: all of them are proven by `pytest scenarios/ --lk-prove`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness.judging.outcome import ExitCode
from harness.sabotage.registry import KIND_OF, KINDS, SABOTAGES
from tests.scenario_index import scenarios

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 600
SOUND = "scenarios/publishing/test_sound.py::test_sound_arrives_as_it_was_sent"
NAMES = (
    "swallow-mute", "drop-video-down", "doubled", "wrong-tone", "late-mute", "short-queue",
    "no-red", "server-standstill", "lying-ledger",
)  # fmt: skip


def cells() -> dict[str, frozenset[str]]:
    """For each the scenario that judges most of what it names, and which clauses these are.

    A harmless one is played on sound.
    """
    there = dict(scenarios())
    chosen = {}
    for name in NAMES:
        kills = SABOTAGES[name].kills
        most = max(there, key=lambda node: len(there[node] & kills)) if kills else SOUND
        chosen[f"{most}[{name}]"] = there[most] & kills
    return chosen


def test_there_is_one_of_each_kind() -> None:
    assert {KIND_OF[name] for name in NAMES} == set(KINDS)


@pytest.mark.real
def test_each_kills_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    killed = {clause for clauses in cells().values() for clause in clauses}
    options = ["--lk-prove", ",".join(NAMES), "--lk-backend=binary", f"--lk-reports={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *cells(), *options, "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    proof = msgspec.json.decode((tmp_path / "latest" / "proof.json").read_bytes())

    # the other tests beside this one keep the machine as busy as they like
    undecided = {one["clause"] for one in proof["undecided"]}
    code = ExitCode.INCONCLUSIVE if undecided else ExitCode.CONFORMANT
    assert done.returncode == code, done.stdout[-6000:] + done.stderr[-1000:]
    assert killed <= set(proof["by_clause"]) | undecided
    assert (proof["missed"], proof["unexpected"]) == ([], [])
    assert "RED-001" not in undecided
    assert proof["sabotages"] == len(NAMES)
