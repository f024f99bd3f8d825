# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every shape of archive is read, in every compression, and gives the same layers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Optional

import imagebuild
import pytest
from imagebuild import COMPRESSIONS, Image
from rooms import empty_store, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

FIXTURES = Path(__file__).resolve().parents[4] / "shared/fixtures"
TWO = Image(layers=[imagebuild.layer("low", b"low\n"), imagebuild.layer("high", b"high\n")])
SHAPES: Dict[str, Callable[[Image], imagebuild.Members]] = {
    "docker-archive": imagebuild.docker_archive,
    "hybrid": imagebuild.hybrid_archive,
    "oci": imagebuild.oci_layout,
}


@pytest.fixture(autouse=True)
def fresh_store() -> None:
    empty_store()


def texts(result: Dict[str, Any]) -> Dict[str, str]:
    """What lies in the layers, lowest first."""
    found = {}
    for layer in result["image"]["layers"]:
        for path in sorted(Path(layer).iterdir()):
            found[path.name] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_archive_of_shape_and_compression(tmp_path: Path, shape: str, compression: str) -> None:
    src = imagebuild.write_archive(tmp_path / "a", SHAPES[shape](TWO), COMPRESSIONS[compression])
    result = unpack(src=src)
    assert result["changed"]
    assert list(texts(result).items()) == [("low", "low\n"), ("high", "high\n")]
    assert result["image"]["id"] == TWO.id
    assert result["image"]["names"] == ["app:1"]
    assert result["image"]["config"] == json.loads(TWO.config)
    assert (result["image"]["os"], result["image"]["architecture"]) == ("linux", "amd64")
    twin = unpack(src=src)
    assert (twin["changed"], twin["ops"], twin["image"]) == (False, [], result["image"])


@pytest.mark.parametrize("shape", SHAPES)
def test_folder(tmp_path: Path, shape: str) -> None:
    src = imagebuild.write_folder(tmp_path / "layout", SHAPES[shape](TWO))
    assert texts(unpack(src=src)) == {"low": "low\n", "high": "high\n"}
    assert not unpack(src=src)["changed"]


def test_hybrid_whose_index_tells_of_another_image(tmp_path: Path) -> None:
    other = Image(layers=[imagebuild.layer("other")])
    members = {**imagebuild.oci_layout(other), **imagebuild.docker_archive(TWO)}
    src = imagebuild.write_archive(tmp_path / "a.tar", members)
    assert unpack(src=src)["image"]["id"] == TWO.id
    assert unpack(src=src, image="app:1")["image"]["id"] == TWO.id


def test_hybrid_with_a_platform_that_only_the_index_has(tmp_path: Path) -> None:
    arm = Image(layers=[imagebuild.layer("arm")], architecture="arm64")
    both = imagebuild.oci_layout(TWO, arm, platform=True)
    members = {**both, **imagebuild.docker_archive(TWO)}
    src = imagebuild.write_archive(tmp_path / "a.tar", members)
    assert unpack(src=src)["image"]["id"] == TWO.id
    assert unpack(src=src, platform="linux/arm64")["image"]["id"] == arm.id


def test_layers_of_an_index_within_an_index(tmp_path: Path) -> None:
    arm = Image(layers=[imagebuild.layer("arm")], architecture="arm64")
    members = nested(TWO, arm)
    src = imagebuild.write_archive(tmp_path / "a.tar", members)
    assert unpack(src=src)["image"]["id"] == TWO.id
    assert unpack(src=src, image="app:1", platform="linux/arm64")["image"]["id"] == arm.id
    with pytest.raises(ContainersError, match=r"no image for linux/s390x; there is: .*linux/amd64.*linux/arm64"):
        unpack(src=src, platform="linux/s390x")


def nested(*images: Image, without: Optional[Image] = None) -> imagebuild.Members:
    """One name for several platforms, an attestation among them, as buildkit and containerd write it."""
    members: imagebuild.Members = {}
    children = []
    for image in images:
        blobs, descriptor = imagebuild.oci_image(image)
        if image is not without:
            members.update(blobs)
        children.append({**descriptor, "platform": {"os": "linux", "architecture": image.architecture}})
    blobs, attestation = imagebuild.oci_image(Image(layers=[imagebuild.layer("sbom")], architecture="unknown"))
    members.update(blobs)
    children.append({**attestation, "platform": {"os": "unknown", "architecture": "unknown"}})
    index = imagebuild.encoded({"schemaVersion": 2, "mediaType": imagebuild.INDEX, "manifests": children})
    top = {**imagebuild.described(index, imagebuild.INDEX), "annotations": imagebuild.named("app:1")}
    members.update(imagebuild.blobs(index))
    members["index.json"] = imagebuild.encoded({"schemaVersion": 2, "manifests": [top]})
    return members


def test_attestation_is_no_image(tmp_path: Path) -> None:
    """It is told by its platform, or by what it refers to; neither is offered to the user."""
    members, descriptor = imagebuild.oci_image(TWO)
    blobs, first = imagebuild.oci_image(Image(layers=[imagebuild.layer("sbom")]))
    more, second = imagebuild.oci_image(Image(layers=[imagebuild.layer("provenance")]))
    entries = [
        {**first, "annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
        {**second, "platform": {"os": "unknown", "architecture": "unknown"}},
        descriptor,
    ]
    index = imagebuild.encoded({"schemaVersion": 2, "manifests": entries})
    src = imagebuild.write_archive(tmp_path / "a.tar", {**members, **blobs, **more, "index.json": index})
    assert unpack(src=src)["image"]["id"] == TWO.id
    with pytest.raises(ContainersError) as caught:
        unpack(src=src, image="nothing")
    assert caught.value.message.endswith(f"there is: untagged ({TWO.id[:19]})")


def test_platform_that_was_not_saved(tmp_path: Path) -> None:
    arm = Image(layers=[imagebuild.layer("arm")], architecture="arm64")
    src = imagebuild.write_archive(tmp_path / "a.tar", nested(TWO, arm, without=arm))
    assert unpack(src=src)["image"]["id"] == TWO.id
    with pytest.raises(ContainersError, match="is listed, but not in the archive"):
        unpack(src=src, platform="linux/arm64")


def test_only_config_tells_of_another_platform(tmp_path: Path) -> None:
    arm = Image(architecture="arm64")
    result = unpack(src=imagebuild.write_archive(tmp_path / "a.tar", imagebuild.docker_archive(arm)))
    assert result["warnings"] == (f"image {arm.id} is for linux/arm64, this host is linux/amd64",)


REAL = {
    "docker-save-18.09-busybox-14-layers.tar": ({}, "75ae28b8ebf8", 14),
    "kaniko-busybox-14-gzip-layers.tar": ({}, "ae16a51058a7", 14),
    "buildkit-oci-archive-gzip.tar": ({"platform": "linux/arm64"}, "3eaccc100f86", 1),
    "buildkit-oci-archive-zstd.tar": ({"platform": "linux/arm64"}, "3eaccc100f86", 1),
    "buildkit-oci-archive-uncompressed.tar": ({"platform": "linux/arm64"}, "3eaccc100f86", 1),
    "docker-save-25-hello-world-hybrid.tar": ({}, "ee301c921b8a", 1),
    "docker-save-20.10-symlinked-layer.tar": ({"image": "bazel/v1/tarball:test_image_3"}, "d4c9adacde69", 2),
    "docker-save-symlinked-layer-2.tar": ({}, "b109fdc4272b", 2),
    "crane-whiteout-dir.tar": ({}, "92f1e3d53acd", 4),
    "crane-two-images.tar": ({"image": "6e0b05049ed9"}, "6e0b05049ed9", 1),
}


@pytest.mark.parametrize("name", REAL)
def test_archive_of_a_real_tool(name: str) -> None:
    if not FIXTURES.is_dir():
        pytest.skip(f"no archives of other tools in {FIXTURES}")
    options, start, layers = REAL[name]
    result = unpack(src=str(FIXTURES / name), **options)
    assert result["image"]["id"].startswith(f"sha256:{start}")
    assert len(result["image"]["layers"]) == layers
    assert all(Path(path).is_dir() for path in result["image"]["layers"])
    assert not unpack(src=str(FIXTURES / name), **options)["changed"]
