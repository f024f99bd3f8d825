# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as Ansible's hosts, through the connection plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

from container_runs import make_tree
from plugged import connection

PYTHON = "/usr/bin/python3"


def run(command: str, data: bytes = b"", **variables: Any) -> str:
    """What a command says, which has to end well."""
    code, output, errors = connection(**variables).exec_command(command, in_data=data)
    assert code == 0, errors.decode()
    assert errors == b""
    return output.decode().rstrip("\n")


def make_python_tree(folder: Path) -> Path:
    """A system whose ``/usr`` is to be the host's, for the sake of its Python; ``WITH_USR`` are its volumes."""
    tree = make_tree(folder)
    for name in ("lib", "lib64"):
        (tree / name).symlink_to(f"usr/{name}")
    for applet in ("chown", "su"):
        (tree / "bin" / applet).symlink_to("busybox")
    (tree / "usr").mkdir()
    for name in ("tmp", "var/tmp"):
        (tree / name).mkdir(parents=True, exist_ok=True)
        (tree / name).chmod(0o1777)
    return tree


WITH_USR: Dict[str, Any] = {"volumes": ["/usr:/usr:ro,bind,noidmap"]}
