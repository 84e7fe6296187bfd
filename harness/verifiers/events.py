"""What an SDK told its application: how often, how soon, in which order.

An event that did not come is evidence only of a participant that was told something at all:
without any event of it the measurement is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.clock import NS_PER_MS
from harness.evidence.file_name import file_name
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.answer import NoEvidenceError, in_unit

TIME_ERROR_MS = 1.0
"""An event's time is taken in the handler: what the participant's loop was late by."""


def event_times(
    events: Sequence[SdkEvent],
    name: str,
    *,
    participant: str | None = None,
    track: str | None = None,
    subject: str | None = None,
    since_ns: int = 0,
    until_ns: int | None = None,
) -> list[int]:
    """When an event was seen in [since, until), in monotonic ns, ascending.

    Args:
        events: Of any participants.
        name: The SDK's name of the event.
        participant: Identity of who saw it; None for all whose events these are.
        track: Sid of the track that it is about; None for any.
        subject: Identity of the participant that it is about; None for any.
        since_ns: Seen at or after.
        until_ns: Seen before; None for no bound.
    """
    return sorted(
        event.at_ns
        for event in events
        if event.name == name
        and participant in (None, event.participant)
        and (track is None or event.track == track)
        and (subject is None or event.subject == subject)
        and since_ns <= event.at_ns
        and (until_ns is None or event.at_ns < until_ns)
    )


@in_unit("events")
def event_count(
    events: Sequence[SdkEvent],
    name: str,
    *,
    participant: str | None = None,
    track: str | None = None,
    subject: str | None = None,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """How often an event was seen in [since, until)."""
    _require_listener(events, participant)
    times = event_times(
        events, name, participant=participant, track=track, subject=subject,
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    after = ", ".join(f"{(at_ns - since_ns) / NS_PER_MS:.1f}" for at_ns in times[:10])
    return Measurement(
        value=float(len(times)),
        unit="events",
        rests_on=len(times),
        notes=(f"{name}{_at(participant)} after {after} ms",) if times else (),
        evidence=_files(events, participant),
    )


@in_unit("ms")
def time_to_event(
    events: Sequence[SdkEvent],
    name: str,
    *,
    participant: str | None = None,
    track: str | None = None,
    subject: str | None = None,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Time from `since_ns` to the first such event; `at_least` the time waited if none came."""
    _require_listener(events, participant)
    times = event_times(
        events, name, participant=participant, track=track, subject=subject,
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    files = _files(events, participant)
    seen = Seen(series=Series.EVENTS, file=files[0], since_ns=since_ns)
    if not times:
        return Measurement(
            value=(until_ns - since_ns) / NS_PER_MS,
            unit="ms",
            at_least=True,
            notes=(f"no {name}{_at(participant)}; the value is how long was waited",),
            evidence=files,
            seen=seen,
        )
    return Measurement(
        value=(times[0] - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=1,
        notes=(f"{name}{_at(participant)}",),
        evidence=files,
        seen=seen,
    )


@in_unit("bool")
def event_order(
    events: Sequence[SdkEvent],
    names: Sequence[str],
    *,
    participant: str | None = None,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """1 if these events were first seen in this order in [since, until).

    0 if the order is another, or one of them did not come.
    """
    _require_listener(events, participant)
    first: dict[str, int] = {}
    for name in names:
        times = event_times(
            events, name, participant=participant, since_ns=since_ns, until_ns=until_ns
        )
        if times:
            first[name] = times[0]
    seen = " < ".join(sorted(first, key=lambda name: first[name]))
    absent = ", ".join(name for name in names if name not in first)
    in_order = not absent and list(first.values()) == sorted(first.values())
    return Measurement(
        value=float(in_order),
        unit="bool",
        rests_on=len(first),
        notes=(
            *((f"seen{_at(participant)}: {seen}",) if seen else ()),
            *((f"never came: {absent}",) if absent else ()),
        ),
        evidence=_files(events, participant),
    )


def _require_listener(events: Sequence[SdkEvent], participant: str | None) -> None:
    if not any(participant in (None, event.participant) for event in events):
        raise NoEvidenceError(f"no event at all{_at(participant)}: nobody was listening")


def _files(events: Sequence[SdkEvent], participant: str | None) -> tuple[str, ...]:
    """Where the events of those who were asked are written."""
    asked = {participant} if participant else {event.participant for event in events}
    return tuple(f"{file_name(identity)}/events.ndjson" for identity in sorted(asked))


def _at(participant: str | None) -> str:
    return f" at {participant}" if participant else ""
