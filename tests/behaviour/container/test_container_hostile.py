# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rootfs that was made to reach the host: every one is refused or kept inside, and the host stays as it was."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Callable, Dict

import pytest
from container_runs import FOLDER, FOREVER, container, mount_rootfs, processes, run_to_end

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import inside

HOST_FILES = ["/etc/passwd", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", os.path.realpath(sys.executable)]

Hostile = Callable[[str, str], None]


@pytest.fixture
def hostile(tree: Path, tmp_path: Path) -> Hostile:
    """Mount a rootfs that has a link where something of the container goes, and the files of ``planted``."""

    def make(link: str, target: str) -> None:
        top = tmp_path / "top"
        place = top / link.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if link:
            place.symlink_to(target)
        mount_rootfs(tree, top)

    return make


@pytest.fixture(autouse=True)
def host_is_unchanged() -> object:
    before = fingerprints()
    yield
    assert fingerprints() == before
    assert not [line for line in processes() if "sleep 1000" in line]


def fingerprints() -> Dict[str, str]:
    found = {path: hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in HOST_FILES if os.path.exists(path)}
    return {**found, "/etc": str(sorted(os.listdir("/etc"))), "/": str(sorted(os.listdir("/")))}


def nothing_is_left() -> bool:
    return not (FOLDER / "container.json").exists() and not (FOLDER / "log").exists()


@pytest.mark.parametrize("name", ["proc", "sys", "dev"])
def test_a_link_in_place_of_a_file_system(hostile: Hostile, name: str) -> None:
    hostile(f"/{name}", "/etc")
    with pytest.raises(ContainersError, match=f"mount its /{name}: /{name} of the rootfs isn't a folder"):
        container(command=FOREVER)
    assert nothing_is_left()


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/etc/resolv.conf", "/etc/hosts"),
        ("/etc/resolv.conf", "/etc/made-by-a-link"),
        ("/etc/resolv.conf", "../../../../etc/made-by-a-link"),
        ("/etc/hosts", "/run/made/by/a/link"),
        ("/etc/hostname", "/tmp/made-by-a-link"),
        ("/etc/mtab", "/etc/passwd"),
    ],
)
def test_etc_files_that_are_links_stay_inside(hostile: Hostile, link: str, target: str) -> None:
    hostile(link, target)
    assert "nameserver 198.51.100.53" in run_to_end("cat /etc/resolv.conf", dns_servers=["198.51.100.53"]).output
    assert not os.path.lexists("/run/made")
    assert not os.path.lexists("/tmp/made-by-a-link")


def test_etc_that_leads_to_the_root(tree: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(tree, bare, symlinks=True)
    shutil.rmtree(bare / "etc")
    (bare / "etc").symlink_to("/")
    mount_rootfs(bare)
    assert "nameserver 198.51.100.53" in run_to_end("cat /resolv.conf", dns_servers=["198.51.100.53"]).output


def test_links_in_circles(hostile: Hostile) -> None:
    hostile("/etc/resolv.conf", "resolv.conf")
    with pytest.raises(ContainersError, match=r"mount its /etc/resolv.conf: .*symbolic links"):
        container(command=FOREVER)
    assert nothing_is_left()


def test_volume_target_that_is_a_link_to_the_root(hostile: Hostile) -> None:
    hostile("/data", "/")
    with pytest.raises(ContainersError, match="mount its /data: /data of the rootfs leads to its root"):
        container(command=FOREVER, volumes=["/tmp:/data:noidmap"])


def test_working_dir_that_is_a_link_to_a_descriptor(hostile: Hostile) -> None:
    hostile("/work", "/proc/self/fd")
    for number in range(3, 16):
        try:
            output = run_to_end("pwd; ls /", working_dir=f"/work/{number}").output
        except ContainersError:
            continue
        assert "unreachable" not in output
        assert "mnt" in output


@pytest.mark.parametrize("userns", ["auto", "none"])
@pytest.mark.parametrize("kind", ["script", "link", "second script", "program"])
def test_command_that_leads_to_the_hosts_python(tree: Path, tmp_path: Path, kind: str, userns: str) -> None:
    top = tmp_path / "top"
    (top / "bin").mkdir(parents=True)
    evil = top / "bin/evil"
    if kind == "link":
        evil.symlink_to("/proc/self/exe")
    elif kind == "program":
        evil.write_bytes(program_with_interpreter(b"/proc/self/exe"))
    else:
        evil.write_text("#!/bin/next\n" if kind == "second script" else "#!/proc/self/exe -c\n", encoding="ascii")
        (top / "bin/next").write_text("#!/proc/self/exe\n", encoding="ascii")
        (top / "bin/next").chmod(0o755)
    if kind != "link":
        evil.chmod(0o755)
    mount_rootfs(tree, top, userns=userns)
    with pytest.raises(ContainersError, match=r'exec "/bin/evil": .* into /proc.*exit code 126'):
        container(command=["/bin/evil"])
    assert nothing_is_left()


def program_with_interpreter(path: bytes) -> bytes:
    """The head of a 64-bit ELF file with one segment: the name of its interpreter."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + (2).to_bytes(2, "little") + (62).to_bytes(2, "little")
    head += (1).to_bytes(4, "little") + bytes(8) + (64).to_bytes(8, "little") + bytes(8) + bytes(4)
    head += b"".join(value.to_bytes(2, "little") for value in (64, 56, 1, 0, 0, 0))
    segment = (3).to_bytes(4, "little") + (4).to_bytes(4, "little") + (120).to_bytes(8, "little") + bytes(16)
    segment += (len(path) + 1).to_bytes(8, "little") * 2 + (1).to_bytes(8, "little")
    return head + segment + path + b"\0"


def test_imports_are_closed_once_the_root_has_changed(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "top"
    for folder in filter(None, sys.path):
        place = top / folder.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        (place / "this.py").touch()
    mount_rootfs(tree, top)

    def settle(*_arguments: object) -> None:
        try:
            import this  # noqa: F401
        except ImportError as error:
            raise ContainersError("closed") from error

    monkeypatch.setattr(inside, "settle", settle)
    with pytest.raises(ContainersError, match="start container web: closed"):
        container(command=FOREVER)


def test_nothing_that_the_rootfs_plants_is_loaded(tree: Path, tmp_path: Path) -> None:
    """Modules and name services below the very paths that the module's Python would import from."""
    top = tmp_path / "top"
    mark = "import os; os.mkdir('/loaded')\n"
    for folder in [*sys.path, "/usr/lib/python3/dist-packages"]:
        if folder.startswith("/usr"):
            place = top / folder.lstrip("/") / "encodings"
            place.mkdir(parents=True, exist_ok=True)
            for name in (
                "__init__.py",
                "idna.py",
                "ascii.py",
                "../sitecustomize.py",
                "../traceback.py",
                "../linecache.py",
            ):
                (place / name).write_text(mark, encoding="ascii")
    mount_rootfs(tree, top)
    with pytest.raises(ContainersError, match="not found in PATH"):
        container(command=["nonsense"], working_dir="/w\u00f6rk")
    assert run_to_end("ls /", user="web", init=True).exit_code == 0
    assert not list(FOLDER.glob("*/loaded"))


@pytest.mark.parametrize(
    "user", ["4294967296", "2147483648", "nobody-here", "-1", "1e3", "web:nobody-here", "0x0", "web:"]
)
def test_users_that_are_not_there_are_never_root(merged: Path, user: str) -> None:
    with pytest.raises(ContainersError, match="user '"):
        container(command=FOREVER, user=user)
    assert nothing_is_left()


@pytest.mark.parametrize("name", ["passwd", "group"])
def test_huge_or_strange_lists_of_users(tree: Path, tmp_path: Path, name: str) -> None:
    top = tmp_path / "top"
    (top / "etc").mkdir(parents=True)
    with open(top / "etc" / name, "wb") as file:
        file.truncate(1 << 40)
    mount_rootfs(tree, top)
    with pytest.raises(ContainersError, match=f"read the users of rootfs web: etc/{name}: File too large"):
        container(command=FOREVER, user="web")


def test_list_of_users_that_is_a_fifo(tree: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "etc").mkdir(parents=True)
    os.mkfifo(top / "etc/passwd")
    mount_rootfs(tree, top)
    assert run_to_end("echo begun", user="5").output == "begun\n"
