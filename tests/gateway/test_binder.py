from __future__ import annotations

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
from harness.gateway.relay_messages import Extensions
from harness.gateway.tracks import TrackLearner, TrackName, Ufrag

MID = MidRow(at_ns=2, participant="alice", mid="7", track="TR_tone", medium="audio")
OPUS = CodecRow(at_ns=1, participant="alice", pt=111, codec="opus", medium="audio")
EXTENSIONS = ExtensionsRow(at_ns=1, participant="alice", mid=5, rid=6, repaired_rid=7)
SEEN = SsrcRow(at_ns=3, participant="alice", direction="up", flow=0, ssrc=9, pt=111, mid="7")


class Relay:
    """What a relay was told."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.told: list[object] = []

    async def expect_ufrag(self, participant: str, server_ufrag: str) -> None:
        self.told.append((participant, server_ufrag))

    async def name_track(self, track: str, name: str) -> None:
        self.told.append((track, name))

    async def bind_payloads(
        self,
        participant: str,
        media: Mapping[int, Medium],
        codecs: Mapping[int, str],
        *,
        extensions: Extensions | None = None,
    ) -> None:
        self.told.append((participant, media, codecs, extensions))

    async def bind_mid(self, participant: str, mid: str, *, track: str, medium: Medium) -> None:
        self.told.append((participant, mid, track, medium))
        if self.fails:
            raise RelayError("gone")

    async def bind_ssrc(
        self, participant: str, direction: Direction, ssrc: int, *, track: str, medium: Medium
    ) -> None:
        self.told.append((participant, direction, ssrc, track, medium))


@pytest.fixture
def binder(tmp_path: Path) -> Iterator[Binder]:
    writer = BindingsWriter(tmp_path)
    yield Binder(writer=writer)
    writer.close()


ALICE = TrackLearner(participant="alice")


@pytest.mark.asyncio
async def test_all_rows_are_written_and_no_ufrag(binder: Binder, tmp_path: Path) -> None:
    flow = FlowRow(at_ns=0, flow=0, participant="alice", client="a:1", upstream="b:2")
    binder.write(flow)
    await binder.learned(Relay(), ALICE, [Ufrag(participant="alice", ufrag="hush"), OPUS, MID])
    binder.write(SEEN)

    assert read_bindings(tmp_path) == [flow, OPUS, MID, SEEN]


@pytest.mark.asyncio
async def test_the_relay_knows_formats(binder: Binder) -> None:
    relay = Relay()
    await binder.learned(relay, ALICE, [OPUS, EXTENSIONS])
    await binder.learned(relay, ALICE, [OPUS])

    media, codecs = {111: "audio"}, {111: "opus"}
    ids = Extensions(mid=5, rid=6, repaired_rid=7)
    assert relay.told == [("alice", media, codecs, ids), ("alice", media, codecs, None)]


@pytest.mark.asyncio
async def test_the_relay_knows_who_may_begin_a_flow(binder: Binder) -> None:
    relay = Relay()
    await binder.learned(relay, ALICE, [Ufrag(participant="alice", ufrag="abcd")])

    assert relay.told == [("alice", "abcd")]


@pytest.mark.asyncio
async def test_the_relay_knows_what_tracks_are_called(binder: Binder, tmp_path: Path) -> None:
    relay = Relay()
    named = TrackName(participant="alice", sid="TR_tone", name="sound1")
    await binder.learned(relay, ALICE, [named])

    assert relay.told == [("TR_tone", "alice/sound1")]
    assert read_bindings(tmp_path) == []


@pytest.mark.asyncio
async def test_down_an_ssrc_is_aimed_at_by_what_the_server_said(binder: Binder) -> None:
    relay, learner = Relay(), TrackLearner(participant="bob", media={8: "video"})
    row = MsidRow(at_ns=1, participant="bob", ssrc=8, track="TR_face")
    await binder.learned(relay, learner, [row])

    assert relay.told == [("bob", "down", 8, "TR_face", "video")]


@pytest.mark.asyncio
async def test_up_a_media_section_is_aimed_at_before_its_first_packet(binder: Binder) -> None:
    relay = Relay()
    await binder.learned(relay, ALICE, [MID])

    assert relay.told == [("alice", "7", "TR_tone", "audio")]


@pytest.mark.asyncio
async def test_a_relay_that_refuses_ends_nothing(
    binder: Binder, caplog: pytest.LogCaptureFixture
) -> None:
    await binder.learned(Relay(fails=True), ALICE, [MID])

    assert "the relay is not told what 'alice' does: gone" in caplog.text


def test_a_full_disk_ends_the_file_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "bindings.ndjson").symlink_to("/dev/full")
    writer = BindingsWriter(tmp_path)
    binder = Binder(writer=writer)
    binder.write(SEEN)
    binder.write(SEEN)
    writer.close()

    assert binder.error == "bindings.ndjson ends here: No space left on device"
    assert len(caplog.records) == 1
