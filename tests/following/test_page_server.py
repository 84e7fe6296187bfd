from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from harness.evidence.run_event import AttemptFinished
from harness.following import page_server
from harness.following.page_server import FILES, MOST_CONNECTIONS, PageServer
from harness.following.view import Views

if TYPE_CHECKING:
    from tests.following.runs import Written

LIMIT_S = 20


@pytest.fixture
def server(written: Written) -> Iterator[PageServer]:
    served = PageServer(Views(written.follower), linger_s=0.0)
    yield served
    served.close()


def answer(
    server: PageServer, name: str, *, method: str = "GET"
) -> tuple[http.client.HTTPResponse, bytes]:
    """What is said to who knows the token, or names another path."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=LIMIT_S)
    with closing(connection):
        connection.request(method, name if name.startswith("/") else address.path + name)
        response = connection.getresponse()
        return response, response.read()


@pytest.mark.parametrize("name", FILES)
def test_the_page_and_what_it_needs_are_served(server: PageServer, name: str) -> None:
    response, body = answer(server, name)

    assert response.status == 200
    assert body
    assert response.headers["Content-Type"] == f"{FILES[name][1]}; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Server"] == "livekit-harness"


def test_the_state_is_told_with_rows_from_a_number_on(server: PageServer, written: Written) -> None:
    written.write_run()
    counts = {}
    for query in ("", "?since=1", "?since=x", "?since=-1", "?since=99999999999999", "?since=3"):
        response, body = answer(server, f"state.json{query}")
        assert response.headers["Content-Type"].startswith("application/json")
        counts[query] = len(json.loads(body)["rows"])

    assert list(counts.values()) == [3, 2, 3, 3, 3, 0]


def test_the_report_is_served_once_it_is_there(server: PageServer, written: Written) -> None:
    written.write_run()
    assert answer(server, "report.html")[0].status == 404
    (written.path / "report.html").write_text("the report")
    response, body = answer(server, "report.html")

    assert body == b"the report"
    assert response.headers["Content-Security-Policy"] is None, "it has one of its own"


@pytest.mark.parametrize(
    "path", ["/", "/state.json", "/x/state.json", "//", "events.ndjson", "../../etc/passwd"]
)
def test_nothing_is_told_to_who_has_no_token_or_asks_for_anything_else(
    server: PageServer, path: str
) -> None:
    response, body = answer(server, path)

    assert (response.status, body) == (404, b"Not Found")


def test_a_token_may_be_any_bytes(server: PageServer) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port), LIMIT_S) as asks:
        asks.sendall(b"GET /\xc3\xa9/ HTTP/1.0\r\n\r\n")
        assert asks.recv(99).startswith(b"HTTP/1.0 404 ")


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS", "NONSENSE"])
def test_it_can_only_be_read(server: PageServer, method: str) -> None:
    response, _ = answer(server, "state.json", method=method)

    assert response.status == 405
    assert response.headers["Allow"] == "GET"


def test_tokens_are_long_and_each_run_has_another(server: PageServer, written: Written) -> None:
    other = PageServer(Views(written.follower))
    other.close()

    assert urlsplit(server.url).hostname == "127.0.0.1"
    assert urlsplit(server.url).path != urlsplit(other.url).path
    assert len(urlsplit(server.url).path) > 32


def test_many_connections_that_say_nothing_are_not_all_kept(server: PageServer) -> None:
    port = urlsplit(server.url).port
    opened = [
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        for _ in range(MOST_CONNECTIONS + 1)
    ]
    try:
        assert opened[-1].recv(1) == b""
    finally:
        for one in opened:
            one.close()


def test_who_looks_is_told_the_end_before_the_server_goes(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = Views(written.follower)
    waited: list[float | None] = []
    monkeypatch.setattr(views.told_end, "wait", waited.append)
    written.write_run(last=AttemptFinished)
    for ended in (False, True):
        if ended:
            written.write_run()
        served = PageServer(views, linger_s=7.0)
        answer(served, "state.json")
        served.close()
        assert waited == ([7.0] if ended else [])


def test_where_nobody_looks_the_end_waits_for_nobody(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = Views(written.follower)
    waited: list[float | None] = []
    monkeypatch.setattr(views.told_end, "wait", waited.append)
    written.write_run()
    PageServer(views).close()
    monkeypatch.setattr(page_server, "WATCHED_S", 0.0)
    served = PageServer(views)
    answer(served, "state.json")
    served.close()

    assert waited == []


def test_a_browser_that_went_away_is_no_news(
    server: PageServer, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port)) as gone:
        gone.send(b"GET / HTTP/1.0\r\n")
    assert answer(server, "state.json")[0].status == 200
    assert capfd.readouterr() == ("", "")
