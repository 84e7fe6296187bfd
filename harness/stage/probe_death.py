"""What is left of an SDK call that ended the process that made it."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.sdk_call import SdkCall, add_call, read_calls, that_ended
from harness.stage.errors import ParticipantDied

NO_WORDS = ("stack backtrace", "note: ", "last system error")


def note_death(journal: Path, death: ParticipantDied) -> None:
    """Write into a probe's journal that the call under way ended its process.

    Raises:
        ParticipantDied: that death, when no call was under way.
    """
    under_way = that_ended(read_calls(journal).values(), "began")
    if not under_way:
        raise death
    lines = (line.strip(" #\n") for line in death.last_lines)
    words = "; ".join(line for line in lines if line and not line.startswith(NO_WORDS))
    add_call(
        journal, SdkCall(name=under_way[0].name, end="died", kind=str(death.exited), says=words)
    )
