# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests, configs and members that are wrong or hostile: refused in words, with nothing left behind."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, Callable, Optional, Union

import imagebuild
import pytest
import tarbuild
from imagebuild import Image, Members
from rooms import STORE, empty_store, snapshot, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

Refused = Callable[..., None]
IMAGE = Image(layers=[imagebuild.layer("a"), imagebuild.layer("b")])
NEW = Image(layers=[imagebuild.layer("x"), imagebuild.layer("y")])
"""Its layers are in no store: they have to be read."""


@pytest.fixture(params=["fresh store", "store in use"])
def refused(request: pytest.FixtureRequest, tmp_path: Path) -> Refused:
    """Check that an archive is refused in these words, and that neither store nor host changed."""
    empty_store()
    if request.param == "store in use":
        unpack(src=imagebuild.write_archive(tmp_path / "first.tar", imagebuild.docker_archive(IMAGE)))
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "secret").write_bytes(IMAGE.config)

    def check(members: Union[Members, bytes], words: str, folder: bool = False, **options: Any) -> None:
        src = tmp_path / "bad"
        if isinstance(members, bytes):
            src.write_bytes(members)
        elif folder:
            imagebuild.write_folder(src, members)
        else:
            imagebuild.write_archive(src, members)
        before = snapshot(STORE), snapshot(str(victim))
        for check_mode in (True, False):
            with pytest.raises(ContainersError, match=words):
                unpack(check_mode, src=str(src), **options)
        assert (snapshot(STORE), snapshot(str(victim))) == before

    return check


def docker(document: Optional[bytes] = None, image: Image = IMAGE, **changes: Any) -> Members:
    """A docker-archive of the image with another config, or with changes to its manifest's one entry."""
    members = imagebuild.docker_archive(image)
    entry = json.loads(members["manifest.json"])[0]
    if document is not None:
        del members[entry["Config"]]
        entry["Config"] = f"{imagebuild.digest(document)[7:]}.json"
        members[entry["Config"]] = document
    members["manifest.json"] = imagebuild.encoded([{**entry, **changes}])
    return members


def oci(document: Optional[bytes] = None, image: Image = IMAGE, **changes: Any) -> Members:
    """The same as an OCI layout, with changes to the manifest."""
    document = image.config if document is None else document
    manifest = {
        "schemaVersion": 2,
        "mediaType": imagebuild.MANIFEST,
        "config": imagebuild.described(document, imagebuild.CONFIG),
        "layers": [imagebuild.described(one, imagebuild.LAYER) for one in image.layers],
        **changes,
    }
    return index_of(imagebuild.encoded(manifest), document, *image.layers)


def index_of(manifest: bytes, *blobs: bytes, kind: str = imagebuild.MANIFEST) -> Members:
    index = {"schemaVersion": 2, "manifests": [imagebuild.described(manifest, kind)]}
    return {**imagebuild.blobs(manifest, *blobs), "index.json": imagebuild.encoded(index)}


BOTH = pytest.mark.parametrize("shape", [docker, oci])
Shape = Callable[..., Members]


def config(**changes: Any) -> bytes:
    return Image(layers=IMAGE.layers, changes=changes).config


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
    refused(docker(Config=path), "config .* is not in the archive", folder=folder)


@pytest.mark.parametrize("folder", [False, True])
def test_58_layer_outside_of_the_archive(refused: Refused, folder: bool) -> None:
    refused(docker(image=NEW, Layers=["../victim/secret"] * 2), "is not in the archive", folder=folder)


@pytest.mark.parametrize("target", ["../victim/secret", "/etc/hostname"])
def test_58_member_that_links_to_the_host(refused: Refused, target: str) -> None:
    refused({**docker(Config="config"), "config": target}, "links to .* which is not in the archive")


@pytest.mark.parametrize("target", ["../victim/secret", "/etc/hostname", "../../../../../../etc/hostname"])
@pytest.mark.parametrize("name", ["config", "manifest.json", "index.json"])
def test_58_blob_in_a_folder_that_links_to_the_host(refused: Refused, target: str, name: str) -> None:
    members = {**docker(Config="config"), name: target} if name != "index.json" else {name: target}
    refused(members, "is not in the archive|lists no image", folder=True)


def test_58_folder_whose_blobs_lie_elsewhere(refused: Refused, tmp_path: Path) -> None:
    members = oci()
    imagebuild.write_folder(tmp_path / "elsewhere", {k: v for k, v in members.items() if k.startswith("blobs")})
    refused(
        {"index.json": members["index.json"], "blobs": str(tmp_path / "elsewhere/blobs")}, "not in the", folder=True
    )


def test_58_fifo_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "layout").mkdir()
    os.mkfifo(tmp_path / "layout/manifest.json")
    with pytest.raises(ContainersError, match=r"manifest\.json is not a plain file"):
        unpack(src=str(tmp_path / "layout"))


@BOTH
def test_59_key_twice(refused: Refused, shape: Shape) -> None:
    doubled = config()[:-1] + b', "os": "windows"}'
    refused(shape(doubled), "key 'os' occurs twice")


def test_59_key_twice_in_manifests(refused: Refused) -> None:
    members = docker()
    refused({**members, "manifest.json": members["manifest.json"].replace(b"[{", b'[{"Config": "x", ')}, "occurs twice")  # type: ignore[union-attr, arg-type]


def test_59_index_and_manifest_at_once(refused: Refused) -> None:
    refused(oci(manifests=[]), "is an index and a manifest at once")
    refused({"index.json": b'{"manifests": [], "layers": []}'}, "is an index and a manifest at once")


@pytest.mark.parametrize("name", ["manifest.json", "index.json"])
def test_60_huge_manifest(refused: Refused, name: str) -> None:
    refused({name: b"[" + b" " * 1024 * 1024 + b"]"}, "has 1048578 bytes, at most 1048576 are read")


@BOTH
def test_60_huge_config(refused: Refused, shape: Shape) -> None:
    refused(shape(config(author="x" * 4 * 1024 * 1024)), "at most 4194304 are read")


@BOTH
def test_60_deep_config(refused: Refused, shape: Shape) -> None:
    refused(shape(b"[" * 200_000), "is nested too deeply|is not valid JSON")


def test_61_indexes_nested_too_deep(refused: Refused) -> None:
    members = oci()
    for _depth in range(6):
        index = members["index.json"]
        assert isinstance(index, bytes)
        members = {**members, **index_of(index, kind=imagebuild.INDEX)}
    refused(members, "nested more than 4 deep")


def test_61_index_of_too_many(refused: Refused) -> None:
    leaf = imagebuild.described(b"{}", imagebuild.INDEX)
    middle = imagebuild.encoded({"manifests": [leaf] * 100})
    top = imagebuild.encoded({"manifests": [imagebuild.described(middle, imagebuild.INDEX)] * 100})
    refused({**imagebuild.blobs(b'{"manifests": []}', middle), "index.json": top}, "more than 256 manifests")


def test_61_too_many_images(refused: Refused) -> None:
    refused({"manifest.json": imagebuild.encoded([{"Config": "x"}] * 257)}, "lists 257 images, at most 256 are read")


@pytest.mark.parametrize("kind", ["application/vnd.cncf.helm.config.v1+json", "", "text/plain"])
def test_62_no_container_image(refused: Refused, kind: str) -> None:
    refused(
        oci(config=imagebuild.described(IMAGE.config, kind)) if kind is None else helm(kind), "not a container image"
    )


def helm(kind: str) -> Members:
    manifest = {
        "schemaVersion": 2,
        "config": imagebuild.described(IMAGE.config, kind),
        "layers": [imagebuild.described(one, imagebuild.LAYER) for one in IMAGE.layers],
    }
    return index_of(imagebuild.encoded(manifest), IMAGE.config, *IMAGE.layers)


def test_62_unknown_types(refused: Refused) -> None:
    refused(oci(mediaType="application/x-unknown"), "type 'application/x-unknown', not a container image")
    layers = [imagebuild.described(one, f"{imagebuild.LAYER}+encrypted") for one in IMAGE.layers]
    refused(oci(layers=layers), r"type '.*\+encrypted', which isn't known")


def test_62_other_operating_system(refused: Refused) -> None:
    refused(docker(config(os="windows")), "for windows/amd64, only Linux images")


def test_64_neither_manifest(refused: Refused) -> None:
    refused({"etc/passwd": b"root"}, "lists no image in manifest.json or index.json")
    refused({"index.json": b'{"manifests": null}'}, "lists no image")
    refused({"manifest.json": b"[]"}, "lists no image")
    refused({"manifest.json": b"null"}, "is not a list")


def test_64_no_tar_at_all(refused: Refused) -> None:
    refused(b"just some text " * 100, "neither a tar archive nor a compressed one")
    refused(b"", "lists no image")


def test_64_two_untagged_images(refused: Refused) -> None:
    images = [Image(layers=[imagebuild.layer(name)], names=()) for name in "ab"]
    listed = f"untagged .{images[0].id[:19]}.*untagged .{images[1].id[:19]}"
    refused(imagebuild.docker_archive(*images), listed)
    refused(imagebuild.oci_layout(*images), listed)


@pytest.mark.parametrize("missing", ["config", "layer"])
@BOTH
def test_64_missing_blob(refused: Refused, shape: Shape, missing: str) -> None:
    build = imagebuild.docker_archive if shape is docker else imagebuild.oci_layout
    gone = NEW.config if missing == "config" else NEW.layers[1]
    members = {name: data for name, data in build(NEW).items() if data != gone}
    refused(members, f"{missing} .* is not in the archive")


def test_64_foreign_layer(refused: Refused) -> None:
    kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    layers = [imagebuild.described(b"elsewhere", kind), imagebuild.described(IMAGE.layers[1], imagebuild.LAYER)]
    refused(oci(layers=layers), "is a foreign one that is not in the archive")


def test_65_schema_1(refused: Refused) -> None:
    refused(index_of(b'{"schemaVersion": 1, "fsLayers": []}'), "schema 1")
    refused({"repositories": b'{"app": {"1": "x"}}'}, "format of Docker before 1.10")


@pytest.mark.parametrize("user", ["4294967296", "0:4294967295", "-1", "99999999999999999999"])
@BOTH
def test_66_user_id_that_wraps_around(refused: Refused, shape: Shape, user: str) -> None:
    refused(shape(config(config={"User": user})), "is not an id that Linux has")


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ({"Cmd": "sh"}, "Cmd is not a list"),
        ({"Entrypoint": [1]}, r"Entrypoint\[0\] is not a string"),
        ({"Env": ["NOVALUE"]}, "Env has an entry that is not NAME=VALUE"),
        ({"Env": ["=x"]}, "Env has an entry that is not NAME=VALUE"),
        ({"Cmd": ["a\0b"]}, "NUL byte"),
        ({"User": 0}, "User is not a string"),
        ({"WorkingDir": []}, "WorkingDir is not a string"),
        ({"Cmd": ["\ud800"]}, "not valid Unicode"),
        ([], "is not a JSON object"),
    ],
)
@BOTH
def test_config_of_wrong_types(refused: Refused, shape: Shape, run: Any, words: str) -> None:
    refused(shape(config(config=run)), words)


def test_tag_that_is_no_name(refused: Refused) -> None:
    refused(docker(RepoTags=["../../x"]), "tag '../../x' is not a valid image name")


def test_truncated_archive(refused: Refused) -> None:
    whole = imagebuild.archive(docker())
    refused(whole[: len(whole) // 2], "cut short|lists no image")


def test_damaged_header(refused: Refused) -> None:
    whole = bytearray(imagebuild.archive(docker()))
    whole[3] ^= 0xFF
    refused(bytes(whole), "checksum")


def test_damaged_compression(refused: Refused) -> None:
    whole = imagebuild.multi_gzip(imagebuild.archive(docker()))
    refused(whole[:-20], "gzip data")
    refused(whole + b"garbage", "gzip data")


def test_compressed_archive_that_grows_too_large(refused: Refused) -> None:
    refused(
        imagebuild.multi_gzip(imagebuild.archive(docker()) + bytes(1_000_000)), "more than 65536 bytes", max_bytes=65536
    )


def test_sparse_config(refused: Refused) -> None:
    members = docker(Config="config")
    sparse = tarbuild.header("config", b"S", magic=tarbuild.GNU)
    refused(tarbuild.archive(tarbuild.file("manifest.json", members["manifest.json"]), sparse), ".")  # type: ignore[arg-type]
