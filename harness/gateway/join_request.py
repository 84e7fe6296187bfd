"""The join request in the URL of `/rtc/v1`: base64, a wrapper, gzip, and the client's first offer.

    join_request = base64url(WrappedJoinRequest(compression, gzip(JoinRequest)))

Both alphabets of base64, with padding or without, are read; it is written URL-safe and padded,
because livekit-server 1.13.5 refuses it otherwise (status 400). Fields that this version does not
know are kept.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from urllib.parse import unquote

from google.protobuf.message import DecodeError
from livekit.protocol import rtc

from harness.gateway.entries import MAX_ENTRIES, too_many_entries

PARAMETER = "join_request"
MAX_BYTES = 1024 * 1024
"""Of an unpacked join request: 100 times the largest that was seen."""


class JoinRequestError(Exception):
    """The `join_request` of a URL cannot be read; the text never holds it."""


def decode_join_request(text: str) -> rtc.JoinRequest:
    """Read the value of the URL parameter, percent-decoded already.

    Raises:
        JoinRequestError: it is not base64, not gzip, not protobuf, too large, or of too many parts.
    """
    try:
        alike = text.translate(str.maketrans("+/", "-_")).rstrip("=")
        wrapped = rtc.WrappedJoinRequest.FromString(
            base64.b64decode(alike + "=" * (-len(alike) % 4), altchars="-_", validate=True)
        )
        body = wrapped.join_request
        if wrapped.compression == rtc.WrappedJoinRequest.Compression.GZIP:
            body = _unpack(body)
        join = rtc.JoinRequest.FromString(body)
    except (binascii.Error, ValueError, zlib.error, DecodeError) as error:
        raise JoinRequestError(f"the join request cannot be read: {type(error).__name__}") from None
    if too_many_entries(join):
        raise JoinRequestError(f"the join request has more than {MAX_ENTRIES} entries")
    return join


def encode_join_request(join: rtc.JoinRequest) -> str:
    """Write a join request as the value of the URL parameter; nothing in it needs escaping."""
    wrapped = rtc.WrappedJoinRequest(
        compression=rtc.WrappedJoinRequest.Compression.GZIP,
        join_request=gzip.compress(join.SerializeToString(), mtime=0),
    )
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode("ascii")


def parameter(query: str, name: str) -> str | None:
    """First value of a parameter of a raw query string, percent-decoded, or None."""
    for part in query.split("&"):
        key, equals, value = part.partition("=")
        if key == name and equals:
            return unquote(value)
    return None


def replace_parameter(query: str, name: str, value: str) -> str:
    """The raw query string with every value of one parameter replaced; other bytes stay."""
    return "&".join(
        f"{name}={value}" if part.partition("=")[0] == name else part for part in query.split("&")
    )


def _unpack(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    unpacked = unpacker.decompress(body, MAX_BYTES)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("truncated or too large")
    return unpacked
