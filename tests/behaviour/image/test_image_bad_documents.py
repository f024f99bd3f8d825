# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and archives that are wrong in themselves: refused in words, with nothing left behind."""

from __future__ import annotations

from typing import Any

import imagebuild
import pytest
import tarbuild
from badimages import IMAGE, NEW, Refused, Shape, config, docker, index_of, oci
from imagebuild import Image

BOTH = pytest.mark.parametrize("shape", [docker, oci])


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
    refused(oci(config=imagebuild.described(IMAGE.config, kind)), "not a container image")


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
