# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI image layout, as an archive or a folder: ``index.json`` and blobs named by their digest.

Docker's own media types are read as the OCI ones they became. Attestations are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from . import documents
from .archived import Archive, ArchivedImage, Candidate, LayerEntry, read_document
from .config import read_config
from .layer import checked_digest
from .platform import Platform
from .reference import checked_image_name

INDEX = "index.json"
DEPTH_MAX = 4
MANIFESTS_MAX = 256
_INDEXES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CONFIGS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_LAYERS = tuple(
    f"application/vnd.{kind}"
    for tar in ("oci.image.layer.v1.tar", "oci.image.layer.nondistributable.v1.tar")
    for kind in (tar, f"{tar}+gzip", f"{tar}+zstd")
) + tuple(
    f"application/vnd.docker.image.rootfs.{kind}"
    for kind in ("diff.tar", "diff.tar.gzip", "diff.tar.zstd", "foreign.diff.tar", "foreign.diff.tar.gzip")
)
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1"
_CONTAINERD_NAME = "io.containerd.image.name"
_REF_NAME = "org.opencontainers.image.ref.name"
_REFERENCE_TYPE = "vnd.docker.reference.type"


@dataclass
class _Walk:
    """One walk through the indexes; ``found`` grows, ``seen`` counts what was looked at."""

    archive: Archive
    found: List[Candidate] = field(default_factory=list)
    seen: int = 0


@dataclass(frozen=True)
class _Root:
    """What a top-level entry of index.json says of all that is below it."""

    number: int
    names: Tuple[str, ...]
    labels: Tuple[str, ...]
    digests: Tuple[str, ...]


def candidates(archive: Archive) -> List[Candidate]:
    """Every image that index.json leads to; none where there is no index.json or it lists nothing."""
    if archive.find(INDEX) is None:
        return []
    index = documents.parse_object(read_document(archive, INDEX, documents.MANIFEST_MAX, "index"), INDEX)
    walk = _Walk(archive)
    for number, descriptor in enumerate(_manifests_of(index, INDEX)):
        names, labels = _names_of(descriptor, f"{INDEX}: manifests[{number}]")
        _visit(walk, descriptor, _Root(number, names, labels, ()), 1)
    return walk.found


def _manifests_of(index: Mapping[str, Any], what: str) -> List[Dict[str, Any]]:
    if "layers" in index or "config" in index:
        raise ContainersError(f"{what} is an index and a manifest at once")
    manifests = index.get("manifests")
    return [] if manifests is None else documents.objects(manifests, f"{what}: manifests")


def _names_of(descriptor: Mapping[str, Any], what: str) -> Tuple[Tuple[str, ...], Tuple[str, ...]]:
    notes = documents.as_object(descriptor.get("annotations") or {}, f"{what}: annotations")
    reference = documents.text(notes, _REF_NAME, what)
    name = documents.text(notes, _CONTAINERD_NAME, what)
    if not name and (":" in reference or "/" in reference):
        name = reference
    names = (checked_image_name(name, f"{what}: name"),) if name else ()
    return names, (reference,) if reference else ()


def _visit(walk: _Walk, descriptor: Mapping[str, Any], root: _Root, depth: int) -> None:
    walk.seen += 1
    if walk.seen > MANIFESTS_MAX:
        raise ContainersError(f"{INDEX} leads to more than {MANIFESTS_MAX} manifests")
    if depth > DEPTH_MAX:
        raise ContainersError(f"{INDEX}: indexes are nested more than {DEPTH_MAX} deep")
    digest = checked_digest(descriptor.get("digest"), f"{INDEX}: digest")
    platform = _platform(descriptor, digest)
    if _is_attestation(descriptor, platform):
        return
    root = _Root(root.number, root.names, root.labels, (*root.digests, digest))
    if walk.archive.find(_blob_name(digest)) is None:
        absent = partial(_absent, digest)
        walk.found.append(Candidate(root.names, root.labels, None, root.digests, platform, root.number, absent))
        return
    document = _read_manifest(walk.archive, descriptor, digest)
    if document.get("mediaType", descriptor.get("mediaType")) in _INDEXES or "manifests" in document:
        for child in _manifests_of(document, f"index {digest}"):
            _visit(walk, child, root, depth + 1)
        return
    config_digest = _config_digest(document, digest)
    load = partial(_load, walk.archive, document, digest, root.names)
    walk.found.append(
        Candidate(root.names, root.labels, config_digest, (config_digest, *root.digests), platform, root.number, load)
    )


def _absent(digest: str) -> ArchivedImage:
    raise ContainersError(
        f"manifest {digest} is listed, but not in the archive", "The archive was saved without that platform"
    )


def _platform(descriptor: Mapping[str, Any], digest: str) -> Optional[Platform]:
    if descriptor.get("platform") is None:
        return None
    what = f"manifest {digest}: platform"
    platform = documents.as_object(descriptor["platform"], what)
    return Platform(
        documents.text(platform, "os", what),
        documents.text(platform, "architecture", what),
        documents.text(platform, "variant", what),
    )


def _is_attestation(descriptor: Mapping[str, Any], platform: Optional[Platform]) -> bool:
    notes = descriptor.get("annotations")
    return platform == Platform("unknown", "unknown") or (isinstance(notes, dict) and _REFERENCE_TYPE in notes)


def _blob_name(digest: str) -> str:
    return f"blobs/sha256/{digest.partition(':')[2]}"


def _read_manifest(archive: Archive, descriptor: Mapping[str, Any], digest: str) -> Dict[str, Any]:
    document = documents.parse_object(
        _read_blob(archive, descriptor, digest, documents.MANIFEST_MAX, "manifest"), f"manifest {digest}"
    )
    kind = documents.text(document, "mediaType", f"manifest {digest}") or documents.text(
        descriptor, "mediaType", f"manifest {digest}"
    )
    if kind.startswith(_SCHEMA_1) or document.get("schemaVersion") == 1:
        raise ContainersError(
            f"manifest {digest} is of Docker's schema 1, which can't be verified", "Save the image with a newer tool"
        )
    if kind and kind not in _INDEXES + _MANIFESTS:
        raise ContainersError(f"manifest {digest} is of type {kind!r}, not a container image")
    if "manifests" in document and (kind in _MANIFESTS or "layers" in document):
        raise ContainersError(f"manifest {digest} is an index and a manifest at once")
    return document


def _read_blob(archive: Archive, descriptor: Mapping[str, Any], digest: str, limit: int, what: str) -> bytes:
    """A blob's bytes, which must have the size and digest that its descriptor says."""
    data = read_document(archive, _blob_name(digest), limit, what)
    _check_size(descriptor, len(data), f"{what} {digest}")
    if documents.digest_of(data) != digest:
        raise ContainersError(f"{what} {digest} has digest {documents.digest_of(data)}")
    return data


def _check_size(descriptor: Mapping[str, Any], size: int, what: str) -> None:
    if descriptor.get("size") != size:
        raise ContainersError(f"{what} has {size} bytes, its descriptor says {descriptor.get('size')!r}")


def _config_digest(manifest: Mapping[str, Any], digest: str) -> str:
    config = documents.as_object(manifest.get("config"), f"manifest {digest}: config")
    return checked_digest(config.get("digest"), f"manifest {digest}: config digest")


def _load(archive: Archive, manifest: Mapping[str, Any], digest: str, names: Tuple[str, ...]) -> ArchivedImage:
    what = f"manifest {digest}"
    descriptor = documents.as_object(manifest["config"], f"{what}: config")
    kind = documents.text(descriptor, "mediaType", f"{what}: config")
    if kind not in _CONFIGS:
        raise ContainersError(f"{what} has a config of type {kind!r}: not a container image")
    image_id = _config_digest(manifest, digest)
    data = _read_blob(archive, descriptor, image_id, documents.CONFIG_MAX, "config")
    config = read_config(data, f"config {image_id}")
    entries = documents.objects(manifest.get("layers") or [], f"{what}: layers")
    if len(entries) != len(config.diff_ids):
        raise ContainersError(f"{what} lists {len(entries)} layers, config {image_id} {len(config.diff_ids)} diff_ids")
    layers = tuple(_layer(archive, entry, diff_id, what) for entry, diff_id in zip(entries, config.diff_ids))
    return ArchivedImage(image_id, names, config, layers)


def _layer(archive: Archive, descriptor: Mapping[str, Any], diff_id: str, what: str) -> LayerEntry:
    digest = checked_digest(descriptor.get("digest"), f"{what}: layer digest")
    kind = documents.text(descriptor, "mediaType", f"{what}: layer {digest}")
    if kind not in _LAYERS:
        raise ContainersError(f"{what}: layer {digest} is of type {kind!r}, which isn't known")
    blob = archive.find(_blob_name(digest))
    if blob is not None:
        _check_size(descriptor, blob.size, f"layer {digest}")
    elif "nondistributable" in kind or "foreign" in kind:
        raise ContainersError(f"layer {digest} is a foreign one that is not in the archive")
    return LayerEntry(_blob_name(digest), diff_id, digest)
