# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of an image elsewhere: the options of ``image_fetch``, checked. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

from .._core.errors import ContainersError
from .._core.store import Store
from .._image.platform import Platform, parse_platform
from .._image.reference import checked_image_name
from .source import DAEMON, REGISTRY, Source, parse_source

ALWAYS, NEWER, MISSING = "always", "newer", "missing"
_PATHS = ("store", "authfile", "cert_dir", "policy")
_OF_REGISTRY = ("username", "password", "authfile", "cert_dir")


@dataclass(frozen=True)
class Access:
    """How skopeo gets at the source."""

    username: Optional[str]
    password: Optional[str] = field(repr=False)
    authfile: Optional[str]
    tls_verify: bool
    cert_dir: Optional[str]
    docker_host: Optional[str]
    policy: Optional[str]
    timeout: int
    """Seconds that one run of skopeo may take."""
    retries: int


@dataclass(frozen=True)
class Wanted:
    """``name`` is what the image is to be called in the store, None: nothing. ``platform`` None: the host's."""

    source: Source
    name: Optional[str]
    platform: Optional[Platform]
    pull: str
    access: Access
    store: Store


def spec(options: Mapping[str, Any]) -> Wanted:
    """Raises ContainersError for every option that can't be meant so."""
    source = parse_source(options["source"])
    for option in _PATHS:
        if options[option] is not None and not os.path.isabs(options[option]):
            raise ContainersError(f"{option} {options[option]!r} is not an absolute path", "It is a path on the target")
    name = options["name"]
    return Wanted(
        source=source,
        name=source.store_name if name is None else checked_image_name(name, "name"),
        platform=None if options["platform"] is None else parse_platform(options["platform"]),
        pull=options["pull"],
        access=_access(options, source),
        store=Store(options["store"]),
    )


def _access(options: Mapping[str, Any], source: Source) -> Access:
    if (options["username"] is None) != (options["password"] is None):
        raise ContainersError("username and password are needed together")
    if options["username"] is not None and (options["authfile"] is not None or ":" in options["username"]):
        raise ContainersError("username can't have a ':' in it, and goes without authfile")
    for option in _OF_REGISTRY:
        if options[option] is not None and source.transport != REGISTRY:
            raise ContainersError(f"{option} is of registries ({REGISTRY}), source is {source}")
    if options["docker_host"] is not None and source.transport != DAEMON:
        raise ContainersError(f"docker_host is of Docker daemons ({DAEMON}), source is {source}")
    for option, least in (("timeout", 1), ("retries", 0)):
        if options[option] < least:
            raise ContainersError(f"{option} is {options[option]}, it has to be at least {least}")
    return Access(**{name: options[name] for name in Access.__dataclass_fields__})
