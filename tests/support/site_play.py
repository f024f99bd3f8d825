# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/site.yml as the tests play it, with a name server of the test's internet and a published port.

``play_role`` plays the role alone on the same container, in a fraction of the time.
"""

from __future__ import annotations

from typing import Any, Mapping

from internet import DNS
from plays import ROOT, Play, play

SITE = ROOT / "playbooks/site.yml"
ROLE = ROOT / "tests/behaviour/flow/one.yml"
ARCHIVE = "/var/cache/daemonless-site/busybox.tar"
VARIABLES: Mapping[str, Any] = {"container_dns_servers": [DNS], "container_published_ports": ["8080:80"]}
OF_SITE: Mapping[str, Any] = {
    "container_name": "my-docker",
    "container_image_src": ARCHIVE,
    "container_image_remote_src": True,
    "container_interactive": True,
    "container_address": "100.100.1.2/24",
    "container_host_address": "100.100.1.1/24",
}
"""What the site sets by itself."""


def play_site(*arguments: str, **variables: Any) -> Play:
    return play(SITE, {**VARIABLES, **variables}, *arguments)


def play_role(*arguments: str, **variables: Any) -> Play:
    return play(ROLE, {**OF_SITE, **VARIABLES, **variables}, *arguments)


def pid_of(played: Play) -> int:
    """The container's init."""
    return int(played.last("ns_container")["container"]["pid"])
