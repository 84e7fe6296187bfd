"""What comes over sockets: datagrams, and what a run's own programs and toxiproxy say."""

from __future__ import annotations

import asyncio
import io
import itertools
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import requests

from harness.evidence.sdk_event import SdkEvent
from harness.gateway.config import GatewayConfig, Tls, ToxiproxyAddress, decode_config
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.toxiproxy import Toxiproxy
from harness.network.impairments import REGISTRY
from harness.network.profile import load_profile
from harness.network.tcp_faults import Toxic
from harness.participant import protocol, protocol_lines
from harness.processes import messages
from tests.fuzzing.target import Take, Target, opened, require
from tests.gateway.relay_net import relay_net, rtp, stun_request

LIMIT_S = 5.0
TOXIPROXY = ToxiproxyAddress(host="127.0.0.1", port=1)
LATENCY = Toxic(type="latency", attributes={"latency": 5})
MOST_BYTES = 65_507
"""Of a datagram."""


def _datagrams(folder: Path) -> list[bytes]:
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 7, 1, 2, 3, 4, 5)
    extensions = {4: b"0", 10: b"q", 11: b"f"}
    return [
        stun_request(),
        rtp(1),
        rtp(2, payload_type=96, extensions=extensions),
        rtp(3, ssrc=8, payload_type=97),
        report + struct.pack("!BBHII", 0x81, 206, 2, 7, 8),
        b"\x16\xfe\xfd" + bytes(50),
        b"",
        bytes(60_000),
    ]


@contextmanager
def _relay(folder: Path) -> Iterator[Take]:
    """Alice suffers every impairment there is; bob none."""
    with relay_net(folder) as net:
        alice, bob = net.flow(), net.flow("bob")
        profiles = [load_profile(name) for name in ("wifi-loss5", "rebind", "lte-walk")]
        net.relay.set_profile(profiles[0].phases, "alice")
        net.relay.set_impairments([_worst(kind) for kind in _WORST])

        def take(data: bytes) -> None:
            for send in (alice.up, alice.down):
                send(data[:MOST_BYTES])
            bob.client.sendto(data[:MOST_BYTES], alice.port)
            net.relay.turn(0)
            for sender, receiver in ((bob.client, bob.server), (bob.server, bob.client)):
                sender.sendto(rtp(9), bob.port if sender is bob.client else bob.back)
                net.relay.turn(LIMIT_S)
                got = receiver.recv(2000)
                while got != rtp(9):
                    got = receiver.recv(2000)

        yield take


_WORST: dict[str, dict[str, Any]] = {
    "loss": {"ratio": 0.1},
    "burst_loss": {"ratio": 0.1, "burst_packets": 3},
    "path_mtu": {"mtu_bytes": 1200},
    "corrupt": {"ratio": 0.9},
    "duplicate": {"ratio": 0.9},
    "jitter": {"jitter_ms": 1},
    "reorder": {"ratio": 0.1, "distance_packets": 2, "most_ms": 5},
    "rate_limit": {"rate_kbps": 100_000, "queue_ms": 10},
}


def _worst(kind: str) -> Any:  # noqa: ANN401 - any impairment
    target = {"participant": "alice"}
    return msgspec.convert({"impairment": kind, "target": target, **_WORST[kind]}, REGISTRY[kind])


def _to_workers(folder: Path) -> list[bytes]:
    commands = (
        protocol.Join(url="ws://x", token="t"),
        protocol.Record(sid="TR_x", name="tone"),
        protocol.Probe(file="/x.py", function="f", args={"a": [1]}),
        protocol.Leave(),
    )
    return [msgspec.json.encode(protocol_lines.request(1, command)) for command in commands]


def _take_command(data: bytes, folder: Path) -> None:
    with suppress(ValueError):
        protocol_lines.read_command(protocol_lines.read_request(data))


def _from_workers(folder: Path) -> list[bytes]:
    said = (
        protocol.Hello(protocol=protocol.PROTOCOL, sdk="python 1.2.0", features=("join",)),
        protocol.Reply(id=1, result=msgspec.Raw(b'{"at_ns": 5}')),
        protocol.Failed(id=1, error="no", kind="Refused"),
        protocol.Event(event=SdkEvent(at_ns=1, participant="bob", name="track_muted")),
        protocol.Fault(where="x", error="y", at_ns=3),
    )
    return [msgspec.json.encode(one) for one in said]


def _take_message(data: bytes, folder: Path) -> None:
    with suppress(ValueError):
        protocol_lines.read_message(data)


def _of_keepers(folder: Path) -> list[bytes]:
    said: tuple[messages.Message, ...] = (
        messages.Prepare(path=["x"], preload=["y"]),
        messages.Fork(request=1, target="a:b", log="/x"),
        messages.Spawn(request=2, argv=["x"], env={"A": "b"}, cwd=None, log="/x"),
        messages.Started(request=1, pid=7),
        messages.Exited(pid=7, code=None, signal=9),
    )
    return [messages.encode(one) for one in said]


def _take_line(data: bytes, folder: Path) -> None:
    for line in messages.LineBuffer().feed(data):
        with suppress(ValueError):
            messages.decode_request(line)
        with suppress(ValueError):
            messages.decode_report(line)


def _configurations(folder: Path) -> list[bytes]:
    config = GatewayConfig(
        upstream_url="ws://127.0.0.1:7880",
        token="hush",
        folder=str(folder),
        profile=load_profile("lte-walk"),
        profiles={"bob": load_profile("wifi-loss5")},
        impairments=tuple(_worst(kind) for kind in _WORST),
        interceptors=("a:b",),
        toxiproxy=TOXIPROXY,
        tls=Tls(certificate="/x.pem", key="/y.pem"),
    )
    return [msgspec.json.encode(config)]


def _take_configuration(data: bytes, folder: Path) -> None:
    with suppress(GatewayError):
        config = decode_config(data)
        again = decode_config(msgspec.json.encode(config))
        require(again == config, "a configuration does not come back as it was")


def _conversations(folder: Path) -> list[bytes]:
    """Answers, a line each, while a listener is made, changed, mended and removed."""
    listener = (
        b'{"name":"x-0-signal","upstream":"10.0.0.7:7880","listen":"127.0.0.1:4000","enabled":true}'
    )
    toxic = (
        b'{"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1,'
        b'"attributes":{"latency":5,"jitter":0}}'
    )
    made = (b"{}", listener, toxic, listener)
    mended = (b'{"x-0-signal":%s}' % listener, b"[%s]" % toxic)
    return [b"\n".join((*made, toxic, *mended, toxic, b"{}"))]


class _Answers(requests.adapters.BaseAdapter):
    """Whatever is asked, the next line is the answer."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._lines = itertools.cycle(data.split(b"\n"))

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:  # noqa: ANN401
        answer = requests.Response()
        answer.status_code, answer.request, answer.url = 200, request, str(request.url)
        answer.raw = io.BytesIO(next(self._lines))
        return answer

    def close(self) -> None:
        """Nothing is open."""


@contextmanager
def _toxiproxy(folder: Path) -> Iterator[Take]:
    with asyncio.Runner() as runner:
        yield lambda data: runner.run(_converse(data))


async def _converse(data: bytes) -> None:
    toxiproxy = Toxiproxy(address=TOXIPROXY, _prefix="x")
    toxiproxy._session.mount("http://", _Answers(data))
    with suppress(ToxiproxyError):
        listener = await toxiproxy.create("signal", ("10.0.0.7", 7880), [LATENCY], [])
        await toxiproxy.set_toxics(listener, [])
        toxiproxy.trouble = "it hung"
        await toxiproxy.check()
    await toxiproxy.close()


WIRE = (
    Target(name="datagrams", seeds=_datagrams, open=_relay),
    Target(name="commands to a worker", seeds=_to_workers, open=opened(_take_command)),
    Target(name="lines of a worker", seeds=_from_workers, open=opened(_take_message)),
    Target(name="lines of a keeper", seeds=_of_keepers, open=opened(_take_line)),
    Target(name="configuration", seeds=_configurations, open=opened(_take_configuration)),
    Target(name="answers of toxiproxy", seeds=_conversations, open=_toxiproxy),
)
"""What comes over sockets."""
