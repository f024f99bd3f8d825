# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/site.yml as the tests play it, with a name server of the test's internet and a published port.

``play_role`` plays the role alone on the same container, in a fraction of the time; ``busybox_archive`` makes the
image that the site would have made for it.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import Any, Iterator, Mapping

from internet import DNS
from plays import ROOT, Play, play
from rooms import pack

SITE = ROOT / "playbooks/site.yml"
ROLE = ROOT / "tests/behaviour/flow/one.yml"
ARCHIVE = "/var/cache/daemonless-site.tar"
VARIABLES: Mapping[str, Any] = {
    "container_dns_servers": [DNS],
    "container_published_ports": ["8080:80"],
    "container_stop_timeout": 1,  # shells that run as init are deaf to TERM
}
OF_SITE: Mapping[str, Any] = {
    "container_name": "my-docker",
    "container_image_src": ARCHIVE,
    "container_image_remote_src": True,
    "container_image_remove": True,
    "container_interactive": True,
    "container_address": "100.100.1.2/24",
    "container_host_address": "100.100.1.1/24",
}
"""What the site sets by itself."""


def play_site(*arguments: str, **variables: Any) -> Play:
    return play(SITE, {**VARIABLES, **variables}, *arguments)


def play_role(*arguments: str, **variables: Any) -> Play:
    return play(ROLE, {**OF_SITE, **VARIABLES, **variables}, *arguments)


@contextmanager
def busybox_archive() -> Iterator[None]:
    """An image in the place of the site's, with the same command and programs."""
    programs = subprocess.run(["/bin/busybox", "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    links = [{"path": f"/bin/{name}", "target": "busybox", "type": "link"} for name in programs if name != "busybox"]
    files = [
        {"path": "/bin/busybox", "src": "/bin/busybox", "mode": "0755"},
        {"path": "/etc/passwd", "content": "root:x:0:0:root:/root:/bin/sh\n"},
        {"path": "/root", "type": "directory", "mode": "0700"},
        {"path": "/srv/index.html", "content": "hello from a container\n"},
    ]
    command = ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 80 -h /srv & wait"]
    pack(dest=ARCHIVE, tag="busybox:latest", files=files + links, config={"Cmd": command})
    yield
    os.unlink(ARCHIVE)


def pid_of(played: Play) -> int:
    """The container's init."""
    return int(played.last("ns_container")["container"]["pid"])
