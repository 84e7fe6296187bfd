"""Puts the parts of a gateway together around one event loop."""

from __future__ import annotations

import asyncio
import logging
import ssl
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
from harness.gateway.config import LOOPBACK, GatewayConfig, Tls, authority
from harness.gateway.control import Control
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.idle import IdleSweep
from harness.gateway.interceptors import Interceptors, load_interceptor
from harness.gateway.participants import Participants
from harness.gateway.pipeline import Pipeline
from harness.gateway.recorder import LineWriter
from harness.gateway.relay_client import RelayClient, RelayDied
from harness.gateway.relay_process import RelayProcess
from harness.gateway.signalling import MAX_HEADER_BYTES, SignallingProxy
from harness.gateway.toxiproxy import Toxiproxy
from harness.gateway.upstream import Upstream

SHUTDOWN_S = 0.5
"""For requests that are under way when the gateway ends; WebSockets are aborted at once."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A gateway that serves."""

    url: str
    """What a client takes for its server, `ws://…` or `wss://…`."""
    control: str
    """The control API, `http://…`."""
    relay_died: asyncio.Future[RelayDied]
    """Set when the relay ends unasked: packets no longer flow."""


@asynccontextmanager
async def serving(config: GatewayConfig, process: RelayProcess) -> AsyncIterator[Service]:
    """Serve until the block ends; everything is closed and written out then.

    Raises:
        GatewayError: an interceptor or the certificate cannot be loaded.
        RelayError: the relay cannot work.
        ToxiproxyError: toxiproxy does not answer.
        OSError: a file cannot be made, or the port is taken.
    """
    async with AsyncExitStack() as stack:
        folder = Path(config.folder)
        writer, recorder = BindingsWriter(folder), LineWriter(path=folder / FILE_NAME)
        stack.callback(writer.close)
        writer.write(ClockRow.now())
        stack.callback(recorder.close)
        binder = Binder(writer=writer)
        relay = await _relay(config, process, binder, stack)
        tls = None if config.tls is None else tls_context(config.tls)
        interceptors = Interceptors(chain=[load_interceptor(path) for path in config.interceptors])
        toxiproxy = await _toxiproxy(config, stack)
        participants = _participants(config, relay, toxiproxy)
        stack.push_async_callback(participants.close)
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
            toxiproxy=toxiproxy,
            interceptors=interceptors,
            recorder=recorder,
            binder=binder,
        )
        control_port = await _serve(stack, control.application(), LOOPBACK)
        port = await _serve(
            stack, proxy.application(), config.listen_host, port=config.listen_port, tls=tls
        )
        yield Service(
            url=f"{'wss' if tls else 'ws'}://{config.offered_host}:{port}",
            control=f"http://{LOOPBACK}:{control_port}",
            relay_died=relay.died,
        )


def tls_context(tls: Tls) -> ssl.SSLContext:
    """What serves with this certificate.

    Raises: GatewayError when it cannot be used.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise GatewayError(
            f"the certificate {tls.certificate} with the key {tls.key} cannot be used: "
            f"{error.strerror or 'they are no PEM files that belong together'}"
        ) from None
    return context


def _upstream(config: GatewayConfig) -> Upstream:
    host, port = authority(config.upstream_url)
    secure = config.upstream_url.startswith(("wss:", "https:"))
    return Upstream(url=URL.build(scheme="https" if secure else "http", host=host, port=port))


async def _relay(
    config: GatewayConfig, process: RelayProcess, binder: Binder, stack: AsyncExitStack
) -> RelayClient:
    """The relay with everything in force that holds from the start."""
    relay = await RelayClient.open(process, binder.write)
    stack.push_async_callback(relay.close)
    await relay.set_profile(config.profile.phases)
    for identity, profile in config.profiles.items():
        await relay.set_profile(profile.phases, identity)
    await relay.set_impairments(config.impairments)
    return relay


async def _toxiproxy(config: GatewayConfig, stack: AsyncExitStack) -> Toxiproxy | None:
    if config.toxiproxy is None:
        return None
    toxiproxy = Toxiproxy(address=config.toxiproxy)
    stack.push_async_callback(toxiproxy.close)
    await toxiproxy.check()
    if toxiproxy.trouble is not None:
        raise ToxiproxyError(toxiproxy.trouble)
    stack.push_async_callback(_stop, asyncio.create_task(toxiproxy.watch(), name="toxiproxy"))
    return toxiproxy


def _participants(
    config: GatewayConfig, relay: RelayClient, toxiproxy: Toxiproxy | None
) -> Participants:
    return Participants(
        relay=relay,
        toxiproxy=toxiproxy,
        profile=config.profile,
        profiles=dict(config.profiles),
        ice_tcp=config.offers_ice_tcp,
        listen_host=config.listen_host,
        offered_host=config.offered_host,
        now_ns=now_ns,
    )


async def _serve(
    stack: AsyncExitStack,
    app: web.Application,
    host: str,
    *,
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> int:
    """Serve an application until the stack closes; the port."""
    sweep = IdleSweep()
    app.middlewares.insert(0, sweep.middleware)
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
    assert runner.server is not None, "it was set up"
    stack.push_async_callback(_stop, asyncio.create_task(sweep.run(runner.server), name="idle"))
    await web.TCPSite(runner, host, port, ssl_context=tls).start()
    served: int = runner.addresses[0][1]
    return served


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


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
