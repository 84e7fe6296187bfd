from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from harness.server.http_get import Answer, UnreachableError, request
from harness.server.ports import free_tcp_port


def test_answer_of_a_server_under_a_websocket_url(
    serve: Callable[[Callable[[str], tuple[int, bytes]]], str],
) -> None:
    url = serve(lambda path: (404, path.encode()))
    answer = request(url.replace("http", "ws") + "/there", timeout_s=5, method="POST", body=b"x")
    assert answer == Answer(status=404, body=b"/there")


def test_nobody_there() -> None:
    with pytest.raises(UnreachableError, match=r"^connection refused$"):
        request(f"http://127.0.0.1:{free_tcp_port('127.0.0.1')}", timeout_s=5)


def test_name_that_does_not_exist() -> None:
    with pytest.raises(UnreachableError, match=r"^its name cannot be resolved$"):
        request("http://no-such-host.invalid", timeout_s=5)


def test_port_that_is_no_port() -> None:
    with pytest.raises(UnreachableError, match="Port"):
        request("http://127.0.0.1:99999", timeout_s=5)


@pytest.mark.parametrize(
    ("url", "said", "why"),
    [
        ("http", b"SSH-2.0-OpenSSH_9.2\r\n", "it does not speak HTTP"),
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "TLS failed"),
        ("http", b"", "no answer in time"),
    ],
)
def test_someone_else_there(url: str, said: bytes, why: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = threading.Event()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(said)
                done.wait(5)

        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(UnreachableError, match=why):
            request(f"{url}://127.0.0.1:{port}", timeout_s=0.2)
        done.set()
        thread.join(5)
