# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of the container's resolv.conf, hosts and hostname. Pure.

The files lie in the container's folder in the store and are mounted over those of the rootfs, so that
writing one changes what a running container sees.
"""

from __future__ import annotations

from typing import Dict, List

from .settings import Settings

FILES = ("hostname", "hosts", "resolv.conf")
FOLDER = "etc"

_OF_LOOPBACK = ("127.", "::1", "0:0:0:0:0:0:0:1")
_COMMON_HOSTS = """\
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
"""
_OWN_ADDRESS = "127.0.1.1"


def etc_files(settings: Settings, host_resolv: bytes) -> Dict[str, bytes]:
    """File name -> content."""
    hosts = _COMMON_HOSTS + f"{_OWN_ADDRESS}\t{settings.hostname}\n"
    hosts += "".join(f"{address}\t{name}\n" for name, address in settings.etc_hosts)
    return {
        "hostname": f"{settings.hostname}\n".encode(),
        "hosts": hosts.encode(),
        "resolv.conf": _resolv(settings, host_resolv),
    }


def has_own_server(resolv: bytes) -> bool:
    """Whether a host's resolv.conf names a server that containers can ask too."""
    return any(_is_server(line) and not _is_loopback(line) for line in _lines(resolv))


def _resolv(settings: Settings, host_resolv: bytes) -> bytes:
    """What was asked for; whatever wasn't is taken from the host."""
    shares_loopback = "network" not in settings.namespaces
    lines: List[str] = []
    for line in _lines(host_resolv):
        word = line.split()[0]
        if _is_server(line):
            kept = settings.dns_servers is None and (shares_loopback or not _is_loopback(line))
        elif word in ("search", "domain"):
            kept = settings.dns_servers is None and not settings.dns_search
        else:
            kept = word == "options" and settings.dns_servers is None and not settings.dns_options
        if kept:
            lines.append(line)
    lines += [f"nameserver {server}" for server in settings.dns_servers or ()]
    lines += [f"search {' '.join(settings.dns_search)}"] if settings.dns_search else []
    lines += [f"options {' '.join(settings.dns_options)}"] if settings.dns_options else []
    return "".join(f"{line}\n" for line in lines).encode()


def _lines(resolv: bytes) -> List[str]:
    text = resolv.decode("utf-8", "replace").splitlines()
    return [line.strip() for line in text if line.strip() and line.strip()[0] not in "#;"]


def _is_server(line: str) -> bool:
    return line.split()[0] == "nameserver"


def _is_loopback(line: str) -> bool:
    return line.split()[-1].startswith(_OF_LOOPBACK)
