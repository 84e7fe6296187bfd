from __future__ import annotations

from harness.server.model import Server


def test_secret_is_not_shown() -> None:
    server = Server(
        url="ws://127.0.0.1:1",
        api_key="key",
        api_secret="hidden",
        version="1",
        backend="binary",
        owned=True,
    )
    assert "hidden" not in repr(server)
