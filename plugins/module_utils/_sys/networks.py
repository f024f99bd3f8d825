# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network namespaces of this machine: our own, and any other by its path, entered and left again.

Entering moves only the calling thread (setns), no process is started. A netlink socket opened there
stays bound to it afterwards.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import Dict, Iterator, Optional, Tuple

from .._core.errors import ContainersError
from .netlink import Netlink
from .syscall import libc

_CLONE_NEWNET = 0x40000000
_OWN = "/proc/thread-self/ns/net"
_ROUTES = "/proc/thread-self/net/route"
_ROUTES6 = "/proc/thread-self/net/ipv6_route"
_RTF_UP = 0x1
_RTF_REJECT = 0x200


class Namespace:
    """A network namespace, open: no pid can be reused and no file be replaced under it."""

    def __init__(self, descriptor: int, path: str, netlink: Netlink) -> None:
        self.descriptor = descriptor
        self.netlink = netlink
        self._path = path

    @contextmanager
    def entered(self) -> Iterator[None]:
        """The calling thread is in the namespace while the block runs."""
        with entered(self.descriptor, self._path):
            yield


class Networks:
    """Opens network namespaces. Keeps the socket of the last one open for the next op in it."""

    def __init__(self) -> None:
        self._last: Optional[Tuple[Tuple[int, int, int], Netlink]] = None
        self._own: Optional[Tuple[int, Netlink]] = None
        self._defaults: Dict[bool, Optional[str]] = {}

    @property
    def own(self) -> Netlink:
        """The namespace that this process is in. A forked process gets a socket of its own."""
        if self._own is None or self._own[0] != os.getpid():
            self._own = (os.getpid(), Netlink())
        return self._own[1]

    @contextmanager
    def inside(self, path: str) -> Iterator[Namespace]:
        """The namespace at the path. Raises OSError: nothing there; ContainersError: not one."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield Namespace(descriptor, path, self._netlink(descriptor, path))
        finally:
            os.close(descriptor)

    def is_namespace(self, path: str) -> bool:
        """Whether the path is of a namespace; a file of ``ip netns`` that a reboot left behind isn't."""
        try:
            return os.stat(path).st_dev == os.stat(_OWN).st_dev
        except FileNotFoundError:
            return False

    def is_own(self, path: str) -> bool:
        """Whether the path is of the namespace that this process is in."""
        return os.path.samestat(os.stat(path), os.stat(_OWN))

    def default_interface(self, ipv6: bool = False) -> Optional[str]:
        """The interface of our default route, that of the lowest metric; None without such a route."""
        if ipv6 in self._defaults:
            return self._defaults[ipv6]
        found = sorted(_default_routes6() if ipv6 else _default_routes())
        return found[0][1] if found else None

    @contextmanager
    def defaults_seen_once(self) -> Iterator[None]:
        """Look for the default routes once, whatever the number of times that they are asked for in the block."""
        self._defaults = {ipv6: self.default_interface(ipv6) for ipv6 in (False, True)}
        try:
            yield
        finally:
            self._defaults = {}

    def close(self) -> None:
        """Let go of the last namespace entered: an open socket keeps it from ending."""
        if self._last is not None:
            self._last[1].close()
            self._last = None

    def _netlink(self, descriptor: int, path: str) -> Netlink:
        status = os.fstat(descriptor)
        identity = (os.getpid(), status.st_dev, status.st_ino)
        if self._last is None or self._last[0] != identity:
            self.close()
            with entered(descriptor, path):
                self._last = (identity, Netlink())
        return self._last[1]


@contextmanager
def entered(descriptor: int, path: str) -> Iterator[None]:
    """The calling thread is in that network namespace while the block runs."""
    own = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            libc("setns", descriptor, _CLONE_NEWNET, path=path)
        except OSError as error:
            raise ContainersError(f"enter the network namespace {path}: {error.strerror}") from error
        try:
            yield
        finally:
            libc("setns", own, _CLONE_NEWNET, path=_OWN)
    finally:
        os.close(own)


def _default_routes() -> Iterator[Tuple[int, str]]:
    with open(_ROUTES, encoding="ascii") as file:
        next(file, None)
        for line in file:
            name, dest, _gateway, flags, _refs, _use, metric, mask = line.split()[:8]
            if int(dest, 16) == int(mask, 16) == 0 and int(flags, 16) & _RTF_UP and not int(flags, 16) & _RTF_REJECT:
                yield int(metric), name


def _default_routes6() -> Iterator[Tuple[int, str]]:
    with suppress(FileNotFoundError), open(_ROUTES6, encoding="ascii") as file:  # no such file: no IPv6
        for line in file:
            fields = line.split()
            dest, prefix, metric, flags, name = fields[0], fields[1], fields[5], int(fields[8], 16), fields[9]
            if int(dest, 16) == int(prefix, 16) == 0 and flags & _RTF_UP and not flags & _RTF_REJECT:
                yield int(metric, 16), name
