"""A publisher says who may subscribe: they may at once, nobody else, and nobody is disturbed."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, Window, clause
from harness.verifiers.combine import at_worst, fact
from harness.verifiers.concealment import concealed_samples
from harness.verifiers.events import event_count
from harness.verifiers.gap import picture_gap
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_marker import missing_markers
from harness.verifiers.wire import packets_between
from scenarios.probes import PROBES

CODE = 3
BLANKS_OVER = 500 * NS_PER_MS
RECONCILED_S = 5.2
"""The server looks every three seconds for what should be subscribed and is not."""
TOLD_BY = (
    "track_unsubscribed",
    "track_unpublished",
    "track_subscription_failed",
    "participant_permissions_changed",
)
PAGE = ("all_participants_allowed", "participant_sid", "all_tracks_allowed")


@clause("PERM-001", "PERM-002", "PERM-003", "PERM-004", "PERM-008", "PERM-009")
async def test_who_loses_a_permission_gets_nothing(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    proof = await carol.publish(Tone(pilot_hz=700))
    denied = await bob.record(sound, picture, proof)
    other = await carol.record(sound)
    await denied.until_flowing()
    open_to_all = Window(since_ns=sound.published_ns, until_ns=await stage.run(seconds=1))
    since = await alice.deny_all()
    lost = Window(since_ns=since, until_ns=await stage.run(seconds=2))
    blank = Window(since_ns=since + BLANKS_OVER, until_ns=lost["until_ns"])
    said = [(p.kind, p.subscribed) for p in await bob.publications() if p.identity == "alice"]
    alive = denied.witness(proof)
    at_both = [denied[sound], other[sound]]

    judge("PERM-001", at_worst, first_tone, "recording", at_both, tone=sound.signal, **open_to_all)
    judge("PERM-002", time_to_silence, denied[sound], sound.signal, alive=alive, **lost)
    judge("PERM-003", last_frame, denied[picture], CODE, alive=alive, **lost)
    judge(
        "PERM-004",
        at_worst,
        packets_between,
        "track",
        [sound.sid, picture.sid],
        ledger=stage.ledger,
        participant="bob",
        direction="down",
        flow_ns=(since - NS_PER_S, since),
        **blank,
    )
    judge("PERM-008", at_worst, event_count, "name", TOLD_BY, events=bob.events, **lost)
    judge("PERM-009", fact, not any(s for _, s in said), f"what subscribed says at bob: {said}")


@clause("PERM-005", "PERM-006", "PERM-007", "PERM-010", "PERM-011")
async def test_a_permission_for_one_track(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    proof = await carol.publish(Tone(pilot_hz=700))
    restricted = await bob.record(sound, picture, proof)
    allowed = await carol.record(sound, picture)
    await restricted.until_flowing()
    steady, before = await allowed.until_steady(), await carol.statistics()
    taken = await alice.allow_only("carol")
    await stage.run(seconds=1)
    given = await alice.allow_only("carol", tracks={"bob": [sound]})
    until, after = await stage.run(seconds=RECONCILED_S), await carol.statistics()
    heard, tone, alive = allowed[sound], sound.signal, restricted.witness(proof)
    back = Window(since_ns=given, until_ns=until)

    judge("PERM-005", missing_markers, heard, tone, since_ns=steady, until_ns=until)
    judge(
        "PERM-006",
        concealed_samples,
        before,
        after,
        stage.ledger,
        participant="carol",
        track=sound.sid,
    )
    judge(
        "PERM-007",
        picture_gap,
        allowed[picture],
        CODE,
        since_ns=taken,
        until_ns=until,
        alive=allowed.witness(sound),
    )
    judge("PERM-010", first_tone, restricted[sound], tone, alive=alive, returning=True, **back)
    judge(
        "PERM-011",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        track=picture.sid,
        since_ns=taken + BLANKS_OVER,
        until_ns=until,
        flow_ns=(taken - NS_PER_S, taken),
    )


@clause("PERM-012", "PERM-013", "PERM-014", "PERM-015")
async def test_restricted_before_publishing(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    await alice.allow_only("carol")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    allowed = await carol.record(sound)
    restricted = Window(since_ns=sound.published_ns, until_ns=await stage.run(seconds=1.5))
    given = await alice.allow_all()
    received = await bob.record(sound, picture)
    restored = Window(since_ns=given, until_ns=await stage.run(seconds=2))
    tone, alive = sound.signal, received.witness(sound)

    judge(
        "PERM-012",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        sent_by=[("alice", sound.sid), ("alice", picture.sid)],
        **restricted,
    )
    judge("PERM-013", first_tone, allowed[sound], tone, **restricted)
    judge("PERM-014", first_tone, received[sound], tone, **restored)
    judge("PERM-015", first_frame, received[picture], CODE, alive=alive, **restored)


@clause("PERM-016")
async def test_the_arguments_of_the_page(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(PROBES / "permission_calls.py", "names_of_permissions")
    known = {name for group in names.values() for name in group}

    judge("PERM-016", fact, known >= set(PAGE), f"the SDK's names: {names}; the page's: {PAGE}")
