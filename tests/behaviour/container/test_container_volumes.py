# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes: whose files they show, what may be done with them, and what isn't let through."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from container_runs import FOLDER, FOREVER, container, run_to_end

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

pytestmark = pytest.mark.usefixtures("merged")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    (tmp_path / "file").write_text("hello\n", encoding="ascii")
    os.chown(tmp_path / "file", 33, 34)
    return tmp_path


def test_owners_are_the_containers(shared: Path) -> None:
    output = run_to_end(
        "cat /data/file; stat -c '%u:%g' /data/file; touch /data/new", volumes=[f"{shared}:/data"]
    ).output
    assert output == "hello\n33:34\n"
    assert (shared / "new").stat().st_uid == 0


def test_without_mapped_ids(shared: Path) -> None:
    script = "stat -c '%u:%g' /data/file; touch /data/new || echo refused"
    output = run_to_end(script, volumes=[f"{shared}:/data:noidmap"]).output
    assert output.startswith("65534:65534\n")
    assert "refused" in output


def test_read_only_file_over_one_of_the_rootfs(shared: Path) -> None:
    script = "cat /etc/passwd; echo x > /etc/passwd || echo refused"
    output = run_to_end(script, volumes=[f"{shared}/file:/etc/passwd:ro"]).output
    assert output.startswith("hello\n")
    assert "Read-only file system" in output
    assert (shared / "file").read_text(encoding="ascii") == "hello\n"


def test_missing_target_is_made(shared: Path) -> None:
    output = run_to_end("cat /a/b/c /d/e", volumes=[f"{shared}/file:/a/b/c", f"{shared}/file:/d/e"]).output
    assert output == "hello\nhello\n"


def test_one_below_another(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "inner").touch()
    (shared / "sub").mkdir()
    volumes = [f"{other}:/data/sub", f"{shared}:/data"]
    assert run_to_end("ls /data /data/sub", volumes=volumes, tmpfs=["/data/sub/deep"]).output.split() == [
        *("/data:", "file", "sub", "/data/sub:", "deep", "inner")
    ]


def test_mounts_below_the_source(shared: Path) -> None:
    (shared / "sub").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", shared / "sub"], check=True)
    (shared / "sub/inner").touch()
    try:
        assert "inner" in run_to_end("ls /data/sub", volumes=[f"{shared}:/data"]).output
        assert run_to_end("ls /data/sub", volumes=[f"{shared}:/data:bind"]).output == ""
        assert "Read-only" in run_to_end("touch /data/sub/x", volumes=[f"{shared}:/data:ro"]).output
    finally:
        subprocess.run(["umount", shared / "sub"], check=True)


def test_mounts_inside_do_not_come_out(shared: Path) -> None:
    subprocess.run(["mount", "--bind", "--make-shared", shared, shared], check=True)
    try:
        before = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        script = "mkdir /data/x; mount -t tmpfs tmpfs /data/x && touch /data/x/inner && ls /data/x"
        assert run_to_end(script, volumes=[f"{shared}:/data"], capabilities=["SYS_ADMIN"]).output == "inner\n"
        assert Path("/proc/self/mountinfo").read_text(encoding="utf-8") == before
        assert list((shared / "x").iterdir()) == []
    finally:
        subprocess.run(["umount", shared], check=True)


def test_device_nodes_need_to_be_asked_for(shared: Path) -> None:
    os.mknod(shared / "zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    os.chmod(shared / "zero", 0o666)
    script = "head -c 1 /data/zero | wc -c"
    assert "ermission denied" in run_to_end(script, volumes=[f"{shared}:/data"]).output
    assert run_to_end(script, volumes=[f"{shared}:/data:dev"]).output == "1\n"


def test_file_system_that_cannot_map_ids() -> None:
    with pytest.raises(ContainersError, match=r"take /sys/kernel: map the ids of its files: .*\. .*noidmap"):
        container(command=FOREVER, volumes=["/sys/kernel:/mnt:bind"])
    assert not (FOLDER / "container.json").exists()


def test_missing_source(shared: Path) -> None:
    with pytest.raises(ContainersError, match=f"volume source {shared}/none doesn't exist"):
        container(command=FOREVER, volumes=[f"{shared}/none:/data"])
    assert not (FOLDER / "container.json").exists()


def test_target_of_another_kind(shared: Path) -> None:
    with pytest.raises(ContainersError, match=r"mount its /srv: /srv: Is a directory"):
        container(command=FOREVER, volumes=[f"{shared}/file:/srv"])
    with pytest.raises(ContainersError, match=r"mount its /etc/passwd: /etc/passwd: (File exists|Not a directory)"):
        container(command=FOREVER, volumes=[f"{shared}:/etc/passwd"])


def test_ours_gives_way_to_a_volume(shared: Path) -> None:
    assert run_to_end("cat /etc/hosts", volumes=[f"{shared}/file:/etc/hosts"]).output == "hello\n"
