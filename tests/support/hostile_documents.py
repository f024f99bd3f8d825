# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 59 to 66: documents that are ambiguous, huge, of another kind, or of what can't run here."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Dict, List, Tuple

import imagebuild
from badimages import IMAGE, config, docker, index_of, oci
from hostile import Archive, Build, Case, Made, built
from hostile_entries import sparse
from hostile_manifests import with_config
from imagebuild import Image, Members
from tarbuild import archive

from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

DOCUMENT = {"docker-archive": "manifest.json", "oci": "index.json"}
MIB = 1 << 20
OCI = ("oci",)
UNKNOWN = "type 'application/x-unknown', (not a|which isn't)"
ARM = Image(layers=[imagebuild.layer("arm")], architecture="arm64")
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"


def document(data: bytes) -> Build:
    """An archive with nothing but the first document that is read."""
    return lambda shape, victim: {DOCUMENT[shape]: data}


def only(data: Archive) -> Build:
    return lambda shape, victim: data


def doubled(shape: str, victim: str) -> Archive:
    """A key of the first document occurs twice."""
    members = built(shape, IMAGE)
    data = members[DOCUMENT[shape]]
    assert isinstance(data, bytes)
    at = data.index(b"{") + 1
    return {**members, DOCUMENT[shape]: data[:at] + b'"Config": "x", "manifests": [], ' + data[at:]}


def nested(*images: Image) -> Members:
    """An index within the index, with these platforms and an attestation, as buildkit writes it."""
    members: Members = {}
    children: List[Dict[str, Any]] = []
    for image in (*images, Image(layers=[imagebuild.layer("sbom")], architecture="unknown")):
        blobs, descriptor = imagebuild.oci_image(image)
        members.update(blobs)
        os = "unknown" if image.architecture == "unknown" else "linux"
        children.append({**descriptor, "platform": {"os": os, "architecture": image.architecture}})
    index = imagebuild.encoded({"schemaVersion": 2, "mediaType": imagebuild.INDEX, "manifests": children})
    return {**members, **index_of(index, kind=imagebuild.INDEX)}


def platforms(shape: str, victim: str) -> Archive:
    """For several platforms; a docker-archive has them beside manifest.json."""
    return nested(ARM, IMAGE) if shape == "oci" else {**nested(ARM, IMAGE), **docker()}


def only_other_platforms(shape: str, victim: str) -> Archive:
    other = Image(architecture="s390x")
    return nested(ARM, other) if shape == "oci" else {**nested(ARM, other), **docker(image=other)}


def deep_index(shape: str, victim: str) -> Archive:
    members = oci()
    for _depth in range(6):
        index = members["index.json"]
        assert isinstance(index, bytes)
        members = {**members, **index_of(index, kind=imagebuild.INDEX)}
    return members


def wide_index(shape: str, victim: str) -> Archive:
    leaf = imagebuild.described(b"{}", imagebuild.INDEX)
    middle = imagebuild.encoded({"manifests": [leaf] * 100})
    top = imagebuild.encoded({"manifests": [imagebuild.described(middle, imagebuild.INDEX)] * 100})
    return {**imagebuild.blobs(b'{"manifests": []}', middle), "index.json": top}


def hybrid(shape: str, victim: str) -> Archive:
    """As Docker 25 leaves it; without manifest.json there is no image in it."""
    empty = {"index.json": b'{"schemaVersion":2,"manifests":null}'}
    return {**imagebuild.hybrid_archive(IMAGE), **empty} if shape == "docker-archive" else {**oci(), **empty}


def contradiction(shape: str, victim: str) -> Archive:
    """index.json tells of another image, or comes without anything of manifest.json."""
    return {**imagebuild.oci_layout(ARM), **docker()} if shape == "docker-archive" else nested(ARM, IMAGE)


def without(part: str) -> Build:
    def build(shape: str, victim: str) -> Archive:
        gone = IMAGE.config if part == "config" else IMAGE.layers[1]
        return {name: data for name, data in built(shape, IMAGE).items() if data != gone}

    return build


def dotted(shape: str, victim: str) -> Archive:
    return {f"./{name}": data for name, data in built(shape, IMAGE).items()}


def untagged(shape: str, victim: str) -> Archive:
    return built(shape, *(Image(layers=[imagebuild.layer(name)], names=()) for name in "ab"))


def foreign(shape: str, victim: str) -> Archive:
    if shape == "docker-archive":
        return docker(Layers=["elsewhere"] * 2)
    here = imagebuild.described(IMAGE.layers[1], imagebuild.LAYER)
    return oci(layers=[imagebuild.described(b"elsewhere", FOREIGN), here])


def schema_1(shape: str, victim: str) -> Archive:
    if shape == "docker-archive":
        return {"repositories": b'{"app": {"1": "x"}}'}
    return index_of(b'{"schemaVersion": 1, "fsLayers": []}')


def is_image(image: Image) -> Any:
    def check(made: Made) -> None:
        assert made.result["image"]["id"] == image.id

    return check


def chart(shape: str, victim: str) -> Archive:
    kind = imagebuild.described(IMAGE.config, "application/vnd.cncf.helm.config.v1+json")
    return docker(b'{"name": "chart"}') if shape == "docker-archive" else oci(config=kind)


RUNS: List[Tuple[str, Any, str]] = [
    ("cmd", {"Cmd": "sh"}, "Cmd is not a list"),
    ("entrypoint", {"Entrypoint": [1]}, r"Entrypoint\[0\] is not a string"),
    ("env", {"Env": ["NOVALUE"]}, "Env has an entry that is not NAME=VALUE"),
    ("env-name", {"Env": ["=x"]}, "Env has an entry that is not NAME=VALUE"),
    ("nul", {"Cmd": ["a\0b"]}, "NUL byte"),
    ("user", {"User": 0}, "User is not a string"),
    ("folder", {"WorkingDir": []}, "WorkingDir is not a string"),
    ("surrogate", {"Labels": {"x": "\ud800"}}, "surrogates not allowed"),
    ("run", [], "is not a JSON object"),
]
"""Parts of a config that others rely on, of wrong types."""


def _nested(depth: int) -> Any:
    value: Any = []
    for _level in range(depth):
        value = [value]
    return value


HUGE_GROUP = archive(sparse(b"1\n0\n10\n", b"root:x:0:\n", 8 * MIB, **{"GNU.sparse.name": "etc/group"}))


def group_isnt_read_whole(made: Made) -> None:
    """The image is fine; a container that is started on it reads as little of the file as it was told to."""
    assert (made.layer / "etc/group").stat().st_size == 8 * MIB
    with suppress(OSError):
        Host().container_files.read_in_rootfs(str(made.layer), "etc/group", MIB)
        raise AssertionError("it was read")


CASES: List[Case] = [
    Case(59, "key-twice", doubled, words="occurs twice"),
    Case(59, "key-twice-in-config", with_config(config()[:-1] + b', "os": "windows"}'), words="key 'os' occurs twice"),
    Case(
        59,
        "both-at-once",
        lambda shape, victim: oci(manifests=[]),
        words="an index and a manifest at once",
        shapes=OCI,
    ),
    Case(
        59,
        "manifest-with-an-index-in-it",
        only(index_of(imagebuild.encoded({"mediaType": imagebuild.MANIFEST, "manifests": []}))),
        words="an index and a manifest at once",
        shapes=OCI,
    ),
    Case(
        59,
        "index-with-layers",
        only({"index.json": b'{"manifests": [], "layers": []}'}),
        words="at once",
        shapes=OCI,
    ),
    Case(60, "huge-manifest", document(b"[" + b" " * MIB + b"]"), words="has 1048578 bytes, at most 1048576 are read"),
    Case(60, "huge-config", with_config(config(author="x" * 4 * MIB)), words="at most 4194304 are read"),
    Case(60, "deep-config", with_config(b"[" * 200_000), words="nested too deeply|is not valid JSON"),
    *(
        Case(60, f"config-{depth}-deep", with_config(config(x=_nested(depth))), words="is nested too deeply")
        for depth in (100, 300, 900)
    ),
    Case(
        60,
        "long-number",
        with_config(config()[:-1] + b', "x": ' + b"9" * 99_999 + b"}"),
        words="number of 99999 digits",
    ),
    Case(60, "infinite-number", with_config(config()[:-1] + b', "x": 1e999}'), words="1e999 is not a number"),
    Case(61, "deep-index", deep_index, words="nested more than 4 deep", shapes=OCI),
    Case(61, "wide-index", wide_index, words="more than 256 manifests", shapes=OCI),
    Case(
        61,
        "many-images",
        document(imagebuild.encoded([{"Config": "x"}] * 257)),
        words="lists 257 images, at most 256 are read",
        shapes=("docker-archive",),
    ),
    Case(62, "platform-of-the-host", platforms, check=is_image(IMAGE)),
    Case(62, "other-platform", platforms, check=is_image(ARM), options={"platform": "linux/arm64"}),
    Case(
        62,
        "platform-that-isnt-there",
        only_other_platforms,
        words="no image for linux/riscv64; there is: .*linux/arm64.*linux/s390x|no image for linux/riscv64",
        options={"platform": "linux/riscv64"},
    ),
    Case(62, "other-system", with_config(config(os="windows")), words="for windows/amd64, only Linux images"),
    Case(62, "chart", chart, words="not a container image|rootfs is not a JSON object"),
    *(
        Case(
            62,
            f"unknown-type-{number}",
            only(members),
            words=UNKNOWN,
            shapes=OCI,
        )
        for number, members in enumerate(
            [
                oci(mediaType="application/x-unknown"),
                oci(layers=[imagebuild.described(one, "application/x-unknown") for one in IMAGE.layers]),
            ]
        )
    ),
    Case(63, "index-lists-nothing", hybrid, check=is_image(IMAGE), shapes=("docker-archive",)),
    Case(63, "index-lists-nothing", hybrid, words="lists no image", shapes=OCI),
    Case(63, "index-of-another-image", contradiction, check=is_image(IMAGE)),
    Case(64, "no-document", only({"etc/passwd": b"root"}), words="lists no image in manifest.json or index.json"),
    Case(64, "null", document(b"null"), words="is not a list|is not a JSON object"),
    Case(64, "list-of-nothing", document(b"[]"), words="lists no image|is not a JSON object"),
    Case(64, "manifests-null", document(b'{"manifests": null}'), words="lists no image|is not a list"),
    Case(64, "no-tar", only(b"just some text " * 100), words="neither a tar archive nor a compressed one"),
    Case(64, "nothing", only(b""), words="lists no image"),
    Case(64, "dotted-members", dotted, check=is_image(IMAGE)),
    Case(64, "two-untagged-images", untagged, words="untagged .sha256:.*untagged .sha256:"),
    *(
        Case(64, f"missing-{part}", without(part), words=f"{part} .* is not in the archive")
        for part in ("config", "layer")
    ),
    Case(
        64, "foreign-layer", foreign, words="is a foreign one that is not in the archive|'elsewhere' .* is not in the"
    ),
    *(Case(64, f"config-{word}", with_config(config(config=run)), words=words) for word, run, words in RUNS),
    Case(65, "schema-1", schema_1, words="schema 1|format of Docker before 1.10"),
    Case(66, "huge-group", lambda shape, victim: built(shape, Image(layers=[HUGE_GROUP])), check=group_isnt_read_whole),
    *(
        Case(66, f"user-{user}", with_config(config(config={"User": user})), words="is not an id that Linux has")
        for user in ("4294967296", "4294967295", "0:4294967295", "-1", "99999999999999999999", "00000000004294967296")
    ),
]
