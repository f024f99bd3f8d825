# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an image comes from, in skopeo's words: the transport, and the image's name there. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

from .._core.errors import ContainersError
from .._image.layer import checked_digest
from .._image.record import normal_name
from .._image.reference import checked_image_name

REGISTRY, DAEMON, STORAGE = "docker://", "docker-daemon:", "containers-storage:"
_TRANSPORTS = (REGISTRY, DAEMON, STORAGE)
_ARCHIVES = ("docker-archive:", "oci-archive:", "oci:", "dir:")
_PLACE = re.compile(r"\[[^\]\s]+\]")
_DOCKER_HUB = "docker.io"


@dataclass(frozen=True)
class Source:
    """``place`` is where containers-storage lies, if that is said; ``name`` has a tag unless there is a digest."""

    transport: str
    place: str
    name: str
    digest: Optional[str]

    def __str__(self) -> str:
        return f"{self.transport}{self.place}{self.name}{f'@{self.digest}' if self.digest else ''}"

    @property
    def repository(self) -> str:
        return self.name[: -len(self.tag) - 1] if self.tag else self.name

    @property
    def tag(self) -> str:
        return self.name.rpartition("/")[2].partition(":")[2]

    @property
    def registry(self) -> str:
        """The registry's host, as files with credentials name it."""
        first, separator, _rest = self.name.partition("/")
        return first if separator and ("." in first or ":" in first or first == "localhost") else _DOCKER_HUB

    @property
    def store_name(self) -> Optional[str]:
        """The name that the image gets in the store; None where only a digest says which it is."""
        return normal_name(self.name) if self.tag else None

    def reference(self, digest: Optional[str] = None) -> str:
        """What skopeo is told: the image, or the one of that digest that the same repository has."""
        digest = digest or self.digest
        return f"{self.transport}{self.place}" + (f"{self.repository}@{digest}" if digest else self.name)


def parse_source(text: str) -> Source:
    """Raises ContainersError for what isn't one, with what it may have been meant to be."""
    transport = next((one for one in _TRANSPORTS if text.startswith(one)), None)
    if transport is None:
        raise _no_transport(text)
    rest = text[len(transport) :]
    place = _PLACE.match(rest) if transport == STORAGE else None
    name, _separator, digest = rest[place.end() if place else 0 :].partition("@")
    checked_image_name(name, f"source {text!r}: name")
    if _separator:
        checked_digest(digest, f"source {text!r}: digest")
    elif ":" not in name.rpartition("/")[2]:
        name = f"{name}:latest"
    return Source(transport, place.group() if place else "", name, digest or None)


def _no_transport(text: str) -> ContainersError:
    message = f"source {text!r} doesn't say where the image comes from"
    if text.startswith(_ARCHIVES):
        return ContainersError(message, "Archives and layouts on the target are unpacked by image_unpack")
    return ContainersError(
        message, f"It begins with {', '.join(_TRANSPORTS)}, as in docker://docker.io/library/busybox"
    )
