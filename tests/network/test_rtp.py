from __future__ import annotations

import aiortc.rtp
from aioice.stun import Class, Message, Method
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import PacketKind
from harness.network.rtp import classify, parse_rtp, stun_username

rtp_packets = st.builds(
    lambda first, rest, block: bytes([0x80 | first]) + rest + block,
    st.integers(0, 0x3F),
    st.binary(min_size=11, max_size=11),
    st.binary(max_size=80),
)
extension_lists = st.lists(
    st.tuples(st.integers(1, 14), st.binary(min_size=1, max_size=16)), max_size=6
)
long_extension_lists = st.lists(
    st.tuples(st.integers(1, 255), st.binary(max_size=40)), min_size=1, max_size=4
)


def stun_request(username: str | None, *, message_class: Class = Class.REQUEST) -> bytes:
    message = Message(message_method=Method.BINDING, message_class=message_class)
    message.attributes["PRIORITY"] = 1
    if username is not None:
        message.attributes["USERNAME"] = username
    message.add_message_integrity(b"key")
    return bytes(message)


@settings(max_examples=300)
@given(st.binary(max_size=120) | rtp_packets)
@example(b"")
@example(b"\x90\x6f" + bytes(10) + b"\xbe\xde\x00\x01\xf0\x00\x00\x00")
def test_no_bytes_make_it_raise(data: bytes) -> None:
    classify(data)
    stun_username(data)
    header = parse_rtp(data)
    if header is not None:
        assert 12 <= header.header_bytes <= len(data)


@settings(max_examples=300)
@given(rtp_packets)
def test_fixed_header_is_what_aiortc_reads(data: bytes) -> None:
    try:
        truth = aiortc.rtp.RtpPacket.parse(data)
    except ValueError:
        return
    header = parse_rtp(data)
    assert header is not None
    assert header.sequence == truth.sequence_number
    assert header.payload_type == truth.payload_type
    assert header.timestamp == truth.timestamp
    assert header.ssrc == truth.ssrc
    assert header.marker == bool(truth.marker)
    assert data[header.header_bytes :][: len(truth.payload)] == truth.payload


@settings(max_examples=200)
@given(extension_lists | long_extension_lists, st.integers(0, 4), st.binary(max_size=30))
def test_extensions_are_what_aiortc_packed(
    extensions: list[tuple[int, bytes]], sources: int, payload: bytes
) -> None:
    profile, block = aiortc.rtp.pack_header_extensions(extensions)
    data = bytes([0x90 | sources, 111]) + bytes(10 + 4 * sources)
    data += profile.to_bytes(2, "big") + (len(block) // 4).to_bytes(2, "big") + block + payload
    header = parse_rtp(data)
    assert header is not None
    assert header.extensions == dict(extensions)
    assert data[header.header_bytes :] == payload


def test_kinds_by_their_first_bytes() -> None:
    assert classify(b"") is PacketKind.OTHER
    assert classify(stun_request("a:b")) is PacketKind.STUN
    assert classify(b"\x16\xfe\xfd" + bytes(20)) is PacketKind.DTLS
    assert classify(b"\x80\x6f" + bytes(10)) is PacketKind.RTP
    assert classify(b"\x80\x6f" + bytes(9)) is PacketKind.OTHER
    assert classify(b"\x80\xc8" + bytes(6)) is PacketKind.RTCP
    assert classify(b"\x80\xc8" + bytes(5)) is PacketKind.OTHER
    assert classify(b"\x40" + bytes(20)) is PacketKind.OTHER


def test_user_name_of_a_binding_request() -> None:
    assert stun_username(stun_request("server:client")) == "server:client"


def test_no_user_name_in_anything_else() -> None:
    whole = stun_request("server:client")
    assert stun_username(stun_request(None)) is None
    assert stun_username(stun_request("a:b", message_class=Class.RESPONSE)) is None
    assert stun_username(whole[:-1]) is None
    assert stun_username(whole[:4] + b"\0\0\0\0" + whole[8:]) is None
    header = whole[:2] + (8).to_bytes(2, "big") + whole[4:20]
    assert stun_username(header + b"\0\x06\0\x09abcd") is None
    assert stun_username(header + b"\0\x06\0\x00abcd") is None
