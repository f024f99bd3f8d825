# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: how fast containers with a network can be made from one Python process, in a plain loop of kernel calls.

The yardstick of the fleet's benchmark. It leaves the kernel objects that a container of ours consists of: an overlay
of id-mapped mounts on the host, seven namespaces with their id maps, a root of its own with /proc and /dev, the
payload, a veth pair into a bridge with address and default route; and for all of them together one nftables
transaction. It does nothing else: no look at what is there, no record, no lock, no log, no undo, nothing hidden and
no right given up, one container after the other. So nothing that has to be right can be as fast.

It prints a line of JSON when all payloads run, waits for a line on its standard input, removes all, and prints
another one. Seconds count from the first kernel call to the last, without the start of Python.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import socket
import struct
import sys
import time
from dataclasses import dataclass, field
from typing import Dict, List, NoReturn

from floor_links import TABLE, Links, addresses, dotted, rules, run_nft
from floor_mounts import enter_root, keep_capabilities, mount_root, tree, unmount_root

from ansible_collections.daemonless.containers.plugins.module_utils._sys.syscall import syscall

NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
_CLONE = {"x86_64": 56, "aarch64": 220}.get(platform.machine(), 0)
_FIRST_ID, _IDS = 1 << 20, 1 << 16
_STAMPS = struct.Struct("=3d")


@dataclass(frozen=True)
class Fleet:
    """What all have in common."""

    folder: bytes
    subnet: str
    payload: List[str]


@dataclass
class Clock:
    """Seconds by what they were spent on."""

    spent: Dict[str, float] = field(default_factory=dict)
    last: float = field(default_factory=time.monotonic)

    def lap(self, what: str, now: float = 0.0) -> None:
        """What was done since the last lap (up to ``now``, if that isn't now) was this."""
        now = now or time.monotonic()
        self.spent[what] = self.spent.get(what, 0.0) + now - self.last
        self.last = now


def create(fleet: Fleet, count: int, clock: Clock) -> List[int]:
    """So many containers; returns the pids of their inits."""
    gateway, prefix, first_address = addresses(fleet.subnet)
    links = Links()
    bridge = links.add_bridge(gateway, prefix)
    clock.lap("bridge")
    run_nft(rules(fleet.subnet))
    clock.lap("nft transaction")
    keep_capabilities()
    pids = []
    for number in range(count):
        ours, theirs = socket.socketpair()
        pid = syscall(_CLONE, NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
        if pid == 0:
            ours.close()
            _be_container(fleet, theirs, dotted(first_address + number), prefix, gateway)
        theirs.close()
        clock.lap("clone with seven namespaces")
        folder = fleet.folder + b"/c%d" % number
        _mount(fleet, folder, _FIRST_ID + number * _IDS, pid)
        clock.lap("id maps, overlay")
        links.add_pair(f"floor{number}", bridge, pid)
        clock.lap("veth pair")
        _let_go(ours, folder, clock)
        pids.append(pid)
    return pids


def remove(fleet: Fleet, pids: List[int], clock: Clock) -> None:
    Links().remove_all()
    clock.lap("links")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for _pid in pids:
        os.wait()
    clock.lap("end payloads")
    run_nft(f"delete table inet {TABLE}")
    clock.lap("nft transaction")
    for number in range(len(pids)):
        unmount_root(fleet.folder + b"/c%d" % number)
    clock.lap("unmount")
    for number in range(len(pids)):
        shutil.rmtree(fleet.folder + b"/c%d" % number)
    clock.lap("remove folders")


def _mount(fleet: Fleet, folder: bytes, first_id: int, pid: int) -> None:
    """The id maps of the process's user namespace, and the root file system in the view of these ids."""
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{pid}/{name}", "wb", buffering=0) as file:
            file.write(b"0 %d %d" % (first_id, _IDS))
    namespace = os.open(f"/proc/{pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    mount_root(fleet.folder + b"/layer", folder, first_id, namespace)
    os.close(namespace)


def _let_go(ours: socket.socket, folder: bytes, clock: Clock) -> None:
    """Give the init its root, and wait until it has executed the payload: that closes its end of the socket."""
    root = tree(folder + b"/merged")
    socket.send_fds(ours, [b"go"], [root])
    os.close(root)
    stamps = _STAMPS.unpack(ours.recv(_STAMPS.size))
    if ours.recv(1):
        sys.exit("the payload didn't start")
    ours.close()
    for what, stamp in zip(("wake the init", "address, route", "mounts, pivot_root"), stamps):
        clock.lap(what, stamp)
    clock.lap("exec")


def _be_container(fleet: Fleet, channel: socket.socket, address: str, prefix: int, gateway: str) -> NoReturn:
    """The init, in its namespaces. It is a copy of the module that may run Python, but never returns."""
    try:
        _message, (root,), _flags, _address = socket.recv_fds(channel, 2, 1)
        woken = time.monotonic()
        os.setgroups([])
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        os.setsid()
        Links().set_up_inside(address, prefix, gateway)
        connected = time.monotonic()
        enter_root(root)
        channel.send(_STAMPS.pack(woken, connected, time.monotonic()))
        null = os.open("/dev/null", os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.execv(fleet.payload[0], fleet.payload)
    except BaseException as error:
        os.write(2, f"floor: {error!r}\n".encode())
        channel.send(b"failed".ljust(_STAMPS.size + 1))
    finally:
        os._exit(1)


def main() -> None:
    options = _options()
    fleet = Fleet(os.fsencode(options.folder), options.subnet, options.payload)
    clock = Clock()
    pids = create(fleet, options.count, clock)
    _tell(clock)
    sys.stdin.readline()
    clock = Clock()
    remove(fleet, pids, clock)
    _tell(clock)


def _tell(clock: Clock) -> None:
    print(json.dumps({"seconds": sum(clock.spent.values()), "spent": clock.spent}), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="how many containers (default 20)")
    parser.add_argument("--subnet", default="100.100.0.0/16", help="where their addresses are taken from")
    parser.add_argument("folder", help="an empty folder but for layer/, the root file system of all")
    parser.add_argument("payload", nargs="+", help="the command of all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
