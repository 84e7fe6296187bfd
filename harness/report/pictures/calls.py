"""Calls of applications that their SDKs signalled late, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.evidence.application_call import ApplicationCall
from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.signalling import SignallingMessage
from harness.report.pictures.moments import track_of
from harness.report.words import clipped

Told = tuple[str, int]
LATE_NS = 100 * NS_PER_MS
"""A call that is signalled sooner is the same moment to who looks at seconds."""
LONGEST = 60
MOST = 4


@dataclass(frozen=True, kw_only=True)
class LateCall:
    """A call, and the message that its SDK sent for it; what happened lies that far apart."""

    call: ApplicationCall
    message: SignallingMessage | None
    """None: there is none, although the record of who called goes on."""

    @property
    def later(self) -> str:
        """How long after the call its message passed the gateway: `0.75 s`; empty without one."""
        if self.message is None:
            return ""
        return f"{(self.message.at_ns - self.call.at_ns) / NS_PER_S:.2f} s"

    def words(self, names: Mapping[str, str]) -> str:
        """The call: `calls mute(sound1)`.

        Args:
            names: Sid of a track to its name.
        """
        about = [track_of({"sid": self.call.track}, names)] if self.call.track else []
        values = (_value(*one) for one in self.call.details.items() if one[0] != "name")
        asked = ", ".join([*about, *filter(None, values)])
        words = clipped(f"calls {self.call.name}({asked})", LONGEST)
        return words if self.message else f"{words}, nothing is sent"


def late_calls(
    calls: Sequence[ApplicationCall], messages: Sequence[SignallingMessage]
) -> tuple[LateCall, ...]:
    """Those calls that did not take effect when they were made.

    Args:
        calls: In order of time.
        messages: That passed the gateway, in order of time. A message belongs to one call, and
            comes before that call is made again.
    """
    left = [message for message in messages if message.direction == "client"]
    last_ns = {message.participant: message.at_ns for message in left}
    late: list[LateCall] = []
    for place, call in enumerate(calls):
        if call.name not in _MESSAGES:
            continue
        end_ns = next((one.at_ns for one in calls[place + 1 :] if _is_again(one, call)), None)
        message = next((one for one in left if _is_of(one, call, end_ns)), None)
        if message is not None:
            left.remove(message)
            told_ns = message.at_ns
        else:
            told_ns = last_ns.get(call.participant, 0)  # the record may end before it was sent
        if told_ns - call.at_ns > LATE_NS:
            late.append(LateCall(call=call, message=message))
    return tuple(late)


def late_words(
    late: Sequence[LateCall], names: Mapping[str, str], second: Callable[[int], float]
) -> tuple[str, ...]:
    """Of each late call a sentence for who looks for the cause of a failure; of MOST at most.

    Args:
        late: The calls.
        names: Sid of a track to its name.
        second: Of a monotonic time, the second of the attempt.
    """
    told = [
        f"At {second(one.call.at_ns):.2f} s {one.call.participant} {one.words(names)}"
        + (f": its SDK signals that {one.later} later" if one.later else "")
        for one in late[:MOST]
    ]
    more = len(late) - len(told)
    return (*told, *([f"{more} more calls are signalled late or not at all"] if more else []))


def by_message(late: Sequence[LateCall]) -> dict[Told, LateCall]:
    """Those calls that have a message, by its participant and time."""
    return {
        (one.message.participant, one.message.at_ns): one for one in late if one.message is not None
    }


def after_its_call(late: LateCall | None) -> str:
    """What to add to the words of a message; empty for one that came at once."""
    return f", {late.later} after its call" if late else ""


def _is_again(one: ApplicationCall, call: ApplicationCall) -> bool:
    who = (call.participant, call.name, call.track)
    return (one.participant, one.name, one.track) == who


def _is_of(message: SignallingMessage, call: ApplicationCall, end_ns: int | None) -> bool:
    """Whether it may be that of a call that was made again at `end_ns`."""
    kind, fits = _MESSAGES[call.name]
    return (
        (message.participant, message.kind) == (call.participant, kind)
        and message.at_ns >= call.at_ns
        and (end_ns is None or message.at_ns < end_ns)
        and fits(call, message.details)
    )


def _value(key: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{key}={str(value).lower()}"
    if isinstance(value, list):  # of permissions
        return " and ".join(str(one.get("identity")) for one in value if isinstance(one, dict))
    return str(value)


Details = Mapping[str, Any]
Fits = Callable[[ApplicationCall, Details], bool]


def _mute(muted: bool) -> tuple[str, Fits]:
    return (
        "mute",
        lambda call, said: said.get("sid") == call.track and bool(said.get("muted")) == muted,
    )


def _subscription(subscribe: bool) -> tuple[str, Fits]:
    return (
        "subscription",
        lambda call, said: _is_about(call, said) and bool(said.get("subscribe")) == subscribe,
    )


def _is_about(call: ApplicationCall, said: Details) -> bool:
    sids = said.get("sids")
    return isinstance(sids, list) and call.track in sids


def _setting(*keys: str) -> tuple[str, Fits]:
    """A message has all that is set of a track: it is of a call that set what it says."""
    return (
        "track_setting",
        lambda call, said: (
            _is_about(call, said) and all(said.get(key) == call.details.get(key) for key in keys)
        ),
    )


def _enabled(call: ApplicationCall, said: Details) -> bool:
    return _is_about(call, said) and bool(said.get("disabled")) != call.details.get("enabled")


_MESSAGES: Mapping[str, tuple[str, Fits]] = {
    "mute": _mute(True),
    "unmute": _mute(False),
    "subscribe": _subscription(True),
    "unsubscribe": _subscription(False),
    "set_quality": _setting("quality"),
    "set_dimensions": _setting("width", "height"),
    "set_enabled": ("track_setting", _enabled),
    "set_permissions": ("subscription_permission", lambda _call, _said: True),
    "publish": ("add_track", lambda call, said: said.get("name") == call.details.get("name")),
}
"""What each call makes an SDK send; `unpublish` sends less media, and no message of its own."""
