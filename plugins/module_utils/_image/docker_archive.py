# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of ``docker save``: a ``manifest.json`` that lists images, their configs and layers.

Written so by every Docker since 1.10 (by those from 25 on beside an OCI layout), by containerd,
kaniko, crane, skopeo and Bazel. The format before (``repositories`` alone) is refused.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from . import documents
from .archived import Archive, ArchivedImage, Candidate, LayerEntry, read_document
from .config import read_config
from .reference import checked_image_name

MANIFEST = "manifest.json"
IMAGES_MAX = 256
_UNTAGGED = "<none>:<none>"
_CONFIG_DIGEST = re.compile(r"(?:sha256:|blobs/sha256/)?([0-9a-f]{64})(?:\.json)?")
_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})")


def candidates(archive: Archive) -> List[Candidate]:
    """Every image that manifest.json lists; none where there is no manifest.json."""
    if archive.find(MANIFEST) is None:
        _refuse_first_format(archive)
        return []
    manifest = documents.parse(read_document(archive, MANIFEST, documents.MANIFEST_MAX, "manifest"), MANIFEST)
    entries = documents.objects(manifest, MANIFEST)
    if not entries:
        raise ContainersError(f"{MANIFEST} lists no image")
    if len(entries) > IMAGES_MAX:
        raise ContainersError(f"{MANIFEST} lists {len(entries)} images, at most {IMAGES_MAX} are read")
    return [_candidate(archive, number, entry) for number, entry in enumerate(entries)]


def _refuse_first_format(archive: Archive) -> None:
    if archive.find("repositories") is not None and archive.find("index.json") is None:
        raise ContainersError(
            "the archive has a 'repositories' file and no manifest.json: the format of Docker before 1.10, "
            "whose layers can't be verified",
            "Load it with a newer Docker and save it again",
        )


def _candidate(archive: Archive, number: int, entry: Mapping[str, Any]) -> Candidate:
    what = f"{MANIFEST}[{number}]"
    config_name = documents.text(entry, "Config", what)
    if not config_name:
        raise ContainersError(f"{what} names no Config")
    tags = documents.texts(entry, "RepoTags", what) or ()
    names = tuple(dict.fromkeys(checked_image_name(tag, f"{what}: tag") for tag in tags if tag != _UNTAGGED))
    image_id = _promised_digest(config_name) or documents.digest_of(_read_config(archive, config_name))
    load = partial(_load, archive, what, entry, names)
    return Candidate(names, (), image_id, (image_id,), None, number, load)


def _load(archive: Archive, what: str, entry: Mapping[str, Any], names: Tuple[str, ...]) -> ArchivedImage:
    config_name = documents.text(entry, "Config", what)
    data = _read_config(archive, config_name)
    image_id = documents.digest_of(data)
    if _promised_digest(config_name) not in (None, image_id):
        raise ContainersError(f"config {config_name!r} has digest {image_id}, not the one that is its name")
    config = read_config(data, f"config {config_name!r}")
    members = documents.texts(entry, "Layers", what) or ()
    if len(members) != len(config.diff_ids):
        raise ContainersError(
            f"{what} lists {len(members)} layers, config {config_name!r} {len(config.diff_ids)} diff_ids"
        )
    layers = tuple(_layer(member, diff_id) for member, diff_id in zip(members, config.diff_ids))
    return ArchivedImage(image_id, names, config, layers)


def _read_config(archive: Archive, name: str) -> bytes:
    return read_document(archive, name, documents.CONFIG_MAX, "config")


def _promised_digest(name: str) -> Optional[str]:
    match = _CONFIG_DIGEST.fullmatch(name)
    return f"sha256:{match[1]}" if match else None


def _layer(member: str, diff_id: str) -> LayerEntry:
    match = _BLOB.fullmatch(member)
    return LayerEntry(member, diff_id, f"sha256:{match[1]}" if match else None)
