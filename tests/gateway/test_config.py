from __future__ import annotations

import msgspec
import pytest

from harness.gateway.config import (
    GatewayConfig,
    ParticipantConfig,
    Toxic,
    ToxiproxyAddress,
    authority,
    decode_config,
)
from harness.gateway.errors import GatewayError
from harness.network.impairment import Target
from harness.network.impairments import Loss

SMALLEST = {"upstream_url": "ws://127.0.0.1:7880", "token": "t", "folder": "/tmp"}


def encoded(**changes: object) -> bytes:
    return msgspec.json.encode({**SMALLEST, **changes})


def test_defaults_are_a_clean_path() -> None:
    config = decode_config(encoded())

    assert (config.seed, config.impairments, config.interceptors) == (0, (), ())
    assert (config.toxiproxy, config.ice_tcp, config.participants) == (None, False, {})


def test_everything_can_be_given() -> None:
    config = decode_config(
        encoded(
            impairments=[
                {"impairment": "loss", "ratio": 0.05, "target": {"participant": "bob"}},
            ],
            toxiproxy={"host": "127.0.0.1", "port": 8474},
            ice_tcp=True,
            participants={"bob": {"toxics": [{"type": "latency", "attributes": {"latency": 100}}]}},
        )
    )

    assert config.impairments == (Loss(ratio=0.05, target=Target(participant="bob")),)
    assert config.toxiproxy == ToxiproxyAddress(host="127.0.0.1", port=8474)
    toxic = Toxic(type="latency", stream="downstream", attributes={"latency": 100})
    assert config.participants == {"bob": ParticipantConfig(toxics=(toxic,))}
    assert toxic.name == "latency_downstream"


def test_a_configuration_can_be_sent() -> None:
    config = GatewayConfig(
        upstream_url="ws://127.0.0.1:7880",
        token="t",
        folder="/tmp",
        impairments=(Loss(ratio=0.05),),
        toxiproxy=ToxiproxyAddress(host="127.0.0.1", port=8474),
        participants={"bob": ParticipantConfig(toxics=(Toxic(type="latency"),))},
    )

    assert decode_config(msgspec.json.encode(config)) == config


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"nonsense", "cannot be read"),
        (encoded(upstream_url="localhost:7880"), "ws://host:port"),
        (encoded(upstream_url="ws://host:port"), "ws://host:port"),
        (encoded(seed="x"), "`$.seed`"),
        (encoded(impairments=[{"impairment": "gremlins"}]), "gremlins"),
        (encoded(ice_tcp=True), "need toxiproxy"),
        (encoded(participants={"bob": {}}), "need toxiproxy"),
    ],
)
def test_an_unusable_configuration_is_one_line(line: bytes, says: str) -> None:
    with pytest.raises(GatewayError) as caught:
        decode_config(line)

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


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
