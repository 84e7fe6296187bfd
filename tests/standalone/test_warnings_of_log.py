from __future__ import annotations

from pathlib import Path

import pytest

from harness.standalone import warnings_of_log as module
from harness.standalone.warnings_of_log import LogWarnings

LINE = "2026-11-21 03:29:17,561 {} harness.gateway.signalling: {}\n"


def test_each_warning_is_told_once_and_nothing_else(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    warnings = LogWarnings(log)
    assert warnings.fresh() == []

    log.write_text(LINE.format("INFO", "serving") + LINE.format("WARNING", "GET /rtc: 502 gone"))
    assert warnings.fresh() == ["GET /rtc: 502 gone"]
    assert warnings.fresh() == []

    with log.open("a") as more:
        more.write(LINE.format("ERROR", "half")[:-1])
    assert warnings.fresh() == []
    with log.open("a") as more:
        more.write(" and whole\nTraceback\n")
    assert warnings.fresh() == ["half and whole"]


def test_a_warning_cannot_steer_the_terminal(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    log.write_text(LINE.format("WARNING", "a\x1b[2Jb"))

    assert LogWarnings(log).fresh() == ["a\ufffd[2Jb"]


def test_a_flood_stays_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    log.write_text("".join(LINE.format("WARNING", number) for number in range(9)))

    assert LogWarnings(log).fresh() == ["0", "1", "2", "3", "4", f"… and 4 more, see {log}"]


def test_a_line_without_end_does_not_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    log = tmp_path / "gateway.log"
    log.write_text("x" * 250 + "\n" + LINE.format("WARNING", "after"))
    warnings = LogWarnings(log)
    found = [line for _ in range(5) for line in warnings.fresh()]

    assert found == ["after"]
