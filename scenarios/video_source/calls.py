"""Probes that make many SDK calls, of which some may end the process that makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.evidence.sdk_call import SdkCall, add_call, read_calls, that_ended
from harness.scenario import Stage
from harness.stage.errors import ParticipantDied

PROBES = Path(__file__).parent.parent / "probes"
NO_WORDS = ("stack backtrace", "note: ", "last system error")


async def probe_calls(
    stage: Stage,
    file: str,
    function: str,
    /,
    **args: Any,  # noqa: ANN401 - of the probe
) -> list[SdkCall]:
    """What became of all calls of a probe that keeps a `CallJournal` at its argument `journal`.

    When a call ends the process that is what became of it, and another process makes the rest.

    Raises:
        ParticipantDied: a process ended between two calls.
    """
    number = len(list(stage.folder.glob("*.calls")))
    journal = Path.cwd() / stage.folder / f"{number}-{function}.calls"
    while True:
        try:
            await stage.probe(PROBES / file, function, journal=str(journal), **args)
        except ParticipantDied as death:
            under_way = that_ended(read_calls(journal).values(), "began")
            if not under_way:
                raise
            add_call(journal, _died(under_way[0].name, death))
        else:
            return list(read_calls(journal).values())


def _died(name: str, death: ParticipantDied) -> SdkCall:
    lines = (line.strip(" #\n") for line in death.last_lines)
    words = "; ".join(line for line in lines if line and not line.startswith(NO_WORDS))
    return SdkCall(name=name, end="died", kind=str(death.exited), says=words)
