from __future__ import annotations

import base64
import gzip
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol import rtc

from harness.gateway.entries import MAX_ENTRIES
from harness.gateway.join_request import (
    MAX_BYTES,
    JoinRequestError,
    decode_join_request,
    encode_join_request,
    parameter,
    replace_parameter,
)

JOIN = rtc.JoinRequest(
    metadata="~~~ÿÿ", publisher_offer=rtc.SessionDescription(type="offer", sdp="v=0\r\n")
)
UNKNOWN_FIELD = b"\xfa\x3f\x05later"  # field 1023, bytes


def wrapped(body: bytes, compression: int = 1) -> bytes:
    return rtc.WrappedJoinRequest(
        compression=rtc.WrappedJoinRequest.Compression.Name(compression), join_request=body
    ).SerializeToString()


def test_a_join_request_comes_back() -> None:
    text = encode_join_request(JOIN)

    assert decode_join_request(text) == JOIN
    assert len(text) % 4 == 0, "the server wants padding"
    assert not set(text) & set("+/%&")


@pytest.mark.parametrize("compression", [0, 1])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", [True, False])
def test_every_way_of_writing_it_is_read(compression: int, encode: object, padding: bool) -> None:
    body = JOIN.SerializeToString()
    data = wrapped(gzip.compress(body) if compression else body, compression)
    encoded = (
        base64.b64encode(data) if encode is base64.b64encode else base64.urlsafe_b64encode(data)
    )
    text = encoded.decode()

    assert decode_join_request(text if padding else text.rstrip("=")) == JOIN


def test_unknown_fields_are_kept() -> None:
    body = JOIN.SerializeToString() + UNKNOWN_FIELD
    join = decode_join_request(base64.b64encode(wrapped(gzip.compress(body))).decode())
    again = decode_join_request(encode_join_request(join))

    assert UNKNOWN_FIELD in again.SerializeToString()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff",
        wrapped(b"no gzip"),
        # Without the time, which would stand in the tests' names, and differ between processes.
        wrapped(gzip.compress(b"\xff\xff", mtime=0)),
        wrapped(gzip.compress(b"x" * 100, mtime=0)[:-9]),
        wrapped(gzip.compress(bytes(MAX_BYTES + 1), mtime=0)),
    ],
)
def test_what_is_none_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(JoinRequestError, match=r"^the join request cannot be read: [A-Za-z]+$"):
        decode_join_request(base64.b64encode(data).decode())


def test_what_holds_more_than_any_that_is_meant_is_refused() -> None:
    text = encode_join_request(
        rtc.JoinRequest(add_track_requests=[rtc.AddTrackRequest()] * (MAX_ENTRIES + 1))
    )

    assert len(text) < 1500
    with pytest.raises(JoinRequestError, match=r"^the join request has more than 10000 entries$"):
        decode_join_request(text)


@settings(max_examples=50)
@given(st.one_of(st.text(), st.binary().map(lambda data: base64.b64encode(wrapped(data)).decode())))
def test_any_text_is_a_join_request_or_an_error(text: str) -> None:
    with suppress(JoinRequestError):
        decode_join_request(text)


def test_a_parameter_is_found_and_percent_decoded() -> None:
    assert parameter("a=1&join_request=x%2By%3D&b", "join_request") == "x+y="
    assert parameter("xjoin_request=1&join_request", "join_request") is None


def test_replacing_a_parameter_leaves_every_other_byte() -> None:
    query = "a=%7E+b&join_request=old&&c=d%20e&flag"

    assert (
        replace_parameter(query, "join_request", "new=")
        == "a=%7E+b&join_request=new=&&c=d%20e&flag"
    )
