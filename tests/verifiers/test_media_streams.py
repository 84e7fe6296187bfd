from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.bindings import FILE_NAME, BindingsWriter, MsidRow
from harness.verifiers.media_streams import in_one_stream

TRACKS = ("TR_tone", "TR_face")


def described(folder: Path, *streams: str | None, participant: str = "bob") -> None:
    writer = BindingsWriter(folder)
    for ssrc, (track, stream) in enumerate(zip(TRACKS, streams, strict=False)):
        writer.write(
            MsidRow(at_ns=1, participant=participant, ssrc=ssrc, track=track, stream=stream)
        )
    writer.close()


@pytest.mark.parametrize(
    ("streams", "together"),
    [(("PA_a|camera", "PA_a|camera"), 1), (("PA_a|TR_tone", "PA_a|TR_face"), 0)],
)
def test_a_stream_is_shared_or_not(tmp_path: Path, streams: tuple[str, str], together: int) -> None:
    described(tmp_path, *streams)
    measured = in_one_stream(tmp_path, participant="bob", tracks=TRACKS)
    assert measured.value == together
    assert streams[1] in measured.notes[0]
    assert measured.evidence == (FILE_NAME,)


def test_the_last_description_counts(tmp_path: Path) -> None:
    described(tmp_path, "PA_a|TR_tone", "PA_a|TR_face")
    described(tmp_path, "PA_a|av", "PA_a|av")
    assert in_one_stream(tmp_path, participant="bob", tracks=TRACKS).value == 1


def test_a_track_that_nobody_described_is_no_evidence(tmp_path: Path) -> None:
    assert in_one_stream(tmp_path, participant="bob", tracks=TRACKS).value is None
    described(tmp_path, "PA_a|av", "PA_a|av", participant="carol")
    assert in_one_stream(tmp_path, participant="bob", tracks=TRACKS).value is None
    described(tmp_path, "PA_a|av", None)
    missing = in_one_stream(tmp_path, participant="bob", tracks=TRACKS).missing
    assert "TR_face was described to bob" in str(missing)
    (tmp_path / FILE_NAME).write_text("no row\n")
    assert in_one_stream(tmp_path, participant="bob", tracks=TRACKS).value is None
