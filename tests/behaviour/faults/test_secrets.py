# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The value of an environment variable is seen in the container, and nowhere else that others than root can look."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from crashes import go
from fault_cases import Ground, container
from secrecy import SECRET, readable_by_others

MODULES = "ansible_collections.daemonless.containers.plugins.modules"
OPTIONS: Dict[str, Any] = {"name": "web", "command": ["sleep", "1000"], "env": {"TOKEN": SECRET}, "stop_timeout": 0}
CALLS: Dict[str, Dict[str, Any]] = {
    "ns_container": OPTIONS,
    "container_fleet": {
        "fleet": "crew",
        "defaults": {"env": {"TOKEN": SECRET}, "image": "app:1", "stop_timeout": 0},
        "containers": [{"name": "one", "command": ["sleep", "1000"], "env": {"OTHER": SECRET}}],
    },
}


@contextmanager
def system_log() -> Iterator[List[bytes]]:
    """What modules write to the system's log, wherever there is none."""
    path = "/dev/log"
    said: List[bytes] = []
    with suppress(FileNotFoundError):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(path)
        log.settimeout(0.2)
        yield said
        with suppress(socket.timeout):
            while True:
                said.append(log.recv(1 << 16))
    os.unlink(path)


@contextmanager
def command_lines() -> Iterator[List[bytes]]:
    """Those of all processes that were seen meanwhile, and their environments as their own user may read them."""
    seen: List[bytes] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            for pid in filter(str.isdigit, os.listdir("/proc")):
                with suppress(OSError):
                    seen.append(Path("/proc", pid, "cmdline").read_bytes())

    thread = threading.Thread(target=watch)
    thread.start()
    yield seen
    stop.set()
    thread.join()


def module(name: str, arguments: Dict[str, Any], **internal: Any) -> str:
    """Run the module as Ansible does; what it prints."""
    internal = {f"_ansible_{key}": value for key, value in {"diff": True, **internal}.items()}
    code = (
        "import json, sys\nfrom ansible.module_utils.testing import patch_module_args\n"
        f"from {MODULES}.{name} import main\n"
        "with patch_module_args(json.load(sys.stdin)):\n    main()\n"
    )
    given = json.dumps({**arguments, **internal})
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    answer.pop("invocation", None)  # what the controller itself sent, and shows with -vvv only
    return json.dumps(answer)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_value_is_in_no_result_no_log_no_command_line_and_no_open_file(
    ground: Ground, name: str, check_mode: bool
) -> None:
    go(ground.up_to("container"))
    with system_log() as log, command_lines() as lines:
        said = module(name, CALLS[name], check_mode=check_mode)
    assert "start container" in said, said
    assert SECRET not in said
    assert any(b"Invoked with" in line for line in log)
    assert not [line for line in log if SECRET.encode() in line]
    assert not [line for line in lines if SECRET.encode() in line]
    assert readable_by_others() == []
    if name == "container_fleet":
        module(name, {"fleet": "crew", "state": "absent"})
    else:
        go([container(state="absent")])


def test_a_value_that_changes_is_in_no_result(ground: Ground) -> None:
    go([*ground.up_to("container"), container(env={"TOKEN": "before"})])
    said = module("ns_container", OPTIONS)
    assert "env" in said
    assert SECRET not in said
    assert "before" not in json.dumps(json.loads(said).get("diff", {}).get("before", {}).get("env", {}))
