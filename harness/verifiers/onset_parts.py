"""What the time to a first picture is made of: asking, the key frame, the network, decoding.

A subscriber can begin with a key frame alone, so the server asks the publisher for one and sends
nothing before. What the ledger saw divides the time:

    asking      from the call until the server asks for a key frame: signalling, negotiation
    key frame   from there until its first packet reaches the subscriber's relay port: the way to
                the publisher and back, and the next capture
    network     from there until all of that picture has left the relay: delay, repeats, and the
                time over which its packets were sent, 45 ms on a clean path
    decoding    from there until the picture is seen: packets repaired, jitter buffer, decoder
"""

from __future__ import annotations

from dataclasses import replace

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.proof import Witness
from harness.verifiers.track_way import TrackWay
from harness.verifiers.wire import FILES

REQUEST_BEFORE_NS = 2_000 * NS_PER_MS
"""A key frame that was asked for longer before it came was asked for by somebody else."""


@in_unit("ms")
def first_picture(
    recording: VideoRecording,
    track_code: int,
    *,
    way: TrackWay,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """As `first_frame`, with the parts of that time in the notes where the ledger tells them."""
    measured = first_frame(recording, track_code, since_ns=since_ns, until_ns=until_ns, alive=alive)
    if measured.value is None or measured.at_least:
        return measured
    try:
        parts = _parts(way, since_ns, since_ns + round(measured.value * NS_PER_MS))
    except NoEvidenceError as error:
        parts = f"parts are not known: {error}"
    return replace(
        measured,
        notes=(parts, *measured.notes),
        evidence=(*measured.evidence, *FILES),
    )


def _begin(way: TrackWay, since_ns: int, until_ns: int) -> tuple[int | None, int]:
    """When the key frame was asked for, if it was, and when its first packet came."""
    arrived = way.arrived(since_ns, until_ns)
    if not len(arrived):
        raise NoEvidenceError(f"no packet of {way.track} came for {way.subscriber}")
    first_ns = int(arrived["t_ns"][0])
    requests = way.requests_ns(max(since_ns, first_ns - REQUEST_BEFORE_NS), first_ns)
    return (int(requests[0]) if len(requests) else None), first_ns


def _parts(way: TrackWay, since_ns: int, seen_ns: int) -> str:
    requested_ns, first_ns = _begin(way, since_ns, seen_ns)
    left = way.left(since_ns, seen_ns)
    whole = left[left["rtp_timestamp"] == way.arrived(since_ns, seen_ns)["rtp_timestamp"][0]]
    steps = [("until the key frame's first packet", first_ns)]
    if requested_ns is not None:
        steps = [("asking", requested_ns), ("key frame", first_ns)]
    if len(whole):
        steps.append(("network", int(whole["departure_ns"][-1])))
    words, before_ns = [], since_ns
    for name, at_ns in (*steps, ("decoding", seen_ns)):
        words.append(f"{name} {(at_ns - before_ns) / NS_PER_MS:.0f}")
        before_ns = at_ns
    asked = len(way.requests_ns(since_ns, seen_ns))
    return f"{' + '.join(words)} ms; key frames asked for: {asked}"
