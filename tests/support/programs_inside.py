# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs in Python run inside a container, for what a busybox can't ask the kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

from container_runs import Ended, run_to_end

HOST_SYSTEM = ["/usr:/usr:ro,bind,noidmap"]
"""The host's programs and libraries; a rootfs needs ``lib`` and ``lib64`` as links into it."""

_CALLS = """
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(argument) for argument in arguments))
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""


def with_host_system(tree: Path) -> Path:
    """The tree, in which the host's programs find their libraries."""
    (tree / "usr").mkdir(exist_ok=True)
    for name in ("lib", "lib64"):
        if not (tree / name).is_symlink():
            (tree / name).symlink_to(f"usr/{name}")
    return tree


def run_python(script: str, **options: Any) -> Ended:
    """Run it with the host's Python in a new container to its end."""
    return run_to_end("", command=["/usr/bin/python3", "-I", "-c", _CALLS + script], volumes=HOST_SYSTEM, **options)


def outcomes(calls: Dict[str, str], **options: Any) -> Dict[str, str]:
    """What comes of system calls, each written as the arguments of ``call``: ``done``, or the error's name."""
    script = "".join(f"print({name!r}, call({arguments}), flush=True)\n" for name, arguments in calls.items())
    ended = run_python(script, **options)
    return dict(line.split() for line in ended.output.splitlines())
