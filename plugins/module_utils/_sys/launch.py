# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Launch: everything a container's init is started with, as plain data; and what of it any process of it gets.

Nothing here is looked up later: ids are numbers, the environment is whole. ``launcher`` carries
it out from the host's side, ``inside`` from the container's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Bind:
    """A path of the host that is shown in the container."""

    source: str
    target: str
    attributes: int = 0
    """Of ``mountfd``: RDONLY, NOSUID, NODEV, NOEXEC."""
    recursive: bool = True
    id_mapped: bool = True
    """Show owners as the container's ids, where it has a user namespace."""
    optional: bool = False
    """Leave it out where the target is missing and can't be made, as the root is read-only."""


@dataclass(frozen=True)
class Scratch:
    """A tmpfs of the container's own."""

    target: str
    options: Tuple[Tuple[str, str], ...] = ()
    attributes: int = 0


@dataclass(frozen=True)
class Node:
    """A device of the host in the container's /dev, a node of its own."""

    source: str
    target: str
    mode: Optional[int] = None
    """None: mode and owner are those of the host's node."""
    owner: int = 0


@dataclass(frozen=True)
class Label:
    """What a Linux security module is to confine the command with: a file below /proc/<pid>/attr, and what to write."""

    file: str
    text: str


@dataclass(frozen=True)
class Limit:
    """A resource limit, by its name in setrlimit(2) without RLIMIT_; -1 is unlimited."""

    name: str
    soft: int
    hard: int


@dataclass(frozen=True)
class Identity:
    """Whom the command runs as, in the container's ids."""

    uid: int = 0
    gid: int = 0
    groups: Tuple[int, ...] = ()


@dataclass(frozen=True)
class Process:
    """What any process of a container is given just before its command is executed (``execution``).

    That is the init, and every one that enters later: they mustn't differ in their rights.
    """

    argv: Tuple[str, ...]
    env: Tuple[Tuple[str, str], ...]
    working_dir: str
    identity: Identity
    capabilities: Tuple[str, ...]
    limits: Tuple[Limit, ...]
    oom_score_adj: Optional[int]
    label: Optional[Label]
    system_calls: Optional[bytes]
    """The compiled filter of what it may call; None for none."""


@dataclass(frozen=True)
class Launch(Process):
    """How to start one container's init."""

    rootfs: str
    """Folder on the host; what is mounted there becomes the container's root."""
    namespaces: Tuple[str, ...]
    """Kinds that are new; the others are the host's."""
    uid_map: str
    gid_map: str
    """As written to /proc/<pid>/uid_map and gid_map; empty without a user namespace."""
    log: Optional[str]
    """The file that its output is appended to; None for our own standard output."""
    log_owner: Tuple[int, int]
    """Uid and gid on the host of that file, so that the command may open /dev/stdout anew."""
    accounting: str
    hostname: Optional[str] = None
    mounts: Tuple[Bind, ...] = ()
    scratch: Tuple[Scratch, ...] = ()
    sysctls: Tuple[Tuple[str, str], ...] = ()
    read_only: bool = False
    init: bool = False
    interactive: bool = False
    tty_group: Optional[int] = None
    """Group of terminals, where it is mapped."""
    group: Optional[str] = None
    """The cgroup that it is to be in and to see as the root of all; by default it is in ours."""
    devices: Tuple[Node, ...] = ()
