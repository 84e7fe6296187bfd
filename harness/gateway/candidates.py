"""ICE candidates in signalling messages: the relay becomes the only address a client is offered.

What the server offers: IPv4 host candidates are rewritten to a relay port (UDP) or a listener of
toxiproxy (TCP), all others are removed. What the client offers is removed altogether, so that
even a server that is not ICE-lite has no address of the client to send to; the client's checks
reach it through the relay. ICE servers are removed, so that nobody gathers a way around, and with
them the order to use nothing else (`force_relay`); and so are the URLs of other servers, to which
a client would go without the gateway.

All functions are pure; `addresses` says for which addresses `rewrite` will need a route.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from livekit.protocol import rtc

Transport = Literal["udp", "tcp"]


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server takes media."""

    transport: Transport
    host: str
    port: int


Routes = Mapping[Address, tuple[str, int]]
"""What a client is offered in place of a server's address: host and port."""


def candidate_address(candidate: str) -> Address | None:
    """Address of a candidate (`candidate:… 1 udp … 127.0.0.1 7882 typ host …`).

    None when it is not an IPv4 host candidate that a client could dial.
    """
    fields = candidate.split()
    if len(fields) < 8 or fields[6:8] != ["typ", "host"]:
        return None
    transport = fields[2].lower()
    if transport not in ("udp", "tcp") or (transport == "tcp" and "passive" not in fields[8:]):
        return None
    try:
        host, port = ipaddress.IPv4Address(fields[4]), int(fields[5])
    except ValueError:
        return None
    if not 0 < port < 65536:
        return None
    return Address(transport="tcp" if transport == "tcp" else "udp", host=str(host), port=port)


def addresses(response: rtc.SignalResponse) -> frozenset[Address]:
    """Every address that a server's message offers."""
    found: set[Address | None] = set()
    for description in _descriptions(response):
        for line in description.sdp.splitlines():
            if line.startswith("a=candidate:"):
                found.add(candidate_address(line[2:]))
    if response.HasField("trickle"):
        found.add(candidate_address(_trickled(response.trickle) or ""))
    return frozenset(address for address in found if address is not None)


def rewrite_response(response: rtc.SignalResponse, routes: Routes) -> rtc.SignalResponse | None:
    """A server's message as its client may see it: routed candidates, no other way anywhere.

    The message is changed in place. None when nothing is left of it: a trickled candidate
    without a route. End-of-candidates lines of an SDP stay.
    """
    for description in _descriptions(response):
        description.sdp = rewrite_sdp(description.sdp, routes)
    if response.HasField("join"):
        _remove_ice_servers(response.join)
        response.join.ClearField("alternative_url")
    if response.HasField("leave"):
        response.leave.ClearField("regions")
    if response.HasField("reconnect"):
        _remove_ice_servers(response.reconnect)
    if response.HasField("trickle"):
        routed = _rewrite_trickle(response.trickle, routes)
        if routed is None:
            return None
        response.trickle.candidateInit = routed
    return response


def _remove_ice_servers(response: rtc.JoinResponse | rtc.ReconnectResponse) -> None:
    del response.ice_servers[:]
    if response.HasField("client_configuration"):
        response.client_configuration.ClearField("force_relay")


def strip_request(request: rtc.SignalRequest) -> rtc.SignalRequest | None:
    """A client's message without its candidates, changed in place; None for a trickled one."""
    if request.HasField("trickle"):
        return None
    for description in _descriptions(request):
        description.sdp = strip_sdp(description.sdp)
    if request.HasField("sync_state"):
        strip_sync_state(request.sync_state)
    return request


def strip_join_request(join: rtc.JoinRequest) -> None:
    """Remove the client's candidates from the offers inside a join request, in place."""
    if join.HasField("publisher_offer"):
        join.publisher_offer.sdp = strip_sdp(join.publisher_offer.sdp)
    if join.HasField("sync_state"):
        strip_sync_state(join.sync_state)


def strip_sync_state(state: rtc.SyncState) -> None:
    """Remove the client's candidates from the descriptions that a resuming client repeats."""
    for description in _descriptions(state):
        description.sdp = strip_sdp(description.sdp)


def rewrite_sdp(sdp: str, routes: Routes) -> str:
    """Replace the address of every routed candidate line and remove every other one."""
    kept = []
    for line in sdp.splitlines(keepends=True):
        if line.startswith("a=candidate:"):
            text = line.rstrip("\r\n")
            routed = _routed(text[2:], routes)
            if routed is not None:
                kept.append("a=" + routed + line[len(text) :])
        else:
            kept.append(_without_default(line))
    return "".join(kept)


def strip_sdp(sdp: str) -> str:
    """Remove every candidate, every end of candidates and every default address.

    Without end-of-candidates a server that is not ICE-lite keeps waiting for the client's checks.
    """
    return "".join(
        _without_default(line)
        for line in sdp.splitlines(keepends=True)
        if not line.startswith(("a=candidate:", "a=end-of-candidates", "a=remote-candidates:"))
    )


def _without_default(line: str) -> str:
    """A default address (`c=` line, port of an `m=` line) says where the author is: neutral."""
    text = line.rstrip("\r\n")
    end = line[len(text) :]
    if text.startswith("c=IN "):
        return "c=IN IP4 0.0.0.0" + end
    fields = text.split(" ")
    if text.startswith("m=") and len(fields) > 2 and fields[1] != "0":
        return " ".join([fields[0], "9", *fields[2:]]) + end
    return line


def _rewrite_trickle(trickle: rtc.TrickleRequest, routes: Routes) -> str | None:
    routed = _routed(_trickled(trickle) or "", routes)
    if routed is None:
        return None
    init = json.loads(trickle.candidateInit)
    return json.dumps({**init, "candidate": routed}, separators=(",", ":"))


def _trickled(trickle: rtc.TrickleRequest) -> str | None:
    try:
        init = json.loads(trickle.candidateInit)
    except (ValueError, RecursionError):
        return None
    candidate = init.get("candidate") if isinstance(init, dict) else None
    return candidate if isinstance(candidate, str) else None


def _routed(candidate: str, routes: Routes) -> str | None:
    address = candidate_address(candidate)
    route = routes.get(address) if address is not None else None
    if route is None:
        return None
    fields = candidate.split()
    fields[4:6] = [route[0], str(route[1])]
    return " ".join(fields)


def _descriptions(
    message: rtc.SignalRequest | rtc.SignalResponse | rtc.SyncState,
) -> list[rtc.SessionDescription]:
    return [
        description
        for name, description in (("offer", message.offer), ("answer", message.answer))
        if message.HasField(name)
    ]
