"""The page of a run: HTTP on loopback, for whoever holds the token in its address.

    GET /TOKEN/                      the page; its style and its script beside it
    GET /TOKEN/state.json?since=N    how the run stands, and what ended after the N-th that ended
    GET /TOKEN/report.html           the report, once the run has ended

Whatever else is asked gets a line of text with status 404 or 405.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.evidence.clock import NS_PER_S, now_ns
from harness.following.view import Views
from harness.report.html import TEMPLATES

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MOST_CONNECTIONS = 16
IDLE_LIMIT_S = 5.0
POLL_S = 0.1
"""How soon it notices that it is to end."""
WATCHED_S = 3.0
"""Who asked within that is still there."""
LINGER_S = 3.0
"""How long the end of a run waits until it is told."""
FILES = {
    "": ("live.html", "text/html"),
    "report.css": ("report.css", "text/css"),
    "matrix.css": ("matrix.css", "text/css"),
    "live.css": ("live.css", "text/css"),
    "live.js": ("live.js", "text/javascript"),
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class PageServer:
    """Serves the page until it is closed.

    Raises OSError when nothing can listen on loopback.
    """

    def __init__(self, views: Views, *, linger_s: float = LINGER_S) -> None:
        self._views = views
        self._linger_s = linger_s
        self._token = secrets.token_urlsafe(24)
        self._server = _Server(views, self._token)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_S,), name="lk-watch", daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """What to open. Whoever has it sees the run."""
        return f"http://{HOST}:{self._server.server_port}/{self._token}/"

    def close(self) -> None:
        """Tell the end to who still looks, then serve nobody any more."""
        asked_ns = self._server.asked_ns
        watched = asked_ns is not None and now_ns() - asked_ns < WATCHED_S * NS_PER_S
        if watched and self._views.ended:
            with suppress(KeyboardInterrupt):
                self._views.told_end.wait(self._linger_s)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(IDLE_LIMIT_S)


class _Server(ThreadingHTTPServer):
    """With few connections at a time."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, views: Views, token: str) -> None:
        super().__init__((HOST, 0), _Handler)
        self.views = views
        self.token = token.encode()
        self.asked_ns: int | None = None
        """When somebody last asked how the run stands."""
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as there
        """In a thread, if there is one to be had."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Of one connection, to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:  # noqa: ANN401
        """Not on the terminal of the run; a browser that went away is nothing to tell."""
        log.debug("a request for the page ended early", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = IDLE_LIMIT_S

    def do_GET(self) -> None:
        """Answer what is known, to who knows the token."""
        address = urlsplit(self.path)
        _, _, below = address.path.partition("/")
        token, slash, name = below.partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.server.token):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif name == "state.json":
            self.server.asked_ns = now_ns()
            answer = self.server.views.json(_since(address.query))
            self._send(answer, "application/json", {"Content-Security-Policy": POLICY})
        elif name == "report.html" and (report := self.server.views.report()) is not None:
            self._send(report, "text/html")  # with a policy of its own
        elif name in FILES:
            file, kind = FILES[name]
            self._send((TEMPLATES / file).read_bytes(), kind, {"Content-Security-Policy": POLICY})
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """One line, and nothing of what was asked."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:  # the library's word for any other method
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._send(status.phrase.encode(), "text/plain", {"Allow": "GET"}, status=status)

    def _send(
        self,
        body: bytes,
        kind: str,
        more: dict[str, str] | None = None,
        *,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, **(more or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Nobody need know which Python."""
        return "livekit-harness"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as there
        """Nothing: addresses carry the token."""


def _since(query: str) -> int:
    """The number of the first row that is asked for; 0 for what is none."""
    said = parse_qs(query).get("since", ["0"])[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
