"""Who is said to be speaking: the lists that an SDK hands its application.

`active_speakers_changed` carries the whole list, loudest first, each time it changes; until the
next one that list is what an application shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.clock import NS_PER_MS
from harness.evidence.file_name import file_name
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.events import TIME_ERROR_MS

EVENT = "active_speakers_changed"


@dataclass(frozen=True, kw_only=True)
class _Told:
    """One list, as one participant was told it."""

    at_ns: int
    participant: str
    speakers: tuple[str, ...]
    """Identities, in the order of the list."""


@in_unit("ms")
def time_to_speaker(
    events: Sequence[SdkEvent],
    speaker: str,
    *,
    participant: str,
    since_ns: int,
    until_ns: int,
    speaking: bool = True,
) -> Measurement:
    """Time from `since_ns` to the first list that holds the speaker, or does no longer.

    `at_least` the time waited where none came. Rests on a participant that was told anything, and
    on a last list before `since_ns` that said the opposite.

    Args:
        events: Of any participants.
        speaker: Identity of who begins or ends to speak.
        participant: Identity of who is told.
        since_ns: When he does.
        until_ns: When waiting ended.
        speaking: Whether he begins (True) or ends (False).
    """
    told = _told(events, participant)
    if (speaker in _last(told, since_ns)) == speaking:
        before = "already" if speaking else "not"
        raise NoEvidenceError(f"{participant} was {before} told before that {speaker} speaks")
    changed = [t for t in told if t.at_ns >= since_ns and (speaker in t.speakers) == speaking]
    if not changed or changed[0].at_ns >= until_ns:
        return Measurement(
            value=(until_ns - since_ns) / NS_PER_MS,
            unit="ms",
            at_least=True,
            notes=(f"{participant} was not told; the value is how long was waited",),
            evidence=_files(participant),
        )
    return Measurement(
        value=(changed[0].at_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=1,
        notes=(f"{participant} was told: {_words(changed[0])}",),
        evidence=_files(participant),
    )


@in_unit("events")
def lists_with(
    events: Sequence[SdkEvent], speaker: str, *, since_ns: int, until_ns: int
) -> Measurement:
    """Lists, told to anybody in [since, until), that hold somebody who should be in none.

    Rests on lists that hold somebody else: that nobody is reported says nothing of him.
    """
    told = [t for t in _told(events) if since_ns <= t.at_ns < until_ns and t.speakers]
    if not told:
        raise NoEvidenceError("nobody at all was reported as speaking")
    return _counted([t for t in told if speaker in t.speakers], of=told)


@in_unit("speakers")
def absent_speakers(
    events: Sequence[SdkEvent], speakers: Sequence[str], *, at_ns: int
) -> Measurement:
    """How many of those who are speaking the last list before `at_ns` lacks, at the worst place.

    Rests on each of them having been in a list before, so that the server hears them all.
    """
    told = [t for t in _told(events) if t.at_ns < at_ns]
    for speaker in speakers:
        if not any(speaker in t.speakers for t in told):
            raise NoEvidenceError(f"nobody was ever told that {speaker} speaks")
    last = {t.participant: t for t in told}
    absent = {who: [s for s in speakers if s not in t.speakers] for who, t in last.items()}
    worst = max(sorted(absent), key=lambda who: len(absent[who]))
    return Measurement(
        value=float(len(absent[worst])),
        unit="speakers",
        rests_on=len(told),
        notes=(f"{', '.join(speakers)} speak; {worst} was told last: {_words(last[worst])}",),
        evidence=_files(*last),
    )


@in_unit("events")
def misordered_lists(
    events: Sequence[SdkEvent], louder: str, quieter: str, *, since_ns: int, until_ns: int
) -> Measurement:
    """Lists, told to anybody in [since, until), that name the quieter of two before the louder."""
    both = [
        t
        for t in _told(events)
        if since_ns <= t.at_ns < until_ns and {louder, quieter} <= set(t.speakers)
    ]
    if not both:
        raise NoEvidenceError(f"no list names both {louder} and {quieter}")
    wrong = [t for t in both if t.speakers.index(quieter) < t.speakers.index(louder)]
    return _counted(wrong, of=both)


def _told(events: Sequence[SdkEvent], participant: str | None = None) -> list[_Told]:
    """All lists in order of time; raises NoEvidenceError when nobody was listening."""
    mine = [event for event in events if participant in (None, event.participant)]
    if not mine:
        raise NoEvidenceError(f"no event at all at {participant or 'anybody'}")
    return [
        _Told(
            at_ns=event.at_ns,
            participant=event.participant,
            speakers=tuple(event.details["speakers"]),
        )
        for event in sorted(mine, key=lambda event: event.at_ns)
        if event.name == EVENT
    ]


def _last(told: Sequence[_Told], at_ns: int) -> tuple[str, ...]:
    """The list in force at a time, empty before the first one."""
    return next((t.speakers for t in reversed(told) if t.at_ns < at_ns), ())


def _counted(found: Sequence[_Told], *, of: Sequence[_Told]) -> Measurement:
    return Measurement(
        value=float(len(found)),
        unit="events",
        rests_on=len(of),
        notes=tuple(f"{t.participant} was told: {_words(t)}" for t in found[:5]),
        evidence=_files(*(t.participant for t in of)),
    )


def _words(told: _Told) -> str:
    return ", ".join(told.speakers) or "nobody"


def _files(*participants: str) -> tuple[str, ...]:
    return tuple(f"{file_name(who)}/events.ndjson" for who in sorted(set(participants)))
