# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests as sources tell them: which of an index's images is meant, and what an image is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._image import documents
from .._image.layer import checked_digest
from .._image.platform import Platform, fitness


@dataclass(frozen=True)
class Manifest:
    """One image: the digest of its config, which is its id, and those of its layers as stored, lowest first."""

    image_id: str
    layers: Tuple[str, ...]


def read_document(data: bytes, what: str) -> Mapping[str, Any]:
    """The JSON object. Raises ContainersError."""
    if len(data) > documents.CONFIG_MAX:
        raise ContainersError(f"{what} has {len(data)} bytes, at most {documents.CONFIG_MAX} are read")
    return documents.parse_object(data, what)


def chosen(document: Mapping[str, Any], platform: Platform, what: str) -> Optional[str]:
    """The digest of that image of an index that fits the platform best; None where it is no index."""
    if "manifests" not in document:
        return None
    found: List[Tuple[int, str]] = []
    there: List[Platform] = []
    for entry in documents.objects(document["manifests"], f"{what}: manifests"):
        offered = _platform(entry, what)
        score = fitness(offered, platform)
        if score is not None:
            found.append((score, checked_digest(entry.get("digest"), f"{what}: digest")))
        there.append(offered)
    if not found:
        raise wrong_platform(platform, there)
    return max(found, key=lambda one: one[0])[1]


def wrong_platform(wanted: Platform, there: List[Platform]) -> ContainersError:
    offered = dict.fromkeys(str(one) for one in there if one.os != "unknown")
    return ContainersError(
        f"no image for {wanted}; there is: {', '.join(offered) or 'none'}",
        "Choose one that is there with the option platform",
    )


def read_manifest(document: Mapping[str, Any], what: str) -> Manifest:
    """Raises ContainersError for what is no manifest of an image."""
    if document.get("schemaVersion") == 1:
        raise ContainersError(f"{what} is of Docker's schema 1, which can't be verified", "Push it with a newer tool")
    config = documents.as_object(document.get("config"), f"{what}: config")
    layers = documents.objects(document.get("layers"), f"{what}: layers")
    return Manifest(
        checked_digest(config.get("digest"), f"{what}: config digest"),
        tuple(checked_digest(layer.get("digest"), f"{what}: layer digest") for layer in layers),
    )


def _platform(entry: Mapping[str, Any], what: str) -> Platform:
    """One that isn't told fits nothing: attestations and the like have none."""
    platform = documents.as_object(entry.get("platform") or {}, f"{what}: platform")
    os, architecture, variant = (documents.text(platform, key, what) for key in ("os", "architecture", "variant"))
    return Platform(os or "unknown", architecture or "unknown", variant)
