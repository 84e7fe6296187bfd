"""A deployment that somebody else runs: only when asked for, never changed."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from livekit import api

from harness.processes.keeper_client import Keeper
from harness.server.http_get import Answer, UnreachableError, request
from harness.server.model import (
    NotConfigurableError,
    Progress,
    RunningToxiproxy,
    Server,
    ServerConfig,
    ServerError,
)
from harness.server.programs import start_toxiproxy

KEY_VARIABLE = "LIVEKIT_API_KEY"
SECRET_VARIABLE = "LIVEKIT_API_SECRET"  # noqa: S105 - its name, not its value
LEAST_SECRET_BYTES = 32
"""Of a key for HS256, RFC 7518, section 3.2."""
_LIMIT_S = 10.0
_PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}


@dataclass(frozen=True, kw_only=True)
class ExternalServer:
    """A server that answers and that is not ours."""

    server: Server
    config: ServerConfig
    upstream: str

    def alive(self) -> bool:
        """Whether it still answers."""
        try:
            request(self.server.url, timeout_s=_LIMIT_S)
        except UnreachableError:
            return False
        return True

    def log_lines(self) -> list[str]:
        """Nothing: its log is not ours."""
        return []

    def stop(self) -> None:
        """Nothing: it is not ours."""

    def pause(self) -> None:
        """Refused, as the next two."""
        raise NotConfigurableError(f"{self.server.url} is not ours to stop")

    def resume(self) -> None:
        """Refused."""
        raise NotConfigurableError(f"{self.server.url} is not ours to stop")

    def restart(self) -> None:
        """Refused."""
        raise NotConfigurableError(f"{self.server.url} is not ours to restart")


class ExternalBackend:
    """The deployment at a URL, with the key and secret of the environment."""

    name = "external"

    def __init__(self, url: str, environ: Mapping[str, str], toxiproxy: Callable[[], Path]) -> None:
        """Take a URL.

        Args:
            url: `ws`, `wss`, `http` or `https`.
            environ: where key and secret are.
            toxiproxy: finds the program of the toxiproxy, which runs here.
        """
        self._url = url.rstrip("/")
        self._key = environ.get(KEY_VARIABLE, "")
        self._secret = environ.get(SECRET_VARIABLE, "")
        self._toxiproxy = toxiproxy

    def prepare(self, progress: Progress) -> None:
        """See that it answers, is LiveKit, and takes the key."""
        if urlsplit(self._url).scheme not in _PORTS or not urlsplit(self._url).hostname:
            raise ServerError(
                f"--lk-url {self._url}: give it as ws://HOST:PORT or wss://HOST (http and https "
                "are taken for these)"
            )
        if not self._key or not self._secret:
            raise ServerError(f"--lk-url needs {KEY_VARIABLE} and {SECRET_VARIABLE} to be set")
        length = len(self._secret.encode())
        if length < LEAST_SECRET_BYTES:
            progress(
                f"the secret of {SECRET_VARIABLE} has {length} bytes, fewer than the "
                f"{LEAST_SECRET_BYTES} of RFC 7518: it may be guessed"
            )
        progress(f"asking {self._url} whether it takes the key")
        check_access(self._url, self._key, self._secret)

    def start(self, config: ServerConfig, keeper: Keeper, folder: Path) -> ExternalServer:
        """Its address. Only the default configuration can be had."""
        if config != ServerConfig():
            raise NotConfigurableError(f"{self._url} is not ours to configure")
        parts = urlsplit(self._url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        server = Server(
            url=parts._replace(scheme=scheme).geturl(),
            api_key=self._key,
            api_secret=self._secret,
            version="unknown",
            backend=self.name,
            owned=False,
        )
        upstream = f"{parts.hostname}:{parts.port or _PORTS[scheme]}"
        return ExternalServer(server=server, config=config, upstream=upstream)

    def start_toxiproxy(self, keeper: Keeper, folder: Path) -> RunningToxiproxy:
        """Start toxiproxy on loopback of this machine."""
        return start_toxiproxy(self._toxiproxy(), keeper, folder)


def check_access(url: str, key: str, secret: str) -> None:
    """Ask for the list of rooms, which takes LiveKit and the right key.

    Raises:
        ServerError: unreachable, not LiveKit, or a wrong key; one line.
    """
    grants = api.VideoGrants(room_list=True)
    token = signed(api.AccessToken(key, secret).with_grants(grants))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        answer = request(
            f"{url}/twirp/livekit.RoomService/ListRooms",
            timeout_s=_LIMIT_S,
            method="POST",
            body=b"{}",
            headers=headers,
        )
    except UnreachableError as error:
        raise ServerError(f"{url} cannot be reached: {error}") from error
    if answer.status in (401, 403):
        raise ServerError(
            # its answer may quote the token
            f"{url} refuses the key of {KEY_VARIABLE} and {SECRET_VARIABLE}: look them up again"
        )
    if answer.status != 200 or not _is_list_of_rooms(answer):
        raise ServerError(
            f"{url} is not a LiveKit server: it answers a list of rooms with status {answer.status}"
        )


def signed(token: api.AccessToken) -> str:
    """The token, without PyJWT's warning of a short secret: that is said once, in `prepare`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The HMAC key is")
        return token.to_jwt()


def _is_list_of_rooms(answer: Answer) -> bool:
    try:
        said = json.loads(answer.body)
    except ValueError:
        return False
    return isinstance(said, dict) and isinstance(said.get("rooms", []), list)
