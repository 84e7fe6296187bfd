"""Files that are read back: of gateways, ledgers and recordings, and those that users write."""

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
from harness.evidence.kept_pictures import kept_pictures
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_ndjson import write_ndjson
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import Cause, LedgerError, RecordKind, file_name
from harness.evidence.ledger_summary import summarise
from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.run_folder import Owner, owner_of
from harness.evidence.sent import read_sent
from harness.evidence.thumbnails import thumbnail
from harness.gateway.errors import GatewayError
from harness.judging.deviations import DeviationError, Deviations
from harness.network.profile import ProfileError, parse_profile, profile_names
from harness.network.profile_chart import chart
from harness.network.profile_text import timeline
from harness.participant.kept_file import KeptFile
from harness.participant.recording_files import PictureFile, SoundFile
from harness.signals.picture import Reading, i420_planes
from harness.standalone.running import FILE_NAME, RunningGateway, find
from harness.standalone.track_names import TrackNames
from tests.evidence import ledger_recorder
from tests.evidence.ledger_recorder import BOB_DOWN, HIGH, LOW, MICROPHONE, REPAIR, VIDEO, rtp
from tests.fuzzing.target import Target, opened, require

RATE = 48_000


def _owner(folder: Path) -> list[bytes]:
    return [b'{"pid":%d,"created_s":%f}' % (Owner.current().pid, Owner.current().created_s)]


def _take_owner(data: bytes, folder: Path) -> None:
    (folder / "owner.json").write_bytes(data)
    owner = owner_of(folder)
    if owner is not None:
        owner.alive()


def _control(folder: Path) -> list[bytes]:
    gateway = RunningGateway(
        owner=Owner.current(),
        url="ws://127.0.0.1:1",
        control="http://127.0.0.1:2",
        token="hush",
        folder=str(folder),
    )
    return [msgspec.json.encode(gateway)]


def _take_control(data: bytes, folder: Path) -> None:
    (folder / FILE_NAME).write_bytes(data)
    with suppress(GatewayError):
        find(folder)


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
    Target(name="owner.json", seeds=_owner, open=opened(_take_owner)),
    Target(name="control.json", seeds=_control, open=opened(_take_control)),
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
