# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build image archives of every shape, from members by name; wrong ones are made by changing a member."""

from __future__ import annotations

import bz2
import ctypes
import gzip
import hashlib
import json
import lzma
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import tarbuild

Members = Dict[str, Union[bytes, str]]
"""Bytes of a file, or, as a string, the target of a symbolic link."""

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def layer(name: str = "file", data: bytes = b"data\n") -> bytes:
    """The tar of a layer with one file."""
    return tarbuild.archive(tarbuild.file(name, data))


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def blob(data: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"


def encoded(document: Any) -> bytes:
    return json.dumps(document).encode()


def zstd(data: bytes) -> bytes:
    """One frame, by the library that decompresses it too."""
    library = ctypes.CDLL("libzstd.so.1")
    library.ZSTD_compress.restype = ctypes.c_size_t
    room = ctypes.create_string_buffer(len(data) + 1024)
    size = library.ZSTD_compress(room, ctypes.c_size_t(len(room)), data, ctypes.c_size_t(len(data)), 3)
    return room.raw[:size]


def gzipped(data: bytes) -> bytes:
    """The same each time."""
    return gzip.compress(data, mtime=0)


def multi_gzip(data: bytes) -> bytes:
    """Two gzip members one after the other."""
    half = len(data) // 2
    return gzipped(data[:half]) + gzipped(data[half:])


def plain(data: bytes) -> bytes:
    return data


COMPRESSIONS: Dict[str, Callable[[bytes], bytes]] = {
    "plain": plain,
    "gzip": multi_gzip,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}


@dataclass
class Image:
    """One image. ``run`` is its config's part ``config``; ``changes`` replace parts of the config whole."""

    layers: Sequence[bytes] = field(default_factory=lambda: [layer()])
    names: Sequence[str] = ("app:1",)
    run: Optional[Dict[str, Any]] = None
    architecture: str = "amd64"
    changes: Dict[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> bytes:
        document = {
            "architecture": self.architecture,
            "os": "linux",
            "config": self.run or {},
            "rootfs": {"type": "layers", "diff_ids": [digest(one) for one in self.layers]},
        }
        return encoded({**document, **self.changes})

    @property
    def id(self) -> str:
        return digest(self.config)


def docker_archive(*images: Image, compress: Callable[[bytes], bytes] = plain) -> Members:
    """As ``docker save`` before 25 wrote it."""
    members: Members = {}
    manifest: List[Dict[str, Any]] = []
    for image in images:
        paths = [f"{hashlib.sha256(one).hexdigest()}/layer.tar" for one in image.layers]
        members.update({path: compress(one) for path, one in zip(paths, image.layers)})
        config = f"{image.id.partition(':')[2]}.json"
        members[config] = image.config
        manifest.append({"Config": config, "RepoTags": list(image.names) or None, "Layers": paths})
    members["manifest.json"] = encoded(manifest)
    return members


def hybrid_archive(*images: Image) -> Members:
    """As ``docker save`` from 25 on writes it: blobs, manifest.json, and an index.json beside it."""
    members = oci_layout(*images)
    manifest = [
        {"Config": blob(one.config), "RepoTags": list(one.names) or None, "Layers": [blob(data) for data in one.layers]}
        for one in images
    ]
    return {**members, "manifest.json": encoded(manifest)}


def oci_layout(*images: Image, compress: Callable[[bytes], bytes] = plain, platform: bool = False) -> Members:
    """An OCI layout whose index.json lists one manifest for each name of each image."""
    members: Members = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}'}
    entries: List[Dict[str, Any]] = []
    for image in images:
        blobs, descriptor = oci_image(image, compress)
        members.update(blobs)
        if platform:
            descriptor["platform"] = {"os": "linux", "architecture": image.architecture}
        entries += [{**descriptor, "annotations": named(name)} for name in image.names] or [descriptor]
    members["index.json"] = encoded({"schemaVersion": 2, "manifests": entries})
    return members


def named(name: str) -> Dict[str, str]:
    return {"org.opencontainers.image.ref.name": name}


def oci_image(image: Image, compress: Callable[[bytes], bytes] = plain) -> Tuple[Members, Dict[str, Any]]:
    """The blobs of an image and the descriptor of its manifest."""
    stored = [compress(one) for one in image.layers]
    manifest = encoded(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": described(image.config, CONFIG),
            "layers": [described(one, LAYER) for one in stored],
        }
    )
    return blobs(image.config, manifest, *stored), described(manifest, MANIFEST)


def described(data: bytes, kind: str) -> Dict[str, Any]:
    return {"mediaType": kind, "digest": digest(data), "size": len(data)}


def blobs(*data: bytes) -> Members:
    return {blob(one): one for one in data}


def archive(members: Members) -> bytes:
    """The members as a tar file."""
    return tarbuild.archive(
        *(
            tarbuild.symlink(name, data) if isinstance(data, str) else tarbuild.file(name, data)
            for name, data in members.items()
        )
    )


def write_archive(path: Path, members: Members, compress: Callable[[bytes], bytes] = plain) -> str:
    path.write_bytes(compress(archive(members)))
    return str(path)


def write_folder(path: Path, members: Members) -> str:
    for name, data in members.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, str):
            os.symlink(data, target)
        else:
            target.write_bytes(data)
    return str(path)
