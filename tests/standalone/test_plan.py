from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from harness.gateway.errors import GatewayError
from harness.network.profile import ProfileError
from harness.standalone import plan as module
from harness.standalone.plan import (
    Address,
    check_port,
    check_upstream,
    make_record_folder,
    parse_address,
    parse_participants,
)


@pytest.mark.parametrize(
    ("listen", "port"),
    [("127.0.0.1:7", 7), ("7", 7), ("127.0.0.1", 0), ("localhost:9", 9), (":7", 7), ("0", 0)],
)
def test_loopback_needs_no_further_word(listen: str, port: int) -> None:
    found = parse_address(listen, None)

    assert found == Address(
        listen_host="127.0.0.1", listen_port=port, name="127.0.0.1", host="127.0.0.1"
    )
    assert found.loopback


def test_a_name_that_is_advertised_is_kept_and_resolved() -> None:
    found = parse_address("0.0.0.0:7880", "localhost")

    assert found == Address(
        listen_host="0.0.0.0", listen_port=7880, name="localhost", host="127.0.0.1"
    )
    assert not found.loopback


@pytest.mark.parametrize(
    ("listen", "advertise", "says"),
    [
        ("0.0.0.0:7880", None, "is open to others: say with --advertise"),
        ("192.0.2.1", None, "is open to others: say with --advertise"),
        ("::1:80", None, "write it as ADDRESS:PORT, IPv4"),
        ("here:80", None, "write it as ADDRESS:PORT, IPv4"),
        ("", None, "write it as ADDRESS:PORT, IPv4"),
        ("127.0.0.1:65536", None, "'65536' is not a port"),
        ("127.0.0.1:x", None, "'x' is not a port"),
        ("0.0.0.0", "0.0.0.0", "clients cannot reach that"),
        ("0.0.0.0", "no-such-name.invalid", "no IPv4 address of that name"),
    ],
)
def test_an_address_that_cannot_work_is_refused(
    listen: str, advertise: str | None, says: str
) -> None:
    with pytest.raises(GatewayError, match=says):
        parse_address(listen, advertise)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_what_cannot_be_listened_on_is_said(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(GatewayError, match=f"--listen {host}:{port}: .*; name another"):
            check_port(parse_address(f"{host}:{port}", "localhost"))


def test_a_free_port_is_left_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    for _ in range(2):
        check_port(parse_address(str(port), None))


def test_participants_have_profiles_of_their_own() -> None:
    found = parse_participants(["alice=clean", "a=b=lossy-downlink"])

    assert {who: profile.name for who, profile in found.items()} == {
        "alice": "clean",
        "a=b": "lossy-downlink",
    }


@pytest.mark.parametrize("given", [["alice"], ["=clean"], ["alice="]])
def test_what_is_no_participant_is_refused(given: list[str]) -> None:
    with pytest.raises(GatewayError, match="write it as IDENTITY=PROFILE"):
        parse_participants(given)


def test_two_profiles_for_one_are_refused() -> None:
    with pytest.raises(GatewayError, match="'alice' has a profile already"):
        parse_participants(["alice=clean", "alice=clean"])


def test_a_profile_that_is_not_there_is_named() -> None:
    with pytest.raises(ProfileError, match="no profile 'none'"):
        parse_participants(["alice=none"])


@pytest.fixture
def web_server() -> Iterator[str]:
    """`127.0.0.1:port` of a server that refuses everything, politely."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        serving = threading.Thread(target=server.handle_request)
        serving.start()
        yield f"127.0.0.1:{server.server_port}"
        serving.join()


def test_a_server_that_answers_anything_is_there(web_server: str) -> None:
    check_upstream(f"ws://{web_server}")


def test_a_server_that_does_not_answer_is_said() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{unheard.getsockname()[1]}"
        with pytest.raises(GatewayError, match=f"no server answers at {url} .connection refused"):
            check_upstream(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("here:7880", "write it as ws://host:port"),
        ("ws://", "write it as ws://host:port"),
        ("ftp://host", "write it as ws://host:port"),
        ("ws://host:port", "write it as ws://host:port"),
        ("ws://host/rtc", "leave the path out"),
    ],
)
def test_a_url_that_is_none_is_refused(url: str, says: str) -> None:
    with pytest.raises(GatewayError, match=says):
        check_upstream(url)


def test_a_record_folder_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORDS", tmp_path / "records")

    assert make_record_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert make_record_folder(None).parent == tmp_path / "records"


def test_no_record_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "arrivals.bin").touch()
    with pytest.raises(GatewayError, match="holds a record already: name another folder"):
        make_record_folder(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GatewayError, match=r"cannot write to the folder .*: Not a directory"):
        make_record_folder(tmp_path / "file" / "inside")


def test_a_folder_that_cannot_be_written_is_said() -> None:
    with pytest.raises(GatewayError, match=r"cannot write to the folder /proc/self/task: "):
        make_record_folder(Path("/proc/self/task"))  # even root may not
