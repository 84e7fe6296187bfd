from __future__ import annotations

import asyncio
import ssl
import stat
from pathlib import Path

import pytest

from harness.standalone.certificate import make_certificate

NAMES = ["desk.example", "192.0.2.7"]
LIMIT_S = 10.0


async def greet(certificate: Path, key: Path, name: str) -> str:
    """What a client that trusts nothing but the certificate hears from a server of that name."""
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate, key)
    theirs = ssl.create_default_context(cafile=str(certificate))

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.close()
        await writer.wait_closed()

    async with (
        asyncio.timeout(LIMIT_S),
        await asyncio.start_server(answer, "127.0.0.1", 0, ssl=ours) as server,
    ):
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=theirs, server_hostname=name
        )
        heard = (await reader.read()).decode()
        writer.close()
        await writer.wait_closed()
    return heard


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.asyncio
async def test_a_client_that_was_given_the_certificate_takes_it(tmp_path: Path, name: str) -> None:
    certificate, key = make_certificate(tmp_path, NAMES)

    assert await greet(certificate, key, name) == "hello"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the handshake that is refused
@pytest.mark.asyncio
async def test_it_is_nobody_elses(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path, NAMES)
    with pytest.raises(ssl.SSLCertVerificationError):
        await greet(certificate, key, "other.example")


def test_only_its_owner_reads_the_key_and_none_is_overwritten(tmp_path: Path) -> None:
    _, key = make_certificate(tmp_path, NAMES)
    kept = key.read_bytes()

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        make_certificate(tmp_path, NAMES)
    assert key.read_bytes() == kept
