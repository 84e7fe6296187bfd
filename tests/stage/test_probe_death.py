from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.sdk_call import SdkCall, add_call, read_calls
from harness.processes.child import Exit
from harness.stage.errors import ParticipantDied
from harness.stage.probe_death import note_death

DEATH = ParticipantDied(
    "probe1", Exit(code=None, signal=6), ["# Check failed: width > 0", "stack backtrace", ""]
)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "0-call.calls"
    add_call(path, SdkCall(name="whole", end="began"))
    add_call(path, SdkCall(name="whole", end="returned", value=1))
    return path


def test_the_call_under_way_is_what_ended_the_process(journal: Path) -> None:
    add_call(journal, SdkCall(name="of size 0", end="began"))
    note_death(journal, DEATH)
    calls = read_calls(journal)

    assert calls["whole"].end == "returned"
    died = calls["of size 0"]
    assert (died.end, died.kind) == ("died", str(DEATH.exited))
    assert died.says == "Check failed: width > 0"


def test_a_death_between_two_calls_is_nobodys(journal: Path) -> None:
    with pytest.raises(ParticipantDied, match="probe1 died"):
        note_death(journal, DEATH)

    assert list(read_calls(journal)) == ["whole"]
