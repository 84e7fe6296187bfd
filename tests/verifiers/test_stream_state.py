from __future__ import annotations

from pathlib import Path

import msgspec

from harness.evidence.clock import NS_PER_S
from harness.evidence.signalling import FILE_NAME, SignallingMessage
from harness.verifiers.stream_state import stream_state_ratio

PAUSED_AT_S, ACTIVE_AT_S, END_S = 2, 4, 6
SPAN = {"since_ns": 0, "until_ns": END_S * NS_PER_S}


def record(folder: Path, *told: tuple[float, str], track: str = "TR_face") -> Path:
    """A record in which the server said this of a stream, some seconds after the start."""
    lines = [
        SignallingMessage(at_ns=0, participant="bob", direction="server", kind="join", bytes=9)
    ]
    lines += [
        SignallingMessage(
            at_ns=round(at_s * NS_PER_S),
            participant="bob",
            direction="server",
            kind="stream_state_update",
            bytes=9,
            details={"streams": [{"track_sid": track, "state": state}]},
        )
        for at_s, state in told
    ]
    (folder / FILE_NAME).write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return folder


def readings(*changes: tuple[float, str]) -> list[tuple[int, str]]:
    """Ten a second, of the state that was last changed to."""
    read = []
    for tenth in range(END_S * 10):
        state = [said for since_s, said in changes if since_s * 10 <= tenth][-1]
        read.append((tenth * NS_PER_S // 10, state))
    return read


def test_a_track_that_says_what_the_server_said(tmp_path: Path) -> None:
    folder = record(tmp_path, (PAUSED_AT_S, "paused"), (ACTIVE_AT_S, "active"))
    right = readings((0, "active"), (2.2, "paused"), (4.4, "active"))

    paused = stream_state_ratio(right, folder, "paused", participant="bob", track="TR_face", **SPAN)
    active = stream_state_ratio(right, folder, "active", participant="bob", track="TR_face", **SPAN)

    assert (paused.value, paused.unit, paused.rests_on) == (1.0, "ratio", 15)
    assert (active.value, active.rests_on) == (1.0, 35)
    assert paused.notes == ()


def test_a_track_that_never_says_paused(tmp_path: Path) -> None:
    folder = record(tmp_path, (PAUSED_AT_S, "paused"))

    measured = stream_state_ratio(
        readings((0, "active")), folder, "paused", participant="bob", track="TR_face", **SPAN
    )

    assert (measured.value, measured.rests_on) == (0.0, 35)
    assert measured.notes == ("also said: active",)


def test_a_server_that_said_nothing_is_no_answer(tmp_path: Path) -> None:
    always = readings((0, "active"))
    other = record(tmp_path, (PAUSED_AT_S, "paused"), track="TR_other")

    unsaid = stream_state_ratio(always, other, "paused", participant="bob", track="TR_face", **SPAN)
    nobody = stream_state_ratio(
        always, other, "paused", participant="carol", track="TR_face", **SPAN
    )
    (tmp_path / FILE_NAME).write_bytes(b"{\n{\n")
    broken = stream_state_ratio(
        always, tmp_path, "paused", participant="bob", track="TR_face", **SPAN
    )

    assert "no reading while the server meant paused" in str(unsaid.missing)
    assert "no message of carol" in str(nobody.missing)
    assert "not a signalling message" in str(broken.missing)
