from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from harness.evidence.bindings import (
    BindingsWriter,
    CodecRow,
    ExtensionsRow,
    FlowRow,
    MidRow,
    MsidRow,
    SsrcRow,
    read_bindings,
)
from harness.evidence.ledger_records import Direction, Medium
from harness.gateway.binder import Binder
from harness.gateway.relay_client import RelayError
from harness.gateway.tracks import TrackLearner

MID = MidRow(at_ns=2, participant="alice", mid="7", track="TR_tone", medium="audio")
OPUS = CodecRow(at_ns=1, participant="alice", pt=111, codec="opus", medium="audio")
EXTENSIONS = ExtensionsRow(at_ns=1, participant="alice", mid=5, rid=6)
SEEN = SsrcRow(at_ns=3, participant="alice", direction="up", flow=0, ssrc=9, pt=111, mid="7")
BOUND_UP = ("alice", "up", 9, "TR_tone", "audio")


class Relay:
    """What a relay was told."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.payloads: list[object] = []
        self.ssrcs: list[object] = []
        self.told = asyncio.Event()

    async def bind_payloads(
        self,
        participant: str,
        media: Mapping[int, Medium],
        *,
        mid_extension: int = 4,
        rid_extension: int = 10,
    ) -> None:
        self.payloads.append((participant, dict(media), mid_extension, rid_extension))

    async def bind_ssrc(
        self, participant: str, direction: Direction, ssrc: int, *, track: str, medium: Medium
    ) -> None:
        self.ssrcs.append((participant, direction, ssrc, track, medium))
        self.told.set()
        if self.fails:
            raise RelayError("gone")


@pytest.fixture
def binder(tmp_path: Path) -> Iterator[Binder]:
    writer = BindingsWriter(tmp_path)
    yield Binder(writer=writer)
    writer.close()


ALICE = TrackLearner(participant="alice")


@pytest.mark.asyncio
async def test_all_rows_are_written(binder: Binder, tmp_path: Path) -> None:
    flow = FlowRow(at_ns=0, flow=0, participant="alice", client="a:1", upstream="b:2")
    binder.relay_row(flow)
    await binder.learned(Relay(), ALICE, [OPUS, MID])
    binder.relay_row(SEEN)

    assert read_bindings(tmp_path) == [flow, OPUS, MID, SEEN]


@pytest.mark.asyncio
async def test_the_relay_knows_formats(binder: Binder) -> None:
    relay = Relay()
    await binder.learned(relay, ALICE, [OPUS])
    await binder.learned(relay, ALICE, [EXTENSIONS])
    await binder.learned(relay, ALICE, [OPUS])

    media = {111: "audio"}
    assert relay.payloads == [("alice", media, 4, 10), ("alice", {}, 5, 6), ("alice", media, 5, 6)]


@pytest.mark.asyncio
async def test_down_an_ssrc_is_aimed_at_by_what_the_server_said(binder: Binder) -> None:
    relay, learner = Relay(), TrackLearner(participant="bob", media={8: "video"})
    row = MsidRow(at_ns=1, participant="bob", ssrc=8, track="TR_face")
    await binder.learned(relay, learner, [row])

    assert relay.ssrcs == [("bob", "down", 8, "TR_face", "video")]


@pytest.mark.asyncio
async def test_up_an_ssrc_seen_before_its_track_is_known_is_bound_then(binder: Binder) -> None:
    relay = Relay()
    binder.relay_row(SEEN)
    await binder.learned(relay, ALICE, [MID])

    assert relay.ssrcs == [BOUND_UP]


@pytest.mark.asyncio
async def test_up_an_ssrc_seen_after_its_track_is_known_is_bound_at_once(binder: Binder) -> None:
    relay = Relay()
    await binder.learned(relay, ALICE, [MID])
    running = asyncio.create_task(binder.run(relay))
    binder.relay_row(SEEN)
    await asyncio.wait_for(relay.told.wait(), 5)
    running.cancel()
    await asyncio.wait([running])

    assert relay.ssrcs == [BOUND_UP]


@pytest.mark.asyncio
async def test_a_relay_that_refuses_ends_nothing(
    binder: Binder, caplog: pytest.LogCaptureFixture
) -> None:
    relay = Relay(fails=True)
    binder.relay_row(SEEN)
    await binder.learned(relay, ALICE, [MID])

    assert "impairments cannot be aimed at 'alice': gone" in caplog.text


def test_a_full_disk_ends_the_file_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bindings.ndjson").symlink_to("/dev/full")
    writer = BindingsWriter(tmp_path)
    binder = Binder(writer=writer)
    binder.relay_row(SEEN)
    binder.relay_row(SEEN)
    writer.close()

    assert binder.error == "bindings.ndjson ends here: No space left on device"
    assert len(caplog.records) == 1
