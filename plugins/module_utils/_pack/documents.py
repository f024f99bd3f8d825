# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON documents of an image: config, manifest, index, and Docker's manifest.json. Pure.

The same values give the same bytes: keys are sorted, nothing is told of where or when.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any, Dict, List, Mapping, Optional

from .._image.platform import Platform
from .layer_tar import Layer

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


def encoded(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogateescape"
    )


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def blob_name(digest: str) -> str:
    return f"blobs/sha256/{digest.partition(':')[2]}"


def image_config(run: Mapping[str, Any], platform: Platform, layer: Layer, mtime: int) -> Dict[str, Any]:
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(mtime))
    config = {
        "architecture": platform.architecture,
        "os": platform.os,
        "created": created,
        "config": dict(run),
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id]},
        "history": [{"created": created, "created_by": "daemonless.containers.image_pack"}],
    }
    return {**config, "variant": platform.variant} if platform.variant else config


def oci_manifest(config: bytes, layer: Layer) -> Dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [{"mediaType": _LAYER, "digest": layer.diff_id, "size": layer.size}],
    }


def oci_index(manifest: bytes, platform: Platform, tag: Optional[str]) -> Dict[str, Any]:
    where: Dict[str, str] = {"architecture": platform.architecture, "os": platform.os}
    if platform.variant:
        where["variant"] = platform.variant
    descriptor: Dict[str, Any] = {
        "mediaType": _MANIFEST,
        "digest": digest_of(manifest),
        "size": len(manifest),
        "platform": where,
    }
    if tag:
        descriptor["annotations"] = {
            "io.containerd.image.name": _whole_name(tag),
            "org.opencontainers.image.ref.name": tag.rpartition(":")[2],
        }
    return {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [descriptor]}


def docker_manifest(config: bytes, layer: Layer, tag: Optional[str]) -> List[Dict[str, Any]]:
    return [
        {
            "Config": blob_name(digest_of(config)),
            "RepoTags": [tag] if tag else [],
            "Layers": [blob_name(layer.diff_id)],
        }
    ]


def _whole_name(name: str) -> str:
    """The name with its registry, as containerd keeps it."""
    first, slash, _rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return name
    return f"docker.io/{name}" if slash else f"docker.io/library/{name}"
