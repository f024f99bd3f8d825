# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image's config: checked once here, so that everybody behind may rely on the types of its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping, Tuple

from .._core.errors import ContainersError
from . import documents
from .layer import checked_digest
from .platform import Platform

LAYERS_MAX = 500
"""More lower layers than this overlayfs doesn't mount."""

ID_MAX = 4294967294
_TEXTS = ("Entrypoint", "Cmd", "OnBuild", "Shell")
_TEXT = ("User", "WorkingDir", "StopSignal")
_OBJECTS = ("ExposedPorts", "Volumes", "Labels")


@dataclass(frozen=True)
class ImageConfig:
    """The config document, whole, and what was read out of it."""

    document: Mapping[str, Any]
    platform: Platform
    diff_ids: Tuple[str, ...]


def read_config(data: bytes, what: str) -> ImageConfig:
    """Parse and check. Raises ContainersError naming the part that is wrong."""
    document = documents.parse_object(data, what)
    platform = Platform(
        documents.text(document, "os", what) or "linux",
        documents.text(document, "architecture", what),
        documents.text(document, "variant", what),
    )
    if platform.os != "linux":
        raise ContainersError(f"{what}: the image is for {platform}, only Linux images can run here")
    check_run_config(document.get("config"), f"{what}: config")
    return ImageConfig(document, platform, _diff_ids(document, what))


def _diff_ids(document: Mapping[str, Any], what: str) -> Tuple[str, ...]:
    rootfs = documents.as_object(document.get("rootfs"), f"{what}: rootfs")
    kind = documents.text(rootfs, "type", f"{what}: rootfs")
    if kind != "layers":
        raise ContainersError(f"{what}: rootfs.type is {kind!r}, only 'layers' is known")
    found = documents.texts(rootfs, "diff_ids", f"{what}: rootfs")
    if not found:
        raise ContainersError(f"{what}: rootfs.diff_ids is empty: an image without layers has nothing to run")
    if len(found) > LAYERS_MAX:
        raise ContainersError(f"{what}: {len(found)} layers, overlayfs mounts at most {LAYERS_MAX}")
    return tuple(checked_digest(diff_id, f"{what}: diff_id") for diff_id in found)


def check_run_config(run: Any, what: str) -> None:
    """Check the part of the config that says how to run the image; others rely on its types."""
    if run is None:
        return
    documents.as_object(run, what)
    for key in _TEXTS:
        documents.texts(run, key, what)
    for key in _TEXT:
        documents.text(run, key, what)
    for key in _OBJECTS:
        if run.get(key) is not None:
            documents.as_object(run[key], f"{what}: {key}")
    for entry in documents.texts(run, "Env", what) or ():
        if entry.find("=") < 1:
            raise ContainersError(f"{what}: Env has an entry that is not NAME=VALUE: {entry.partition('=')[0]!r}")
    _check_user(documents.text(run, "User", what), what)


def _check_user(user: str, what: str) -> None:
    for part in user.split(":"):
        if re.fullmatch(r"[+-]?[0-9]+", part) and not (part.isdigit() and int(part.lstrip("0")[:11] or 0) <= ID_MAX):
            raise ContainersError(f"{what}: User {user!r}: {part} is not an id that Linux has (0 to {ID_MAX})")
