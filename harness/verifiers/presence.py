"""How long somebody was away from a room, as another participant was told."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.clock import NS_PER_MS
from harness.evidence.file_name import file_name
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.events import TIME_ERROR_MS

LEFT, CAME = "participant_disconnected", "participant_connected"


@in_unit("ms")
def time_away(
    events: Sequence[SdkEvent], *, observer: str, subject: str, since_ns: int, until_ns: int
) -> Measurement:
    """The longest time in [since, until) between a leaving and the coming back; 0: never away.

    A client that resumes its connection does not leave. livekit-server tells at once of those who
    publish; of one who publishes nothing it tells up to a second late, and of a shorter absence
    nothing. `at_least` where it had not come back.

    Args:
        events: Of any participants.
        observer: Identity of who was told; it must have been told something.
        subject: Identity of who may have left.
        since_ns: Told at or after,
        until_ns: and before.
    """
    own = [event for event in events if event.participant == observer]
    if not own:
        raise NoEvidenceError(f"{observer} was told nothing at all")
    left_ns: int | None = None
    away_ns: list[int] = []
    for event in sorted(own, key=lambda event: event.at_ns):
        if event.subject != subject or not since_ns <= event.at_ns < until_ns:
            continue
        if event.name == LEFT:
            left_ns = event.at_ns
        elif event.name == CAME and left_ns is not None:
            away_ns.append(event.at_ns - left_ns)
            left_ns = None
    lasting = left_ns is not None
    if left_ns is not None:
        away_ns.append(until_ns - left_ns)
    return Measurement(
        value=max(away_ns, default=0) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS if away_ns else 0.0,
        at_least=lasting,
        rests_on=len(away_ns),
        notes=(f"away {len(away_ns)} times",),
        evidence=(f"{file_name(observer)}/events.ndjson",),
    )
