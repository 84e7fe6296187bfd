"""Fakes at the two seams of a stage: the participant's handle and the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import pytest
import pytest_asyncio

from harness.evidence.recording import AudioRecording
from harness.evidence.sdk_event import SdkEvent
from harness.gateway.client import ParticipantState, State
from harness.gateway.process import GatewayProcess
from harness.gateway.program import main as gateway_main
from harness.gateway.relay_messages import Counts, PortCounts, SideCounts, Snapshot
from harness.network.impairments import Impairment
from harness.network.profile import Profile
from harness.network.tcp_faults import Toxic
from harness.participant.handle import WORKER, ParticipantHandle
from harness.participant.protocol import (
    Fault,
    Health,
    Hello,
    Joined,
    JoinOptions,
    Permission,
    Published,
    PublishOptions,
)
from harness.processes.keeper_client import Keeper
from harness.processes.watcher import Watch
from harness.processes.watcher_client import WatcherProcess
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError
from harness.signals.generator import SoundSignal
from harness.signals.picture import ColourCode
from harness.stage.errors import GatewayDied
from harness.stage.stage import Stage, StageSetup, open_stage

RELAY_PORT = 40_001
JOIN_NS = 66
"""When a participant says that the SDK's connect was called."""
IN_FORCE_NS = 77
"""When the gateway says that what was asked for was in force."""


def snapshot(
    *identities: str, port: int = RELAY_PORT, kernel_dropped: int = 0, up: int = 1, down: int = 1
) -> Snapshot:
    """Every participant has one relay port, which moved some packets."""
    moved = {"up": up, "down": down}
    return Snapshot(
        at_ns=1,
        sides=tuple(
            SideCounts(
                participant=identity,
                direction=direction,  # type: ignore[arg-type]
                total=Counts(packets=n + 1, bytes=99, forwarded=n, dropped=1),
                ssrcs={},
            )
            for identity in identities
            for direction, n in moved.items()
        ),
        ports=tuple(
            PortCounts(
                participant=identity,
                host="127.0.0.1",
                port=port,
                upstream="127.0.0.1:50000",
                flows=1,
                refused=0,
            )
            for identity in identities
        ),
        kernel_dropped=kernel_dropped,
    )


def statistics(*, remote: str = "127.0.0.1", port: int = RELAY_PORT) -> list[dict[str, Any]]:
    """What an SDK counts that has chosen one pair."""
    side = {"side": "publisher"}
    return [
        {**side, "type": "transport", "id": "T1", "selected_candidate_pair_id": "CP1"},
        {
            **side,
            "type": "candidate_pair",
            "id": "CP1",
            "local_candidate_id": "L1",
            "remote_candidate_id": "R1",
        },
        {**side, "type": "local_candidate", "id": "L1", "protocol": "udp", "address": "10.0.0.9"},
        {**side, "type": "remote_candidate", "id": "R1", "address": remote, "port": port},
    ]


class FakeHandle:
    """A participant without a process: answers at once and writes down what it was asked."""

    def __init__(self, identity: str = "alice", *, folder: Path = Path()) -> None:
        self.identity = identity
        self.folder = folder
        self.hello = Hello(protocol=1, sdk="python 1.2.0", features=())
        self.events: list[SdkEvent] = []
        self.faults: list[Fault] = []
        self.calls: list[tuple[object, ...]] = []
        self.health_now = Health(
            since_ns=0, at_ns=1, loop_lag_p99_ms=1.5, loop_lag_max_ms=3.0,
            handovers=200, late=5, skipped=0, cpu_ratio=0.1,
        )  # fmt: skip
        self.problem: Exception | None = None
        """Raised by a join."""
        self.statistics_now = statistics()
        self.held = asyncio.Event()
        self.held.set()
        """A join waits for this."""

    async def join(self, *, url: str, token: str, options: JoinOptions) -> Joined:
        self.calls.append(("join", url, token, options))
        await self.held.wait()
        if self.problem is not None:
            raise self.problem
        return Joined(sid="PA_1", room_sid="RM_1", began_ns=JOIN_NS, at_ns=JOIN_NS + 1)

    async def publish(
        self,
        *,
        name: str,
        signal: SoundSignal | ColourCode,
        options: PublishOptions | None = None,
        hold: bool = False,
    ) -> Published:
        self.calls.append(("publish", name, signal, options, hold))
        kind: Literal["audio", "video"] = "video" if isinstance(signal, ColourCode) else "audio"
        monitor = options is not None and options.monitor
        return self._published(name, kind, hold=hold, monitor=monitor)

    async def publish_again(self, *, name: str, source_of: str) -> Published:
        self.calls.append(("publish_again", name, source_of))
        return self._published(name, "audio")

    async def record(
        self, sid: str, *, name: str, sample_rate: int, channels: int, keep_every: int
    ) -> AudioRecording:
        self.calls.append(("record", sid, name, sample_rate, channels))
        return AudioRecording(path=self.folder / f"{name}.wav", track=sid)

    async def mute(self, sid: str) -> int:
        return self._did("mute", sid)

    async def unmute(self, sid: str) -> int:
        return self._did("unmute", sid)

    async def unpublish(self, sid: str) -> int:
        return self._did("unpublish", sid)

    async def subscribe(self, sid: str) -> int:
        return self._did("subscribe", sid)

    async def unsubscribe(self, sid: str) -> int:
        return self._did("unsubscribe", sid)

    async def set_quality(self, sid: str, quality: str) -> int:
        return self._did("set_quality", sid, quality)

    async def set_dimensions(self, sid: str, width: int, height: int) -> int:
        return self._did("set_dimensions", sid, width, height)

    async def set_enabled(self, sid: str, enabled: bool) -> int:
        return self._did("set_enabled", sid, enabled)

    async def set_permissions(self, allow_all: bool, allowed: list[Permission]) -> int:
        return self._did("set_permissions", allow_all, allowed)

    async def statistics(self) -> list[dict[str, Any]]:
        self.calls.append(("statistics",))
        return self.statistics_now

    async def publications(self) -> list[object]:
        return ["publications"]

    async def leave(self) -> Health:
        self.calls.append(("leave",))
        return self.health_now

    async def health(self) -> Health:
        return self.health_now

    def kill(self) -> None:
        self.calls.append(("kill",))

    async def wait_for_event(self, name: str, **wanted: object) -> SdkEvent:
        self.calls.append(("wait_for_event", name, wanted))
        return SdkEvent(at_ns=1, participant=self.identity, name=name)

    async def probe(self, file: Path, function: str, args: dict[str, Any]) -> object:
        self.calls.append(("probe", file, function, args))
        if self.problem is not None:
            raise self.problem
        return args

    async def close(self) -> None:
        self.calls.append(("close",))

    def called(self, name: str) -> list[tuple[object, ...]]:
        """The arguments of each call of that name."""
        return [call[1:] for call in self.calls if call[0] == name]

    def _did(self, *call: object) -> int:
        self.calls.append(call)
        return len(self.calls)

    def _published(
        self,
        name: str,
        kind: Literal["audio", "video"],
        *,
        hold: bool = False,
        monitor: bool = False,
    ) -> Published:
        return Published(
            name=name, kind=kind, sid=None if hold else f"TR_{name}", start_ns=5, at_ns=7,
            sent=f"{name}.sent", monitor=f"{name}.local.wav" if monitor else None,
        )  # fmt: skip


NOBODY = ParticipantState(
    room="r", sid="PA_x", connections=1, refusals=0, profile="clean", phase=0,
    toxics=(), routes=(), tracks={},
)  # fmt: skip


@dataclass(kw_only=True)
class FakeGateway:
    """A gateway without a process, that is its own client."""

    url: str = "ws://127.0.0.1:40000"
    impairments: list[Sequence[Impairment]] = field(default_factory=list)
    played: list[tuple[Profile, str | None]] = field(default_factory=list)
    counts: Snapshot = field(default_factory=snapshot)
    errors: tuple[str, ...] = ()
    interceptor_errors: int = 0
    toxics: dict[str, tuple[Toxic, ...]] = field(default_factory=dict)
    died: bool = False
    closes: int = 0

    @property
    def client(self) -> FakeGateway:
        return self

    async def set_impairments(self, impairments: Sequence[Impairment]) -> int:
        self.impairments.append(impairments)
        return IN_FORCE_NS

    async def set_profile(self, profile: Profile, participant: str | None = None) -> int:
        self.played.append((profile, participant))
        return IN_FORCE_NS

    async def set_toxics(self, identity: str, toxics: Sequence[Toxic]) -> None:
        self.toxics[identity] = tuple(toxics)

    async def snapshot(self) -> Snapshot:
        return self.counts

    async def state(self) -> State:
        return State(
            participants={port.participant: NOBODY for port in self.counts.ports},
            interceptors=(),
            interceptor_errors=self.interceptor_errors, errors=self.errors,
        )  # fmt: skip

    def check_alive(self) -> None:
        if self.died:
            raise GatewayDied("the gateway ended: exit code 1")

    async def close(self) -> None:
        self.closes += 1


class FakeWatcher:
    """A watcher without a process, that woke in time."""

    def __init__(self) -> None:
        self.closes = 0

    async def report(self) -> Watch:
        return Watch(
            since_ns=0, at_ns=1, wakes=200, stall_p50_ms=0.1, stall_p99_ms=0.5, stall_max_ms=2.0,
            clock_step_ms=0.0, clock_rate_ppm=-3.0, suspended_ms=0.0,
        )  # fmt: skip

    def close(self) -> None:
        self.closes += 1


class FakeTroupe:
    """Makes the fakes that a stage asks for, and keeps them."""

    def __init__(self) -> None:
        self.handles: dict[str, FakeHandle] = {}
        self.gateway = FakeGateway()
        self.watcher = FakeWatcher()
        self.problems: dict[str, Exception] = {}
        """Raised by the join, or the probe, of a participant."""
        self.configs: list[object] = []
        self.tampers: dict[str, tuple[str, ...]] = {}
        """What a sabotage does in each participant."""

    async def start_handle(
        self, keeper: Keeper, *, identity: str, folder: Path, tampers: tuple[str, ...]
    ) -> ParticipantHandle:
        self.tampers[identity] = tampers
        handle = self.handles[identity] = FakeHandle(identity, folder=folder)
        handle.problem = self.problems.get(identity)
        return cast("ParticipantHandle", handle)

    async def start_gateway(self, keeper: Keeper, config: object) -> GatewayProcess:
        self.configs.append(config)
        return cast("GatewayProcess", self.gateway)


@pytest.fixture
def troupe(monkeypatch: pytest.MonkeyPatch) -> FakeTroupe:
    """Participants and gateway of every stage of the test are fakes."""
    made = FakeTroupe()
    monkeypatch.setattr(ParticipantHandle, "start", made.start_handle)
    monkeypatch.setattr(GatewayProcess, "start", made.start_gateway)
    monkeypatch.setattr(WatcherProcess, "start", lambda keeper, log: made.watcher)
    return made


@pytest.fixture
def handle() -> FakeHandle:
    return FakeHandle()


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=[WORKER, gateway_main.__module__], log=log) as running:
        yield running


@pytest.fixture(scope="session")
def server(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A livekit-server from PATH; ends with the keeper."""
    try:
        backend = choose(Wanted(backend="binary"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    return backend.start(ServerConfig(), keeper, tmp_path_factory.mktemp("server")).server


@pytest_asyncio.fixture
async def stage(keeper: Keeper, server: Server, tmp_path: Path) -> AsyncIterator[Stage]:
    """A real stage in a room of its own."""
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room=tmp_path.name)
    async with open_stage(setup) as stage:
        yield stage
