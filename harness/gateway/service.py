"""Puts the parts of a gateway together around one event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web
from yarl import URL

from harness.evidence.bindings import BindingsWriter, ClockRow
from harness.evidence.clock import now_ns
from harness.evidence.signalling import FILE_NAME
from harness.gateway.binder import Binder
from harness.gateway.config import GatewayConfig, authority
from harness.gateway.control import Control
from harness.gateway.interceptors import Interceptors, load_interceptor
from harness.gateway.participants import Participants
from harness.gateway.pipeline import Pipeline
from harness.gateway.recorder import LineWriter
from harness.gateway.relay_client import RelayClient, RelayDied
from harness.gateway.relay_process import RelayProcess
from harness.gateway.signalling import MAX_HEADER_BYTES, SignallingProxy
from harness.gateway.toxiproxy import Toxiproxy
from harness.gateway.upstream import Upstream

HOST = "127.0.0.1"
SHUTDOWN_S = 0.5
"""For requests that are under way when the gateway ends; WebSockets are aborted at once."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A gateway that serves."""

    url: str
    """What a client takes for its server, `ws://…`."""
    control: str
    """The control API, `http://…`."""
    relay_died: asyncio.Future[RelayDied]
    """Set when the relay ends unasked: packets no longer flow."""


@asynccontextmanager
async def serving(config: GatewayConfig, process: RelayProcess) -> AsyncIterator[Service]:
    """Serve until the block ends; everything is closed and written out then.

    Raises:
        GatewayError: an interceptor cannot be loaded.
        RelayError: the relay cannot work.
        ToxiproxyError: toxiproxy refused, or does not answer.
        OSError: a file cannot be made.
    """
    async with AsyncExitStack() as stack:
        folder = Path(config.folder)
        writer, recorder = BindingsWriter(folder), LineWriter(path=folder / FILE_NAME)
        stack.callback(writer.close)
        writer.write(ClockRow.now())
        stack.callback(recorder.close)
        binder = Binder(writer=writer)
        relay = await RelayClient.open(process, binder.write)
        stack.push_async_callback(relay.close)
        await relay.set_impairments(config.impairments)
        interceptors = Interceptors(chain=[load_interceptor(path) for path in config.interceptors])
        participants = await _participants(config, relay, stack)
        pipeline = Pipeline(
            participants=participants,
            interceptors=interceptors,
            record=recorder.write,
            bind=partial(binder.learned, relay),
            now_ns=now_ns,
        )
        proxy = SignallingProxy(
            upstream=_upstream(config), participants=participants, pipeline=pipeline
        )
        control = Control(
            token=config.token,
            relay=relay,
            participants=participants,
            interceptors=interceptors,
            recorder=recorder,
            binder=binder,
        )
        control_port = await _serve(stack, control.application())
        port = await _serve(stack, proxy.application())
        yield Service(
            url=f"ws://{HOST}:{port}",
            control=f"http://{HOST}:{control_port}",
            relay_died=relay.died,
        )


def _upstream(config: GatewayConfig) -> Upstream:
    host, port = authority(config.upstream_url)
    secure = config.upstream_url.startswith(("wss:", "https:"))
    return Upstream(url=URL.build(scheme="https" if secure else "http", host=host, port=port))


async def _participants(
    config: GatewayConfig, relay: RelayClient, stack: AsyncExitStack
) -> Participants:
    toxiproxy = None
    if config.toxiproxy is not None:
        toxiproxy = Toxiproxy(address=config.toxiproxy)
        stack.push_async_callback(toxiproxy.close)
    return Participants(
        relay=relay,
        toxiproxy=toxiproxy,
        upstream=authority(config.upstream_url),
        ice_tcp=config.offers_ice_tcp,
    )


async def _serve(stack: AsyncExitStack, app: web.Application) -> int:
    """Serve an application on a free loopback port until the stack closes; the port."""
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_http_log(),
        handle_signals=False,
        shutdown_timeout=SHUTDOWN_S,
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, HOST, 0).start()
    port: int = runner.addresses[0][1]
    return port


def _http_log() -> logging.Logger:
    """A logger for aiohttp that never writes what a request held: URLs carry tokens."""
    log = logging.getLogger("harness.gateway.http")
    if not log.filters:
        log.addFilter(_without_request)
    return log


def _without_request(record: logging.LogRecord) -> bool:
    error = record.exc_info[0] if record.exc_info else None
    record.msg = f"a request was refused: {error.__name__ if error else 'no reason given'}"
    record.args, record.exc_info, record.exc_text = None, None, None
    return True
