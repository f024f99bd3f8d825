# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files into the container and out of it: every byte, every name, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible.errors import AnsibleError, AnsibleFileNotFound
from container_runs import FOREVER, STORE, container
from guests import run
from plugged import connection

from ansible_collections.daemonless.containers.plugins.plugin_utils.files import PART

MERGED = Path(STORE.container("web"), "merged")

NAMES = [
    "plain",
    "with space",
    "with\nnewline",
    "'single' \"double\"",
    "$HOME `id` \\ * ?",
    "-dash",
    "\u00fcml\u00e4ut \u4e2d\u6587",
]


@pytest.fixture
def local(tmp_path: Path) -> Path:
    return tmp_path / "local"


@pytest.mark.parametrize("name", NAMES)
def test_names(web: int, local: Path, name: str) -> None:
    local.write_bytes(b"content")
    back = local.with_name("back")
    connection().put_file(str(local), f"/tmp/{name}")
    assert os.listdir(MERGED / "tmp") == [name]
    connection().fetch_file(f"/tmp/{name}", str(back))
    assert back.read_bytes() == b"content"


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1])
def test_sizes(web: int, local: Path, size: int) -> None:
    data = os.urandom(1 << 16) * (size // (1 << 16)) + bytes(size % (1 << 16))
    local.write_bytes(data)
    connection().put_file(str(local), "/tmp/file")
    assert (MERGED / "tmp/file").read_bytes() == data
    connection().fetch_file("/tmp/file", str(local))
    assert local.read_bytes() == data


def test_a_new_file_is_its_owners_alone_and_another_keeps_its_mode(merged: Path, local: Path) -> None:
    container(command=FOREVER, user="web")
    local.write_bytes(b"new")
    local.chmod(0o777)
    run("mkdir -p /tmp/own", ansible_user="root")
    run("chmod 777 /tmp /tmp/own; echo longer than that > /tmp/own/old; chmod 664 /tmp/own/old", ansible_user="root")
    run("chown web /tmp/own/old 2>/dev/null || chmod 666 /tmp/own/old", ansible_user="root")
    connection().put_file(str(local), "/tmp/own/new")
    connection().put_file(str(local), "/tmp/own/old")
    assert run("stat -c '%a %u %s' /tmp/own/new") == "600 33 3"
    assert run("cat /tmp/own/old; stat -c ' %a' /tmp/own/old") in ("new 666", "new 664")


def test_nowhere_to_put_it(web: int, local: Path) -> None:
    local.write_bytes(b"x")
    with pytest.raises(AnsibleError, match=r"write /no/file in container web: .*nonexistent directory"):
        connection().put_file(str(local), "/no/file")
    with pytest.raises(AnsibleError, match=r"write /tmp in container web: .*Is a directory"):
        connection().put_file(str(local), "/tmp")
    with pytest.raises(AnsibleFileNotFound, match=r"there is no file .*missing to copy"):
        connection().put_file(f"{local}missing", "/tmp/file")


def test_nothing_to_fetch(web: int, local: Path) -> None:
    run("mkfifo /tmp/fifo 2>/dev/null || busybox mkfifo /tmp/fifo; mkdir /tmp/folder")
    with pytest.raises(AnsibleFileNotFound, match=r"there is no file /no/file in container web"):
        connection().fetch_file("/no/file", str(local))
    for name in ("fifo", "folder"):
        with pytest.raises(AnsibleError, match=rf"/tmp/{name} of container web is no regular file"):
            connection().fetch_file(f"/tmp/{name}", str(local))


def test_rights_are_those_of_the_user_inside(web: int, local: Path) -> None:
    run("echo secret > /root/secret; chmod 600 /root/secret")
    local.write_bytes(b"x")
    with pytest.raises(AnsibleError, match=r"read /root/secret in container web: .*Permission denied"):
        connection(ansible_user="web").fetch_file("/root/secret", str(local))
    with pytest.raises(AnsibleError, match=r"write /root/other in container web: .*[Pp]ermission denied"):
        connection(ansible_user="web").put_file(str(local), "/root/other")


@pytest.mark.parametrize("planted", ["absolute", "upward", "folder", "proc"])
def test_a_link_that_is_planted_leads_to_nothing_of_the_host(web: int, tmp_path: Path, planted: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"the host's")
    local = tmp_path / "local"
    local.write_bytes(b"the container's")
    links = {
        "absolute": ("file", f"{outside}/file"),
        "upward": ("file", f"../../../../../../../..{outside}/file"),
        "folder": ("", str(outside)),
        "proc": ("", f"/proc/1/root{outside}"),
    }
    name, target = links[planted]
    run(
        f"rm -rf /tmp/planted; mkdir -p {outside} /tmp; "
        + (f"mkdir /tmp/planted; ln -s {target} /tmp/planted/{name}" if name else f"ln -s {target} /tmp/planted")
    )
    with pytest.raises(AnsibleFileNotFound):
        connection().fetch_file("/tmp/planted/file", str(tmp_path / "back"))
    connection().put_file(str(local), "/tmp/planted/file")
    assert (outside / "file").read_bytes() == b"the host's"
    assert os.listdir(outside) == ["file"]
    assert run(f"cat {outside}/file") == "the container's"
