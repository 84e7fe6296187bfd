"""toxiproxy behind one class that adds what its Python library lacks.

The library calls `requests` without a time limit, cannot update a toxic and takes a 5xx answer
for success. Here it is given a session that has a limit and raises on every error, and calls run
in a thread. The library keeps the address in a class, so a process has one toxiproxy.

Taking a toxic away under traffic can hang toxiproxy's API for good (its issue 558), so that is
never done. What a toxic does can be changed in place (PATCH), and most have values with which
they do nothing (`NEUTRAL`): they are there from the start and only change. `timeout` and
`reset_peer` have none; to end one, its listener is made anew at the same port, which closes its
connections, as toxiproxy itself does when `timeout` is taken away. `limit_data` counts from when
it is first in force, so it is added then.

What should be there is kept here. When toxiproxy hangs or ends, `trouble` says so, calls fail at
once, and its owner is to start it again with its API at the same address: `watch` notices and
makes every listener anew at the port that it had. Connections through it are lost by then.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import requests
import toxiproxy
import toxiproxy.api
import toxiproxy.exceptions
from msgspec import structs

from harness.gateway.config import ToxiproxyAddress
from harness.gateway.errors import ToxiproxyError
from harness.gateway.tcp_way import Address
from harness.network.tcp_faults import Toxic

log = logging.getLogger(__name__)

T = TypeVar("T")
Attributes = Mapping[str, int]
TIME_LIMIT_S = 5.0
"""Of one HTTP call; a healthy toxiproxy answers within milliseconds."""
WATCH_PERIOD_S = 2.0
MAX_FAILURES = 20

NEUTRAL: Mapping[str, Attributes] = {
    "latency": {"latency": 0, "jitter": 0},
    "bandwidth": {"rate": 1_000_000_000},
    "slow_close": {"delay": 0},
    "slicer": {"average_size": 1 << 30, "size_variation": 0, "delay": 0},
    "limit_data": {"bytes": 1 << 62},
}
"""Type → all attributes, with the values with which it does nothing."""
COUNTING = "limit_data"
_NO_ANSWERS = (
    requests.RequestException, toxiproxy.exceptions.ProxyExists,
    ValueError, KeyError, TypeError, AttributeError, RecursionError,
)  # fmt: skip
"""What it raises when an answer is not what it should be, here or in the library."""
_LISTEN = "127.0.0.1"


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


@dataclass(kw_only=True)
class _Listener:
    """What should be at toxiproxy under a name, and which toxics are."""

    name: str
    upstream: str
    listen: str = f"{_LISTEN}:0"
    wanted: dict[str, Toxic] = field(default_factory=dict)
    present: dict[str, Toxic] = field(default_factory=dict)
    """With all their attributes; a neutral one is present and not wanted."""
    proxy: Any = None
    """The library's."""


@dataclass(kw_only=True)
class Toxiproxy:
    """One toxiproxy. Calls are made one after the other; each has a time limit.

    Every method raises ToxiproxyError, one line, when toxiproxy cannot be reached, does not
    answer in time or refuses.
    """

    address: ToxiproxyAddress
    trouble: str | None = None
    """Why it is out of order now."""
    failures: list[str] = field(default_factory=list)
    """Every time that it was out of order: what went through it then was disturbed."""
    _session: _Session = field(default_factory=_Session)
    _api: Any = field(default_factory=toxiproxy.Toxiproxy)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _prefix: str = field(default_factory=lambda: secrets.token_hex(4))
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _listeners: dict[Address, _Listener] = field(default_factory=dict)

    def __post_init__(self) -> None:
        toxiproxy.api.requests = self._session
        self._api.update_api_consumer(self.address.host, self.address.port)

    async def create(
        self, label: str, upstream: Address, toxics: Sequence[Toxic], expected: Sequence[Toxic]
    ) -> Address:
        """Make a listener on a free loopback port that leads to `upstream`.

        Args:
            label: For people; the name is made unique, several gateways may share a toxiproxy.
            upstream: Host and port.
            toxics: In force from the first connection on.
            expected: What it will need later, of any values.
        """
        slug = re.sub(r"[^A-Za-z0-9]+", "-", label)[:40]
        listener = _Listener(
            name=f"{self._prefix}-{next(self._numbers)}-{slug}",
            upstream=_authority(*upstream),
            wanted=_by_name(toxics),
        )
        async with self._lock:
            await self._build(listener, expected)
        host, _, port = listener.listen.rpartition(":")
        self._listeners[host, int(port)] = listener
        return host, int(port)

    async def set_toxics(self, listener: Address, toxics: Sequence[Toxic]) -> None:
        """Make these the toxics of a listener: new connections and those that are open.

        A call that fails is made good when toxiproxy works again.
        """
        ours = self._listeners[listener]
        ours.wanted = _by_name(toxics)
        async with self._lock:
            await self._settle(ours)

    async def remove(self, listener: Address) -> None:
        """End a listener, and the connections through it."""
        async with self._lock:
            await self._remove(self._listeners.pop(listener))

    async def check(self) -> None:
        """See whether it works and has all that it should; mend what is missing if it does.

        Raises nothing: `trouble` and `failures` have what was found.
        """
        async with self._lock:
            broken, self.trouble = self.trouble, None
            try:
                there = await self._call("list proxies", self._api.proxies)
                for listener in self._listeners.values():
                    await self._mend(listener, there.get(listener.name), broken=bool(broken))
            except ToxiproxyError as error:
                self.trouble = str(error)
        if broken and self.trouble is None:
            log.warning("%s works again", self._where)

    async def watch(self) -> None:
        """Check every two seconds, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_PERIOD_S)
            await self.check()

    async def close(self) -> None:
        """Remove every listener that was made here; a toxiproxy that has ended is left alone."""
        try:
            async with self._lock:
                for listener in self._listeners.values():
                    await self._remove(listener)
        except ToxiproxyError as error:
            log.warning("%s", error)
        self._listeners.clear()
        self._session.close()

    async def _mend(self, listener: _Listener, proxy: Any, *, broken: bool) -> None:  # noqa: ANN401
        if proxy is None:
            if not broken:
                self._note(f"{self._where} was started again: it has lost {listener.name}")
            await self._build(listener, tuple(listener.present.values()))
        elif broken:  # whether a call that failed was obeyed is not known
            listener.present = await self._call("list toxics", lambda: _toxics_of(proxy))
            await self._settle(listener)

    async def _settle(self, listener: _Listener) -> None:
        """Make present what is wanted."""
        ending = [toxic for name, toxic in listener.present.items() if name not in listener.wanted]
        if any(toxic.type not in NEUTRAL for toxic in ending):
            await self._remove(listener)
            await self._build(listener, tuple(listener.present.values()))
            return
        for toxic in (*map(_neutral, ending), *map(_whole, listener.wanted.values())):
            await self._put(listener, toxic)

    async def _build(self, listener: _Listener, expected: Sequence[Toxic]) -> None:
        """Make a listener from nothing, closed until its toxics are there."""
        listener.proxy = await self._call(
            f"create {listener.name}",
            lambda: self._api.create(
                name=listener.name,
                upstream=listener.upstream,
                listen=listener.listen,
                enabled=False,
            ),
        )
        listener.present = {}
        prepared = [_neutral(one) for one in expected if one.type in NEUTRAL.keys() - {COUNTING}]
        for toxic in (*prepared, *map(_whole, listener.wanted.values())):
            await self._put(listener, toxic)
        listener.listen = await self._call(
            f"enable {listener.name}",
            lambda: _listens(self._change(listener.name, {"enabled": True})),
        )

    async def _put(self, listener: _Listener, toxic: Toxic) -> None:
        if toxic.name not in listener.present:
            await self._call(f"add {toxic.name}", lambda: _add(listener.proxy, toxic))
        elif listener.present[toxic.name] != toxic:
            path = f"{listener.name}/toxics/{toxic.name}"
            change = {"attributes": toxic.attributes}
            await self._call(f"change {path}", lambda: self._change(path, change))
        listener.present[toxic.name] = toxic

    async def _remove(self, listener: _Listener) -> None:
        await self._call(f"remove {listener.name}", listener.proxy.destroy)

    def _change(self, path: str, change: dict[str, Any]) -> dict[str, Any]:
        url = f"http://{self.address.host}:{self.address.port}/proxies/{path}"
        return dict(self._session.patch(url, json=change).json())

    async def _call(self, what: str, call: Callable[[], T]) -> T:
        if self.trouble is not None:
            raise ToxiproxyError(self.trouble)
        try:
            return await asyncio.to_thread(call)
        except ToxiproxyError as error:
            raise ToxiproxyError(f"{self._where} refused to {what}: {error}") from None
        except requests.Timeout:
            trouble = f"did not answer within {TIME_LIMIT_S:g} s ({what}): it hangs, restart it"
        except _NO_ANSWERS as error:
            trouble = f"cannot be used ({what}): {type(error).__name__}"
        self.trouble = f"{self._where} {trouble}"
        self._note(self.trouble)
        raise ToxiproxyError(self.trouble)

    def _note(self, failure: str) -> None:
        if failure not in self.failures and len(self.failures) < MAX_FAILURES:
            log.error("%s", failure)
            self.failures.append(failure)

    @property
    def _where(self) -> str:
        return f"toxiproxy at {self.address.host}:{self.address.port}"


def _listens(answer: dict[str, Any]) -> str:
    """Where a listener is. Raises ValueError or KeyError when the answer does not say it."""
    host, _, port = str(answer["listen"]).rpartition(":")
    if not 0 < int(port) < 65536:
        raise ValueError(f"{port} is no port")
    return f"{host}:{int(port)}"


def _toxics_of(proxy: Any) -> dict[str, Toxic]:  # noqa: ANN401 - the library's
    """Those that are there. Raises one of _NO_ANSWERS."""
    return {
        one.name: msgspec.convert(
            {"type": one.type, "stream": one.stream, "attributes": one.attributes}, Toxic
        )
        for one in proxy.toxics().values()
    }


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _by_name(toxics: Sequence[Toxic]) -> dict[str, Toxic]:
    return {toxic.name: toxic for toxic in toxics}


def _neutral(toxic: Toxic) -> Toxic:
    return structs.replace(toxic, attributes=dict(NEUTRAL[toxic.type]))


def _whole(toxic: Toxic) -> Toxic:
    """With every attribute: what a PATCH leaves out would keep its former value."""
    nothing = dict.fromkeys(NEUTRAL.get(toxic.type, {"timeout": 0}), 0)
    return structs.replace(toxic, attributes={**nothing, **toxic.attributes})


def _add(proxy: toxiproxy.Proxy, toxic: Toxic) -> None:
    proxy.add_toxic(
        type=toxic.type, stream=toxic.stream, name=toxic.name, attributes=toxic.attributes
    )
