# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that calls a module from the cache, run as a target's Python runs it: only what is whole, and root's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from checklist import find_python

from ansible_collections.daemonless.containers.plugins.plugin_utils.module_code import KEEPS, NOT_RUN, program

LOADER = "ansible.module_utils._internal._ansiballz._loader"
OTHER = "3.9"


def call(python: str = sys.executable, *, with_code: bool = False, user: int = 0, **options: Any) -> Dict[str, Any]:
    """Call container_info, and tell what it returned."""
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()
    text = program("container_info", LOADER, "legacy", arguments, with_code=with_code)
    done = subprocess.run([python, "-"], input=text, stdout=subprocess.PIPE, check=False, user=user, cwd="/")
    answer: Dict[str, Any] = json.loads(done.stdout)
    return answer


def names(cache: Path) -> List[str]:
    return sorted(path.name for path in cache.iterdir()) if cache.is_dir() else []


def filled(cache: Path) -> Path:
    """The one file that is in the cache when a module has been called."""
    assert call(with_code=True)["containers"] == []
    (name,) = names(cache)
    return cache / name


@contextmanager
def mounted(cache: Path, *options: str) -> Iterator[None]:
    cache.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(cache)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(cache)], check=True)
        cache.rmdir()


def test_nothing_is_run_where_there_is_nothing(cache: Path) -> None:
    answer = call()
    assert (answer["changed"], answer[KEEPS]) == (False, True)
    assert answer[NOT_RUN] == "it isn't there, or not whole"
    assert not cache.exists()


def test_what_was_put_there_is_run(cache: Path) -> None:
    path = filled(cache)
    assert path.name.endswith(f"-{sys.implementation.cache_tag}.zip")
    assert (path.stat().st_uid, path.stat().st_mode & 0o777, cache.stat().st_mode & 0o777) == (0, 0o644, 0o755)
    before = path.stat()
    assert call()["containers"] == []
    assert (path.stat().st_ino, path.stat().st_size) == (before.st_ino, before.st_size)


def test_failures_of_modules_are_theirs(cache: Path) -> None:
    filled(cache)
    answer = call(nonsense=1)
    assert answer["failed"]
    assert "nonsense" in answer["msg"]


def test_what_was_changed_isnt_run_but_put_there_anew(cache: Path) -> None:
    path = filled(cache)
    whole = path.read_bytes()
    for place in (0, 100, len(whole) - 100):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert NOT_RUN in call()
    assert call(with_code=True)["containers"] == []
    assert call()["containers"] == []


def test_what_was_cut_short_isnt_run(cache: Path) -> None:
    path = filled(cache)
    for size in (path.stat().st_size - 1, 64, 1, 0):
        os.truncate(path, size)
        assert NOT_RUN in call()


def test_what_others_may_have_changed_isnt_run(cache: Path) -> None:
    path = filled(cache)
    path.chmod(0o646)
    assert call()[KEEPS]
    path.chmod(0o644)
    os.chown(path, 1000, 0)
    assert NOT_RUN in call()
    os.chown(path, 0, 0)
    cache.chmod(0o777)
    assert not call()[KEEPS]
    os.chown(cache, 1000, 0)
    cache.chmod(0o755)
    assert not call()[KEEPS]
    os.chown(cache, 0, 0)
    assert call()["containers"] == []


def test_a_link_isnt_followed(cache: Path, tmp_path: Path) -> None:
    path = filled(cache)
    shutil.move(path, tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert NOT_RUN in call()
    assert call(with_code=True)["containers"] == []
    assert not path.is_symlink()


def test_another_python_gets_its_own(cache: Path) -> None:
    other = find_python(OTHER)
    if not other:
        pytest.skip(f"no Python {OTHER} here")
    path = filled(cache)
    assert NOT_RUN in call(other)
    assert call(other, with_code=True)["containers"] == []
    assert call(other)["containers"] == []
    assert names(cache) == sorted([path.name, path.name.replace(str(sys.implementation.cache_tag), "cpython-39")])


def test_who_isnt_root_uses_it_and_puts_nothing_there(cache: Path) -> None:
    assert not call(user=65534)[KEEPS]
    answer = call(user=65534, with_code=True)
    assert "PermissionError" in answer[NOT_RUN]
    assert not cache.exists()
    filled(cache)
    assert NOT_RUN not in call(user=65534)


def test_without_room_nothing_is_left_half(cache: Path) -> None:
    with mounted(cache, "-o", "size=1m,mode=0755"):
        assert "No space left on device" in call(with_code=True)[NOT_RUN]
        assert names(cache) == []


def test_where_nothing_can_be_written_nothing_is(cache: Path) -> None:
    with mounted(cache, "-o", "ro,mode=0755"):
        assert "Read-only file system" in call(with_code=True)[NOT_RUN]
        assert names(cache) == []


def test_arguments_are_in_no_file(cache: Path) -> None:
    answer = call(with_code=True, name="s3cr3t-name")
    assert not answer.get("failed")
    assert b"s3cr3t-name" not in b"".join(path.read_bytes() for path in cache.iterdir())
