"""Simulcast layers: which one is seen, from the size of the pictures, and which are sent.

All layers that the server forwards share one SSRC: only the decoded size tells them apart. On the
way up each has an SSRC of its own, whose first packets name the layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS, Pictures, open_pictures
from harness.verifiers.proof import Witness, require_to_the_end
from harness.verifiers.wire import FILES, FLOW_NS, PacketRecord
from harness.verifiers.wire import TIME_ERROR_MS as WIRE_ERROR_MS

LASTING_MS = 500
"""A layer of which a picture was sent this close to the end goes on."""
BREAK_MS = 2000
"""A layer without a picture for longer was given up. Ours: 130 to 520 ms at the longest in 25 runs
of 18 to 106 s with a bottleneck at a subscriber, which asks for key frames."""


@in_unit("ms")
def time_to_smaller_layer(
    recording: VideoRecording, track_code: int, *, full_px: int, since_ns: int, until_ns: int
) -> Measurement:
    """Time from `since_ns` to the first picture lower than `full_px`.

    Rests on the last picture before `since_ns`, which must have been of full height. Where only
    pictures of full height came, the value is the time to the last of them, `at_least`; where
    none came at all, nothing is known.

    Args:
        recording: What was seen.
        track_code: Whose picture it is.
        full_px: Height of the picture as it is published.
        since_ns: When the network became too narrow.
        until_ns: When watching ended.
    """
    pictures = open_pictures(recording)
    before = height_before(pictures, track_code, since_ns)
    if before < full_px:
        raise NoEvidenceError(f"{pictures.file}: {before} lines were seen before, not {full_px}")
    read = some_pictures(pictures, track_code, since_ns, until_ns)
    smaller = np.flatnonzero(read["height"] < full_px)
    place = int(smaller[0]) if len(smaller) else len(read) - 1
    return Measurement(
        value=(int(read["arrival_ns"][place]) - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        at_least=not len(smaller),
        rests_on=len(read),
        notes=(heights_in_order(read["height"].tolist()),),
        evidence=(pictures.file,),
        seen=Seen(series=Series.HEIGHT, file=pictures.file, since_ns=since_ns),
    )


@in_unit("ms")
def time_to_full_layer(
    recording: VideoRecording,
    track_code: int,
    *,
    full_px: int,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Time from `since_ns` to the first picture from which on all are of full height.

    Rests on the last picture before `since_ns`, which must have been smaller. `at_least` the time
    watched where pictures were smaller to the end, or none came.

    Args:
        recording: What was seen.
        track_code: Whose picture it is.
        full_px: Height of the picture as it is published.
        since_ns: When the network was wide enough again.
        until_ns: When watching ended.
        alive: Another track of the receiver, for pictures that do not go on to the end.
    """
    pictures = open_pictures(recording)
    before = height_before(pictures, track_code, since_ns)
    if before >= full_px:
        raise NoEvidenceError(f"{pictures.file}: {before} lines were seen before, which is full")
    read = pictures.of(track_code, since_ns, until_ns)
    smaller = np.flatnonzero(read["height"] < full_px)
    place = int(smaller[-1]) + 1 if len(smaller) else 0
    return time_to_picture(pictures, read, place, since_ns=since_ns, until_ns=until_ns, alive=alive)


@in_unit("ratio")
def full_layer_ratio(
    recording: VideoRecording, track_code: int, *, full_px: int, since_ns: int, until_ns: int
) -> Measurement:
    """Share of the pictures in [since, until) that were of full height; at least one must come."""
    pictures = open_pictures(recording)
    read = some_pictures(pictures, track_code, since_ns, until_ns)
    return share_of_heights(pictures.file, read, read["height"] >= full_px)


@in_unit("layers")
def layers_sent(
    ledger: PacketRecord, *, participant: str, track: str, since_ns: int, until_ns: int
) -> Measurement:
    """Simulcast layers of a published track of which pictures were sent in [since, until).

    Counted are SSRCs with packets that carry a dependency descriptor: others only probe the path.

    Args:
        ledger: The gateway's record.
        participant: Identity of the publisher.
        track: Sid.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
    """
    pictures = _pictures_sent(ledger, participant, track, since_ns, until_ns)
    ssrcs, counts = np.unique(pictures["ssrc"], return_counts=True)
    if not len(ssrcs):
        raise NoEvidenceError(f"no picture of {track} was seen on the way up")
    return Measurement(
        value=float(len(ssrcs)),
        unit="layers",
        rests_on=int(counts.sum()),
        notes=(f"packets of each layer: {', '.join(map(str, counts.tolist()))}",),
        evidence=FILES,
    )


@in_unit("layers")
def layers_sent_throughout(
    ledger: PacketRecord, *, participant: str, track: str, since_ns: int, until_ns: int
) -> Measurement:
    """Simulcast layers of a published track of which pictures were sent all through [since, until).

    Those without a break of more than 2 s, beginning and end of the time included. Counted as in
    `layers_sent`, with the same arguments.
    """
    pictures = _pictures_sent(ledger, participant, track, since_ns, until_ns)
    ssrcs = np.unique(pictures["ssrc"])
    if not len(ssrcs):
        raise NoEvidenceError(f"no picture of {track} was seen on the way up")
    breaks_ms = [
        _longest_break_ms(pictures["t_ns"][pictures["ssrc"] == ssrc], since_ns, until_ns)
        for ssrc in ssrcs
    ]
    longest = ", ".join(f"{break_ms:.0f}" for break_ms in sorted(breaks_ms))
    return Measurement(
        value=float(sum(break_ms <= BREAK_MS for break_ms in breaks_ms)),
        unit="layers",
        rests_on=len(pictures),
        notes=(f"longest time without a picture of each layer: {longest} ms",),
        evidence=FILES,
    )


@in_unit("ms")
def time_to_one_layer(
    ledger: PacketRecord, *, participant: str, track: str, since_ns: int, until_ns: int
) -> Measurement:
    """Time from `since_ns` to the last picture that was sent of any layer but the one that goes on.

    Rests on pictures of several layers in the second before `since_ns`, and on one layer of which
    pictures were sent in the last 500 ms. `at_least` where those are several. Counted as
    in `layers_sent`.
    """
    before, during = (
        _last_pictures_ns(ledger, participant, track, *span)
        for span in ((since_ns - FLOW_NS, since_ns), (since_ns, until_ns))
    )
    if len(before) < 2:
        raise NoEvidenceError(f"{len(before)} layers of {track} were sent before, 2 needed")
    ended_ns = sorted([*during, since_ns])
    lasting_ns = until_ns - LASTING_MS * NS_PER_MS
    if ended_ns[-1] < lasting_ns:
        raise NoEvidenceError(f"no picture of {track} was sent up to the end: nothing went on")
    last_ns = ended_ns[-2]
    after_ms = [f"{(at_ns - since_ns) / NS_PER_MS:.0f}" for at_ns in sorted(during)]
    return Measurement(
        value=(last_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=WIRE_ERROR_MS,
        at_least=last_ns >= lasting_ns,
        rests_on=len(before),
        notes=(f"last picture of each layer after {', '.join(after_ms)} ms",),
        evidence=FILES,
        seen=Seen(series=Series.PACKETS_UP, file=FILES[0], since_ns=since_ns),
    )


def _last_pictures_ns(
    ledger: PacketRecord, participant: str, track: str, since_ns: int, until_ns: int
) -> list[int]:
    """When the last packet of a picture was sent, of each layer of which there was one."""
    pictures = _pictures_sent(ledger, participant, track, since_ns, until_ns)
    return [
        int(pictures["t_ns"][pictures["ssrc"] == ssrc].max())
        for ssrc in np.unique(pictures["ssrc"])
    ]


def _longest_break_ms(sent_ns: NDArray[np.int64], since_ns: int, until_ns: int) -> float:
    edges = np.concatenate(([since_ns], sent_ns, [until_ns]))
    return float(np.diff(edges).max()) / NS_PER_MS


def _pictures_sent(
    ledger: PacketRecord, participant: str, track: str, since_ns: int, until_ns: int
) -> NDArray[Any]:
    """Packets of pictures that were sent."""
    packets = ledger.packets(
        participant=participant, direction="up", track=track,
        since_ns=since_ns, until_ns=until_ns,
    )  # fmt: skip
    pictures: NDArray[Any] = packets[packets["descriptor"]]
    return pictures


def some_pictures(
    pictures: Pictures, track_code: int, since_ns: int, until_ns: int
) -> NDArray[Any]:
    """The pictures read in [since, until). Raises NoEvidenceError where there are none."""
    read = pictures.of(track_code, since_ns, until_ns)
    if not len(read):
        raise NoEvidenceError(f"{pictures.file}: no picture came in the time asked for")
    return read


def time_to_picture(
    pictures: Pictures,
    read: NDArray[Any],
    place: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Time from `since_ns` to one of the pictures; `at_least` the time watched if none has it.

    Raises NoEvidenceError where it is none and the receiver may have been dead at the end.
    """
    came, file = place < len(read), pictures.file
    witness: tuple[str, ...] = ()
    if not came:
        witness = require_to_the_end(file, pictures.end_ns, alive, since_ns, until_ns)
    at_ns = int(read["arrival_ns"][place]) if came else until_ns
    return Measurement(
        value=(at_ns - since_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS if came else 0.0,
        at_least=not came,
        rests_on=len(read),
        notes=(heights_in_order(read["height"].tolist()),),
        evidence=(file, *witness),
        seen=Seen(series=Series.HEIGHT, file=file, since_ns=since_ns),
    )


def share_of_heights(file: str, read: NDArray[Any], right: NDArray[np.bool_]) -> Measurement:
    """Share of the pictures whose height is right."""
    return Measurement(
        value=float(np.mean(right)),
        unit="ratio",
        rests_on=len(read),
        notes=(heights_in_order(read["height"].tolist()),),
        evidence=(file,),
    )


def height_before(pictures: Pictures, track_code: int, at_ns: int) -> int:
    """Height of the last picture before a time. Raises NoEvidenceError where there is none."""
    read = pictures.of(track_code, 0, at_ns)
    if not len(read):
        raise NoEvidenceError(f"{pictures.file}: no picture was read before the time asked for")
    return int(read["height"][-1])


def heights_in_order(heights: Sequence[int]) -> str:
    """The heights in order of appearance, without repetitions, at most ten."""
    changes = [h for place, h in enumerate(heights) if not place or heights[place - 1] != h]
    more = f" and {len(changes) - 10} more changes" if len(changes) > 10 else ""
    return f"heights in order: {', '.join(map(str, changes[:10]))}{more}"
