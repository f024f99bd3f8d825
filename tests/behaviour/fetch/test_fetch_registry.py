# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from a registry with a certificate and a password: what is fetched, and what isn't."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

import imagebuild
import pytest
from imagebuild import Image, layer
from registry import Registry
from rooms import STORE, fetch, snapshot, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

BASE, TOP, OTHER = layer("base", b"base\n"), layer("top", b"top\n"), layer("other", b"other\n")


def _fetch(secured: Registry, image: str, **options: Any) -> Dict[str, Any]:
    return fetch(source=secured.source(image), **{**secured.options, **options})


def _blobs(secured: Registry, since: int) -> list[str]:
    """The layers and configs that were got from the registry since that request."""
    return [path.rpartition("/")[2] for path in secured.asked()[since:] if "/blobs/" in path]


@pytest.mark.parametrize("kind", ["oci", "v2s2"])
def test_an_image_comes_into_the_store(secured: Registry, kind: str) -> None:
    image = Image(layers=[BASE, TOP], run={"Cmd": ["/top"]}, changes={"author": "kept as it is"})
    secured.push(f"{kind}/app:1", image, kind=kind)
    name = f"{secured.host}/{kind}/app:1"
    before = snapshot(STORE)
    predicted = _fetch(secured, f"{kind}/app:1", check_mode=True)
    assert snapshot(STORE) == before
    done = _fetch(secured, f"{kind}/app:1")
    assert done["changed"]
    assert {**predicted, "diff": None} == {**done, "diff": None}
    assert done["image"]["config"]["rootfs"]["diff_ids"] == done["image"]["diff_ids"]
    assert done["image"]["names"] == [name]
    assert [os.listdir(path) for path in done["image"]["layers"]] == [["base"], ["top"]]
    assert Path(done["image"]["layers"][1], "top").read_bytes() == b"top\n"
    assert sorted(os.listdir(STORE)) == ["images", "layers"]
    again = _fetch(secured, f"{kind}/app:1")
    assert not again["changed"]
    assert again["ops"] == []
    assert (again["image"], again["digest"]) == (done["image"], done["digest"])
    assert _fetch(secured, f"{kind}/app:1", check_mode=True)["changed"] is False


def test_the_image_is_the_one_that_an_archive_has(secured: Registry, tmp_path: Path) -> None:
    image = Image(layers=[BASE, TOP])
    secured.push("same:1", image)
    unpack(src=imagebuild.write_archive(tmp_path / "app.tar", imagebuild.docker_archive(image)))
    asked = len(secured.asked())
    done = _fetch(secured, "same:1", name="app:1")
    assert done["image"]["id"] == image.id
    assert _blobs(secured, asked) == []
    assert done["ops"] == []
    pinned = _fetch(secured, f"same@{done['digest']}", name="app:1")
    assert pinned["ops"] == [f"record image {image.id} as what {done['digest']} is"]
    asked = len(secured.asked())
    assert not _fetch(secured, f"same@{done['digest']}", name="app:1")["changed"]
    assert len(secured.asked()) == asked


def test_layers_of_the_store_are_not_fetched(secured: Registry) -> None:
    for kind in ("oci", "v2s2"):
        first, second = Image(layers=[BASE, layer(kind)]), Image(layers=[BASE, layer(kind), layer(f"{kind}2")])
        secured.push(f"{kind}/shared:1", first, kind=kind)
        secured.push(f"{kind}/shared:2", second, kind=kind)
        _fetch(secured, f"{kind}/shared:1", name="shared")
        asked = len(secured.asked())
        done = _fetch(secured, f"{kind}/shared:2", name="shared")
        assert done["ops"][0].startswith("fetch 1 layer of image ")
        configs = {done["image"]["id"]}
        assert len(set(_blobs(secured, asked)) - configs) == 1
        assert done["image"]["names"] == ["shared:latest"]


def test_a_tag_that_moved_takes_its_name_along(secured: Registry) -> None:
    secured.push("moved:1", Image(layers=[BASE, TOP]))
    first = _fetch(secured, "moved:1")
    secured.push("moved:1", Image(layers=[BASE, OTHER]))
    assert not _fetch(secured, "moved:1", pull="missing")["changed"]
    second = _fetch(secured, "moved:1", pull="newer")
    assert second["image"]["id"] != first["image"]["id"]
    assert second["digest"] != first["digest"]
    assert second["diff"]["before"]["names_of"] == {f"{secured.host}/moved:1": first["image"]["id"]}


def test_a_digest_that_the_store_knows_is_asked_of_nobody(secured: Registry) -> None:
    secured.push("pinned:1", Image(layers=[BASE, TOP]))
    digest = _fetch(secured, "pinned:1")["digest"]
    asked = secured.asked()
    again = fetch(source=secured.source(f"pinned@{digest}"), name="pinned")
    assert again["ops"] == [f"name image {again['image']['id']} pinned:latest"]
    assert secured.asked() == asked
    Path(again["image"]["layers"][0]).rename(f"{STORE}/gone")
    assert _fetch(secured, f"pinned@{digest}", name="pinned")["changed"]
    assert secured.asked() != asked


def test_of_several_platforms_one_is_fetched(secured: Registry) -> None:
    images = {name: Image(layers=[BASE, layer(name)], architecture=name) for name in ("amd64", "arm64", "riscv64")}
    secured.push("many:1", *images.values())
    for name in ("arm64", "amd64"):
        done = _fetch(secured, "many:1", platform=f"linux/{name}", name=name)
        assert (done["image"]["id"], done["image"]["architecture"]) == (images[name].id, name)
        assert not _fetch(secured, "many:1", platform=f"linux/{name}", name=name)["changed"]
    with pytest.raises(ContainersError, match="no image for linux/ppc64le; there is: linux/amd64, linux/arm64, linux/"):
        _fetch(secured, "many:1", platform="linux/ppc64le")


def test_an_image_for_one_other_platform_is_refused_where_one_is_wanted(secured: Registry) -> None:
    secured.push("other:1", Image(layers=[BASE], architecture="riscv64"))
    with pytest.raises(ContainersError, match="no image for linux/amd64; there is: linux/riscv64"):
        _fetch(secured, "other:1", platform="linux/amd64")
    done = _fetch(secured, "other:1")
    assert any("is for linux/riscv64" in warning for warning in done["warnings"])
