# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong images in both shapes: an image with parts of it replaced."""

from __future__ import annotations

import json
from typing import Any, Optional

import imagebuild
from imagebuild import Image, Members

IMAGE = Image(layers=[imagebuild.layer("a"), imagebuild.layer("b")])


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


def config(**changes: Any) -> bytes:
    """IMAGE's config with other parts."""
    return Image(layers=IMAGE.layers, changes=changes).config
