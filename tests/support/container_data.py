# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options, findings and settings of a container as plain data, for tests that touch no host."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.daemonless.containers.plugins.module_utils._container.effective import effective
from ansible_collections.daemonless.containers.plugins.module_utils._container.etcfiles import etc_files
from ansible_collections.daemonless.containers.plugins.module_utils._container.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._container.settings import Settings
from ansible_collections.daemonless.containers.plugins.module_utils._container.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.record import IdMap, RootfsRecord
from ansible_collections.daemonless.containers.plugins.modules.ns_container import ARGUMENT_SPEC

MERGED = "/store/containers/web/merged"
IMAGE = {
    "Entrypoint": ["/entry"],
    "Cmd": ["serve"],
    "Env": ["A=image", "PATH=/bin"],
    "User": "web",
    "WorkingDir": "/srv",
    "StopSignal": "SIGQUIT",
}
PASSWD = b"root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv:/bin/sh\n"
GROUP = b"root:x:0:\nweb:x:34:\nlog:x:40:web,other\n"
MAP = (IdMap(0, 100000, 65536),)
ROOTFS = RootfsRecord("web", MERGED, "/diff", "/work", ("/low",), "sha256:ab", MAP, MAP, False)


def wanted(**options: Any) -> Wanted:
    """What the module makes of these options."""
    assert set(options) <= set(ARGUMENT_SPEC)
    defaults = {name: declared.get("default") for name, declared in ARGUMENT_SPEC.items()}
    return spec({**defaults, "name": "web", "store": "/store", **options})


def bare(**changes: Any) -> Found:
    """A host with the rootfs mounted and no container."""
    found = Found(rootfs=ROOTFS, mounted=True, image=IMAGE, passwd=PASSWD, group=GROUP)
    return replace(found, host_resolv=b"nameserver 198.51.100.1\n", **changes)


def settings(**options: Any) -> Settings:
    return effective(wanted(**options), bare())


def running(kept: Settings, **changes: Any) -> Found:
    """A host where the container runs with these settings."""
    etc = etc_files(kept, bare().host_resolv)
    return replace(
        bare(),
        **{"settings": kept, "pid": 77, "hostname": kept.hostname, "etc": etc, "leftovers": True, **changes},
    )
