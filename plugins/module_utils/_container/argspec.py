# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of ns_container as Ansible declares them; what each means is in the module's documentation."""

from __future__ import annotations

from typing import Any, Dict

from .._core import argspec

HEALTHCHECK: Dict[str, Any] = {
    "test": {"type": "raw"},
    "interval": {"type": "str"},
    "timeout": {"type": "str"},
    "start_period": {"type": "str"},
    "start_interval": {"type": "str"},
    "retries": {"type": "int"},
}

ARGUMENT_SPEC: Dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "rootfs": {"type": "str"},
    "command": {"type": "raw"},
    "entrypoint": {"type": "raw"},
    "env": {"type": "dict"},
    "user": {"type": "str"},
    "working_dir": {"type": "str"},
    "hostname": {"type": "str"},
    "namespaces": {
        "type": "list",
        "elements": "str",
        "choices": ["mount", "uts", "ipc", "pid", "network", "user", "cgroup"],
    },
    "dns_servers": {"type": "list", "elements": "str"},
    "dns_search": {"type": "list", "elements": "str"},
    "dns_options": {"type": "list", "elements": "str", "aliases": ["dns_opts"]},
    "etc_hosts": {"type": "dict"},
    "volumes": {"type": "list", "elements": "str"},
    "tmpfs": {"type": "list", "elements": "str"},
    "read_only": {"type": "bool", "default": False},
    "capabilities": {"type": "list", "elements": "str", "aliases": ["cap_add"]},
    "cap_drop": {"type": "list", "elements": "str"},
    "seccomp": {"type": "str", "default": "default"},
    "devices": {"type": "list", "elements": "raw"},
    "apparmor_profile": {"type": "str"},
    "selinux_label": {"type": "str"},
    "ulimits": {"type": "list", "elements": "str"},
    "sysctls": {"type": "dict"},
    "init": {"type": "bool", "default": False},
    "interactive": {"type": "bool", "default": False, "aliases": ["stdin_open"]},
    "healthcheck": {"type": "dict", "options": HEALTHCHECK},
    "healthy_wait_timeout": {"type": "float", "default": 300.0},
    "oom_score_adj": {"type": "int"},
    "memory": {"type": "str"},
    "memory_swap": {"type": "str"},
    "cpus": {"type": "float"},
    "pids_limit": {"type": "int"},
    "stop_signal": {"type": "str"},
    "stop_timeout": {"type": "int"},
    "restart_policy": {"type": "str", "default": "no"},
    "log_driver": {"type": "str", "choices": ["file", "journald"], "default": "file"},
    "restart": {"type": "bool", "default": False},
    "recreate": {"type": "bool", "default": False},
    **argspec.state("started", "healthy", "stopped", "absent"),
    **argspec.store(),
}
