# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of an image: the options of ``image_unpack``, checked. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from .._core.errors import ContainersError
from .._core.sizes import parse_size
from .._core.store import Store
from .limits import PATH_LENGTH_MAX, Limits
from .platform import Platform, parse_platform
from .reference import checked_image_name

PRESENT, ABSENT = "present", "absent"


@dataclass(frozen=True)
class Wanted:
    """``name`` is in the store's form; ``platform`` None means the host's."""

    state: str
    src: Optional[str]
    image: Optional[str]
    name: Optional[str]
    platform: Optional[Platform]
    store: Store
    limits: Limits


def spec(options: Mapping[str, Any]) -> Wanted:
    """Raises ContainersError for every option that can't be meant so."""
    state, src, image, name = (options[key] for key in ("state", "src", "image", "name"))
    for option, value in (("src", src), ("store", options["store"])):
        if value is not None and not os.path.isabs(value):
            raise ContainersError(f"{option} {value!r} is not an absolute path", "It is a path on the target")
    if state == PRESENT and src is None:
        raise ContainersError("src is needed for state=present", "Give the path of the image archive on the target")
    if state == ABSENT and src is None and image is None and name is None:
        raise ContainersError("state=absent needs one of name, image and src", "Say which image is to go")
    if image == "":
        raise ContainersError("image is empty", "Leave it out where the archive holds one image only")
    return Wanted(
        state=state,
        src=src,
        image=image,
        name=None if name is None else checked_image_name(name, "name"),
        platform=None if options["platform"] is None else parse_platform(options["platform"]),
        store=Store(options["store"]),
        limits=_limits(options),
    )


def _limits(options: Mapping[str, Any]) -> Limits:
    for option in ("max_entries", "max_ratio", "max_path_length"):
        if options[option] < 1:
            raise ContainersError(f"{option} is {options[option]}, it has to be at least 1")
    if options["max_path_length"] > PATH_LENGTH_MAX:
        raise ContainersError(f"max_path_length is more than {PATH_LENGTH_MAX}, which is all that the kernel takes")
    size = parse_size(options["max_bytes"], "max_bytes")
    if size < 1:
        raise ContainersError(f"max_bytes is {options['max_bytes']}, it has to be at least 1")
    return Limits(
        bytes=size,
        entries=options["max_entries"],
        path_length=options["max_path_length"],
        ratio=options["max_ratio"],
    )
