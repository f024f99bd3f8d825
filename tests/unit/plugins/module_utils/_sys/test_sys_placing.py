# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files put at their places, all or none, and the look before: in a folder of the test's own, without a container."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import placing
from ansible_collections.daemonless.containers.plugins.module_utils._sys.bundles import Bundles
from ansible_collections.daemonless.containers.plugins.module_utils._sys.looking import (
    ABSENT,
    FILE,
    FOLDER,
    LINK,
    Ask,
    look,
)
from ansible_collections.daemonless.containers.plugins.module_utils._sys.placing import GIVE, MAKE, WRITE, Change, put

OWN = (os.getuid(), os.getgid())


@pytest.fixture
def root(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "root").mkdir()
    descriptor = os.open(tmp_path / "root", os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def top(root: int, tmp_path: Path) -> Path:
    return tmp_path / "root"


def source(data: bytes) -> int:
    return Bundles().of_bytes(data).descriptor


def change(act: str, path: str, size: int = 0, mode: int = 0o644) -> Change:
    return Change(act, path, mode, *OWN, 0, size)


def names(top: Path) -> List[str]:
    return sorted(str(path.relative_to(top)) for path in top.rglob("*"))


def test_everything_at_once(root: int, top: Path) -> None:
    (top / "old").write_text("old", encoding="ascii")
    (top / "kept").write_text("kept", encoding="ascii")
    changes = [change(MAKE, "/new", mode=0o711), change(WRITE, "/new/file", 3), change(WRITE, "/old", 3)]
    put(root, [*changes, change(GIVE, "/kept", mode=0o600)], source(b"new"))
    assert names(top) == ["kept", "new", "new/file", "old"]
    assert [(top / name).read_bytes() for name in ("new/file", "old", "kept")] == [b"new", b"new", b"kept"]
    assert [(top / name).stat().st_mode & 0o7777 for name in ("new", "old", "kept")] == [0o711, 0o644, 0o600]


@pytest.mark.parametrize("failing", ["/missing/file", "/folder", "/short"])
def test_nothing_where_one_fails(root: int, top: Path, failing: str) -> None:
    (top / "old").write_text("old", encoding="ascii")
    (top / "old").chmod(0o600)
    (top / "folder/full").mkdir(parents=True)
    before = names(top)
    size = 99 if failing == "/short" else 3
    changes = [change(MAKE, "/new"), change(WRITE, "/old", 3), change(GIVE, "/old"), change(WRITE, failing, size)]
    with pytest.raises(ContainersError, match=failing):
        put(root, changes, source(b"new"))
    assert names(top) == before
    assert ((top / "old").read_bytes(), (top / "old").stat().st_mode & 0o777) == (b"old", 0o600)


def test_a_file_system_that_can_not_exchange(root: int, top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (top / "old").write_text("old", encoding="ascii")
    rename = placing._rename

    def plain(folder: int, one: str, other: str, flags: int) -> None:
        if flags == placing._RENAME_EXCHANGE:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        rename(folder, one, other, flags)

    monkeypatch.setattr(placing, "_rename", plain)
    put(root, [change(WRITE, "/old", 3)], source(b"new"))
    assert (names(top), (top / "old").read_bytes()) == (["old"], b"new")


def test_names_as_long_as_can_be(root: int, top: Path) -> None:
    name = "\u00e4" * 127
    put(root, [change(WRITE, f"/{name}", 3)], source(b"new"))
    assert names(top) == [name]


@pytest.mark.parametrize(
    ("path", "kind", "follow", "found"),
    [
        ("/file", FILE, False, (FILE, "/file", "")),
        ("/none", FILE, False, (ABSENT, "/none", "")),
        ("/up/file", FILE, False, (FILE, "/file", "")),
        ("/link", FILE, False, (LINK, "/link", "")),
        ("/link", FILE, True, (FILE, "/file", "")),
        ("/dangling", FILE, True, (ABSENT, "/nowhere", "")),
        ("/folder", FILE, False, (FOLDER, "/folder", "")),
        ("/up", FILE, True, (FOLDER, "/up", "")),
        ("/up/folder", FOLDER, False, (FOLDER, "/folder", "")),
        ("/dangling", FOLDER, False, (LINK, "/dangling", "")),
        ("/file", FOLDER, False, (FILE, "/file", "")),
        ("/none", FOLDER, False, (ABSENT, "/none", "")),
    ],
)
def test_what_is_seen(root: int, top: Path, path: str, kind: str, follow: bool, found: Any) -> None:
    (top / "file").write_text("old", encoding="ascii")
    (top / "folder").mkdir()
    for name, target in {"up": "/../../..", "link": "../file", "dangling": "/nowhere"}.items():
        (top / name).symlink_to(target)
    (seen,) = look(root, [Ask(path, kind, follow=follow)])
    assert (seen.kind, seen.place, seen.obstacle) == found
    assert seen.parent


@pytest.mark.parametrize("path", ["/none/file", "/file/below"])
def test_no_folder_to_be_in(root: int, top: Path, path: str) -> None:
    (top / "file").touch()
    assert look(root, [Ask(path, FILE)])[0][:2] == (ABSENT, False)


def test_what_a_file_holds(root: int, top: Path) -> None:
    (top / "file").write_text("old", encoding="ascii")
    real = "c00dbbc9dadfbe1e232e93a729dd4752fade0abf"
    found = look(
        root, [Ask("/file", FILE, size, "another", text=text) for size, text in ((3, True), (4, True), (3, False))]
    )
    assert [(seen.checksum, seen.text) for seen in found] == [(real, "old"), ("", "old"), (real, None)]
    assert look(root, [Ask("/file", FILE, 3, real, text=True)])[0].text is None
    (top / "file").write_bytes(b"\0")
    assert look(root, [Ask("/file", FILE, text=True)])[0].text is None
