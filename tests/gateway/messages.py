"""Strategies: any signalling message, valid ones that were spoilt, and any bytes."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

M = TypeVar("M", bound=Message)

CANDIDATES = st.one_of(
    st.builds(
        "candidate:{} 1 {} {} {} {} typ {}{}".format,
        st.integers(0, 99),
        st.sampled_from(["udp", "UDP", "tcp", "sctp"]),
        st.integers(-1, 2**33),
        st.sampled_from(["127.0.0.1", "10.0.0.7", "::1", "x.local", "1.2.3.4.5", ""]),
        st.integers(-1, 70_000),
        st.sampled_from(["host", "srflx", "relay", ""]),
        st.sampled_from(["", " tcptype passive", " tcptype active", " raddr 10.0.0.8 rport 9"]),
    ),
    st.text(max_size=30),
)
LINES = st.one_of(
    CANDIDATES.map("a={}".format),
    st.sampled_from(
        [
            "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
            "m=video 7 X 96",
            "m=",
            "m=audio",
            "m=x 0 Y",
            "c=IN IP4 10.0.0.7",
            "c=IN IP6 ::1",
            "c=",
            "a=mid:0",
            "a=mid:",
            "a=sendonly",
            "a=ice-ufrag:abcd",
            "a=ice-ufrag:",
            "a=end-of-candidates",
            "a=rtpmap:111 opus/48000/2",
            "a=rtpmap:x y",
            "a=rtpmap:99999999999999999999 opus",
            "a=fmtp:97 apt=96",
            "a=ssrc:1234 msid:PA_x|TR_y TR_y",
            "a=ssrc:-1 msid:PA|TR TR",
            "a=ssrc:99999999999 x",
            "a=ssrc-group:FID 1 2",
            "a=ssrc-group:FID 1",
            "a=msid:- cid",
            "a=msid:",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:999 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=extmap:x y",
            "a",
            "=",
            "",
        ]
    ),
    st.text(max_size=40),
)
SDPS = st.lists(LINES, max_size=20).flatmap(
    lambda lines: st.sampled_from(["\r\n", "\n", "\r"]).map(lambda end: end.join(lines))
)
TRICKLED = st.one_of(
    CANDIDATES.map(lambda candidate: json.dumps({"candidate": candidate, "sdpMid": "0"})),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=5,
    ).map(json.dumps),
    st.text(max_size=30),
)
TEXTS = {"sdp": SDPS, "candidateInit": TRICKLED}
SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
    FieldDescriptor.CPPTYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: st.integers(0, 2**64 - 1),
    FieldDescriptor.CPPTYPE_ENUM: st.integers(-1, 40),
    FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
    FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
}
MOST_DEPTH = 5


def messages(kind: type[M]) -> st.SearchStrategy[M]:
    """Any message of a kind, with candidates and SDP where they belong."""
    return st.composite(lambda draw: _fill(draw, kind(), kind.DESCRIPTOR, 0))()


def spoilt(kind: type[Message]) -> st.SearchStrategy[bytes]:
    """Bytes of a message of which some were changed, taken away or doubled."""

    def spoil(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(messages(kind)).SerializeToString())
        for _ in range(draw(st.integers(1, 5))):
            at = draw(st.integers(0, len(data)))
            data[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
        return bytes(data)

    return st.composite(spoil)()


def payloads(kind: type[Message]) -> st.SearchStrategy[bytes]:
    """What may come in a binary frame."""
    whole = messages(kind).map(lambda message: message.SerializeToString())
    return st.one_of(whole, spoilt(kind), st.binary(max_size=200))


def _fill(draw: st.DrawFn, message: Any, kind: Any, depth: int) -> Any:  # noqa: ANN401
    fields = [one for one in kind.fields if depth < MOST_DEPTH or one.message_type is None]
    few = st.lists(st.sampled_from(fields), max_size=3, unique_by=lambda one: one.number)
    for field in draw(few) if fields else []:
        _set(draw, message, field, depth)
    return message


def _set(draw: st.DrawFn, message: Any, field: FieldDescriptor, depth: int) -> None:  # noqa: ANN401
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        value = field.message_type.fields_by_name["value"]
        if value.message_type is None:
            key = draw(_scalar(field.message_type.fields_by_name["key"]))
            getattr(message, field.name)[key] = draw(_scalar(value))
    elif field.message_type is not None:
        part = getattr(message, field.name)
        part = part.add() if field.is_repeated else part
        part.SetInParent()
        _fill(draw, part, field.message_type, depth + 1)
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(_scalar(field), max_size=3)))
    else:
        setattr(message, field.name, draw(_scalar(field)))


def _scalar(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=20)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return TEXTS.get(field.name, st.text(max_size=20))
    return SCALARS[field.cpp_type]
