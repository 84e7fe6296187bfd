"""Whether a row of calls was told as it was made: every event, once, in its turn."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.clock import NS_PER_MS
from harness.evidence.file_name import file_name
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.answer import NoEvidenceError, in_unit


@in_unit("events")
def events_out_of_turn(
    events: Sequence[SdkEvent],
    names: Sequence[str],
    *,
    participant: str,
    track: str,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Events that must be taken away and added to make what was told in [since, until) `names`.

    One that is missing or told twice counts once, two that changed places count twice.

    Args:
        events: Of any participants.
        names: The SDK's names of the events, one for each call, in the order of the calls.
        participant: Identity of who was to be told.
        track: Sid of the track that they are about.
        since_ns: The first call.
        until_ns: When listening ended.
    """
    if not any(event.participant == participant for event in events):
        raise NoEvidenceError(f"no event at all at {participant}: nobody was listening")
    told = sorted(
        (event.at_ns, event.name)
        for event in events
        if event.participant == participant
        and event.track == track
        and event.name in names
        and since_ns <= event.at_ns < until_ns
    )
    common = _longest_common([name for _, name in told], names)
    last = f", the last after {(told[-1][0] - since_ns) / NS_PER_MS:.0f} ms" if told else ""
    return Measurement(
        value=float(len(told) + len(names) - 2 * common),
        unit="events",
        rests_on=len(told),
        notes=(f"{participant} was told {len(told)} of {len(names)} events{last}",),
        evidence=(f"{file_name(participant)}/events.ndjson",),
    )


def _longest_common(told: Sequence[str], names: Sequence[str]) -> int:
    """Length of the longest sequence that both hold, with or without others in between."""
    row = [0] * (len(names) + 1)
    for one in told:
        before = row
        row = [0]
        for place, other in enumerate(names):
            row.append(before[place] + 1 if one == other else max(row[place], before[place + 1]))
    return row[-1]
