# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only look, run as they run themselves."""

from __future__ import annotations

from typing import Any, Dict

from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._container_info.room import ROOM as CONTAINERS
from ansible_collections.daemonless.containers.plugins.module_utils._container_logs.room import ROOM as LOGS
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.room import ROOM as HOST
from ansible_collections.daemonless.containers.plugins.module_utils._image_info.room import ROOM as IMAGES
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules import (
    container_info,
    container_logs,
    host_info,
    image_info,
)


def containers(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(CONTAINERS, with_defaults(container_info.ARGUMENT_SPEC, options), Host(), check_mode)


def images(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(IMAGES, with_defaults(image_info.ARGUMENT_SPEC, options), Host(), check_mode)


def host(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(HOST, with_defaults(host_info.ARGUMENT_SPEC, options), Host(), check_mode)


def logs(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(LOGS, with_defaults(container_logs.ARGUMENT_SPEC, {"name": "web", **options}), Host(), check_mode)
