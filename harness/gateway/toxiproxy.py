"""toxiproxy behind one class that adds what its Python library lacks.

The library calls `requests` without a time limit, cannot update a toxic and takes a 5xx answer
for success. Here it is given a session that has a limit and raises on every error, calls run in
a thread, and toxics are changed in place (PATCH): deleting one under traffic can hang toxiproxy
(its issue 558). The library keeps the address in a class, so a process has one toxiproxy.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
import toxiproxy
import toxiproxy.api

from harness.gateway.config import ToxiproxyAddress
from harness.gateway.errors import ToxiproxyError
from harness.network.tcp_faults import Toxic

log = logging.getLogger(__name__)

T = TypeVar("T")
TIME_LIMIT_S = 5.0
"""Of one HTTP call; a healthy toxiproxy answers within milliseconds."""


class _Session(requests.Session):
    """Takes the place of the module `requests` in the library."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # a proxy of the environment must not see loopback calls

    def send(self, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:
        response = super().send(request, **{**kwargs, "timeout": TIME_LIMIT_S})  # type: ignore[arg-type]
        if response.status_code >= 400:
            raise ToxiproxyError(f"{response.status_code}: {_reason(response)}")
        return response


def _reason(response: requests.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200]


@dataclass(frozen=True, kw_only=True)
class TcpProxy:
    """A listener of toxiproxy and where it leads."""

    name: str
    host: str
    port: int


@dataclass(kw_only=True)
class Toxiproxy:
    """One toxiproxy. Calls are made one after the other; each has a time limit.

    Every method raises ToxiproxyError, one line, when toxiproxy cannot be reached, does not
    answer in time or refuses.
    """

    address: ToxiproxyAddress
    _session: _Session = field(default_factory=_Session)
    _api: Any = field(default_factory=toxiproxy.Toxiproxy)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _prefix: str = field(default_factory=lambda: secrets.token_hex(4))
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _proxies: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        toxiproxy.api.requests = self._session
        self._api.update_api_consumer(self.address.host, self.address.port)

    async def create(self, label: str, upstream: tuple[str, int]) -> TcpProxy:
        """Make a listener on a free loopback port that leads to `upstream`.

        `label` is for people; the name at toxiproxy is made unique, several gateways may share
        a toxiproxy.
        """
        slug = re.sub(r"[^A-Za-z0-9]+", "-", label)[:40]
        name = f"{self._prefix}-{next(self._numbers)}-{slug}"
        made = await self._call(
            f"create {name}",
            lambda: self._api.create(
                upstream=f"{upstream[0]}:{upstream[1]}", name=name, listen=f"{_LISTEN}:0"
            ),
        )
        self._proxies[name] = made
        host, _, port = str(made.listen).rpartition(":")
        return TcpProxy(name=name, host=host.strip("[]"), port=int(port))

    async def set_toxics(self, name: str, toxics: Sequence[Toxic]) -> None:
        """Make these the toxics of a proxy: those that are there are changed in place."""
        wanted = {toxic.name: toxic for toxic in toxics}
        if len(wanted) != len(toxics):
            raise ToxiproxyError("two toxics of the same type and stream on one proxy")
        proxy = self._proxies[name]
        present = await self._call("list toxics", proxy.toxics)
        for stale in present.keys() - wanted.keys():
            await self._call(f"remove {stale}", lambda stale=stale: proxy.destroy_toxic(stale))  # type: ignore[misc]
        for toxic in toxics:
            if toxic.name not in present:
                await self._call(f"add {toxic.name}", lambda toxic=toxic: _add(proxy, toxic))  # type: ignore[misc]
            elif present[toxic.name].attributes != toxic.attributes:
                await self._patch(f"{name}/toxics/{toxic.name}", {"attributes": toxic.attributes})

    async def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Open a proxy's listener, or close it together with all its connections."""
        await self._patch(name, {"enabled": enabled})

    async def remove(self, name: str) -> None:
        """Remove a proxy; its connections end."""
        await self._call(f"remove {name}", self._proxies[name].destroy)
        del self._proxies[name]

    async def close(self) -> None:
        """Remove every proxy that was made here; one that has ended is left alone."""
        try:
            for name in list(self._proxies):
                await self.remove(name)
        except ToxiproxyError as error:
            log.warning("%s", error)
        self._session.close()

    async def _patch(self, path: str, change: dict[str, Any]) -> None:
        url = f"http://{self.address.host}:{self.address.port}/proxies/{path}"
        await self._call(f"change {path}", lambda: self._session.patch(url, json=change))

    async def _call(self, what: str, call: Callable[[], T]) -> T:
        where = f"toxiproxy at {self.address.host}:{self.address.port}"
        async with self._lock:
            try:
                return await asyncio.to_thread(call)
            except ToxiproxyError as error:
                raise ToxiproxyError(f"{where} refused to {what}: {error}") from None
            except requests.Timeout:
                raise ToxiproxyError(
                    f"{where} did not answer within {TIME_LIMIT_S:g} s ({what}): restart it"
                ) from None
            except (requests.RequestException, ValueError, KeyError) as error:
                raise ToxiproxyError(
                    f"{where} cannot be used ({what}): {type(error).__name__}"
                ) from None


_LISTEN = "127.0.0.1"


def _add(proxy: toxiproxy.Proxy, toxic: Toxic) -> None:
    proxy.add_toxic(
        type=toxic.type, stream=toxic.stream, name=toxic.name, attributes=toxic.attributes
    )
