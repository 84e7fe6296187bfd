from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.statistics_sample import StatisticsSample, write_samples


def test_samples_are_lines_of_json(tmp_path: Path) -> None:
    samples = [
        StatisticsSample(at_ns=n, participant="bob", entries=[{"type": "inbound_rtp", "ssrc": n}])
        for n in (1, 2)
    ]
    write_samples(tmp_path / "s.ndjson", samples)

    lines = (tmp_path / "s.ndjson").read_bytes().splitlines()
    assert [msgspec.json.decode(line, type=StatisticsSample) for line in lines] == samples


def test_a_moment_beyond_all_time_is_none() -> None:
    line = b'{"at_ns":1%s,"participant":"bob","entries":[]}' % (b"0" * 400)
    with pytest.raises(msgspec.ValidationError, match="at_ns"):
        msgspec.json.decode(line, type=StatisticsSample)
