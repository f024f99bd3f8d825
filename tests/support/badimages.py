# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong images in both shapes, and the check that one is refused with nothing changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Optional, Union

import imagebuild
import pytest
from imagebuild import Image, Members
from rooms import STORE, snapshot, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

Refused = Callable[..., None]
Shape = Callable[..., Members]
IMAGE = Image(layers=[imagebuild.layer("a"), imagebuild.layer("b")])
NEW = Image(layers=[imagebuild.layer("x"), imagebuild.layer("y")])
"""Its layers are in no store: they have to be read."""


def refusal(folder: Path) -> Refused:
    """A check that an archive is refused in these words, and that neither store nor host changed."""
    victim = folder / "victim"
    victim.mkdir()
    (victim / "secret").write_bytes(IMAGE.config)

    def check(members: Union[Members, bytes], words: str, in_folder: bool = False, **options: Any) -> None:
        src = folder / "bad"
        if isinstance(members, bytes):
            src.write_bytes(members)
        elif in_folder:
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


def config(**changes: Any) -> bytes:
    """IMAGE's config with other parts."""
    return Image(layers=IMAGE.layers, changes=changes).config
