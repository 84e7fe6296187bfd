from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.signalling import FILE_NAME, SignallingMessage
from harness.verifiers.descriptions import descriptions_between

SINCE, UNTIL = 100, 200


def record(folder: Path, *messages: tuple[int, str]) -> None:
    rows = [
        SignallingMessage(at_ns=at, participant="bob", direction="server", kind=kind, bytes=9)
        for at, kind in messages
    ]
    (folder / FILE_NAME).write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def test_offers_and_answers_of_the_time_are_counted(tmp_path: Path) -> None:
    record(
        tmp_path,
        (10, "join_request"), (50, "answer"),
        (SINCE, "offer"), (150, "mute"), (UNTIL - 1, "answer"),
        (UNTIL, "offer"),
    )  # fmt: skip
    found = descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL)

    assert (found.value, found.unit, found.error) == (2, "messages", 0)
    assert found.rests_on == 6
    assert found.notes == ("offer of the server with bob", "answer of the server with bob")
    assert found.evidence == (FILE_NAME,)


def test_none_is_zero_where_somebody_was_recording(tmp_path: Path) -> None:
    record(tmp_path, (10, "offer"), (150, "ping_req"))

    assert descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL).value == 0


def test_those_of_one_participant_alone(tmp_path: Path) -> None:
    record(tmp_path, (10, "offer"), (150, "answer"))
    of_bob = descriptions_between(tmp_path, participant="bob", since_ns=SINCE, until_ns=UNTIL)
    of_carol = descriptions_between(tmp_path, participant="carol", since_ns=SINCE, until_ns=UNTIL)

    assert of_bob.value == 1
    assert of_carol.value is None


def test_a_second_join_is_no_renegotiation(tmp_path: Path) -> None:
    record(tmp_path, (10, "join_request"), (150, "join_request"))

    assert descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL).value == 0


def test_at_most_five_of_them_are_named(tmp_path: Path) -> None:
    record(tmp_path, (10, "offer"), *((SINCE + n, "offer") for n in range(8)))
    found = descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL)

    assert found.value == 8
    assert len(found.notes) == 5


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([], "no session description was seen before"),
        ([(150, "offer")], "no session description was seen before"),
        ([(SINCE, "offer")], "no session description was seen before"),
        ([(10, "offer")], "no message at all"),
        ([(10, "offer"), (UNTIL, "mute")], "no message at all"),
    ],
)
def test_a_record_that_saw_nothing_cannot_tell(
    tmp_path: Path, messages: list[tuple[int, str]], why: str
) -> None:
    record(tmp_path, *messages)
    found = descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL)

    assert found.value is None
    assert why in (found.missing or "")
    assert found.unit == "messages"


def test_a_damaged_record_is_missing_evidence_and_names_the_line(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{}\n")
    found = descriptions_between(tmp_path, since_ns=SINCE, until_ns=UNTIL)

    assert f"{FILE_NAME}:1" in (found.missing or "")
