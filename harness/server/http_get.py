"""Small HTTP requests with a time limit; no proxy, no redirects, no retries."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_SIZE_LIMIT = 1 << 20


class UnreachableError(Exception):
    """No HTTP answer; the message says why in a few words."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Status and the first MiB of the body."""

    status: int
    body: bytes


def request(
    url: str,
    *,
    timeout_s: float,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request; `ws` and `wss` URLs mean their HTTP counterparts.

    Args:
        url: scheme, host, optional port and path.
        timeout_s: limit of each socket operation.
        method: HTTP method.
        body: request body.
        headers: request headers.

    Raises:
        UnreachableError: no connection, or what answers does not speak HTTP.
    """
    parts = urlsplit(url)
    secure = parts.scheme in ("https", "wss")
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
        try:
            connection.request(method, parts.path or "/", body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(status=response.status, body=response.read(_SIZE_LIMIT))
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UnreachableError(_why(error)) from error


def _why(error: Exception) -> str:
    match error:
        case ConnectionRefusedError():
            return "connection refused"
        case TimeoutError():
            return "no answer in time"
        case socket.gaierror():
            return "its name cannot be resolved"
        case ssl.SSLError():
            return f"TLS failed: {error.reason}"
        case http.client.HTTPException():
            return "it does not speak HTTP"
        case _:
            return str(error) or type(error).__name__
