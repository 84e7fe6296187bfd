"""What is read back of an attempt, and the pictures that are drawn of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from harness.evidence import application_call, moderator_call
from harness.evidence.application_call import ApplicationCall
from harness.evidence.measurement import NoEvidenceError
from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.sdk_call import SdkCall, add_call, read_calls
from harness.evidence.signalling import SignallingMessage, server_version
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS
from harness.report.pictures.drawings import drawings
from harness.report.pictures.limits import SeenLimits
from tests.fuzzing.target import Target, opened
from tests.report.pictures.evidence import NEWS, at, write_attempt, write_statistics
from tests.report.pictures.evidence import opened as opened_attempt


def _signalling(folder: Path) -> list[bytes]:
    said = [
        SignallingMessage(
            at_ns=at_ns, participant="bob", direction="server", kind=kind, bytes=9, details=details
        )
        for at_ns, kind, details in (
            (1, "join", {"server_version": "1.13.5"}),
            (2, "mute", {"sid": "TR_x", "muted": True}),
            (3, "websocket_close", {"code": 1000}),
        )
    ]
    return [b"".join(msgspec.json.encode(one) + b"\n" for one in said)]


def _events(folder: Path) -> list[bytes]:
    return [b"".join(msgspec.json.encode(one) + b"\n" for one in NEWS)]


def _calls(folder: Path) -> list[bytes]:
    for name, details in (("mute", {}), ("set_enabled", {"enabled": False}), ("publish", {})):
        call = ApplicationCall(
            at_ns=at(1.0), participant="alice", name=name, track="TR_a", details=details
        )
        application_call.append_call(folder, call)
    return [(folder / application_call.FILE_NAME).read_bytes()]


def _moderation(folder: Path) -> list[bytes]:
    call = ModeratorCall(
        at_ns=at(1.0),
        name="mute_published_track",
        identity="alice",
        sids=("TR_a",),
        details={"muted": True},
    )
    moderator_call.append_call(folder, call)
    return [(folder / moderator_call.FILE_NAME).read_bytes()]


def _statistics(folder: Path) -> list[bytes]:
    write_statistics(folder, 7)
    return [(folder / STATISTICS).read_bytes()]


def _record(name: str, seeds: Callable[[Path], list[bytes]]) -> Target:
    def take(data: bytes, folder: Path) -> None:
        path = folder / "attempt"
        if not path.exists():
            write_attempt(path)
            (path / "alice").mkdir(exist_ok=True)
        (path / name).write_bytes(data)
        with suppress(ValueError):
            server_version(path)
        for piece in (EVENTS, STATISTICS):
            with suppress(OSError, ValueError, NoEvidenceError):
                for drawing in drawings(opened_attempt(path), piece, SeenLimits()):
                    drawing.draw()

    return Target(name=name.rpartition("/")[2], seeds=seeds, open=opened(take))


def _journal(folder: Path) -> list[bytes]:
    journal = folder / "calls"
    for end in ("began", "returned", "raised", "died"):
        add_call(journal, SdkCall(name=f"NV12 {end}", end=end, kind="x", value={"a": [1]}))
    return [journal.read_bytes()]


def _take_journal(data: bytes, folder: Path) -> None:
    (folder / "calls").write_bytes(data)
    with suppress(ValueError):
        read_calls(folder / "calls")


ATTEMPTS = (
    _record("signalling.ndjson", _signalling),
    _record(f"bob/{EVENTS}", _events),
    _record(f"alice/{application_call.FILE_NAME}", _calls),
    _record(moderator_call.FILE_NAME, _moderation),
    _record(STATISTICS, _statistics),
    Target(name="journal of calls", seeds=_journal, open=opened(_take_journal)),
)
"""What is read back of an attempt."""
