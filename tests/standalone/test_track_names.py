from __future__ import annotations

from pathlib import Path

from harness.evidence.bindings import BindingsWriter, MidRow, MsidRow, SsrcRow
from harness.standalone.track_names import TrackNames

MID = MidRow(at_ns=2, participant="alice", mid="1", track="TR_a", medium="video")
SENT = SsrcRow(at_ns=1, participant="alice", direction="up", flow=0, ssrc=7, pt=96, mid="1")
HEARD = MsidRow(at_ns=3, participant="bob", ssrc=9, track="TR_a")


def test_what_is_sent_is_named_by_its_section_and_what_is_heard_by_its_ssrc() -> None:
    names = TrackNames()
    names.learn([SENT, MID, HEARD])

    assert names.sid("alice", "up", 7) == "TR_a"
    assert names.sid("bob", "down", 9) == "TR_a"
    assert names.sid("alice", "down", 7) is None
    assert names.sid("alice", "up", 8) is None


def test_a_record_that_grows_is_read_on(tmp_path: Path) -> None:
    names = TrackNames()
    names.refresh(tmp_path)
    writer = BindingsWriter(tmp_path)
    writer.write(SENT)
    names.refresh(tmp_path)
    assert names.sid("alice", "up", 7) is None

    writer.write(MID)
    writer.close()
    names.refresh(tmp_path)
    assert names.sid("alice", "up", 7) == "TR_a"
