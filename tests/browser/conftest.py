from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api

from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError
from tests.browser.chromium import Page, chromium

HERE = Path(__file__).parent
NPM_LIMIT_S = 120
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What package-lock.json names, in its versions."""
    if shutil.which("npm") is None:
        pytest.skip("no npm on PATH: livekit-client and axe-core come from its registry")
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=NPM_LIMIT_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder / "node_modules"


@pytest.fixture(scope="session")
def livekit_client(node_modules: Path) -> Path:
    """The bundle of `livekit-client`."""
    return node_modules / "livekit-client/dist/livekit-client.umd.js"


@pytest.fixture(scope="session")
def axe(node_modules: Path) -> str:
    """The script that looks for what keeps people from using a page."""
    return (node_modules / "axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def browser_program() -> str:
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    pytest.skip(f"no Chromium on PATH, looked for {', '.join(BROWSERS)}")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    try:
        backend = choose(Wanted(backend="binary"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    with Keeper.start(preload=[], log=folder / "keeper.log") as keeper:
        yield backend.start(ServerConfig(), keeper, folder).server


@pytest.fixture
def token(server: Server, tmp_path: Path) -> Callable[[str], str]:
    """Makes a token for the room of the test."""

    def make(identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=tmp_path.name)
        return (
            api.AccessToken(server.api_key, server.api_secret)
            .with_identity(identity)
            .with_grants(grants)
            .to_jwt()
        )

    return make


@pytest_asyncio.fixture
async def page(livekit_client: Path, browser_program: str, tmp_path: Path) -> AsyncIterator[Page]:
    """A browser with page.html in it."""
    async with AsyncExitStack() as stack:
        app = web.Application()
        for path, file in (("/", HERE / "page.html"), ("/livekit-client.umd.js", livekit_client)):
            app.router.add_get(path, _sender(file))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        folder = tmp_path / "chromium"
        folder.mkdir()
        opened = await stack.enter_async_context(chromium(browser_program, folder))
        async with asyncio.timeout(60):
            await opened.open(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        yield opened


def _sender(file: Path) -> Callable[[web.Request], Awaitable[web.FileResponse]]:
    async def send(_: web.Request) -> web.FileResponse:
        return web.FileResponse(file)

    return send
