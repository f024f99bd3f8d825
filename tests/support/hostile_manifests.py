# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 50, 51 and 56 to 58: images whose parts don't belong together, or lead out of the archive."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict, List, Sequence

import imagebuild
from badimages import IMAGE, config, docker, oci
from hostile import Archive, Build, Case, Made, built
from imagebuild import Image, Members

DOCKER = ("docker-archive",)
BAD_NAME = "tag '../../x' is not a valid image name"


def of(shape: str, document: bytes, image: Image = IMAGE) -> Members:
    return docker(document, image) if shape == "docker-archive" else oci(document, image)


def with_config(document: bytes) -> Build:
    """The image with another config."""
    return lambda shape, victim: of(shape, document)


def with_diff_ids(*diff_ids: Any) -> Build:
    return with_config(config(rootfs={"type": "layers", "diff_ids": list(diff_ids)}))


def no_layers(shape: str, victim: str) -> Archive:
    document = config(rootfs={"type": "layers", "diff_ids": []})
    return docker(document, Layers=[]) if shape == "docker-archive" else oci(document, layers=[])


def members_of(shape: str, *layers: bytes) -> Dict[str, Any]:
    return dict(built(shape, Image(layers=layers)))


def listed_again(shape: str, victim: str) -> Archive:
    """The same layer twice; in a docker-archive the second is a link to a link."""
    one = imagebuild.layer()
    if shape == "oci":
        return members_of(shape, one, one)
    first = json.loads(members_of(shape, one)["manifest.json"])[0]["Layers"][0]
    links = {"second/layer.tar": "../third/layer.tar", "third/layer.tar": f"../{first}"}
    return {**docker(image=Image(layers=[one, one]), Layers=[first, "second/layer.tar"]), **links}


def same_folder(made: Made) -> None:
    assert len(made.layers) == 2
    assert made.layers[0] == made.layers[1]


def linked(first: str, second: str) -> Build:
    """Layers that are links, in an OCI layout its blobs."""

    def build(shape: str, victim: str) -> Archive:
        members = built(shape, IMAGE)
        names = [name for name, data in members.items() if data in IMAGE.layers]
        targets = [target.format(*(name.rpartition("/")[2] for name in names)) for target in (first, second)]
        if shape == "docker-archive":
            names, members = ["a/layer.tar", "b/layer.tar"], docker(Layers=["a/layer.tar", "b/layer.tar"])
            targets = [target.format("../a/layer.tar", "../b/layer.tar") for target in (first, second)]
        return {**members, **dict(zip(names, targets))}

    return build


def other_bytes(which: Callable[[bytes], bool]) -> Build:
    """Those members have the same length, and one bit is another."""

    def build(shape: str, victim: str) -> Archive:
        members = built(shape, IMAGE)
        found = [name for name, data in members.items() if isinstance(data, bytes) and which(data)]
        assert found
        return {**members, **{name: _flipped(members[name]) for name in found}}  # type: ignore[arg-type]

    return build


def _flipped(data: bytes) -> bytes:
    """A bit of what is said, not of the syntax: the last digit or letter."""
    at = max(data.rfind(word) for word in (b"amd64", b"data\n", b"sha256:"))
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def wrong_size(part: str) -> Build:
    def build(shape: str, victim: str) -> Archive:
        right = imagebuild.described(IMAGE.config, imagebuild.CONFIG)
        layers = [imagebuild.described(one, imagebuild.LAYER) for one in IMAGE.layers]
        wrong: Dict[str, Any] = {"config": {**right, "size": 1}, "layers": [{**layers[0], "size": 1}, layers[1]]}
        return oci(**{part: wrong[part]})

    return build


def wrong_layer(number: int) -> Build:
    """Well-formed, and another than the config says; what names it in the archive is right."""

    def build(shape: str, victim: str) -> Archive:
        evil = list(IMAGE.layers)
        evil[number] = imagebuild.layer("evil")
        if shape == "oci":
            stored = [imagebuild.described(one, imagebuild.LAYER) for one in evil]
            return {**oci(layers=stored), **imagebuild.blobs(*evil)}
        members = docker()
        members[json.loads(members["manifest.json"])[0]["Layers"][number]] = evil[number]  # type: ignore[arg-type]
        return members

    return build


def bad_descriptor(place: str, digest: Any) -> Build:
    def build(shape: str, victim: str) -> Archive:
        bad = {**imagebuild.described(IMAGE.config, imagebuild.CONFIG), "digest": digest}
        if place == "index":
            return {"index.json": imagebuild.encoded({"manifests": [bad]})}
        return oci(config=bad) if place == "config" else oci(layers=[{**bad, "mediaType": imagebuild.LAYER}] * 2)

    return build


def config_at(path: str) -> Build:
    """Its config is said to lie there; an OCI layout has it as a link in place of the blob."""

    def build(shape: str, victim: str) -> Archive:
        target = path.format(victim=victim)
        if shape == "docker-archive":
            return docker(Config=target)
        return {**oci(), imagebuild.blob(IMAGE.config): target}

    return build


def layers_at(path: str) -> Build:
    def build(shape: str, victim: str) -> Archive:
        target = path.format(victim=victim)
        if shape == "docker-archive":
            return docker(Layers=[target] * 2)
        return {**oci(), **{imagebuild.blob(one): target for one in IMAGE.layers}}

    return build


def linked_document(target: str) -> Build:
    """The first document that is read is a link out of the archive."""

    def build(shape: str, victim: str) -> Archive:
        return {"manifest.json" if shape == "docker-archive" else "index.json": target.format(victim=victim)}

    return build


def blobs_elsewhere(shape: str, victim: str) -> Archive:
    """The folder of blobs, or of a layer, is a link to the victim, which has the very files."""
    if shape == "oci":
        return {"index.json": oci()["index.json"], "blobs": victim}
    return {**docker(Layers=["a/secret"] * 2), "a": victim}


def config_linked(shape: str, victim: str) -> Archive:
    return {**docker(Config="config"), "config": f"{victim}/secret"}


def hybrid_with_wrong_layer(shape: str, victim: str) -> Archive:
    members = imagebuild.hybrid_archive(IMAGE)
    return {**members, imagebuild.blob(IMAGE.layers[1]): imagebuild.layer("evil")}


OUTSIDE = "is not in the archive|which is not in the archive"
BAD_DIGESTS: Sequence[Any] = [
    f"sha256:{'../' * 4}etc/passwd",
    "sha256:" + "A" * 64,
    "md5:" + "a" * 64,
    "",
    None,
    ["x"],
]
PATHS = ["{victim}/secret", "../victim/secret", "/etc/hostname", "../../../../../etc/hostname", "a/../../victim"]


def _outside(in_folder: bool) -> List[Case]:
    where = "folder" if in_folder else "archive"
    cases = []
    for number, path in enumerate(PATHS):
        cases += [
            Case(58, f"config-outside-{where}-{number}", config_at(path), words=OUTSIDE, in_folder=in_folder),
            Case(58, f"layers-outside-{where}-{number}", layers_at(path), words=OUTSIDE, in_folder=in_folder),
        ]
    return cases


CASES: List[Case] = [
    Case(50, "no-layers", no_layers, words="diff_ids is empty"),
    *(
        Case(
            50,
            f"{count}-diff-ids-for-two-layers",
            with_diff_ids(*(imagebuild.digest(b"%d" % number) for number in range(count))),
            words=f"lists 2 layers, config .* {count} diff_ids",
        )
        for count in (1, 3)
    ),
    *(
        Case(50, f"no-rootfs-{number}", with_config(config(rootfs=rootfs)), words="rootfs")
        for number, rootfs in enumerate([None, [], {"type": "erofs", "diff_ids": []}, {"diff_ids": ["x"]}])
    ),
    Case(50, "too-many-layers", with_diff_ids(*[imagebuild.digest(b"")] * 501), words="501 layers, overlayfs"),
    Case(51, "layer-listed-twice", listed_again, check=same_folder),
    Case(51, "cycle-of-links", linked("{1}", "{0}"), words="in a circle"),
    Case(51, "dangling-link", linked("../gone", "../gone"), words="links to .*gone.*, which is not in the archive"),
    Case(56, "digest-of-config", other_bytes(lambda data: data == IMAGE.config), words="has digest sha256:"),
    Case(
        56,
        "digest-of-manifest",
        other_bytes(lambda data: b'"mediaType"' in data and b'"manifests"' not in data),
        words="has digest sha256:",
        shapes=("oci",),
    ),
    *(
        Case(56, f"size-of-{part}", wrong_size(part), words="its descriptor says 1", shapes=("oci",))
        for part in ("config", "layers")
    ),
    *(
        Case(56, f"diff-id-{word}", wrong_layer(number), words="its uncompressed bytes have the digest")
        for word, number in (("first", 0), ("last", 1))
    ),
    Case(56, "diff-id-hybrid", hybrid_with_wrong_layer, words="have the digest sha256:", shapes=DOCKER),
    Case(56, "digest-of-layer", other_bytes(lambda data: data in IMAGE.layers), words="have the digest sha256:"),
    *(
        Case(57, f"diff-id-{number}", with_diff_ids(digest, imagebuild.digest(b"")), words="diff_id")
        for number, digest in enumerate(BAD_DIGESTS)
    ),
    *(
        Case(57, f"{place}-{number}", bad_descriptor(place, digest), words="is not a sha256 digest", shapes=("oci",))
        for place in ("index", "config", "layer")
        for number, digest in enumerate(BAD_DIGESTS)
    ),
    Case(58, "config-linked-outside", config_linked, words=OUTSIDE, shapes=DOCKER),
    Case(58, "name-outside", lambda _shape, _victim: docker(RepoTags=["../../x"]), words=BAD_NAME, shapes=DOCKER),
    *_outside(in_folder=False),
    *_outside(in_folder=True),
    *(
        Case(
            58,
            f"document-{where}",
            linked_document("{victim}/secret"),
            words=words,
            in_folder=where == "in-folder",
        )
        for where, words in (("in-archive", "which is not in the archive"), ("in-folder", "lists no image"))
    ),
    Case(58, "blobs-elsewhere", blobs_elsewhere, words=f"{OUTSIDE}|but not in the archive", in_folder=True),
]
