"""What is said between a participant and the run: one JSON object a line, version 1.

The run sends `Request`s. The participant sends one `Hello` first, then an answer to each request
(`Reply` or `Failed`, in any order, told apart by their id), and `Event`s and `Fault`s whenever
they happen. A participant written with another SDK is a program that speaks these lines.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from harness.evidence.sdk_event import SdkEvent
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken
from harness.signals.sweep import Sweep

PROTOCOL = 1
RESULT_LIMIT = 1_000_000
"""Bytes of the longest result: a line may have a little more, 1 MiB."""
VideoCodec = Literal["vp8", "vp9", "h264", "av1", "h265"]


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frozen, by keyword, and strict: an unknown field is an error, not a surprise later."""


class PublishOptions(_Message, frozen=True, kw_only=True):
    """How a track is published. None leaves the choice to the SDK's default."""

    source: Literal["microphone", "camera", "screenshare", "screenshare_audio"] | None = None
    """None: microphone for a sound, camera for a picture."""
    stream: str = ""
    dtx: bool | None = None
    red: bool | None = None
    simulcast: bool | None = None
    codec: VideoCodec | None = None
    max_bitrate_kbps: int | None = None
    max_framerate: float | None = None
    """Frames per second; None with a bitrate given: the picture's own rate."""
    queue_size_ms: int = 0
    """Audio source queue. 0: handing a frame over is capturing it, and nothing inserts silence."""
    prefill_ms: int = 50
    """With a queue: how far hand-overs run ahead of the schedule, so that a stall inserts none."""
    frame_metadata: bool = False
    """Send frame id (the counter) and capture time with each picture."""
    encoder: Literal["sdk", "pre-encoded"] = "sdk"
    """Whether the SDK encodes the pictures, or is given a loop of VP8 that was encoded once: see
    `harness.participant.coded_pictures`. The latter takes a part of the processor time, has one
    layer, always carries metadata, and does not follow what bandwidth there is."""
    muted: bool = False
    """Mute the track before it is published."""
    monitor: bool = False
    """Record what the track emits, beside the hand-overs: how long its source queues."""


class JoinOptions(_Message, frozen=True, kw_only=True):
    """How a participant joins."""

    auto_subscribe: bool = True
    dynacast: bool = False
    """Stop sending layers that nobody wants."""
    single_peer_connection: bool | None = None
    """None leaves the choice to the SDK."""


class Permission(_Message, frozen=True, kw_only=True):
    """What one subscriber may subscribe to."""

    identity: str
    allow_all: bool = False
    sids: tuple[str, ...] = ()


class _Command(_Message, frozen=True, kw_only=True, tag_field="type"):
    pass


class Begin(_Command, frozen=True, kw_only=True, tag="begin"):
    """Who the participant is and where its files go. Before anything else."""

    identity: str
    folder: str


class Tamper(_Command, frozen=True, kw_only=True, tag="tamper"):
    """Load what a sabotage does in this process. Before `begin`; answered by `Done`."""

    identity: str
    tampers: tuple[str, ...]
    """`module:callable` each: see `harness.participant.tampering`."""


class Join(_Command, frozen=True, kw_only=True, tag="join"):
    """Answered by `Joined`."""

    url: str
    token: str
    options: JoinOptions = JoinOptions()


class Leave(_Command, frozen=True, kw_only=True, tag="leave"):
    """Stop recordings and sources, disconnect. Answered by `Health`."""


class _Publish(_Command, frozen=True, kw_only=True):
    name: str
    options: PublishOptions = PublishOptions()
    hold: bool = False
    """Create source and track and feed them, publish nothing."""


class PublishTone(_Publish, frozen=True, kw_only=True, tag="publish_tone"):
    """Answered by `Published`."""

    tone: Tone

    @property
    def sound(self) -> Tone:
        """What is sent."""
        return self.tone


class PublishSweep(_Publish, frozen=True, kw_only=True, tag="publish_sweep"):
    """Answered by `Published`."""

    sweep: Sweep

    @property
    def sound(self) -> Sweep:
        """What is sent."""
        return self.sweep


class PublishSpoken(_Publish, frozen=True, kw_only=True, tag="publish_spoken"):
    """Answered by `Published`."""

    spoken: Spoken

    @property
    def sound(self) -> Spoken:
        """What is sent."""
        return self.spoken


class PublishPicture(_Publish, frozen=True, kw_only=True, tag="publish_picture"):
    """Answered by `Published`."""

    picture: ColourCode


class PublishAgain(_Command, frozen=True, kw_only=True, tag="publish_again"):
    """Publish one more track of the source behind an earlier one. Answered by `Published`."""

    name: str
    source_of: str
    """Name of the earlier publication."""
    options: PublishOptions = PublishOptions()


class _OfTrack(_Command, frozen=True, kw_only=True):
    sid: str


class Unpublish(_OfTrack, frozen=True, kw_only=True, tag="unpublish"):
    """Answered by `Done`."""


class Mute(_OfTrack, frozen=True, kw_only=True, tag="mute"):
    """Answered by `Done`."""


class Unmute(_OfTrack, frozen=True, kw_only=True, tag="unmute"):
    """Answered by `Done`."""


class Subscribe(_OfTrack, frozen=True, kw_only=True, tag="subscribe"):
    """Answered by `Done`."""


class Unsubscribe(_OfTrack, frozen=True, kw_only=True, tag="unsubscribe"):
    """Answered by `Done`."""


class SetQuality(_Command, frozen=True, kw_only=True, tag="set_quality"):
    """The most that is wanted of a remote simulcast track. Answered by `Done`."""

    sid: str
    quality: Literal["low", "medium", "high"]


class SetDimensions(_Command, frozen=True, kw_only=True, tag="set_dimensions"):
    """How large a remote picture will be shown. Answered by `Done`."""

    sid: str
    width: int
    height: int


class SetEnabled(_Command, frozen=True, kw_only=True, tag="set_enabled"):
    """Whether media of a remote track that stays subscribed is wanted. Answered by `Done`."""

    sid: str
    enabled: bool


class SetPermissions(_Command, frozen=True, kw_only=True, tag="set_permissions"):
    """Who may subscribe to this participant's tracks. Answered by `Done`."""

    allow_all: bool
    allowed: tuple[Permission, ...] = ()


class Record(_Command, frozen=True, kw_only=True, tag="record"):
    """Record a remote track once it is subscribed. Answered by `Recording`."""

    sid: str
    name: str
    sample_rate: int = 48_000
    channels: int = 1
    keep_every: int = 0
    """Keep the first picture and each n-th after it whole; 0: none."""
    timeout_s: float = 5.0


class StopRecording(_Command, frozen=True, kw_only=True, tag="stop_recording"):
    """Answered by `Done`, when the files are complete."""

    sid: str


class GetStatistics(_Command, frozen=True, kw_only=True, tag="get_statistics"):
    """Answered by a list of objects: see `harness.participant.statistics`."""


class GetHealth(_Command, frozen=True, kw_only=True, tag="get_health"):
    """Answered by `Health` since the last one, or since the join."""


class GetPublications(_Command, frozen=True, kw_only=True, tag="get_publications"):
    """Answered by a list of `PublicationState`."""


class Probe(_Command, frozen=True, kw_only=True, tag="probe"):
    """Call `function(**args)` of the Python file. Answered by what it returns, as JSON.

    A function with a parameter `room` is given the room that the participant has joined.
    """

    file: str
    function: str
    args: dict[str, Any] = {}


PublishSound = PublishTone | PublishSweep | PublishSpoken

Command = (
    Tamper | Begin | Join | Leave
    | PublishTone | PublishSweep | PublishSpoken | PublishPicture | PublishAgain | Unpublish
    | Mute | Unmute | SetPermissions | Subscribe | Unsubscribe
    | SetQuality | SetDimensions | SetEnabled
    | Record | StopRecording
    | GetStatistics | GetHealth | GetPublications | Probe
)  # fmt: skip


class Request(_Message, frozen=True, kw_only=True):
    """A command and the id that its answer will carry."""

    id: int
    command: msgspec.Raw


class Joined(_Message, frozen=True, kw_only=True):
    """The SDK says that it is connected."""

    sid: str
    """Of this participant."""
    room_sid: str
    began_ns: int
    at_ns: int


class Published(_Message, frozen=True, kw_only=True):
    """The SDK says that a track is published."""

    name: str
    kind: Literal["audio", "video"]
    sid: str | None
    """None for a track that is held back."""
    start_ns: int
    """Capture time of sample or frame 0: the origin of the schedule."""
    at_ns: int
    """When the SDK's publish call was made."""
    sent: str
    """File of hand-overs: see `harness.evidence.sent`."""
    monitor: str | None = None
    """File of what the local track emits, where that is recorded."""


class Recording(_Message, frozen=True, kw_only=True):
    """A recording has begun."""

    kind: Literal["audio", "video"]
    path: str
    publisher: str
    at_ns: int


class Done(_Message, frozen=True, kw_only=True):
    """The SDK call was made."""

    at_ns: int
    """Just before the call."""


class PublicationState(_Message, frozen=True, kw_only=True):
    """One publication as the SDK shows it."""

    identity: str
    sid: str
    name: str
    kind: Literal["audio", "video", "unknown"]
    source: str
    local: bool
    muted: bool
    subscribed: bool
    """Always False for a local one."""
    has_track: bool
    simulcasted: bool
    mime_type: str
    width: int
    height: int


class Health(_Message, frozen=True, kw_only=True):
    """How well a participant kept up since `since_ns`."""

    since_ns: int
    at_ns: int
    loop_lag_p99_ms: float
    loop_lag_max_ms: float
    handovers: int
    """Frames of sound and picture that were given to the SDK."""
    late: int
    """Hand-overs more than 10 ms behind their schedule."""
    skipped: int
    """Frames that were not given at all, because they were too late."""
    cpu_ratio: float
    """CPU time of the process over wall time; 1 is one core."""


class Hello(_Message, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """First line of a participant."""

    protocol: int
    sdk: str
    """Language and version, for example `python 1.2.0`."""
    features: tuple[str, ...]
    """What the participant can do: the tags of its commands, and more; decides UNSUPPORTED."""


class Reply(_Message, frozen=True, kw_only=True, tag_field="type", tag="reply"):
    """A request was carried out. The type of `result` follows from the command."""

    id: int
    result: msgspec.Raw


class Failed(_Message, frozen=True, kw_only=True, tag_field="type", tag="failed"):
    """A request was not carried out."""

    id: int | None
    """None when the line could not be read far enough to know."""
    error: str
    """One line: what happened."""
    kind: str
    """Type name of the exception."""


class Event(_Message, frozen=True, kw_only=True, tag_field="type", tag="event"):
    """The SDK told its application something."""

    event: SdkEvent


class Fault(_Message, frozen=True, kw_only=True, tag_field="type", tag="fault"):
    """Something that runs on its own, a source or a recording, ended by an error."""

    where: str
    error: str
    at_ns: int


FromParticipant = Hello | Reply | Failed | Event | Fault
