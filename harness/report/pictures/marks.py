"""What participants did in an attempt, as marks over its time."""

from __future__ import annotations

from collections.abc import Iterator

from harness.evidence.clock import NS_PER_S
from harness.evidence.sdk_event import SdkEvent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.calls import after_its_call, by_message
from harness.report.pictures.moments import MODERATOR, deed, moderation, noticed
from harness.report.plots import Mark

LEAVING_NS = NS_PER_S // 2
"""Around its leave an SDK tells of what it takes back; who has come again may do so by itself."""
MOST_MARKS = 24


def marks(folder: AttemptFolder) -> tuple[Mark, ...]:
    """A mark over time for each thing that somebody did; the first of many."""
    names = folder.track_names
    called = by_message(folder.late)
    said = [
        *((one.call.at_ns, one.call.participant, one.words(names)) for one in folder.late),
        *((one.at_ns, one.participant, noticed(one, names)) for one in _but_by_leaving(folder)),
        *(
            (at_ns, who, f"{words}{after_its_call(called.get((who, at_ns)))}")
            for one in folder.signalling
            for at_ns, who, words in [(one.at_ns, one.participant, deed(one, names))]
            if words
        ),
        *((one.at_ns, MODERATOR, moderation(one, names)) for one in folder.moderation),
    ]
    done = [
        Mark(
            at=folder.second(at_ns),
            label=f"{who} {words}",
            tone="moment",
            since=folder.second(late.call.at_ns) if late else None,
        )
        for at_ns, who, words in sorted(said)
        if words
        for late in [called.get((who, at_ns))]
    ]
    return tuple(done[:MOST_MARKS])


def _but_by_leaving(folder: AttemptFolder) -> Iterator[SdkEvent]:
    """What SDKs told: who leaves takes all its tracks back, which is no deed of its own."""
    left = [
        (one.participant, one.at_ns)
        for one in folder.signalling
        if (one.direction, one.kind) == ("client", "leave")
    ]
    for event in folder.events:
        times_ns = (at_ns for who, at_ns in left if who == event.participant)
        if all(abs(event.at_ns - at_ns) > LEAVING_NS for at_ns in times_ns):
            yield event
