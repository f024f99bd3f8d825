# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that were made to reach who enters them."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ansible.errors import AnsibleConnectionFailure
from container_runs import FOREVER, container, mount_rootfs
from guests import PYTHON, run
from plugged import connection

from ansible_collections.daemonless.containers.plugins.plugin_utils.parcel import PACKAGE, parcel

HOSTS_PYTHON = Path(os.path.realpath(PYTHON))
SEALED = f"""
import os, sys
sys.path.insert(0, sys.argv[1])
from {PACKAGE}._sys.sealed import execute_sealed
execute_sealed(["-I", "-S", "-c", "print('sealed', flush=True); input()"])
"""


@pytest.fixture(autouse=True)
def hosts_python_is_unchanged() -> object:
    before = hashlib.sha256(HOSTS_PYTHON.read_bytes()).digest()
    yield
    assert hashlib.sha256(HOSTS_PYTHON.read_bytes()).digest() == before


@pytest.mark.parametrize("userns", ["auto", "none"])
@pytest.mark.parametrize("shell", ["script", "link"])
def test_a_shell_that_leads_to_the_hosts_python(tree: Path, tmp_path: Path, shell: str, userns: str) -> None:
    top = tmp_path / "top"
    (top / "bin").mkdir(parents=True)
    evil = top / "bin/evil"
    if shell == "link":
        evil.symlink_to("/proc/self/exe")
    else:
        evil.write_text("#!/proc/self/exe -c\n", encoding="ascii")
        evil.chmod(0o755)
    mount_rootfs(tree, top, userns=userns)
    container(command=FOREVER)
    with pytest.raises(AnsibleConnectionFailure, match=r'exec "/bin/evil": .* into /proc'):
        connection(ansible_daemonless_executable="/bin/evil").exec_command("true")


def test_the_python_that_enters_can_not_be_written_to(tmp_path: Path) -> None:
    """Not even by root of the host, through what the kernel shows of the process."""
    python = tmp_path / "python"
    shutil.copy(HOSTS_PYTHON, python)
    archive = tmp_path / "parcel"
    archive.write_bytes(parcel("execution"))
    with subprocess.Popen([python, "-c", SEALED, archive], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"sealed\n"
        reached = os.open(f"/proc/{process.pid}/exe", os.O_PATH)
        process.stdin.close()
    assert process.returncode == 1  # input() met the end
    with pytest.raises(OSError, match=os.strerror(errno.EROFS)) as raised:
        os.open(f"/proc/self/fd/{reached}", os.O_WRONLY)
    os.close(reached)
    os.close(os.open(python, os.O_WRONLY))
    assert raised.value.errno == errno.EROFS


def test_a_shell_that_answers_as_the_host_would(tree: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "bin").mkdir(parents=True)
    answer = '{"code": 0, "output": 99, "timed_out": false}'
    lines = [
        "#!/bin/busybox sh",
        'read -r first; echo "$first"',
        f"echo '0123456789abcdef0123456789abcdef {answer}'",
        "exit 3",
    ]
    (top / "bin/evil").write_text("\n".join(lines), encoding="ascii")
    (top / "bin/evil").chmod(0o755)
    mount_rootfs(tree, top)
    container(command=FOREVER)
    code, output, errors = connection(ansible_daemonless_executable="/bin/evil").exec_command(
        "true", in_data=b"given\n"
    )
    assert (code, output.splitlines()[0], errors) == (3, b"given", b"")
    assert answer.encode() in output


def test_a_container_that_hides_proc(merged: Path) -> None:
    container(command=["sh", "-c", "mount -t tmpfs none /proc; touch /tmp/on; sleep 1000"], capabilities=["SYS_ADMIN"])
    assert run("while ! test -e /tmp/on; do sleep 0.1; done; ls /proc; echo in") == "in"


def test_who_enters_is_not_seen(web: int) -> None:
    """But for the command itself; and the container sees nothing of the host's descriptors and environment."""
    seen = run(
        "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null || cat $p/cmdline; echo; done; ls /proc/$$/fd"
    )
    assert "python" not in seen
    assert PACKAGE not in seen
    assert "ansible" not in run("cat /proc/*/environ 2>/dev/null | tr '\\0' ' ' || true").lower()


def test_messages_of_the_container_are_no_templates(web: int) -> None:
    assert run("echo '{{ 7 * 7 }}'") == "{{ 7 * 7 }}"
