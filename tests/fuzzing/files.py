"""Files that are read back: of runs, of ledgers, of recordings, and those that users write."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import harness.network.profile as profile_module
from harness.clauses.catalogue import SHIPPED, Catalogue, CatalogueError
from harness.clauses.claims import documentation
from harness.evidence.history import HISTORY, remember
from harness.evidence.kept_pictures import kept_pictures
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_ndjson import write_ndjson
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import Cause, LedgerError, RecordKind, file_name
from harness.evidence.ledger_summary import summarise
from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.run_folder import Owner, RunFolderError, owner_of
from harness.evidence.sdk_call import SdkCall, add_call, read_calls
from harness.evidence.sent import read_sent
from harness.evidence.signalling import SignallingMessage, server_version
from harness.evidence.thumbnails import thumbnail
from harness.judging.claims import judge_claims
from harness.judging.deviations import DeviationError, Deviations
from harness.judging.gate import GATE
from harness.network.profile import ProfileError, parse_profile, profile_names
from harness.network.profile_chart import chart
from harness.network.profile_text import timeline
from harness.participant.kept_file import KeptFile
from harness.participant.recording_files import PictureFile, SoundFile
from harness.report.claims_text import claims_text
from harness.report.comparison import compare_runs, read_results
from harness.report.comparison_json import comparison_json
from harness.report.comparison_markdown import comparison_markdown
from harness.report.comparison_text import comparison_text
from harness.report.flips_text import flips_text
from harness.report.github import annotation_lines
from harness.report.model import read_report
from harness.report.render import render
from harness.report.stored_runs import stored_runs
from harness.report.terminal import summary
from harness.signals.picture import Reading, i420_planes
from harness.standalone.track_names import TrackNames
from tests.evidence import ledger_recorder
from tests.evidence.ledger_recorder import BOB_DOWN, HIGH, LOW, MICROPHONE, REPAIR, VIDEO, rtp
from tests.fuzzing.target import Target, opened, require
from tests.report.conftest import run_events, write

RUN = "20261121T000000.000000Z-aaaaaa"
RATE = 48_000


def _run_log(folder: Path) -> list[bytes]:
    return [(write(folder / "run", run_events()) / "events.ndjson").read_bytes()]


def _take_run_log(data: bytes, folder: Path) -> None:
    run = folder / "run"
    run.mkdir(exist_ok=True)
    (run / "events.ndjson").write_bytes(data)
    with suppress(RunFolderError):
        report = render(run)
        summary(report)
        annotation_lines(report, root=folder, workspace=folder)
        claims = judge_claims(documentation().claims, report.clauses, report.findings)
        claims_text(claims, report, shown=claims)
        require(not (report.conformant and report.problems), "conformant, and not whole")


def _results(folder: Path) -> list[bytes]:
    run = write(folder / "run", run_events())
    render(run)
    return [(run / "results.json").read_bytes()]


def _take_results(data: bytes, folder: Path) -> None:
    run = folder / RUN
    if not run.exists():
        write(run, run_events())
    (run / "results.json").write_bytes(data)
    with suppress(RunFolderError):
        told, known = read_results(run / "results.json"), read_results(run)
        for base, new in (([told], known), ([known, told], known), ([known, known], told)):
            compared = compare_runs(base, new, GATE)
            comparison_text(compared)
            comparison_markdown(compared)
            comparison_json(compared)
    flips_text(stored_runs(folder))
    require(read_report(run).findings, "the log is the record, whatever the results say")


def _history(folder: Path) -> list[bytes]:
    remember(write(folder / RUN, run_events()))
    return [(folder / HISTORY).read_bytes()]


def _take_history(data: bytes, folder: Path) -> None:
    (folder / HISTORY).write_bytes(data)
    flips_text(stored_runs(folder))


def _owner(folder: Path) -> list[bytes]:
    return [b'{"pid":%d,"created_s":%f}' % (Owner.current().pid, Owner.current().created_s)]


def _take_owner(data: bytes, folder: Path) -> None:
    (folder / "owner.json").write_bytes(data)
    owner = owner_of(folder)
    if owner is not None:
        owner.alive()


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


def _take_signalling(data: bytes, folder: Path) -> None:
    (folder / "signalling.ndjson").write_bytes(data)
    with suppress(ValueError):
        server_version(folder)


def _calls(folder: Path) -> list[bytes]:
    journal = folder / "calls"
    for end in ("began", "returned", "raised", "died"):
        add_call(journal, SdkCall(name=f"NV12 {end}", end=end, kind="x", value={"a": [1]}))
    return [journal.read_bytes()]


def _take_calls(data: bytes, folder: Path) -> None:
    (folder / "calls").write_bytes(data)
    with suppress(ValueError):
        read_calls(folder / "calls")


def _write_ledger(folder: Path) -> None:
    recorder = ledger_recorder.call(folder)
    for number in range(40):
        at_ns = 10_000 + 1_000_000 * number
        for ssrc, pt in ((MICROPHONE, 111), (LOW, 96), (HIGH, 96)):
            recorder.packet(at_ns, rtp(number, ssrc, pt, level=5), stream=ledger_recorder.ALICE_UP)
        for ssrc, pt in ((VIDEO, 96), (REPAIR, 97)):
            cause = (Cause.FORWARDED, ledger_recorder.DROPPED, None)[number % 3]
            recorder.packet(at_ns, rtp(number, ssrc, pt), stream=BOB_DOWN, cause=cause)
    recorder.ledger()


def _ledger(name: str) -> Target:
    def seeds(folder: Path) -> list[bytes]:
        _write_ledger(folder)
        return [(folder / name).read_bytes()]

    def take(data: bytes, folder: Path) -> None:
        if not (folder / name).exists():
            _write_ledger(folder)
        (folder / name).write_bytes(data)
        with suppress(LedgerError):
            TrackNames().refresh(folder)
        with suppress(LedgerError):
            _ask(Ledger(folder), folder)

    return Target(name=f"ledger: {name}", seeds=seeds, open=opened(take))


def _ask(ledger: Ledger, folder: Path) -> None:
    summarise(ledger)
    write_pcapng(ledger, folder / "out.pcapng")
    write_ndjson(ledger, folder / "out.ndjson")
    for who in ledger.participants:
        ledger.phases(who)
        for way in ("up", "down"):
            ledger.packets(participant=who, direction=way)
            ledger.control_packets("stun", participant=who, direction=way)
            ledger.ssrc_totals(participant=who, direction=way)
            ledger.media_gap(participant=who, direction=way, since_ns=0, until_ns=10**9)


def _write_recordings(folder: Path) -> None:
    sound = SoundFile(folder / "tone.wav", sample_rate=RATE, channels=2)
    face = PictureFile(folder / "face.frames")
    kept = KeptFile(folder / "face.frames", every=2)
    planes = i420_planes(bytes(16 * 8 * 3 // 2), 16, 8)
    for number in range(20):
        sound.append(bytes(4 * RATE // 100), number)
        reading = Reading(
            counter=number, track_code=1, status=FrameStatus.READ, luma=16, margin=0.5, hue_deg=0.0
        )
        face.append(reading, planes, arrival_ns=number, timestamp_us=number)
        kept.offer(planes)
    for file in (sound, face, kept):
        file.close()
    (folder / "tone.sent").write_bytes(np.arange(20, dtype="<i8").tobytes())


def _recording(name: str, read: Callable[[Path], object]) -> Target:
    def seeds(folder: Path) -> list[bytes]:
        _write_recordings(folder)
        return [(folder / name).read_bytes()]

    def take(data: bytes, folder: Path) -> None:
        if not (folder / name).exists():
            _write_recordings(folder)
        (folder / name).write_bytes(data)
        with suppress(ValueError, OSError):
            read(folder)

    return Target(name=f"recording: {name}", seeds=seeds, open=opened(take))


def _heard(folder: Path) -> Any:  # noqa: ANN401
    heard = AudioRecording(path=folder / "tone.wav")
    require(heard.samples.ndim == 2, "samples have two dimensions")
    require(heard.sample_rate > 0, "a sound has a rate")
    return heard.arrivals_ns


def _seen(folder: Path) -> Any:  # noqa: ANN401
    return list(kept_pictures(VideoRecording(path=folder / "face.frames")))


def _likeness(folder: Path) -> Any:  # noqa: ANN401
    recording = VideoRecording(path=folder / "face.frames")
    return [thumbnail(recording, place) for place in range(len(recording.frames))]


def _profiles(folder: Path) -> list[bytes]:
    own = Path(profile_module.__file__).parent / "profiles"
    return [(own / f"{name}.toml").read_bytes() for name in profile_names()]


def _take_profile(data: bytes, folder: Path) -> None:
    with suppress(ProfileError):
        profile = parse_profile(data.decode(errors="replace"), name="x", file=str(folder / "x"))
        list(timeline(profile, 80))
        list(chart(profile, 80))


def _clauses(folder: Path) -> list[bytes]:
    return [file.read_bytes()[:6000] for file in sorted(SHIPPED.glob("*.toml"))]


def _take_clauses(data: bytes, folder: Path) -> None:
    file = folder / "clauses.toml"
    file.write_bytes(data)
    with suppress(CatalogueError):
        Catalogue.load(file).rows()


DEVIATION = b"""[[deviation]]
id = "slow-greeting"
clause = "MUTE-002"
sdk = ["python 1.2.*"]
server = "1.13.*"
expires = 2099-01-01
reason = "the encoder starts late"
link = "https://example.org/issues/1"
"""


def _take_deviations(data: bytes, folder: Path) -> None:
    file = folder / "deviations.toml"
    file.write_bytes(data)
    with suppress(DeviationError):
        catalogue = Catalogue.load(SHIPPED / "mute.toml")
        Deviations.load(file, catalogue=catalogue, today=date(2026, 11, 21)).rows()


FILES = (
    Target(name="run log", seeds=_run_log, open=opened(_take_run_log)),
    Target(name="results.json", seeds=_results, open=opened(_take_results)),
    Target(name="history of runs", seeds=_history, open=opened(_take_history)),
    Target(name="owner.json", seeds=_owner, open=opened(_take_owner)),
    Target(name="signalling.ndjson", seeds=_signalling, open=opened(_take_signalling)),
    Target(name="journal of calls", seeds=_calls, open=opened(_take_calls)),
    *(_ledger(file_name(kind)) for kind in RecordKind),
    _ledger("bindings.ndjson"),
    _recording("tone.wav", _heard),
    _recording("tone.arrivals", _heard),
    _recording("tone.sent", lambda folder: read_sent(folder / "tone.sent")),
    _recording("face.frames", _seen),
    _recording("face.kept", _seen),
    _recording("face.thumbs", _likeness),
    Target(name="profile", seeds=_profiles, open=opened(_take_profile)),
    Target(name="clauses", seeds=_clauses, open=opened(_take_clauses)),
    Target(name="deviations", seeds=lambda _: [DEVIATION], open=opened(_take_deviations)),
)
"""Files that are read back."""
