from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.server import images
from harness.server.docker_engine import Engine, connected
from harness.server.embedded import LIVEKIT, TOXIPROXY
from harness.server.model import ServerError

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("recipe", [images.SERVER, images.PROXY])
def test_recipe_copies_its_one_program_onto_nothing(recipe: images.Recipe) -> None:
    text = (recipe.folder / "Dockerfile").read_text()
    assert "FROM scratch\n" in text
    assert f"COPY {recipe.name} /{recipe.name}\n" in text


@pytest.mark.parametrize("recipe", [images.SERVER, images.PROXY])
def test_docker_folder_shows_the_same_recipe(recipe: images.Recipe) -> None:
    assert (ROOT / "docker" / recipe.name).resolve() == recipe.folder.resolve()
    assert recipe.module.version in (ROOT / "docker" / "README.md").read_text()


def test_own_tag_changes_with_what_goes_into_the_image() -> None:
    newer = replace(images.SERVER, module=replace(LIVEKIT, version="v1.13.6"))
    flagged = replace(images.PROXY, module=replace(TOXIPROXY, linker_flags=""))
    assert images.SERVER.own_tag.startswith("livekit-harness/livekit-server:v1.13.5-")
    assert newer.own_tag != images.SERVER.own_tag
    assert flagged.own_tag != images.PROXY.own_tag


@pytest.mark.real
def test_real_image_is_built_once(engine: Engine, toxiproxy_server: Path) -> None:
    assert engine.usable
    recipe = replace(
        images.PROXY,
        official="127.0.0.1:1/nothing/here:1",
        module=replace(TOXIPROXY, version="v0-test"),
    )
    told: list[str] = []
    with connected(30) as client:
        try:
            tag = images.ensure(client, recipe, lambda _: toxiproxy_server, told.append)
            assert tag == recipe.own_tag
            assert len(told) == 3
            assert images.ensure(client, recipe, lambda _: Path("/none"), told.append) == tag
            assert len(told) == 3
        finally:
            client.images.remove(recipe.own_tag)


@pytest.mark.real
def test_real_build_that_fails_is_one_line(
    engine: Engine, toxiproxy_server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert engine.usable
    (tmp_path / "toxiproxy").mkdir()
    (tmp_path / "toxiproxy" / "Dockerfile").write_text("FROM scratch\nCOPY nothing /\n")
    monkeypatch.setattr(images, "_RECIPES", tmp_path)
    recipe = replace(images.PROXY, official="127.0.0.1:1/nothing/here:1")
    with connected(30) as client, pytest.raises(ServerError, match="cannot build image") as raised:
        images.ensure(client, recipe, lambda _: toxiproxy_server, lambda _: None)
    assert "\n" not in str(raised.value)
