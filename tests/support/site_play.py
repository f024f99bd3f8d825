# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""playbooks/site.yml as the tests play it: with a name server of the test's internet and a published port."""

from __future__ import annotations

from typing import Any, Mapping

from internet import DNS
from plays import ROOT, Play, play

SITE = ROOT / "playbooks/site.yml"
VARIABLES: Mapping[str, Any] = {"container_dns_servers": [DNS], "container_published_ports": ["8080:80"]}


def play_site(*arguments: str, **variables: Any) -> Play:
    return play(SITE, {**VARIABLES, **variables}, *arguments)


def pid_of(site: Play) -> int:
    """The container's init."""
    return int(site.last("ns_container")["container"]["pid"])
