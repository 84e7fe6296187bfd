"""Who a client is, as its access token says. The server alone verifies tokens."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

import msgspec

from harness.evidence.json_value import read_json
from harness.gateway.errors import TokenError

MAX_TOKEN_BYTES = 64 * 1024
MAX_IDENTITY = 256
"""Characters. livekit-server takes as many bytes (`limit.max_participant_identity_length`)."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A participant's identity and the room it asks for (empty when the token names none)."""

    name: str
    room: str


@dataclass(frozen=True)
class _Video:
    room: str = ""


@dataclass(frozen=True)
class _Claims:
    sub: str = ""
    video: _Video = field(default_factory=_Video)


_CLAIMS = msgspec.json.Decoder(_Claims)


def bearer_token(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer …` header, or None."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def read_identity(token: str | None) -> Identity:
    """Read identity and room from the payload of a JWT, unverified.

    Raises:
        TokenError: there is no token, or no identity in it, or one that is too long.
    """
    if not token:
        raise TokenError("no access token: neither an Authorization header nor access_token")
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN_BYTES:
        raise TokenError("the access token is not a JWT")
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = read_json(payload, _CLAIMS)
    except ValueError:
        raise TokenError("the payload of the access token cannot be read") from None
    if not claims.sub:
        raise TokenError("the access token names no identity")
    if len(claims.sub) > MAX_IDENTITY:
        raise TokenError(
            f"the identity in the access token has {len(claims.sub)} characters: "
            f"{MAX_IDENTITY} is the most"
        )
    return Identity(name=claims.sub, room=claims.video.room)
