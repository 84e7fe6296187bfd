from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harness.evidence.run_event import AttemptFinished, Note, RunFinished
from harness.following import view as view_module
from harness.following.view import MOST_CHARACTERS, MOST_NOTES, Views
from tests.following.runs import begins
from tests.report.conftest import run_events

if TYPE_CHECKING:
    from tests.following.runs import Written


def shown(views: Views, since: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(views.json(since))
    return told


def test_before_the_run_begins_that_is_what_is_said(written: Written) -> None:
    told = shown(Views(written.follower))

    assert (told["phase"], told["total"], told["rows"]) == ("waiting", 0, [])
    assert told["report"] == str(written.path / "report.html")


def test_what_runs_is_told_with_how_far_it_is(written: Written) -> None:
    written.write_run(last=AttemptFinished)
    written.now_s = 14
    told = shown(Views(written.follower))
    [running] = told["running"]

    assert (told["phase"], told["done"], told["total"]) == ("running", 0, 3)
    assert told["elapsed_s"] == 14
    assert (running["attempt"], running["since_s"]) == (1, 4)
    assert running["scenario"].endswith("::test_silence[48000]")
    assert dict(told["facts"]) == {
        "livekit-server": "1.13.5",
        "livekit-harness": "0.1.0",
        "started": "2026-11-21 00:05:28 UTC",
        "server from": "binary",
        "seed": "81",
    }
    assert told["to_go"] == ""

    written.write(begins("waits.py::test_its_turn", 14))
    assert shown(Views(written.follower))["running"][1]["attempt"] == 0


def test_what_runs_again_says_why(written: Written) -> None:
    events = run_events()
    first = next(place for place, one in enumerate(events) if isinstance(one, AttemptFinished))
    written.write(*events[: first + 1])
    [running] = shown(Views(written.follower))["running"]

    assert (running["attempt"], running["remarks"]) == (0, ["attempt 1 was disturbed: alice: late"])


def test_rows_come_once_and_not_too_many_at_a_time(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_module, "MOST_ROWS", 2)
    views = Views(written.follower)
    written.write_run(last=RunFinished)
    first, rest, none = (shown(views, since) for since in (0, 2, 3))

    assert [len(one["rows"]) for one in (first, rest, none)] == [2, 1, 0]
    assert {one["count"] for one in (first, rest, none)} == {3}
    assert first["failed"] == 2
    assert first["phase"] == "running"
    assert not views.ended


def test_the_end_is_told_once_there_is_a_report(written: Written) -> None:
    views = Views(written.follower)
    written.write_run()
    told = shown(views)
    assert (told["phase"], told["exit_code"], told["why"]) == ("ended", 1, "2 FAIL")
    assert (told["elapsed_s"], told["to_go"], told["running"]) == (134, "", [])
    assert not told["has_report"]
    assert not views.told_end.is_set()
    assert views.report() is None

    (written.path / "report.html").write_text("the report")
    assert shown(views)["has_report"]
    assert views.told_end.is_set()
    assert views.report() == b"the report"
    assert views.ended


def test_notes_are_told_the_last_of_many_each_cut(written: Written) -> None:
    written.write_run(last=RunFinished)
    written.write(*(Note(at_ns=10**12, text="x" * 999) for _ in range(MOST_NOTES)), worker="gw1")
    with (written.path / "events.ndjson").open("ab") as stream:
        stream.write(b"nonsense\n")
    notes = shown(Views(written.follower))["notes"]

    assert len(notes) == MOST_NOTES
    assert {len(one) for one in notes} == {MOST_CHARACTERS}


def test_a_line_that_cannot_be_read_is_said(written: Written) -> None:
    written.write_run(last=AttemptFinished)
    with (written.path / "events.ndjson").open("ab") as stream:
        stream.write(b"nonsense\n")

    assert "lines of the record that cannot be read: 1" in shown(Views(written.follower))["notes"]


def test_what_hides_or_turns_text_is_taken_out_of_names(written: Written) -> None:
    written.write(begins("evil\u202e.py::test_\x1b[2J", 0))
    written.write_run(last=AttemptFinished)
    told = shown(Views(written.follower))

    assert told["running"][0]["scenario"] == "evil\ufffd.py::test_\ufffd[2J"
