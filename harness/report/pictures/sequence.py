"""Who said what to whom, and what SDKs told of it: a sequence diagram of an attempt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup, escape

from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.published_track import PublishedTrack
from harness.evidence.sdk_event import SdkEvent
from harness.evidence.signalling import SignallingMessage
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.calls import LateCall, after_its_call, by_message
from harness.report.pictures.moments import MODERATOR, deed, moderation, track_of
from harness.report.plots import CHARACTER, WIDTH, Mark
from harness.report.words import clipped

SERVER = "server"
LEGEND = (
    "→ blue to the server, green from it; red and dashed: altered on the way",
    "○ an application called its SDK, ● an SDK told its application; level line: a limit",
)
MOST_ROWS = 48
QUIET_S = 2.0
"""Between two rows that are farther apart stands how far."""
MOST_PEOPLE = 5
LONGEST = 40
LEFT, STEP, HEAD = 74, 19, 30
TOLD = {
    "track_published", "track_unpublished", "track_subscribed", "track_unsubscribed",
    "track_muted", "track_unmuted", "track_subscription_failed", "local_track_published",
    "local_track_unpublished", "local_track_republished", "track_subscription_permission_changed",
    "track_stream_state_changed", "participant_permissions_changed", "participant_connected",
    "participant_disconnected", "reconnecting", "reconnected", "disconnected",
}  # fmt: skip
"""Events of an SDK that are about what somebody may hear or see; all others are left out."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of the diagram."""

    at_ns: int
    participant: str
    kind: Literal["called", "said", "told", "event"]
    """By its application to its SDK, by the participant to the server, by the server to it, by its
    SDK to its application."""
    words: str
    altered: bool = False


def sequence_drawn(folder: AttemptFolder, *, limits: Sequence[Mark] = ()) -> Markup | None:
    """The diagram, the first MOST_ROWS steps of it; None where nobody did anything.

    `limits` are moments by which something had to be noticed, in seconds of the attempt: each is a
    line between what came before it and what came after.
    """
    steps = sequence(
        folder.signalling,
        folder.events,
        folder.tracks,
        moderated=folder.moderation,
        late=folder.late,
    )
    people = list(dict.fromkeys(step.participant for step in steps))[:MOST_PEOPLE]
    shown = [step for step in steps if step.participant in people][:MOST_ROWS]
    if not shown:
        return None
    places = _places(people)
    left_out = len(steps) - len(shown)
    rows = _rows(folder, shown, limits)
    foot = [f"and {left_out} more, see signalling.ndjson"] * (left_out > 0) + [*LEGEND]
    height = HEAD + STEP * (len(rows) + 1 + len(foot))
    parts = [*_lives(places, height - STEP * len(foot) - 8)]
    for number, (at_s, row) in enumerate(rows, start=1):
        y = HEAD + STEP * number
        parts += _drawn(at_s, row, places, y)
    parts += [
        _text("word", 4, height - 6 - STEP * above, words)
        for above, words in enumerate(reversed(foot))
    ]
    told = "; ".join(
        f"{folder.second(step.at_ns):.3f} s {step.participant} {step.words}" for step in shown
    )
    # numbers of ours, and words that `escape` has seen
    return Markup(  # noqa: S704
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>Signalling and events</title><desc>{escape(told)}</desc>{''.join(parts)}</svg>"
    )


def sequence(
    messages: Sequence[SignallingMessage],
    events: Sequence[SdkEvent],
    tracks: Mapping[str, PublishedTrack],
    *,
    moderated: Sequence[ModeratorCall] = (),
    late: Sequence[LateCall] = (),
) -> list[Step]:
    """What was done, what the server told of it and what SDKs did, in order of time.

    Args:
        messages: That passed the gateway.
        events: That SDKs told.
        tracks: By sid; who published one alone calls it by its name.
        moderated: What was asked of the server API.
        late: Calls that were not signalled when they were made.
    """
    whose, names = _Whose(tracks), {sid: track.name for sid, track in tracks.items()}
    called = by_message(late)
    steps = [
        Step(
            at_ns=message.at_ns,
            participant=message.participant,
            kind="said" if message.direction == "client" else "told",
            words=f"{words}{after_its_call(called.get((message.participant, message.at_ns)))}",
            altered=message.altered,
        )
        for message in messages
        if (words := deed(message, whose.seen_by(message.participant)))
    ]
    steps += [
        Step(at_ns=call.at_ns, participant=MODERATOR, kind="said", words=words)
        for call in moderated
        if (words := moderation(call, names))
    ]
    steps += [
        Step(
            at_ns=one.call.at_ns,
            participant=one.call.participant,
            kind="called",
            words=one.words(whose.seen_by(one.call.participant)),
        )
        for one in late
    ]
    steps += _news(messages, whose)
    steps += [
        Step(
            at_ns=event.at_ns,
            participant=event.participant,
            kind="event",
            words=clipped(_event(event, whose.seen_by(event.participant)), LONGEST),
        )
        for event in events
        if event.name in TOLD
    ]
    return sorted(steps, key=lambda step: step.at_ns)


class _Whose:
    """Names of tracks as each participant would say them: `sound1` its own, else `alice/sound1`."""

    def __init__(self, tracks: Mapping[str, PublishedTrack]) -> None:
        self._tracks = tracks
        self._seen: dict[str, dict[str, str]] = {}

    def seen_by(self, who: str) -> Mapping[str, str]:
        """Sid to name."""
        if who not in self._seen:
            self._seen[who] = {
                sid: track.name if track.publisher == who else track.words
                for sid, track in self._tracks.items()
            }
        return self._seen[who]


def _news(messages: Sequence[SignallingMessage], whose: _Whose) -> Iterator[Step]:
    """What updates of the server tell anew about somebody else's tracks: there, muted, gone."""
    known: dict[tuple[str, str], bool] = {}
    for message in messages:
        if (message.direction, message.kind) != ("server", "update"):
            continue
        names = whose.seen_by(message.participant)
        for sid, muted in _tracks(message):
            place = (message.participant, sid)
            if known.get(place) != muted:
                known[place] = muted
                state = "muted" if muted else "live"
                yield Step(
                    at_ns=message.at_ns,
                    participant=message.participant,
                    kind="told",
                    words=clipped(f"{names.get(sid, sid)} is {state}", LONGEST),
                    altered=message.altered,
                )


def _tracks(message: SignallingMessage) -> Iterator[tuple[str, bool]]:
    people = message.details.get("participants")
    for person in people if isinstance(people, list) else []:
        tracks = person.get("tracks") if isinstance(person, dict) else None
        for track in tracks if isinstance(tracks, list) else []:
            if isinstance(track, dict) and isinstance(track.get("sid"), str):
                yield track["sid"], bool(track.get("muted"))


def _event(event: SdkEvent, names: Mapping[str, str]) -> str:
    about = event.details.get("name") or event.subject
    if event.track and (event.track in names or not event.details.get("name")):
        about = track_of({"sid": event.track}, names)
    return f"{event.name} {about or ''}".strip()


def _places(people: Sequence[str]) -> dict[str, float]:
    """Where each life line is, the server's in the middle."""
    order = [*people]
    order.insert(len(people) // 2, SERVER)
    step = (WIDTH - LEFT) / len(order)
    return {name: LEFT + step * (place + 0.5) for place, name in enumerate(order)}


def _lives(places: Mapping[str, float], foot: float) -> Iterator[str]:
    for name, x in places.items():
        yield f'<path class="life" d="M{x:.0f} {HEAD - 8}V{foot:g}"/>'
        yield _text("name", x, HEAD - 14, clipped(name, LONGEST), "middle")


def _rows(
    folder: AttemptFolder, steps: Sequence[Step], limits: Sequence[Mark]
) -> list[tuple[float, Step | Mark | str]]:
    """Steps and limits in order of time, and words where for long there was neither."""
    rows: list[tuple[float, Step | Mark]] = [(folder.second(one.at_ns), one) for one in steps]
    rows = sorted([*rows, *((limit.at, limit) for limit in limits)], key=lambda row: row[0])
    told: list[tuple[float, Step | Mark | str]] = []
    for at_s, row in rows:
        if told and at_s - told[-1][0] >= QUIET_S:
            told.append((at_s, f"{at_s - told[-1][0]:.1f} s later"))
        told.append((at_s, row))
    return told


def _drawn(
    at_s: float, row: Step | Mark | str, places: Mapping[str, float], y: int
) -> Iterator[str]:
    if isinstance(row, str):
        yield _text("tick", LEFT - 12, y + 4, row, "end")
        return
    yield _text("tick", LEFT - 12, y + 4, f"{at_s:.3f} s", "end")
    yield from _limit(row, y) if isinstance(row, Mark) else _row(row, places, y)


def _limit(limit: Mark, y: int) -> Iterator[str]:
    yield f'<path class="mark {limit.tone}" d="M{LEFT} {y}H{WIDTH}"/>'
    yield _text("word", LEFT + 4, y - 3, limit.label)


def _row(step: Step, places: Mapping[str, float], y: int) -> Iterator[str]:
    at, server = places[step.participant], places[SERVER]
    if step.kind in {"called", "event"}:
        style = "note called" if step.kind == "called" else "note"
        yield f'<circle class="{style}" cx="{at:.0f}" cy="{y}" r="3"/>'
        left = at + 7 + CHARACTER * len(step.words) > WIDTH  # there is no room on its right
        yield _text("word", at + (-7 if left else 7), y + 4, step.words, "end" if left else "start")
        return
    begin, end = (at, server) if step.kind == "said" else (server, at)
    back = 6 if end < begin else -6
    style = "arrow altered" if step.altered else "arrow told" if step.kind == "told" else "arrow"
    yield (
        f'<path class="{style}" d="M{begin:.0f} {y}H{end:.0f}'
        f'M{end + back:.0f} {y - 3}L{end:.0f} {y}L{end + back:.0f} {y + 3}"/>'
    )
    words = f"{step.words}, altered on the way" if step.altered else step.words
    yield _text("name", (begin + end) / 2, y - 3, words, "middle")


def _text(name: str, x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text class="{name}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )
