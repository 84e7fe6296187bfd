from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.proof import Witness
from harness.verifiers.strays import stray_pictures, stray_sound
from tests.verifiers.conftest import at

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

GONE, OTHER = Tone(pilot_hz=400, marker=None), Tone(pilot_hz=700, marker=None)
FACE, ANOTHER = ColourCode(track_code=3), ColourCode(track_code=4)


def test_a_stream_that_gives_the_sound_of_another_track_is_found(studio: Studio) -> None:
    strays = stray_sound(
        studio.sound(OTHER, name="gone"),
        other=OTHER, since_ns=at(2), until_ns=at(5), alive=studio.witness(),
    )  # fmt: skip

    assert strays.value == 300
    assert strays.unit == "frames"
    assert strays.notes == ("300 frames came, 300 of them with 700 Hz",)
    assert strays.evidence == ("bob/gone.wav", "bob/proof.wav")


def test_a_stream_that_ended_or_is_silent_gives_none(studio: Studio) -> None:
    ended = studio.sound(GONE, seconds=2, name="ended")
    silent = studio.sound(GONE, silent=[(2, 6)], name="silent")
    for recording in (ended, silent):
        strays = stray_sound(
            recording, other=OTHER, since_ns=at(2.1), until_ns=at(5), alive=studio.witness()
        )
        assert strays.value == 0


def test_sound_of_the_track_itself_is_no_stray(studio: Studio) -> None:
    strays = stray_sound(
        studio.sound(GONE), other=OTHER, since_ns=at(2), until_ns=at(5), alive=studio.witness()
    )
    assert strays.value == 0


def test_nothing_is_known_where_the_other_was_not_heard(studio: Studio) -> None:
    dead = studio.witness(silent=[(1, 6)])
    strays = stray_sound(
        studio.sound(GONE), other=OTHER, since_ns=at(2), until_ns=at(5), alive=dead
    )
    assert strays.value is None
    unmade = stray_sound(
        studio.absent_sound(), other=OTHER, since_ns=at(2), until_ns=at(5), alive=studio.witness()
    )
    assert unmade.value is None


def test_pictures_of_another_track_are_found(studio: Studio) -> None:
    alive = Witness(recording=studio.pictures(ANOTHER, name="other"), signal=ANOTHER)
    turned = studio.pictures(FACE, edit=_another_from(at(3)), name="gone")
    strays = stray_pictures(turned, other=ANOTHER, since_ns=at(2), until_ns=at(5), alive=alive)

    assert strays.value == 30
    assert strays.notes == ("45 pictures came, 30 of them of track code 4",)


def test_pictures_that_ended_are_no_strays(studio: Studio) -> None:
    alive = Witness(recording=studio.pictures(ANOTHER, name="other"), signal=ANOTHER)
    ended = studio.pictures(FACE, gaps=[(2, 6)], name="gone")
    strays = stray_pictures(ended, other=ANOTHER, since_ns=at(2), until_ns=at(5), alive=alive)
    assert strays.value == 0

    blind = stray_pictures(
        ended, other=ANOTHER, since_ns=at(2), until_ns=at(5),
        alive=Witness(recording=ended, signal=ANOTHER),
    )  # fmt: skip
    assert blind.value is None
    unmade = stray_pictures(
        studio.absent_pictures(), other=ANOTHER, since_ns=at(2), until_ns=at(5), alive=alive
    )
    assert unmade.value is None


def _another_from(since_ns: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        frames["track_code"][frames["arrival_ns"] >= since_ns] = ANOTHER.track_code
        return frames

    return edit
