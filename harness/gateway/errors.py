"""What can go wrong at the gateway, each as one line for a person."""

from __future__ import annotations


class GatewayError(Exception):
    """The gateway cannot start, or refused a request; the text says why and what to do."""


class GatewayDied(GatewayError):
    """The gateway ended though nobody asked it to."""


class TokenError(Exception):
    """An access token from which no identity can be read. The text never holds the token."""


class MessageRefusedError(Exception):
    """A signalling message that does not pass: its connection ends. The text says why."""


class ToxiproxyError(Exception):
    """toxiproxy did not answer in time, or refused a request; the text has its own words."""
