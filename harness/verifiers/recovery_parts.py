"""What the time from the end of a fault until media is steady is made of.

    network         from the end of the fault until media leaves the relay again: what waits in a
                    queue, and where the server or the publisher stood still
    reconnecting    the part of the fault and of that in which the SDK said that it reconnects
    key frame       from there until the picture moves on, where the server asked the publisher for
                    a key frame since the fault began
    repair          the same where it asked for none: what is lost is sent again
    steadying       from there until it stays steady: jitter buffer, bit rate
    jitter buffer   the same of a sound, from its first packet on: it waits for no key frame

One part begins where the one before it ends, which the ledger, the SDK's events and the decoded
media tell: they add up to the whole, and nothing remains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.sdk_event import SdkEvent
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.events import event_times
from harness.verifiers.pictures import new_pictures, open_pictures
from harness.verifiers.proof import Witness
from harness.verifiers.recovery import picture_recovery, sound_recovery
from harness.verifiers.track_way import TrackWay
from harness.verifiers.wire import FILES


@dataclass(frozen=True, kw_only=True)
class Fault:
    """When a fault began, when it was over, and when watching ended, in monotonic ns."""

    gone_ns: int
    healed_ns: int
    until_ns: int


@in_unit("ms")
def picture_recovery_in_parts(
    recording: VideoRecording,
    picture: ColourCode,
    *,
    way: TrackWay,
    events: Sequence[SdkEvent],
    fault: Fault,
    alive: Witness | None = None,
    longest_ms: float | None = None,
) -> Measurement:
    """As `picture_recovery`, with the parts of that time in the notes where they are known.

    Args:
        recording: What was seen.
        picture: What was sent.
        way: Whose picture it is, and to whom it goes.
        events: What the SDKs told.
        fault: Its end is where the time begins.
        alive: Another track of the receiver, for media that does not go on to the end.
        longest_ms: As there.
    """
    whole = picture_recovery(
        recording,
        picture,
        healed_ns=fault.healed_ns,
        until_ns=fault.until_ns,
        alive=alive,
        longest_ms=longest_ms,
    )
    steady_ns = _steady_ns(whole, fault)
    if steady_ns is None:
        return whole
    seen_ns, _ = new_pictures(open_pictures(recording), picture.track_code, steady_ns + 1)
    try:
        first_ns = _first_ns(way, fault, steady_ns)
    except NoEvidenceError as error:
        return replace(whole, notes=(f"no parts: {error}", *whole.notes))
    # There is one: the picture from which on it is steady.
    moves_ns = int(seen_ns[np.searchsorted(seen_ns, first_ns)])
    asked = len(way.requests_ns(fault.gone_ns, steady_ns))
    until_it_moves = "key frame" if len(way.requests_ns(fault.gone_ns, moves_ns)) else "repair"
    parts = {
        "network": first_ns - fault.healed_ns,
        until_it_moves: moves_ns - first_ns,
        "steadying": steady_ns - moves_ns,
    }
    return _with_parts(whole, parts, way, events, fault, f"; key frames asked for: {asked}")


@in_unit("ms")
def sound_recovery_in_parts(
    recording: AudioRecording,
    tone: Tone,
    *,
    way: TrackWay,
    events: Sequence[SdkEvent],
    fault: Fault,
    alive: Witness | None = None,
) -> Measurement:
    """As `sound_recovery`, with the parts of that time: see `picture_recovery_in_parts`."""
    whole = sound_recovery(
        recording, tone, healed_ns=fault.healed_ns, until_ns=fault.until_ns, alive=alive
    )
    steady_ns = _steady_ns(whole, fault)
    if steady_ns is None:
        return whole
    try:
        first_ns = _first_ns(way, fault, steady_ns)
    except NoEvidenceError as error:
        return replace(whole, notes=(f"no parts: {error}", *whole.notes))
    parts = {"network": first_ns - fault.healed_ns, "jitter buffer": steady_ns - first_ns}
    return _with_parts(whole, parts, way, events, fault, "")


def _steady_ns(whole: Measurement, fault: Fault) -> int | None:
    if whole.value is None or whole.at_least:
        return None
    return fault.healed_ns + round(whole.value * NS_PER_MS)


def _first_ns(way: TrackWay, fault: Fault, steady_ns: int) -> int:
    """When media left the relay for the first time after the fault."""
    left = way.left(fault.healed_ns, steady_ns)
    if not len(left):
        raise NoEvidenceError(f"{way.track} was steady before a packet of it left")
    return int(left["departure_ns"][0])


def _with_parts(
    whole: Measurement,
    parts: dict[str, int],
    way: TrackWay,
    events: Sequence[SdkEvent],
    fault: Fault,
    more: str,
) -> Measurement:
    words = " + ".join(f"{name} {part / NS_PER_MS:.0f}" for name, part in parts.items())
    away_ms = _away_ns(events, way.subscriber, fault) / NS_PER_MS
    note = f"{words} ms; reconnecting for {away_ms:.0f} ms{more}"
    return replace(whole, notes=(note, *whole.notes), evidence=(*whole.evidence, *FILES))


def _away_ns(events: Sequence[SdkEvent], who: str, fault: Fault) -> int:
    """How long the SDK of `who` said that it was reconnecting, from the fault's beginning on."""
    since_ns, until_ns = fault.gone_ns, fault.until_ns
    began, ended = (
        event_times(events, name, participant=who, since_ns=since_ns, until_ns=until_ns)
        for name in ("reconnecting", "reconnected")
    )
    return sum(
        next((end_ns for end_ns in ended if end_ns >= at_ns), until_ns) - at_ns for at_ns in began
    )
