from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.pcapng import INBOUND, UdpPath, interface, option, packet, section
from tests.evidence.pcapng_reader import read_pcapng

addresses = st.builds(
    lambda host, port: f"{host}:{port}",
    st.ip_addresses(v=4),
    st.integers(0, 65_535),
)


def checksum(header: bytes) -> int:
    """Of RFC 1071: 0xFFFF over a header whose checksum field is right."""
    total: int = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@settings(max_examples=200)
@given(addresses, addresses, st.integers(0, 65_507))
def test_headers_say_who_sends_how_much_to_whom(source: str, destination: str, size: int) -> None:
    headers = UdpPath(source, destination).headers(size)
    assert len(headers) == 28
    assert checksum(headers[:20]) == 0xFFFF
    first, length, protocol = headers[0], headers[2:4], headers[9]
    assert (first, int.from_bytes(length, "big"), protocol) == (0x45, 28 + size, 17)
    hosts = [".".join(map(str, headers[at : at + 4])) for at in (12, 16)]
    ports = struct.unpack(">HHHH", headers[20:])
    assert [f"{host}:{port}" for host, port in zip(hosts, ports, strict=False)] == [
        source,
        destination,
    ]
    assert ports[2:] == (8 + size, 0)


@pytest.mark.parametrize("address", ["", "here:1", "::1:7", "10.0.0.1", "10.0.0.1:", "1.2.3.4:x"])
def test_what_is_no_ipv4_address_and_port_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        UdpPath(address, "127.0.0.1:1")


@settings(max_examples=100)
@given(
    kept=st.binary(max_size=99),
    at_ns=st.integers(0, 2**63 - 1),
    comment=st.text(max_size=30),
    packet_id=st.integers(0, 2**48),
)
def test_blocks_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, kept: bytes, at_ns: int, comment: str, packet_id: int
) -> None:
    block = packet(
        interface_id=1,
        at_ns=at_ns,
        kept=kept,
        size=1500,
        direction=INBOUND,
        packet_id=packet_id,
        comment=comment.encode(),
    )
    path = tmp_path_factory.mktemp("pcapng") / "out"
    path.write_bytes(
        section(program="a program", comment="of ours") + interface("é") + interface("b") + block
    )
    read = read_pcapng(path)
    assert (read.comment, read.interfaces) == ("of ours", ["é", "b"])
    (one,) = read.packets
    assert (one.interface, one.at_ns, one.data, one.size) == ("b", at_ns, kept, 1500)
    assert one.comment == comment
    assert (one.options[2], one.options[5]) == (
        b"\1\0\0\0",
        packet_id.to_bytes(8, "little"),
    )


def test_options_are_padded() -> None:
    assert option(1, b"abcde") == b"\1\0\5\0abcde\0\0\0"
