from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import Permission, PublishOptions
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.stage.participant import Participant

if TYPE_CHECKING:
    from tests.stage.conftest import FakeHandle

TONE, CODE = Tone(pilot_hz=700), ColourCode(track_code=3)


@pytest.fixture
def alice(handle: FakeHandle) -> Participant:
    return Participant(cast("ParticipantHandle", handle), identity="alice")


@pytest.mark.asyncio
async def test_publications_are_named_in_order_and_by_kind(
    alice: Participant, handle: FakeHandle
) -> None:
    options = PublishOptions(simulcast=False)
    sound = await alice.publish(TONE)
    picture = await alice.publish(CODE, options=options)
    named = await alice.publish(TONE, name="proof")

    assert [p.name for p in (sound, picture, named)] == ["sound1", "picture2", "proof"]
    assert handle.called("publish") == [
        ("sound1", TONE, PublishOptions(), False),
        ("picture2", CODE, options, False),
        ("proof", TONE, PublishOptions(), False),
    ]


@pytest.mark.asyncio
async def test_a_publication_knows_what_was_sent_and_when(alice: Participant) -> None:
    sound = await alice.publish(TONE)

    assert (sound.publisher, sound.sid, sound.signal) == ("alice", "TR_sound1", TONE)
    assert (sound.published_ns, sound.start_ns, sound.sent) == (7, 5, Path("sound1.sent"))
    assert sound.handle is alice.handle


@pytest.mark.asyncio
async def test_a_monitor_is_a_recording_at_the_publisher(alice: Participant) -> None:
    assert (await alice.publish(TONE)).monitor is None
    monitor = (await alice.publish(TONE, options=PublishOptions(monitor=True))).monitor

    assert monitor is not None
    assert monitor.path == Path("sound2.local.wav")
    assert (monitor.subscriber, monitor.publisher, monitor.track) == ("alice", "alice", "TR_sound2")


@pytest.mark.asyncio
async def test_a_source_is_published_again_under_another_name(
    alice: Participant, handle: FakeHandle
) -> None:
    sound = await alice.publish(TONE)
    again = await alice.publish_again(sound)

    assert handle.called("publish_again") == [("again2", "sound1")]
    assert (again.sid, again.signal) == ("TR_again2", TONE)


@pytest.mark.asyncio
async def test_a_track_that_is_held_back_has_no_sid(alice: Participant, handle: FakeHandle) -> None:
    held = await alice.hold(TONE)

    assert held.sid is None
    assert [call[3] for call in handle.called("publish")] == [True]


@pytest.mark.asyncio
async def test_recordings_are_found_by_publication(alice: Participant, handle: FakeHandle) -> None:
    sound, proof = await alice.publish(TONE), await alice.publish(TONE, name="proof")
    received = await alice.record(sound, proof, sample_rate=16_000)

    assert handle.called("record") == [
        ("TR_sound1", "alice-sound1", 16_000, 1),
        ("TR_proof", "alice-proof", 16_000, 1),
    ]
    assert received[sound].track == "TR_sound1"
    assert received[proof].path.name == "alice-proof.wav"


@pytest.mark.asyncio
async def test_calls_about_a_publication_name_its_track(
    alice: Participant, handle: FakeHandle
) -> None:
    sound = await alice.publish(TONE)
    await alice.subscribe(sound)
    await alice.unsubscribe(sound)
    told = await alice.told("track_muted", sound, since_ns=9)
    await alice.told("reconnected")

    assert handle.called("subscribe") == handle.called("unsubscribe") == [("TR_sound1",)]
    assert handle.called("wait_for_event") == [
        ("track_muted", {"track": "TR_sound1", "since_ns": 9, "timeout_s": 5}),
        ("reconnected", {"track": None, "since_ns": 0, "timeout_s": 5}),
    ]
    assert told.name == "track_muted"


@pytest.mark.asyncio
async def test_what_the_sdk_says_is_handed_on(alice: Participant, handle: FakeHandle) -> None:
    assert alice.events is handle.events
    assert await alice.statistics() == handle.statistics_now
    assert [str(state) for state in await alice.publications()] == ["publications"]


@pytest.mark.parametrize(
    ("handovers", "skipped", "share"), [(200, 0, 0.025), (190, 10, 0.075), (0, 0, None)]
)
@pytest.mark.asyncio
async def test_leaving_tells_how_well_it_kept_up(
    alice: Participant, handle: FakeHandle, handovers: int, skipped: int, share: float | None
) -> None:
    handle.health_now = msgspec.structs.replace(
        handle.health_now, handovers=handovers, skipped=skipped
    )

    assert not alice.has_left
    await alice.leave()

    assert alice.has_left
    assert alice.health == {
        "loop_lag_p99_ms": 1.5,
        "late_handover_ratio": share,
        "handovers": handovers,
        "skipped_handovers": skipped,
        "cpu_ratio": 0.1,
    }
    assert alice.last_statistics == handle.statistics_now
    assert [call[0] for call in handle.calls] == ["statistics", "leave"]


@pytest.mark.asyncio
async def test_who_may_subscribe_is_said_by_identity_and_by_track(
    alice: Participant, handle: FakeHandle
) -> None:
    sound = await alice.publish(TONE)
    await alice.allow_all()
    await alice.allow_only("bob", tracks={"carol": [sound]})
    await alice.deny_all()

    assert handle.called("set_permissions") == [
        (True, []),
        (
            False,
            [
                Permission(identity="bob", allow_all=True),
                Permission(identity="carol", sids=("TR_sound1",)),
            ],
        ),
        (False, []),
    ]


@pytest.mark.asyncio
async def test_what_is_wanted_of_a_track_is_told_to_the_sdk(
    alice: Participant, handle: FakeHandle
) -> None:
    picture = await alice.publish(CODE)
    await alice.set_quality(picture, "low")
    await alice.set_dimensions(picture, 320, 180)
    await alice.set_enabled(picture, enabled=False)

    assert handle.calls[-3:] == [
        ("set_quality", "TR_picture1", "low"),
        ("set_dimensions", "TR_picture1", 320, 180),
        ("set_enabled", "TR_picture1", False),
    ]


@pytest.mark.asyncio
async def test_a_track_that_a_probe_published_is_recorded_as_any(
    alice: Participant, handle: FakeHandle
) -> None:
    told = await alice.probe("calls.py", "publish", tracks=1)
    sound = alice.published(TONE, name="own", sid="TR_own", start_ns=9, sent="own.sent")
    received = await alice.record(sound, channels=2)

    assert told == {"tracks": 1}
    assert handle.called("probe") == [(Path("calls.py"), "publish", {"tracks": 1})]
    assert handle.called("record") == [("TR_own", "alice-own", 48_000, 2)]
    assert received[sound].track == "TR_own"
    assert (sound.publisher, sound.published_ns, sound.start_ns) == ("alice", 9, 9)


@pytest.mark.asyncio
async def test_who_is_killed_has_left_without_a_word(
    alice: Participant, handle: FakeHandle
) -> None:
    assert await alice.kill() > 0

    assert handle.called("kill") == [()]
    assert handle.called("leave") == []
    assert alice.has_left
    assert alice.last_statistics == handle.statistics_now
    assert alice.health is not None
    assert alice.health["late_handover_ratio"] == 0.025


@pytest.mark.asyncio
async def test_who_is_removed_leaves_with_the_statistics_of_before(
    alice: Participant, handle: FakeHandle
) -> None:
    await alice.prepare_removal()
    assert not alice.has_left
    counted, handle.statistics_now = handle.statistics_now, []
    await alice.leave()

    assert alice.has_left
    assert alice.last_statistics == counted != []
