# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code is put into the cache of modules whole, with bytecode; what isn't used any more is swept."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.module_cache import ModuleCache


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    archive = tmp_path / "sources"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("package/__init__.py", "")
        made.writestr("package/inside.py", "VALUE = 7\n")
    return archive


def put(sources: Path, name: str, folder: Path, used: int) -> Path:
    path = folder / name
    ModuleCache(Files()).put(str(sources), str(path))
    os.utime(path, (used, used))
    return path


def names(folder: Path) -> List[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_imported_with_bytecode(sources: Path, tmp_path: Path) -> None:
    path = put(sources, "one.zip", tmp_path / "cache", 1)
    program = f"import sys; sys.path.insert(0, {str(path)!r}); import package.inside as i; print(i.VALUE, i.__file__)"
    done = subprocess.run([sys.executable, "-I", "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == ["7", f"{path}/package/inside.pyc"]


def test_it_begins_with_its_digest_and_is_for_all_to_read(sources: Path, tmp_path: Path) -> None:
    path = put(sources, "one.zip", tmp_path / "cache", 1)
    content = path.read_bytes()
    assert hashlib.sha256(content[64:]).hexdigest().encode() == content[:64]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o644, 0o755)


def test_of_several_those_used_last_stay(sources: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(1, 7):
        put(sources, f"{number}.zip", cache, number)
    assert names(cache) == ["3.zip", "4.zip", "5.zip", "6.zip"]


def test_what_was_just_put_there_stays_whatever_the_clock_was(sources: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(1, 6):
        put(sources, f"{number}.zip", cache, 2**32 + number)
    assert (cache / "5.zip").exists()


def test_what_is_in_use_stays(sources: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = put(sources, "1.zip", cache, 1)
    with first.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        for number in range(2, 7):
            put(sources, f"{number}.zip", cache, number)
        assert first.exists()
    put(sources, "7.zip", cache, 7)
    assert not first.exists()


def test_what_a_killed_run_left_goes(sources: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    put(sources, "1.zip", cache, 1)
    (cache / ".2.zip.new").write_bytes(b"half")
    (cache / "notes").write_bytes(b"not ours")
    put(sources, "3.zip", cache, 3)
    assert names(cache) == ["1.zip", "3.zip", "notes"]


def test_where_it_cant_be_put_nothing_is_left(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    broken = tmp_path / "broken"
    broken.write_bytes(b"no archive")
    with pytest.raises(zipfile.BadZipFile):
        ModuleCache(Files()).put(str(broken), str(cache / "1.zip"))
    assert names(cache) == []
