# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be copied into a container: the module's options, checked as far as that needs no host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping, Optional

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store

PRESERVE = "preserve"
_MODE = re.compile(r"0?[0-7]{3,4}")


@dataclass(frozen=True)
class Wanted:
    """See the module's options."""

    store: Store
    name: str
    src: Optional[str]
    archive: Optional[str]
    """What the action plugin has sent of ``src`` or ``content``."""
    content: Optional[bytes]
    remote_src: bool
    dest: str
    into: bool
    """Whether dest is a folder in any case, which what is copied goes into."""
    owner: Optional[str]
    group: Optional[str]
    mode: Optional[int]
    preserve: bool
    directory_mode: Optional[int]
    follow: bool
    force: bool


def spec(options: Mapping[str, Any]) -> Wanted:
    """The options' exact meaning. Raises ContainersError for the first that is wrong."""
    src, content, archive = options["src"], options["content"], options["_archive"]
    if src is None and content is None and archive is None:
        raise ContainersError("neither src nor content is given", "Say what is to be copied")
    if src is not None and not src.strip("/"):
        raise ContainersError(f"src {src!r} is no file and no folder that can be copied")
    preserve = options["mode"] == PRESERVE
    if preserve and src is None:
        raise ContainersError("mode preserve is for src: content has no mode of its own")
    return Wanted(
        store=Store(options["store"]),
        name=checked_name(options["name"]),
        src=src,
        archive=archive,
        content=None if content is None else content.encode("utf-8", "surrogateescape"),
        remote_src=options["remote_src"],
        dest=_dest(options["dest"]),
        into=options["dest"].endswith("/"),
        owner=_owner(options["owner"], "owner"),
        group=_owner(options["group"], "group"),
        mode=None if preserve else _mode(options["mode"], "mode"),
        preserve=preserve,
        directory_mode=_mode(options["directory_mode"], "directory_mode"),
        follow=options["follow"],
        force=options["force"],
    )


def _dest(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path.startswith("/") or ".." in parts:
        raise ContainersError(f"dest {path!r} is not an absolute path without '..'", "It is a path of the container")
    return "/" + "/".join(parts)


def _owner(name: Optional[str], option: str) -> Optional[str]:
    if name is not None and (not name or not name.isprintable() or ":" in name):
        raise ContainersError(f"{option} {name!r} is not valid")
    return name


def _mode(mode: Any, option: str) -> Optional[int]:
    """Octal digits; a number is one that YAML has read as octal already."""
    if mode is None:
        return None
    text = f"{mode:04o}" if isinstance(mode, int) and not isinstance(mode, bool) and mode >= 0 else mode
    if not isinstance(text, str) or not _MODE.fullmatch(text):
        raise ContainersError(
            f"{option} {mode!r} is not valid", f"Write it in quotes as octal digits: {option}: '0644'"
        )
    return int(text, 8)
