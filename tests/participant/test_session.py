"""Two participants on a real server, without anything between."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.application_call import read_calls
from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.selected_pair import selected_pairs
from harness.evidence.sent import read_sent
from harness.participant.connection import CommandFailed, ParticipantDied
from harness.participant.health import HealthMonitor
from harness.participant.protocol import JoinOptions, Published, PublishOptions
from harness.participant.session import Session
from harness.participant.supervise import Supervisor
from harness.participant.tracks import OwnTracks
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone

if TYPE_CHECKING:
    from pathlib import Path

    from harness.evidence.sdk_event import SdkEvent
    from tests.participant.conftest import Pair, Start

from tests.participant.conftest import grown

pytestmark = pytest.mark.real

FACE = ColourCode(track_code=771)
SECOND_OF_ARRIVALS = 8 * 100


def sid_of(published: Published) -> str:
    assert published.sid is not None
    return published.sid


def unheard(_: SdkEvent) -> None:
    pass


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.asyncio
async def test_a_tone_is_heard_and_a_picture_is_seen(pair: Pair) -> None:
    tone = await pair.alice.publish(name="tone", signal=Tone(pilot_hz=600))
    face = await pair.alice.publish(
        name="face", signal=FACE, options=PublishOptions(frame_metadata=True)
    )
    heard = await pair.bob.record(sid_of(tone), name="tone")
    seen = await pair.bob.record(sid_of(face), name="face")
    await grown(heard.path.with_suffix(".arrivals"), 2 * SECOND_OF_ARRIVALS)
    await pair.bob.leave()
    health = await pair.alice.leave()  # which completes what it wrote down of its hand-overs

    assert isinstance(heard, AudioRecording)
    assert isinstance(seen, VideoRecording)
    assert (heard.publisher, heard.subscriber, heard.track) == ("alice", "bob", tone.sid)
    steady = heard.samples[-48_000:, 0]
    assert abs(int(np.argmax(np.abs(np.fft.rfft(steady)))) - 600) <= 5
    read = seen.frames[seen.frames["status"] == FrameStatus.READ]
    assert set(read["track_code"]) == {771}
    assert set(np.diff(read["counter"].astype(int))) <= {1, 2, 3}  # a busy machine skips some
    sent = dict(read_sent(pair.alice.folder / "face.sent").tolist())
    lags_ms = [(frame["arrival_ns"] - sent[int(frame["counter"])]) / 1e6 for frame in read]
    assert 0 < np.median(lags_ms) < 200
    assert health.handovers > 200


@pytest.mark.asyncio
async def test_what_leaving_costs_disturbs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    health = HealthMonitor()

    async def close(_: OwnTracks) -> None:
        health.lagged(NS_PER_S)

    monkeypatch.setattr(OwnTracks, "close", close)
    supervise = Supervisor(lambda where, error: None)
    session = Session("alice", tmp_path, emit=unheard, supervise=supervise, health=health)
    health.lagged(NS_PER_MS)

    assert (await session.leave()).loop_lag_max_ms == 1


@pytest.mark.asyncio
async def test_mute_and_unmute_are_seen_by_both(pair: Pair) -> None:
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    await pair.bob.wait_for_event("track_subscribed", track=sid, timeout_s=5)

    muted_ns = await pair.alice.mute(sid)
    seen = [
        await handle.wait_for_event("track_muted", track=sid, subject="alice", timeout_s=5)
        for handle in (pair.alice, pair.bob)
    ]
    (state,) = await pair.bob.publications()

    assert all(0 < event.at_ns - muted_ns < 5e9 for event in seen)
    assert seen[1].details["arguments"] == ["RemoteParticipant", "RemoteTrackPublication"]
    assert (state.identity, state.name, state.muted, state.subscribed) == (
        "alice", "tone", True, True,
    )  # fmt: skip

    unmuted_ns = await pair.alice.unmute(sid)
    await pair.bob.wait_for_event("track_unmuted", since_ns=unmuted_ns, timeout_s=5)
    assert not (await pair.bob.publications())[0].muted
    assert [(call.at_ns, call.name, call.track) for call in read_calls(pair.alice.folder.parent)][
        1:
    ] == [(muted_ns, "mute", sid), (unmuted_ns, "unmute", sid)]


@pytest.mark.asyncio
async def test_a_track_can_be_muted_before_it_is_published(pair: Pair) -> None:
    options = PublishOptions(muted=True)
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone(), options=options))
    seen = await pair.bob.wait_for_event("track_published", track=sid, timeout_s=5)

    assert seen.details["muted"]
    assert [p.muted for p in await pair.alice.publications()] == [True]


@pytest.mark.asyncio
async def test_a_recording_goes_on_when_its_track_is_subscribed_again(pair: Pair) -> None:
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    heard = await pair.bob.record(sid, name="tone")
    arrivals = heard.path.with_suffix(".arrivals")
    await grown(arrivals, SECOND_OF_ARRIVALS // 2)

    left_ns = await pair.bob.unsubscribe(sid)
    await pair.bob.wait_for_event("track_unsubscribed", since_ns=left_ns, timeout_s=5)
    again_ns = await pair.bob.subscribe(sid)
    back = await pair.bob.wait_for_event("track_subscribed", since_ns=again_ns, timeout_s=5)
    await grown(arrivals, arrivals.stat().st_size + 2 * SECOND_OF_ARRIVALS)
    await pair.bob.stop_recording(sid)

    assert isinstance(heard, AudioRecording)
    after = heard.arrivals_ns[heard.arrivals_ns > back.at_ns]
    assert 80 < len(after) / ((after[-1] - after[0]) / 1e9) < 120
    assert np.abs(heard.samples[-4_800:]).max() > 1_000


@pytest.mark.asyncio
async def test_what_is_unpublished_is_gone(pair: Pair) -> None:
    sid = sid_of(await pair.alice.publish(name="face", signal=FACE))
    await pair.bob.record(sid, name="face")

    taken_ns = await pair.alice.unpublish(sid)
    await pair.bob.wait_for_event("track_unpublished", since_ns=taken_ns, timeout_s=5)

    assert await pair.alice.publications() == []
    assert await pair.bob.publications() == []
    with pytest.raises(CommandFailed, match="publishes no track"):
        await pair.alice.unpublish(sid)
    assert (pair.alice.faults, pair.bob.faults) == ([], [])


@pytest.mark.asyncio
async def test_statistics_tell_the_path_and_the_packets(pair: Pair) -> None:
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    heard = await pair.bob.record(sid, name="tone")
    await grown(heard.path.with_suffix(".arrivals"), SECOND_OF_ARRIVALS)

    sent, received = await pair.alice.statistics(), await pair.bob.statistics()

    (inbound,) = [entry for entry in received if entry["type"] == "inbound_rtp"]
    assert inbound["kind"] == "audio"
    assert inbound["packets_received"] > 20
    assert any(e["type"] == "outbound_rtp" and e["packets_sent"] > 20 for e in sent)
    (path,) = selected_pairs(received)
    assert (path.protocol, path.remote) == ("udp", "127.0.0.1")
    assert path.remote_port > 0


@pytest.mark.asyncio
async def test_a_source_can_feed_two_tracks_and_a_held_track_none(pair: Pair) -> None:
    tone = await pair.alice.publish(name="tone", signal=Tone(pilot_hz=300))
    twin = await pair.alice.publish_again(name="twin", source_of="tone")
    await pair.alice.publish(name="held", signal=Tone(pilot_hz=700), hold=True)
    heard = [
        await pair.bob.record(sid_of(track), name=track.name, sample_rate=16_000)
        for track in (tone, twin)
    ]
    for recording in heard:
        await grown(recording.path.with_suffix(".arrivals"), 2 * SECOND_OF_ARRIVALS)
    states = await pair.bob.publications()
    await pair.bob.leave()

    assert {state.name for state in states} == {"tone", "twin"}
    for recording in heard:
        assert isinstance(recording, AudioRecording)
        steady = recording.samples[-16_000:, 0]
        assert abs(int(np.argmax(np.abs(np.fft.rfft(steady)))) - 300) <= 5


@pytest.mark.asyncio
async def test_nobody_hears_what_nobody_may_subscribe_to(pair: Pair) -> None:
    await pair.alice.set_permissions(allow_all=False, allowed=[])
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    await pair.bob.wait_for_event("track_published", track=sid, timeout_s=5)

    with pytest.raises(CommandFailed, match="was not subscribed within"):
        await pair.bob.record(sid, name="tone", timeout_s=0.5)
    allowed_ns = await pair.alice.set_permissions(allow_all=True, allowed=[])
    await pair.bob.wait_for_event("track_subscribed", since_ns=allowed_ns, timeout_s=6)


@pytest.mark.asyncio
async def test_without_auto_subscribe_a_publication_is_only_seen(pair: Pair, start: Start) -> None:
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    carol = await start("carol")
    token = pair.server.token("carol", pair.room)
    await carol.join(url=pair.server.url, token=token, options=JoinOptions(auto_subscribe=False))
    (state,) = await carol.publications()

    assert (state.sid, state.subscribed, state.has_track) == (sid, False, False)
    with pytest.raises(CommandFailed, match="joined already"):
        await carol.join(url=pair.server.url, token=token)

    await carol.subscribe(sid)
    heard = await carol.record(sid, name="tone")
    assert heard.publisher == "alice"


@pytest.mark.asyncio
async def test_a_killed_subscriber_leaves_what_it_heard(pair: Pair) -> None:
    sid = sid_of(await pair.alice.publish(name="tone", signal=Tone()))
    heard = await pair.bob.record(sid, name="tone")
    await grown(heard.path.with_suffix(".arrivals"), SECOND_OF_ARRIVALS)
    os.kill(pair.bob.pid, signal.SIGKILL)

    with pytest.raises(ParticipantDied, match="bob died: killed by SIGKILL"):
        await pair.bob.leave()

    assert isinstance(heard, AudioRecording)
    assert len(heard.samples) >= 24_000
    assert await pair.alice.statistics()


@pytest.mark.asyncio
async def test_tokens_are_in_no_file(pair: Pair, tmp_path: Path) -> None:
    await pair.alice.publish(name="tone", signal=Tone())
    await pair.alice.leave()

    written = contents(tmp_path)
    assert len(written) > 3
    assert not [name for name, content in written.items() if b"eyJ" in content]
