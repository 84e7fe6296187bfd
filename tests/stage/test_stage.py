from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
import pytest
from livekit import api

from harness.evidence.sdk_event import SdkEvent
from harness.gateway.config import GatewayConfig, ToxiproxyAddress
from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.network.profile import ProfileError, load_profile
from harness.network.tcp_faults import Toxic
from harness.participant.protocol import Fault, JoinOptions
from harness.processes.keeper_client import Keeper
from harness.server.model import Server
from harness.stage import stage as stage_module
from harness.stage.errors import GatewayDied, ParticipantDied, StageError
from harness.stage.fault import fault
from harness.stage.stage import StageSetup, open_stage
from harness.stage.tokens import Grants
from tests.stage.conftest import IN_FORCE_NS, JOIN_NS

if TYPE_CHECKING:
    from harness.gateway.relay_messages import Snapshot
    from tests.stage.conftest import FakeTroupe

SERVER = Server(
    url="ws://127.0.0.1:7", api_key="APIkey", api_secret="a-secret-of-at-least-32-characters",
    version="1.13.5", backend="binary", owned=True,
)  # fmt: skip
LOSS = Loss(ratio=0.05, target=Target(participant="bob", direction="down"))
PROFILE = fault(Loss(ratio=1.0), seconds=2)


@pytest.fixture
def setup(tmp_path: Path) -> StageSetup:
    return StageSetup(
        keeper=cast("Keeper", None),  # nobody asks it for anything
        server=SERVER,
        folder=tmp_path,
        room="r1",
        seed=81,
        profile=PROFILE,
        impairments=(LOSS,),
        interceptors=("a:b",),
    )


@pytest.fixture
def counts() -> Callable[..., Snapshot]:
    from tests.stage.conftest import snapshot

    return snapshot


@pytest.mark.asyncio
async def test_the_gateway_gets_server_seed_impairments_and_a_token_of_its_own(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    for _ in range(2):
        async with open_stage(setup):
            pass
    first, second = cast("list[GatewayConfig]", troupe.configs)

    assert (first.upstream_url, first.folder, first.seed) == (SERVER.url, str(setup.folder), 81)
    assert first.profile == PROFILE
    assert tuple(first.impairments) == (LOSS,)
    assert first.interceptors == ("a:b",)
    assert first.token != second.token
    assert len(first.token) >= 32


@pytest.mark.asyncio
@pytest.mark.parametrize("ignores_grants", [False, True])
async def test_participants_join_through_the_gateway_with_tokens_of_their_own(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot], ignores_grants: bool
) -> None:
    troupe.gateway.counts = counts("alice", "bob", "carol")
    async with open_stage(replace(setup, ignores_grants=ignores_grants)) as stage:
        there = [*await stage.join("alice", "bob")]
        there += await stage.join("carol", auto_subscribe=False, grants=Grants(can_publish=False))
        assert stage.participants == there
        assert [p.identity for p in there if p.join_ns == JOIN_NS] == ["alice", "bob", "carol"]
        assert stage.sdk == dict.fromkeys(["alice", "bob", "carol"], "python 1.2.0")
    verifier = api.TokenVerifier(SERVER.api_key, SERVER.api_secret)
    for identity in ("alice", "bob", "carol"):
        [(url, token, options)] = cast(
            "list[tuple[str, str, JoinOptions]]", troupe.handles[identity].called("join")
        )
        claims = verifier.verify(token)
        assert (url, claims.identity) == (troupe.gateway.url, identity)
        assert claims.video is not None
        allowed = ignores_grants or identity != "carol"
        assert (claims.video.room, claims.video.can_publish) == ("r1", allowed)
        assert options == JoinOptions(auto_subscribe=identity != "carol")
        assert troupe.handles[identity].folder == setup.folder / identity


@pytest.mark.asyncio
async def test_a_performance_that_went_well_is_completed_checked_and_closed(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = msgspec.structs.replace(counts("alice"), overshoot_p99_ms=1.5)
    async with open_stage(setup) as stage:
        await stage.join("alice")
        assert stage.health == {}
    calls = [call[0] for call in troupe.handles["alice"].calls]

    assert calls == ["join", "statistics", "leave", "close"]
    assert stage.health["alice"].keys() >= {"late_handover_ratio", "inter_arrival_p99_ms"}
    assert stage.health["machine"].keys() >= {"machine_busy_ratio", "stall_p99_ms", "clock_step_ms"}
    assert stage.health["relay"]["relay_overshoot_p99_ms"] == 1.5
    assert (troupe.gateway.closes, troupe.watcher.closes) == (1, 1)


@pytest.mark.asyncio
async def test_media_past_the_relay_spoils_the_performance(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("alice", up=0)
    with pytest.raises(StageError, match="alice: no packet went up"):
        async with open_stage(setup) as stage:
            await stage.join("alice")

    assert troupe.handles["alice"].called("close") == [()]
    assert troupe.gateway.closes == 1


@pytest.mark.parametrize(
    ("errors", "failures", "says"),
    [(("arrivals.bin: disk full",), 0, "arrivals.bin: disk full"), ((), 3, "failed 3 times")],
)
@pytest.mark.asyncio
async def test_a_record_with_a_hole_spoils_the_performance(
    troupe: FakeTroupe, setup: StageSetup, errors: tuple[str, ...], failures: int, says: str
) -> None:
    troupe.gateway.errors, troupe.gateway.interceptor_errors = errors, failures

    with pytest.raises(StageError, match=f"the gateway's record is not whole: .*{says}"):
        async with open_stage(setup):
            pass


@pytest.mark.parametrize(("owned", "deleted"), [(True, []), (False, ["r1"])])
@pytest.mark.asyncio
async def test_a_room_on_a_foreign_server_is_deleted_however_it_ends(
    troupe: FakeTroupe, setup: StageSetup, monkeypatch: pytest.MonkeyPatch,
    owned: bool, deleted: list[str],
) -> None:  # fmt: skip
    rooms: list[str] = []

    async def delete(server: Server, room: str) -> None:
        rooms.append(room)

    async def scenario() -> None:
        async with open_stage(replace(setup, server=replace(SERVER, owned=owned))):
            raise ValueError("mine")

    monkeypatch.setattr(stage_module, "delete_room", delete)
    with pytest.raises(ValueError, match="mine"):
        await scenario()

    assert rooms == deleted
    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
async def test_a_source_that_broke_spoils_the_performance(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("alice")

    async def scenario() -> None:
        async with open_stage(setup) as stage:
            await stage.join("alice")
            fault = Fault(where="sound1", error="disk full", at_ns=1)
            troupe.handles["alice"].faults.append(fault)

    with pytest.raises(StageError, match="alice: sound1 broke: disk full"):
        await scenario()


@pytest.mark.asyncio
async def test_a_scenario_that_raises_is_neither_completed_nor_checked(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    async def scenario() -> None:
        async with open_stage(setup) as stage:
            await stage.join("alice")
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await scenario()
    assert [call[0] for call in troupe.handles["alice"].calls] == ["join", "close"]
    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
async def test_one_that_cannot_join_leaves_nobody_behind(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    troupe.problems["bob"] = ParticipantDied("bob", None, [])
    with pytest.raises(ExceptionGroup) as raised:
        async with open_stage(setup) as stage:
            await stage.join("alice", "bob")

    assert isinstance(raised.value.exceptions[0], ParticipantDied)
    assert all(handle.called("close") == [()] for handle in troupe.handles.values())
    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
async def test_running_counts_media_time_and_notices_a_dead_gateway(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    async def scenario() -> None:
        async with open_stage(setup) as stage:
            await stage.run(seconds=0.01)
            await stage.run(seconds=0.02)
            assert stage.media_s == pytest.approx(0.03)
            troupe.gateway.died = True
            await stage.run(seconds=0)

    with pytest.raises(GatewayDied, match="the gateway ended"):
        await scenario()


@pytest.mark.asyncio
async def test_impairments_come_on_top_of_the_profile(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    more = Loss(ratio=1.0)
    async with open_stage(setup) as stage:
        assert await stage.impair(more) == IN_FORCE_NS
        assert await stage.impair() == IN_FORCE_NS

    assert [tuple(force) for force in troupe.gateway.impairments] == [(LOSS, more), (LOSS,)]


@pytest.mark.asyncio
@pytest.mark.parametrize("fault_of", ["play", "impair"])
async def test_a_fault_of_somebody_who_never_joined_is_an_error(
    troupe: FakeTroupe, setup: StageSetup, fault_of: str
) -> None:
    async def perform() -> None:
        async with open_stage(setup) as stage:
            await stage.join("bob")
            if fault_of == "play":
                await stage.play("clean", "bbo")
            else:
                await stage.impair(Loss(ratio=1.0, target=Target(participant="bbo")))

    with pytest.raises(StageError, match="aimed at 'bbo', who never joined; there were bob"):
        await perform()


@pytest.mark.asyncio
async def test_a_timeline_is_begun_at_a_moment_that_is_told(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("alice")
    blackout = fault(Loss(ratio=1.0), seconds=2)
    async with open_stage(setup) as stage:
        began = [await stage.play(blackout, "alice"), await stage.play("clean")]
        await stage.join("alice")
        with pytest.raises(ProfileError, match="no profile 'nope'"):
            await stage.play("nope")

    assert began == [IN_FORCE_NS, IN_FORCE_NS]
    assert troupe.gateway.played == [(blackout, "alice"), (load_profile("clean"), None)]


@pytest.mark.asyncio
async def test_events_of_everybody_are_at_hand(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("alice", "bob")
    async with open_stage(setup) as stage:
        await stage.join("alice", "bob")
        told = [SdkEvent(at_ns=n, participant=n_, name="x") for n, n_ in ((1, "alice"), (2, "bob"))]
        for event in told:
            troupe.handles[event.participant].events.append(event)
        assert stage.events == told


@pytest.mark.asyncio
async def test_a_probe_is_a_participant_of_its_own_that_never_joins(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    troupe.problems["probe2"] = ParticipantDied("probe2", None, ["panicked"])
    async with open_stage(setup) as stage:
        assert await stage.probe(Path("api.py"), "methods_of", name="Room") == {"name": "Room"}
        with pytest.raises(ParticipantDied, match="panicked"):
            await stage.probe("api.py", "abort")
        assert set(stage.sdk) == {"probe1", "probe2"}
        assert stage.participants == []

    assert troupe.handles["probe1"].called("probe") == [
        (Path("api.py"), "methods_of", {"name": "Room"})
    ]
    assert all(handle.called("close") == [()] for handle in troupe.handles.values())


@pytest.mark.asyncio
async def test_a_ticket_is_of_the_room_and_leads_through_the_gateway(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    async with open_stage(setup) as stage:
        ticket = stage.ticket("carol")

    assert ticket["url"] == troupe.gateway.url
    verifier = api.TokenVerifier(SERVER.api_key, SERVER.api_secret)
    claims = verifier.verify(ticket["token"])
    assert claims.video is not None
    assert (claims.identity, claims.video.room) == ("carol", "r1")


@pytest.mark.asyncio
async def test_faults_of_tcp_are_asked_of_the_gateway_that_was_given_a_toxiproxy(
    troupe: FakeTroupe, setup: StageSetup
) -> None:
    slow = Toxic(type="latency", attributes={"latency": 300})
    setup = replace(setup, toxiproxy=("127.0.0.1", 8474), ice_tcp=True)
    async with open_stage(setup) as stage:
        await stage.set_toxics("bob", slow)
    [config] = cast("list[GatewayConfig]", troupe.configs)

    assert config.toxiproxy == ToxiproxyAddress(host="127.0.0.1", port=8474)
    assert config.ice_tcp
    assert troupe.gateway.toxics == {"bob": (slow,)}


@pytest.mark.asyncio
async def test_nobody_joins_twice(troupe: FakeTroupe, setup: StageSetup) -> None:
    with pytest.raises(ValueError, match="'alice' has joined already"):
        async with open_stage(setup) as stage:
            await stage.join("alice", "bob", "alice")

    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
async def test_who_has_left_may_join_again_with_files_of_its_own(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("alice")
    async with open_stage(setup) as stage:
        [alice] = await stage.join("alice")
        with pytest.raises(ValueError, match="'alice' has joined already"):
            await stage.join("alice")
        await alice.leave()
        await stage.join("alice")

    assert [p.handle.folder.name for p in stage.participants] == ["alice", "alice-2"]
    assert stage.health.keys() == {"alice", "alice-2", "machine"}
    assert [call[0] for call in troupe.handles["alice"].calls].count("leave") == 1


@pytest.mark.asyncio
async def test_another_room_is_one_of_this_stage(
    troupe: FakeTroupe, setup: StageSetup, counts: Callable[..., Snapshot]
) -> None:
    troupe.gateway.counts = counts("carol")
    async with open_stage(setup) as stage:
        await stage.join("carol", room="other")

    [(_, token, _)] = cast("list[tuple[str, str, object]]", troupe.handles["carol"].called("join"))
    claims = api.TokenVerifier(SERVER.api_key, SERVER.api_secret).verify(token)
    assert claims.video is not None
    assert claims.video.room == "r1-other"
