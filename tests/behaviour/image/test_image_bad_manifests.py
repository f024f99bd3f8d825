# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests that are wrong or hostile: refused in words, with nothing left behind."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, Union

import imagebuild
import pytest
from badimages import IMAGE, NEW, Refused, Shape, config, docker, oci
from rooms import STORE, empty_store, snapshot, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

BOTH = pytest.mark.parametrize("shape", [docker, oci])


@BOTH
def test_50_no_layers(refused: Refused, shape: Shape) -> None:
    empty = {"type": "layers", "diff_ids": []}
    layers = {"Layers": []} if shape is docker else {"layers": []}
    refused(shape(config(rootfs=empty), **layers), "diff_ids is empty")


@BOTH
@pytest.mark.parametrize("count", [1, 3])
def test_50_other_number_of_diff_ids(refused: Refused, shape: Shape, count: int) -> None:
    diff_ids = [imagebuild.digest(b"%d" % number) for number in range(count)]
    refused(
        shape(config(rootfs={"type": "layers", "diff_ids": diff_ids})), f"lists 2 layers, config .* {count} diff_ids"
    )


@BOTH
@pytest.mark.parametrize("rootfs", [None, [], {"type": "erofs", "diff_ids": []}, {"diff_ids": ["x"]}])
def test_50_rootfs_of_another_type(refused: Refused, shape: Shape, rootfs: Any) -> None:
    refused(shape(config(rootfs=rootfs)), "rootfs")


def test_51_circle_of_links(refused: Refused) -> None:
    members = docker(image=NEW, Layers=["a/layer.tar", "b/layer.tar"])
    refused({**members, "a/layer.tar": "../b/layer.tar", "b/layer.tar": "../a/layer.tar"}, "in a circle")


def test_51_dangling_link(refused: Refused) -> None:
    members = docker(image=NEW, Layers=["a/layer.tar", "b/layer.tar"])
    refused({**members, "a/layer.tar": "../gone/layer.tar"}, '"a/layer.tar" links to "gone/layer.tar", which is not')


def test_56_digest_of_docker_config(refused: Refused) -> None:
    members = docker()
    name = json.loads(members["manifest.json"])[0]["Config"]
    refused({**members, name: config(author="somebody else")}, "has digest sha256:.* not the one that is its name")


@pytest.mark.parametrize("data", [IMAGE.config, "manifest"])
def test_56_digest_of_oci_blob(refused: Refused, data: Union[bytes, str]) -> None:
    members = oci()
    index = json.loads(members["index.json"])
    name = imagebuild.blob(data) if isinstance(data, bytes) else f"blobs/sha256/{index['manifests'][0]['digest'][7:]}"
    refused({**members, name: members[name].replace(b"2", b"3", 1)}, "has digest sha256:")  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize("part", ["config", "layers"])
def test_56_size_of_oci_blob(refused: Refused, part: str) -> None:
    right = imagebuild.described(IMAGE.config, imagebuild.CONFIG)
    layers = [imagebuild.described(one, imagebuild.LAYER) for one in IMAGE.layers]
    wrong = {"config": {**right, "size": 1}, "layers": [{**layers[0], "size": 1}, layers[1]]}[part]
    refused(oci(**{part: wrong}), "its descriptor says 1")


@pytest.mark.parametrize("shape", ["docker", "hybrid", "oci"])
@pytest.mark.parametrize("wrong", ["first", "last"])
def test_56_diff_id(tmp_path: Path, shape: str, wrong: str) -> None:
    """Only the unpacking can tell: check mode reads no layer. Nothing of the image stays, the right layers neither."""
    empty_store()
    name, other = {"first": (0, imagebuild.layer("evil")), "last": (1, imagebuild.layer("evil"))}[wrong]
    if shape == "docker":
        members = docker(image=NEW)
        members[json.loads(members["manifest.json"])[0]["Layers"][name]] = other
    elif shape == "hybrid":
        members = imagebuild.hybrid_archive(NEW)
        members[imagebuild.blob(NEW.layers[name])] = other
    else:
        stored = [*NEW.layers]
        stored[name] = other
        members = oci(image=NEW, layers=[imagebuild.described(one, imagebuild.LAYER) for one in stored])
        members.update(imagebuild.blobs(*stored))
    src = imagebuild.write_archive(tmp_path / "a.tar", members)
    assert unpack(True, src=src)["changed"]
    with pytest.raises(ContainersError, match=r"unpack layer|layer .*sha256"):
        unpack(src=src)
    assert [path for path, mode, _text in snapshot(STORE) if not stat.S_ISDIR(mode)] == []
    assert not unpack(name="app:1", state="absent")["changed"]


BAD_DIGESTS = ["sha256:../../../../etc/passwd", "sha256:" + "A" * 64, "md5:" + "a" * 64, "", None, 7, ["x"]]


@pytest.mark.parametrize("digest", BAD_DIGESTS)
@BOTH
def test_57_diff_id_that_is_a_path(refused: Refused, shape: Shape, digest: Any) -> None:
    diff_ids = [digest, imagebuild.digest(b"")]
    refused(shape(config(rootfs={"type": "layers", "diff_ids": diff_ids})), "diff_id")


@pytest.mark.parametrize("digest", BAD_DIGESTS)
@pytest.mark.parametrize("place", ["index", "config", "layer"])
def test_57_descriptor_with_a_path(refused: Refused, place: str, digest: Any) -> None:
    bad = {**imagebuild.described(IMAGE.config, imagebuild.CONFIG), "digest": digest}
    members = {
        "index": {"index.json": imagebuild.encoded({"manifests": [bad]})},
        "config": oci(config=bad),
        "layer": oci(layers=[{**bad, "mediaType": imagebuild.LAYER}] * 2),
    }[place]
    refused(members, "is not a sha256 digest")


@pytest.mark.parametrize("path", ["../victim/secret", "/etc/hostname", "../../../../../etc/hostname", "a/../../victim"])
@pytest.mark.parametrize("folder", [False, True])
def test_58_config_outside_of_the_archive(refused: Refused, path: str, folder: bool) -> None:
    refused(docker(Config=path), "config .* is not in the archive", in_folder=folder)


@pytest.mark.parametrize("folder", [False, True])
def test_58_layer_outside_of_the_archive(refused: Refused, folder: bool) -> None:
    refused(docker(image=NEW, Layers=["../victim/secret"] * 2), "is not in the archive", in_folder=folder)


@pytest.mark.parametrize("target", ["../victim/secret", "/etc/hostname"])
def test_58_member_that_links_to_the_host(refused: Refused, target: str) -> None:
    refused({**docker(Config="config"), "config": target}, "links to .* which is not in the archive")


@pytest.mark.parametrize("target", ["../victim/secret", "/etc/hostname", "../../../../../../etc/hostname"])
@pytest.mark.parametrize("name", ["config", "manifest.json", "index.json"])
def test_58_blob_in_a_folder_that_links_to_the_host(refused: Refused, target: str, name: str) -> None:
    members = {**docker(Config="config"), name: target} if name != "index.json" else {name: target}
    refused(members, "is not in the archive|lists no image", in_folder=True)


def test_58_folder_whose_blobs_lie_elsewhere(refused: Refused, tmp_path: Path) -> None:
    members = oci()
    imagebuild.write_folder(tmp_path / "elsewhere", {k: v for k, v in members.items() if k.startswith("blobs")})
    refused(
        {"index.json": members["index.json"], "blobs": str(tmp_path / "elsewhere/blobs")}, "not in the", in_folder=True
    )


def test_58_fifo_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "layout").mkdir()
    os.mkfifo(tmp_path / "layout/manifest.json")
    with pytest.raises(ContainersError, match=r"manifest\.json is not a plain file"):
        unpack(src=str(tmp_path / "layout"))
