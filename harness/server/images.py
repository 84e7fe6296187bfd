"""Images of livekit-server and toxiproxy: official, or built from a static program on nothing."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from docker.client import DockerClient
from docker.errors import ImageNotFound

from harness.server.docker_engine import EngineProblem, one_line
from harness.server.embedded import LIVEKIT, TOXIPROXY, Module
from harness.server.model import Progress, ServerError

_RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to have one image."""

    name: str
    """Folder of its Dockerfile, and the file that this copies."""
    official: str
    module: Module
    """What is in it."""

    @property
    def folder(self) -> Path:
        """Where its Dockerfile is."""
        return _RECIPES / self.name

    @property
    def own_tag(self) -> str:
        """Name of the image that we build; changes with whatever goes into it."""
        content = (self.folder / "Dockerfile").read_bytes() + repr(self.module).encode()
        digest = hashlib.sha256(content).hexdigest()[:12]
        return f"livekit-harness/{self.name}:{self.module.version}-{digest}"


def server_recipe(module: Module = LIVEKIT) -> Recipe:
    """How to have livekit-server at a version."""
    official = f"livekit/livekit-server:{module.version}"
    return Recipe(name="livekit-server", official=official, module=module)


SERVER = server_recipe()
PROXY = Recipe(
    name="toxiproxy",
    official=f"ghcr.io/shopify/toxiproxy:{TOXIPROXY.version.removeprefix('v')}",
    module=TOXIPROXY,
)


def present(client: DockerClient, recipe: Recipe) -> str | None:
    """The image that this machine has already, the official one first."""
    for tag in (recipe.official, recipe.own_tag):
        try:
            client.images.get(tag)
        except ImageNotFound:
            continue
        return tag
    return None


def ensure(
    client: DockerClient,
    recipe: Recipe,
    program: Callable[[Progress], Path],
    progress: Progress,
) -> str:
    """The name of an image that is there: already, pulled, or built.

    Args:
        client: an engine.
        recipe: which image.
        program: gives the static program for the image if it has to be built.
        progress: told of what takes long.

    Raises:
        ServerError: neither pulled nor built.
    """
    tag = present(client, recipe)
    if tag is not None:
        return tag
    progress(f"pulling {recipe.official}")
    try:
        client.images.pull(recipe.official)
    except EngineProblem as error:
        progress(f"cannot pull {recipe.official} ({one_line(error)}), building an image instead")
    else:
        return recipe.official
    _build(client, recipe, program(progress))
    progress(f"built image {recipe.own_tag}")
    return recipe.own_tag


def _build(client: DockerClient, recipe: Recipe, program: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="livekit-harness-image-") as context:
        shutil.copy(recipe.folder / "Dockerfile", context)
        copy = Path(shutil.copy(program, Path(context, recipe.name)))
        copy.chmod(0o755)
        problem = None
        # Not `images.build`: on an error it leaves the connection open.
        steps = client.api.build(
            path=context, tag=recipe.own_tag, rm=True, forcerm=True, decode=True
        )
        for step in steps:
            problem = step.get("error", problem)
    if problem is not None:
        raise ServerError(f"cannot build image {recipe.own_tag}: {' '.join(problem.split())}")
