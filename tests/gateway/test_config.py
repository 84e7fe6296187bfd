from __future__ import annotations

import msgspec
import pytest

from harness.gateway.config import (
    GatewayConfig,
    Tls,
    ToxiproxyAddress,
    authority,
    check_profile,
    decode_config,
)
from harness.gateway.errors import GatewayError
from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults, Toxic

SMALLEST = {"upstream_url": "ws://127.0.0.1:7880", "token": "t", "folder": "/tmp"}
SLOW = TcpFaults(toxics=(Toxic(type="latency", attributes={"latency": 100}),))
TOXIPROXY = {"host": "127.0.0.1", "port": 8474}


def profile(*phases: Phase, ice_tcp: bool = False) -> Profile:
    return Profile(name="mine", title="t", cite="c", ice_tcp=ice_tcp, phases=phases)


def encoded(**changes: object) -> bytes:
    return msgspec.json.encode({**SMALLEST, **changes})


def test_defaults_are_a_clean_path_on_loopback() -> None:
    config = decode_config(encoded())

    assert (config.seed, config.impairments, config.interceptors) == (0, (), ())
    assert (config.profile.name, config.profiles) == ("clean", {})
    assert (config.toxiproxy, config.offers_ice_tcp, config.tls) == (None, False, None)
    assert (config.listen_host, config.listen_port, config.offered_host) == (
        "127.0.0.1", 0, "127.0.0.1",
    )  # fmt: skip


def test_a_configuration_can_be_sent() -> None:
    config = GatewayConfig(
        upstream_url="ws://127.0.0.1:7880",
        token="t",
        folder="/tmp",
        impairments=(Loss(ratio=0.05, target=Target(participant="bob")),),
        profiles={"bob": profile(Phase(at_ns=0), Phase(at_ns=5, signal=SLOW), ice_tcp=True)},
        toxiproxy=ToxiproxyAddress(host="127.0.0.1", port=8474),
        listen_host="0.0.0.0",
        advertise_host="192.0.2.7",
        tls=Tls(certificate="cert.pem", key="key.pem"),
    )

    assert decode_config(msgspec.json.encode(config)) == config
    assert (config.offered_host, config.offers_ice_tcp) == ("192.0.2.7", True)


def test_ice_tcp_is_offered_when_any_profile_or_the_configuration_asks() -> None:
    plain, tcp = profile(Phase(at_ns=0)), profile(Phase(at_ns=0), ice_tcp=True)

    assert decode_config(encoded(ice_tcp=True)).offers_ice_tcp
    assert decode_config(encoded(profile=tcp)).offers_ice_tcp
    assert decode_config(encoded(profile=plain, profiles={"bob": tcp})).offers_ice_tcp
    assert not decode_config(encoded(profile=plain)).offers_ice_tcp


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"nonsense", "cannot be read"),
        (encoded(upstream_url="localhost:7880"), "ws://host:port"),
        (encoded(upstream_url="ws://host:port"), "ws://host:port"),
        (encoded(seed="x"), "`$.seed`"),
        (encoded(impairments=[{"impairment": "gremlins"}]), "gremlins"),
        (encoded(profile=profile(Phase(at_ns=0, signal=SLOW))), "mine has toxics"),
        (encoded(profiles={"bob": profile(Phase(at_ns=0, media=SLOW))}), "with a toxiproxy"),
        (encoded(profile=profile()), "begins at 0"),
        (encoded(profile=profile(Phase(at_ns=1))), "begins at 0"),
        (encoded(profile=profile(Phase(at_ns=0), Phase(at_ns=0))), "grows"),
        (encoded(listen_host="0.0.0.0"), "`advertise_host`"),
        (encoded(listen_host="192.0.2.7"), "`advertise_host`"),
        (encoded(listen_host="localhost"), "listen_host is not an IPv4 address"),
        (encoded(advertise_host="::1"), "advertise_host is not an IPv4 address"),
        (encoded(advertise_host="0.0.0.0"), "no address that a client can dial"),
        (encoded(listen_port=65536), "listen_port"),
    ],
)
def test_an_unusable_configuration_is_one_line(line: bytes, says: str) -> None:
    with pytest.raises(GatewayError) as caught:
        decode_config(line)

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_toxics_are_fine_with_a_toxiproxy_and_stalls_without() -> None:
    check_profile(profile(Phase(at_ns=0, signal=SLOW)), toxiproxy=True)
    stalled = TcpFaults(stalled=frozenset({"up"}), cut=True)
    check_profile(profile(Phase(at_ns=0, signal=stalled, media=stalled)), toxiproxy=False)
    line = encoded(profile=profile(Phase(at_ns=0, media=SLOW)), toxiproxy=TOXIPROXY)
    assert decode_config(line).profile.needs_toxiproxy


def test_the_token_is_in_no_representation() -> None:
    assert "s3cret" not in repr(decode_config(encoded(token="s3cret")))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ws://127.0.0.1:7880", ("127.0.0.1", 7880)),
        ("wss://example.org", ("example.org", 443)),
        ("http://example.org/", ("example.org", 80)),
    ],
)
def test_the_port_follows_from_the_scheme(url: str, expected: tuple[str, int]) -> None:
    assert authority(url) == expected
