# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""image_pack on the real file system: what it writes is what was asked for, once, and the same every time."""

from __future__ import annotations

import errno
import io
import json
import os
import socket
import stat
import tarfile
from pathlib import Path
from typing import Any, Dict

import pytest
from rooms import pack, snapshot

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError
from ansible_collections.daemonless.containers.plugins.module_utils._pack import archive as pack_archive

FILES = [
    {"path": "bin/tool", "content": "#!tool\n", "mode": "0755", "uid": 3_000_000, "gid": 7},
    {"path": "/bin/sh", "type": "link", "target": "tool"},
    {"path": "tmp", "type": "directory", "mode": "1777"},
]


def layer_of(path: str) -> tarfile.TarFile:
    with tarfile.open(path) as archive:
        names = {name: archive.extractfile(name).read() for name in archive.getnames() if "/sha256/" in name}  # type: ignore[union-attr]
        manifest = json.loads(
            next(data for data in names.values() if b'"layers"' in data and b'"diff_ids"' not in data)
        )
    digest = manifest["layers"][0]["digest"].partition(":")[2]
    return tarfile.open(fileobj=io.BytesIO(names[f"blobs/sha256/{digest}"]))


def members(path: str) -> Dict[str, tarfile.TarInfo]:
    return {member.name: member for member in layer_of(path).getmembers()}


def test_files(tmp_path: Path) -> None:
    dest = str(tmp_path / "a.tar")
    result = pack(dest=dest, files=FILES, tag="tool")
    assert result["changed"]
    assert result["ops"] == [f"write {dest} with image {result['image']['id']} (tool:latest) as docker-archive"]
    assert result["size"] == os.stat(dest).st_size
    assert stat.S_IMODE(os.stat(dest).st_mode) == 0o600
    found = members(dest)
    assert list(found) == ["bin", "bin/sh", "bin/tool", "tmp"]
    assert (found["bin/tool"].mode, found["bin/tool"].uid, found["bin/tool"].gid) == (0o755, 3_000_000, 7)
    assert (found["bin/sh"].type, found["bin/sh"].linkname) == (tarfile.SYMTYPE, "tool")
    assert (found["tmp"].type, found["tmp"].mode) == (tarfile.DIRTYPE, 0o1777)
    assert {member.mtime for member in found.values()} == {0}


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_twin_and_check_mode(tmp_path: Path, form: str) -> None:
    dest = str(tmp_path / "a.tar")
    predicted = pack(True, dest=dest, files=FILES, format=form)
    assert os.listdir(tmp_path) == []
    made = pack(dest=dest, files=FILES, format=form)
    assert made == predicted
    before = os.stat(dest)
    twin = pack(dest=dest, files=FILES, format=form)
    assert (twin["changed"], twin["ops"]) == (False, [])
    assert twin["diff"]["before"] == twin["diff"]["after"]
    assert os.stat(dest) == before
    assert os.listdir(tmp_path) == ["a.tar"]


@pytest.mark.parametrize("where", [0, 600, 2000, -2000, -1])
def test_damaged_archive_is_replaced(tmp_path: Path, where: int) -> None:
    dest = tmp_path / "a.tar"
    pack(dest=str(dest), files=FILES)
    whole = dest.read_bytes()
    damaged = bytearray(whole)
    damaged[where] ^= 1
    dest.write_bytes(damaged)
    result = pack(dest=str(dest), files=FILES)
    assert result["ops"][0].startswith(f"replace {dest} with image")
    assert dest.read_bytes() == whole


@pytest.mark.parametrize("length", [0, 100, -512])
def test_archive_of_another_length_is_replaced(tmp_path: Path, length: int) -> None:
    dest = tmp_path / "a.tar"
    pack(dest=str(dest), files=FILES)
    whole = dest.read_bytes()
    dest.write_bytes(whole[:length])
    assert pack(dest=str(dest), files=FILES)["changed"]
    assert dest.read_bytes() == whole


@pytest.mark.parametrize(
    "change",
    [
        {"files": [*FILES, {"path": "etc/x", "content": ""}]},
        {"files": [{**FILES[0], "mode": "0700"}, *FILES[1:]]},
        {"config": {"Cmd": ["/bin/sh"]}},
        {"tag": "other"},
        {"format": "oci-archive"},
        {"platform": "linux/arm64"},
        {"mtime": 1},
    ],
)
def test_each_change_is_one(tmp_path: Path, change: Dict[str, Any]) -> None:
    options: Dict[str, Any] = {"dest": str(tmp_path / "a.tar"), "files": FILES}
    pack(**options)
    assert pack(**{**options, **change})["changed"]
    assert not pack(**{**options, **change})["changed"]


def test_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    for name in ("one", "two"):
        root = tmp_path / name
        for part in ("b", "a") if name == "one" else ("a", "b"):
            (root / part).mkdir(parents=True)
            (root / part / "file").write_text(part, encoding="utf-8")
            os.utime(root / part / "file", (len(name), hash(name) % 1000))
        os.chmod(root, 0o755)
        pack(dest=str(tmp_path / f"{name}.tar"), root=str(root))
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


def test_folder_with_everything(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "d/e").mkdir(parents=True)
    tool = root / "d/tool"
    tool.write_bytes(b"x" * 1000)
    os.chown(tool, 1000, 2_500_000)
    os.chmod(tool, 0o4755)
    capability = bytes.fromhex("0100000200240000000000000000000000000000")
    os.setxattr(tool, "security.capability", capability)
    os.setxattr(tool, "user.note", b"\xff\x00raw")
    os.link(tool, root / "a-link")
    os.symlink("/etc/shadow", root / "d/shadow")
    (root / os.fsdecode(b"na\xffme")).write_bytes(b"")
    (root / ("long-" * 40)).write_bytes(b"long")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(root / "socket"))
    with open(root / "sparse", "wb") as file:
        file.truncate(100_000)
        file.seek(50_000)
        file.write(b"data")
    dest = str(tmp_path / "a.tar")
    pack(dest=dest, root=str(root))
    found = members(dest)
    assert "socket" not in found
    first, second = found["a-link"], found["d/tool"]
    assert (first.uid, first.gid, first.mode, first.size) == (1000, 2_500_000, 0o4755, 1000)
    assert (second.type, second.linkname) == (tarfile.LNKTYPE, "a-link")
    raw = first.pax_headers["SCHILY.xattr.security.capability"].encode("utf-8", "surrogateescape")
    assert raw == capability
    assert first.pax_headers["SCHILY.xattr.user.note"].encode("utf-8", "surrogateescape") == b"\xff\x00raw"
    assert found["d/shadow"].linkname == "/etc/shadow"
    assert os.fsdecode(b"na\xffme") in found
    assert ("long-" * 40) in found
    assert found["pipe"].type == tarfile.FIFOTYPE
    assert layer_of(dest).extractfile("sparse").read() == (root / "sparse").read_bytes()  # type: ignore[union-attr]


def test_files_over_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    os.chmod(root / "etc", 0o700)
    (root / "etc/passwd").write_text("from root\n", encoding="utf-8")
    os.link(root / "etc/passwd", root / "etc/zz")
    dest = str(tmp_path / "a.tar")
    pack(dest=dest, root=str(root), files=[{"path": "etc/passwd", "content": "from files\n"}])
    layer = layer_of(dest)
    assert layer.extractfile("etc/passwd").read() == b"from files\n"  # type: ignore[union-attr]
    assert layer.extractfile("etc/zz").read() == b"from root\n"  # type: ignore[union-attr]
    assert layer.getmember("etc").mode == 0o700
    assert layer.getnames().count("etc/passwd") == 1


def test_path_below_a_link_of_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "usr/bin").mkdir(parents=True)
    os.symlink("usr/bin", root / "bin")
    with pytest.raises(ContainersError, match="files has paths below 'bin', but root has 'bin', a link to usr/bin,"):
        pack(dest=str(tmp_path / "a.tar"), root=str(root), files=[{"path": "bin/x", "content": ""}])
    assert not (tmp_path / "a.tar").exists()


@pytest.mark.parametrize("kind", ["whiteout", "prefix", "opaque"])
def test_overlay_marks_are_refused(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "root"
    (root / "d").mkdir(parents=True)
    if kind == "whiteout":
        os.mknod(root / "d/gone", stat.S_IFCHR, 0)
    elif kind == "prefix":
        (root / "d/.wh.gone").touch()
    else:
        os.setxattr(root / "d", "trusted.overlay.opaque", b"y")
    with pytest.raises(ContainersError, match=rf"pack {root}/d.*(overlayfs's own mark|means a removed file)"):
        pack(dest=str(tmp_path / "a.tar"), root=str(root))


def test_what_is_not_there_yet(tmp_path: Path) -> None:
    dest = str(tmp_path / "sub/a.tar")
    missing = str(tmp_path / "busybox")
    options = {"dest": dest, "files": [{"path": "x", "src": missing}], "tag": "x"}
    predicted = pack(True, **options)
    assert predicted["changed"]
    assert predicted["image"]["id"] is None
    assert [warning.partition(";")[0] for warning in predicted["warnings"]] == [
        f"{missing} is not there to be packed",
        f"folder {tmp_path}/sub is not there",
    ]
    with pytest.raises(ContainersError, match="is not there to be packed"):
        pack(**options)
    assert os.listdir(tmp_path) == []


def test_full_disk_leaves_the_old_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dest = tmp_path / "a.tar"
    pack(dest=str(dest), files=FILES)
    before = snapshot(str(tmp_path))

    def full(_host: Any, _wanted: Any, _packed: Any, put: Any) -> None:
        put(b"half")
        raise OSError(errno.ENOSPC, "No space left on device", str(dest))

    monkeypatch.setattr("ansible_collections.daemonless.containers.plugins.module_utils._pack.ops.write", full)
    with pytest.raises(ExecutionError, match="No space left on device"):
        pack(dest=str(dest), files=FILES, tag="new")
    assert snapshot(str(tmp_path)) == before


def test_source_that_changes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"before")
    real = pack_archive.is_there

    def change(*arguments: Any) -> Any:
        source.write_bytes(b"after!")
        return real(*arguments)

    monkeypatch.setattr("ansible_collections.daemonless.containers.plugins.module_utils._pack.observe.is_there", change)
    with pytest.raises(ExecutionError, match="changed while it was read"):
        pack(dest=str(tmp_path / "a.tar"), files=[{"path": "x", "src": str(source)}])
    assert os.listdir(tmp_path) == ["source"]


def test_dest_that_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ContainersError, match="is not a plain file"):
        pack(dest=str(tmp_path), files=FILES)
