"""What a track says of its stream, active or paused, against what the server said of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.signalling import FILE_NAME, read_signalling
from harness.verifiers.answer import NoEvidenceError, in_unit

State = Literal["active", "paused"]

TOLD_MS = 500
"""A track may say the old state for this long after the server's message."""

Reading = tuple[int, str]
"""Monotonic ns, and the state that was read: `active` or `paused`."""


@in_unit("ratio")
def stream_state_ratio(
    readings: Sequence[Reading],
    folder: Path,
    state: State,
    *,
    participant: str,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Share of the readings that gave this state while the server meant it.

    The server means what it said last, `active` to begin with. The 500 ms after each of its
    messages are left out.

    Args:
        readings: Of the track's `stream_state`, in order of time.
        folder: Of the gateway's record.
        state: In which the stream was.
        participant: Identity of the subscriber.
        track: Sid.
        since_ns: From here on,
        until_ns: up to here.
    """
    told = _told(folder, participant, track)
    times = [(at_ns, said) for at_ns, said in readings if since_ns <= at_ns < until_ns]
    meant = [said for at_ns, said in times if _meant(told, at_ns) == state]
    if not meant:
        raise NoEvidenceError(f"there was no reading while the server meant {state}")
    wrong = sorted(set(meant) - {state})
    return Measurement(
        value=meant.count(state) / len(meant),
        unit="ratio",
        rests_on=len(meant),
        notes=(f"also said: {', '.join(wrong)}",) if wrong else (),
        evidence=(FILE_NAME,),
    )


def _told(folder: Path, participant: str, track: str) -> list[Reading]:
    """The server's messages about the stream, in order of time."""
    try:
        messages = read_signalling(folder)
    except ValueError as error:
        raise NoEvidenceError(str(error)) from error
    if not any(message.participant == participant for message in messages):
        raise NoEvidenceError(f"no message of {participant} was recorded")
    return [
        (message.at_ns, str(stream["state"]))
        for message in messages
        if message.participant == participant and message.kind == "stream_state_update"
        for stream in message.details["streams"]
        if stream["track_sid"] == track
    ]


def _meant(told: Sequence[Reading], at_ns: int) -> str | None:
    """What the server had said last; None shortly after it said so."""
    before = [(said_ns, state) for said_ns, state in told if said_ns <= at_ns]
    if not before:
        return "active"
    said_ns, state = before[-1]
    return state if at_ns - said_ns >= TOLD_MS * NS_PER_MS else None
