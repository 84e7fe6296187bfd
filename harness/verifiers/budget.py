"""Each latency split into its parts, from evidence that is independent of it.

    source queue      hand-over → emission      a stream of the publisher's own track
    encoder           emission → first packet   arrival at the gateway
    uplink repair     first → first to pass     the same, 0 where nothing was lost
    uplink            arrival → departure       what the gateway held it up
    server            up → down                 departure and arrival at the gateway
    downlink repair, downlink                   as on the way up
    jitter buffer     mean of its time          the subscriber's SDK; for the rest of a picture too
    remainder         what is left              codec, ticks of playout

A sample waits for its packet to fill, or behind the packet's first for its turn to be played:
`encoder` holds both, so that it does not depend on where in a packet a marker lies.

The jitter buffer's time is a mean over all pictures or samples between two statistics, and evens
out what the network does to each: what came later waits less. So the remainder is a mean between
two statistics as well, and for a sound, of which one packet in 25 begins a marker, so are the parts
from the gateway on.

For a sound the SDK counts that time in ticks of 10 ms, at which it takes from its buffer, and from
the tick before a packet came: the time since that tick, which is another in each call, is taken off
(NetEq's `TickTimer`; without it the remainder was 1.5 to 13.8 ms in 10 calls, with it 9.8 to 16.6).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.signals.sound import MARKER_PERIOD_MS
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.jitter_buffer import JitterBuffer
from harness.verifiers.latency_series import (
    HeardSound,
    LatencySeries,
    SeenPictures,
    Track,
    emissions,
)
from harness.verifiers.passage import Passage, original_packets, passages
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.rtp_clock import (
    EARLY_NS,
    PICTURE_TICKS_PER_MS,
    SOUND_TICKS_PER_MS,
    WRAP,
    offset_between,
    picture_ticks,
    signed,
)
from harness.verifiers.sound import FRAME_NS, Sound, open_sound
from harness.verifiers.wire import FILES, PacketRecord

NETWORK = ("uplink", "downlink")
"""Parts that are the network's own delay."""
WAY = ("encoder", "uplink repair", "uplink", "server", "downlink repair", "downlink")
PARTS = ("source queue", *WAY, "jitter buffer")
NEAR_MS = 5
"""A picture's timestamp may be this far from its hand-over."""
FRAMES_A_SECOND = 100
PICTURE_EDGE_NS = 100 * NS_PER_MS
SOUND_EDGE_NS = 600 * NS_PER_MS
"""A series runs from its first arrival to its last; beyond, up to the next picture or marker."""
UNSEEN = "not seen at the gateway"
MOST_UNSEEN_RATIO = 0.25
"""Of a series: what came has passed the gateway."""
PACKET_TICKS = 20 * SOUND_TICKS_PER_MS


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Parts of each latency of a series that they could be told of; shapes (n,), n ≥ 1."""

    numbers: NDArray[np.int64]
    arrived_ns: NDArray[np.int64]
    span: NDArray[np.int64]
    """Between which two statistics it arrived, counted from 0."""
    covered: frozenset[int]
    """Between which of them the series runs all the time, without a hole."""
    whole_ms: NDArray[np.float64]
    """Hand-over → arrival."""
    parts_ms: dict[str, NDArray[np.float64]]
    """PARTS."""
    left_out: dict[str, int]
    """Why some of the series are not here."""
    files: tuple[str, ...]

    def sum_ms(self, *parts: str) -> NDArray[np.float64]:
        """Some parts together; all of them if none is named."""
        named = [self.parts_ms[name] for name in parts or PARTS]
        total: NDArray[np.float64] = np.sum(named, axis=0)
        return total

    @property
    def remainder_ms(self) -> NDArray[np.float64]:
        """The whole less the sum of the parts, the mean between each two statistics in order."""
        return self.between_ms(self.whole_ms - self.sum_ms())

    def between_ms(self, values_ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Means of values of this budget between each two statistics in order.

        Of those between which the series runs all the time, unless there are none.
        """
        spans = np.unique(self.span).tolist()
        inside = [span for span in spans if span in self.covered] or spans
        return np.array([values_ms[self.span == span].mean() for span in inside])


def budget(track: Track, series: LatencySeries) -> Budget:
    """Split the latencies of a series of the same track.

    Raises:
        NoEvidenceError: the gateway's record, the statistics or the monitor do not tell.
    """
    if track.wire is None:
        raise NoEvidenceError("no record of packets was given")
    captures = (
        _sound_captures(track, series)
        if isinstance(track, HeardSound)
        else _picture_captures(track, series)
    )
    way = _Way(track, track.wire)
    ways, left_out = way.of(captures)
    told = np.flatnonzero(~np.isnan(ways[:, 0]))
    if not len(told):
        raise NoEvidenceError(
            f"{series.files[0]}: none of it was found in the gateway's record: "
            + ", ".join(f"{number} {why}" for why, number in left_out.items())
        )
    unseen = left_out.get(UNSEEN, 0)
    if unseen > MOST_UNSEEN_RATIO * len(ways):
        raise NoEvidenceError(
            f"{series.files[0]}: {unseen} of {len(ways)} were {UNSEEN}: its record was cut, or it "
            "is another's"
        )
    arrived_ns = series.arrived_ns[told]
    buffer = JitterBuffer(track.statistics, way.ssrc)
    buffer.require_reach(int(arrived_ns.max()))
    span = buffer.span(arrived_ns)
    chosen, waited_ms = ways[told], buffer.mean_ms[span]
    if isinstance(track, HeardSound):
        chosen[:, 1:] = way.means(buffer, span)
        waited_ms = waited_ms - way.since_tick_ms(open_sound(track.recording), buffer, span)
    handed_over_ns, captured_ns = captures.handed_over_ns[told], captures.at_ns[told]
    edge_ns = SOUND_EDGE_NS if isinstance(track, HeardSound) else PICTURE_EDGE_NS
    return Budget(
        numbers=series.numbers[told],
        arrived_ns=arrived_ns,
        span=span,
        covered=buffer.covered(int(arrived_ns.min()) - edge_ns, int(arrived_ns.max()) + edge_ns)
        - buffer.touching(series.holes),
        whole_ms=(arrived_ns - handed_over_ns) / NS_PER_MS,
        parts_ms={
            "source queue": (captured_ns - handed_over_ns) / NS_PER_MS,
            **{name: chosen[:, place] for place, name in enumerate(WAY)},
            "jitter buffer": waited_ms,
        },
        left_out=left_out,
        files=tuple(dict.fromkeys((*series.files, *FILES))),
    )


@dataclass(frozen=True, kw_only=True)
class _Captures:
    """What is looked for on the wire, one entry a latency, and how all of it was captured."""

    handed_over_ns: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    ticks: NDArray[np.int64]
    """Of the RTP clock, from an unknown beginning."""
    all_ns: NDArray[np.int64]
    all_ticks: NDArray[np.int64]
    resolution: int
    """Ticks that timestamps may be off."""


def _picture_captures(track: SeenPictures, series: LatencySeries) -> _Captures:
    log = sent_pictures(track.sent)
    return _Captures(
        handed_over_ns=series.captured_ns,
        at_ns=series.captured_ns,
        ticks=picture_ticks(series.captured_ns),
        all_ns=log["at_ns"],
        all_ticks=picture_ticks(log["at_ns"]),
        resolution=PICTURE_TICKS_PER_MS,
    )


def _sound_captures(track: HeardSound, series: LatencySeries) -> _Captures:
    """Samples are counted as they were emitted: the RTP clock of sound knows no other."""
    rate = track.tone.sample_rate
    if track.monitor is not None:
        out = emissions(track.monitor, track.tone, sent=track.sent)
        mine = np.searchsorted(out.numbers, series.numbers)
        all_ns = open_sound(track.monitor).frame_ns
        places_s, handed_over_ns = out.places[mine] / rate, out.handed_over_ns[mine]
    else:
        log = sent_pictures(track.sent)
        all_ns, handed_over_ns = log["at_ns"], series.captured_ns
        first = series.numbers * MARKER_PERIOD_MS * rate // 1000
        places_s = np.searchsorted(log["number"], first) / FRAMES_A_SECOND
    frames = np.arange(len(all_ns), dtype=np.int64)  # the last one of a packet is sent at once
    return _Captures(
        handed_over_ns=handed_over_ns,
        at_ns=series.captured_ns,
        ticks=np.rint(places_s * 1000 * SOUND_TICKS_PER_MS).astype(np.int64),
        all_ns=all_ns,
        all_ticks=(frames + 1) * 10 * SOUND_TICKS_PER_MS - PACKET_TICKS,
        resolution=1,
    )


class _Way:
    """The two directions of a track through the gateway."""

    def __init__(self, track: Track, wire: PacketRecord) -> None:
        recording = track.recording
        self._sound = isinstance(track, HeardSound)
        self._first_up = original_packets(
            wire, participant=recording.publisher, direction="up", track=recording.track
        )
        down = original_packets(
            wire, participant=recording.subscriber, direction="down", track=recording.track
        )
        self.ssrc = int(down["ssrc"][-1])
        self._up = passages(
            wire, participant=recording.publisher, direction="up", track=recording.track
        )
        self._down = passages(
            wire, participant=recording.subscriber, direction="down", track=recording.track
        )
        left = self._first_up[self._first_up["departure_ns"] >= 0]
        left = left[np.argsort(left["departure_ns"], kind="stable")]
        self._rewritten = offset_between(
            left["departure_ns"], left["rtp_timestamp"].astype(np.int64),
            down["t_ns"], down["rtp_timestamp"].astype(np.int64),
        )  # fmt: skip

    def of(self, captures: _Captures) -> tuple[NDArray[np.float64], dict[str, int]]:
        """Parts WAY in ms of each capture, shape (n, 6), and why some have none (NaN)."""
        timestamps, firsts = np.unique(self._first_up["rtp_timestamp"], return_index=True)
        offset = offset_between(
            captures.all_ns, captures.all_ticks,
            self._first_up["t_ns"][firsts], timestamps.astype(np.int64),
            resolution=captures.resolution, early_ns=EARLY_NS,
        )  # fmt: skip
        ways = np.full((len(captures.at_ns), len(WAY)), np.nan)
        left_out: Counter[str] = Counter()
        for place, (at_ns, ticks) in enumerate(zip(captures.at_ns, captures.ticks, strict=True)):
            wanted = int(ticks + offset) % WRAP
            found = self._found(wanted, timestamps.astype(np.int64))
            passed = self._passed(found)
            if isinstance(passed, str):
                left_out[passed] += 1
            else:
                inside = int(signed(np.array(wanted - found[0]))) if self._sound else 0
                begun_ns = int(at_ns) - inside * NS_PER_MS // SOUND_TICKS_PER_MS
                ways[place] = _parts_ms(begun_ns, *passed)
        return ways, dict(left_out)

    def means(self, buffer: JitterBuffer, span: NDArray[np.int64]) -> NDArray[np.float64]:
        """Parts WAY but the first, means of all that passed between two statistics; (n, 5)."""
        ways = np.array([_parts_ms(up.first_ns, up, down)[1:] for up, down in self._all_passed])
        spans = buffer.span(self._departed_ns)
        return np.array([ways[spans == one].mean(axis=0) for one in span])

    def since_tick_ms(
        self, sound: Sound, buffer: JitterBuffer, span: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """How long before it came a packet's time in the buffer begins to count, means; (n,)."""
        departed_ns = self._departed_ns
        following = np.searchsorted(sound.frame_ns, departed_ns)
        tick_ns = sound.frame_ns[np.minimum(following, len(sound.frame_ns) - 1)]
        since_ms = (FRAME_NS - (tick_ns - departed_ns) % FRAME_NS) / NS_PER_MS
        spans = buffer.span(departed_ns)
        return np.array([since_ms[spans == one].mean() for one in span])

    @cached_property
    def _all_passed(self) -> list[tuple[Passage, Passage]]:
        ways = [self._passed([timestamp]) for timestamp in self._up]
        return [way for way in ways if not isinstance(way, str)]

    @property
    def _departed_ns(self) -> NDArray[np.int64]:
        """When each of these left towards the receiver."""
        return np.array([down.departed_ns for _, down in self._all_passed])

    def _found(self, wanted: int, timestamps: NDArray[np.int64]) -> list[int]:
        """Timestamps on the way up of the units that can carry it, the first one first."""
        place = int(np.searchsorted(timestamps, wanted))
        around = timestamps[np.unique(np.arange(place - 2, place + 2) % len(timestamps))]
        apart = signed(wanted - around)
        if self._sound:  # redundancy (RFC 2198) repeats what one packet lacks in the next
            near = (apart >= -PACKET_TICKS) & (apart < PACKET_TICKS)
        else:
            near = np.abs(apart) <= NEAR_MS * PICTURE_TICKS_PER_MS
        chosen = around[near]
        order = np.argsort(-apart[near] if self._sound else np.abs(apart[near]), kind="stable")
        return [int(timestamp) for timestamp in chosen[order][: 2 if self._sound else 1]]

    def _passed(self, timestamps: list[int]) -> tuple[Passage, Passage] | str:
        """The two ways of the first of these units that passed, or why none did."""
        why = UNSEEN
        for timestamp in timestamps:
            up = self._up.get(timestamp)
            down = self._down.get((timestamp + self._rewritten) % WRAP)
            if up is None:
                why = "lost on the way up"
            elif down is None:
                why = "lost on the way down"
            else:
                return up, down
        return why


def _parts_ms(at_ns: int, up: Passage, down: Passage) -> tuple[float, ...]:
    moments = (
        at_ns, up.first_ns, up.arrived_ns, up.departed_ns,
        down.first_ns, down.arrived_ns, down.departed_ns,
    )  # fmt: skip
    return tuple(np.diff(moments) / NS_PER_MS)
