from __future__ import annotations

import aiortc.rtp
import pytest
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


def test_header_bits_are_where_rfc_3550_has_them() -> None:
    header = parse_rtp(b"\xa0\xff" + bytes.fromhex("0102030405060708090a"))
    assert header is not None
    assert (header.padding, header.marker, header.payload_type) == (True, True, 127)
    assert (header.sequence, header.timestamp, header.ssrc) == (0x0102, 0x03040506, 0x0708090A)
    plain = parse_rtp(b"\x8f\x00" + bytes(10 + 60))
    assert plain is not None
    assert (plain.padding, plain.marker, plain.header_bytes) == (False, False, 72)


@pytest.mark.parametrize(
    ("profile", "read"),
    [
        (0xBEDE, {1: b"\x07"}),
        (0x1000, {16: b""}),
        (0x100F, {16: b""}),
        (0x1010, {}),
        (0xBEDF, {}),
    ],
)
def test_extensions_of_both_forms_and_of_no_other(profile: int, read: dict[int, bytes]) -> None:
    data = b"\x90\x00" + bytes(10) + profile.to_bytes(2, "big") + b"\x00\x01\x10\x07\x00\x00"
    if profile & 0xFFF0 == 0x1000:
        data = data[:-3] + b"\x00\x00\x00"
    header = parse_rtp(data)
    assert header is not None
    assert (header.extensions, header.header_bytes) == (read, 20)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (3, 0, PacketKind.STUN),
        (4, 0, PacketKind.OTHER),
        (19, 0, PacketKind.OTHER),
        (20, 0, PacketKind.DTLS),
        (63, 0, PacketKind.DTLS),
        (64, 0, PacketKind.OTHER),
        (127, 0, PacketKind.OTHER),
        (128, 191, PacketKind.RTP),
        (128, 192, PacketKind.RTCP),
        (128, 223, PacketKind.RTCP),
        (191, 224, PacketKind.RTP),
        (192, 0, PacketKind.OTHER),
    ],
)
def test_the_ends_of_what_rfc_7983_and_rfc_5761_give_to_each(
    first: int, second: int, kind: PacketKind
) -> None:
    assert classify(bytes([first, second]) + bytes(10)) is kind


def test_a_user_name_behind_attributes_of_any_length() -> None:
    for length in range(9):
        padded = b"\xff" * (length + -length % 4)
        attributes = b"\x80\x22" + length.to_bytes(2, "big") + padded + b"\x00\x06\x00\x03a:b\x00"
        head = b"\x00\x01" + len(attributes).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12)
        assert stun_username(head + attributes) == "a:b"


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
