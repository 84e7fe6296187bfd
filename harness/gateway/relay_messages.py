"""What the gateway asks of its relay process and what it is told: one JSON object a line."""

from __future__ import annotations

import msgspec

from harness.evidence.bindings import FlowRow, ImpairmentsRow, SsrcRow
from harness.evidence.ledger_records import Direction, Medium
from harness.network.impairments import Impairment
from harness.network.phase import Phase


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="call"):
    """A call; the reply carries its id."""

    id: int


class OpenPort(Request, frozen=True, kw_only=True, tag="open_port"):
    """Stand in for a candidate of the server towards one participant."""

    participant: str
    upstream_host: str
    """An IPv4 address."""
    upstream_port: int


class Begin(Request, frozen=True, kw_only=True, tag="begin"):
    """Time 0 of a participant's profile was then, unless it has begun."""

    participant: str
    at_ns: int


class SetProfile(Request, frozen=True, kw_only=True, tag="set_profile"):
    """Begin a timeline now, in place of the former one."""

    phases: tuple[Phase, ...]
    participant: str | None
    """None is everybody, also who had one of their own."""


class SetImpairments(Request, frozen=True, kw_only=True, tag="set_impairments"):
    """Put these in force in place of the former ones, on top of the profiles."""

    impairments: tuple[Impairment, ...]


class ExpectUfrag(Request, frozen=True, kw_only=True, tag="expect_ufrag"):
    """The server gave a participant this ICE user fragment: it may begin flows with it."""

    participant: str
    ufrag: str


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of the RTP header extensions that say what a stream is."""

    mid: int = 4
    rid: int = 10
    repaired_rid: int = 11


class BindPayloads(Request, frozen=True, kw_only=True, tag="bind_payloads"):
    """What a participant's SDP says of payload types and header extensions."""

    participant: str
    media: dict[int, Medium]
    codecs: dict[int, str]
    extensions: Extensions | None
    """None leaves them as they are."""


class BindMid(Request, frozen=True, kw_only=True, tag="bind_mid"):
    """Which track a participant sends in a media section."""

    participant: str
    mid: str
    track: str
    medium: Medium


class BindSsrc(Request, frozen=True, kw_only=True, tag="bind_ssrc"):
    """Which track an SSRC carries, or repairs."""

    participant: str
    direction: Direction
    ssrc: int
    track: str
    medium: Medium


class NameTrack(Request, frozen=True, kw_only=True, tag="name_track"):
    """What a track is called."""

    track: str
    name: str
    """With the identity of its publisher: `alice/sound1`."""


class TakeSnapshot(Request, frozen=True, kw_only=True, tag="take_snapshot"):
    """Write out the ledger and count."""


AnyRequest = (
    OpenPort
    | Begin
    | SetProfile
    | SetImpairments
    | ExpectUfrag
    | BindPayloads
    | BindMid
    | BindSsrc
    | NameTrack
    | TakeSnapshot
)


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Packets of one kind since the relay started; `packets - forwarded - dropped` failed."""

    packets: int
    bytes: int
    forwarded: int
    dropped: int
    """By an impairment."""


class SideCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One participant, one direction, all its flows."""

    participant: str
    direction: Direction
    total: Counts
    """Everything: RTP, RTCP, STUN, DTLS."""
    ssrcs: dict[int, Counts]
    """RTP alone."""


class PortCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One relay port."""

    participant: str
    host: str
    port: int
    upstream: str
    flows: int
    refused: int
    """Datagrams that came from nobody's flow and could not begin one."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ledger stands: its files hold all that happened until `at_ns`."""

    at_ns: int
    sides: tuple[SideCounts, ...]
    ports: tuple[PortCounts, ...]
    kernel_dropped: int
    """Datagrams that the relay was too slow to fetch: they are in no ledger."""
    overshoot_p99_ms: float | None = None
    """How late the relay passed on the packets that it held, 99 % of them; None: it held none."""
    overshoot_max_ms: float | None = None
    """The latest of them."""
    met: tuple[int, ...] = ()
    """Causes of impairments that had a packet, or a time, to act on."""


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag_field="reply"):
    """Answer to the call of this id."""

    id: int


class PortOpened(Reply, frozen=True, kw_only=True, tag="port_opened"):
    """Where the participant finds the port."""

    host: str
    port: int


class Done(Reply, frozen=True, kw_only=True, tag="done"):
    """It is in force."""


class PutInForce(Reply, frozen=True, kw_only=True, tag="put_in_force"):
    """It is in force, since then."""

    at_ns: int


class SnapshotTaken(Reply, frozen=True, kw_only=True, tag="snapshot_taken"):
    """The counts."""

    snapshot: Snapshot


class Failed(Reply, frozen=True, kw_only=True, tag="failed"):
    """It could not be done, and why."""

    error: str


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag_field="reply", tag="ready"):
    """First line of a relay that can work."""


class CannotStart(msgspec.Struct, frozen=True, kw_only=True, tag_field="reply", tag="cannot_start"):
    """First and last line of a relay that cannot."""

    error: str


class Learned(msgspec.Struct, frozen=True, kw_only=True, tag_field="reply", tag="learned"):
    """A fact for `bindings.ndjson`."""

    row: FlowRow | SsrcRow | ImpairmentsRow


AnyReply = PortOpened | Done | PutInForce | SnapshotTaken | Failed | Ready | CannotStart | Learned
