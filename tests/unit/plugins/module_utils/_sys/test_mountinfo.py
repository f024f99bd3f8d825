# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's table of mounts, with the names that break those who split at blanks."""

from __future__ import annotations

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.mountinfo import (
    escaped,
    file_system_of,
    parse,
)

TABLE = (
    b"22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro\n"
    b"40 22 0:30 /sub\\040dir /srv/a\\040b\\134c\\012d ro,nodev master:7 propagate_from:1 - btrfs /dev/x\\043y rw\n"
    b"41 22 0:31 / /srv/caf\xc3\xa9\xff rw - tmpfs  rw\n"
    b"42 22 0:32 / /srv rw,nodev shared:3 master:1 unbindable - overlay daemonless:web:0123 ro,lowerdir=0:1\n"
)


def test_every_field() -> None:
    root, odd, raw, ours = parse(TABLE)
    assert (root.path, root.fs_type, root.source, root.peers, root.writable) == ("/", "ext4", "/dev/vda", ("1",), True)
    assert (odd.root, odd.path, odd.source) == ("/sub dir", "/srv/a b\\c\nd", "/dev/x#y")
    assert (odd.options, odd.peers, odd.writable) == (("ro", "nodev"), ("7",), False)
    assert (raw.path, raw.source, raw.peers) == ("/srv/café\udcff", "", ())
    assert (ours.source, ours.peers, ours.writable) == ("daemonless:web:0123", ("3", "1"), False)
    assert ours.fs_options == ("ro", "lowerdir=0:1")


def test_only_entries_that_name_a_word() -> None:
    assert [entry.fs_type for entry in parse(TABLE, ["daemonless:web:", "/srv/a b"])] == ["btrfs", "overlay"]
    assert parse(TABLE, ["nowhere"]) == []


def test_escaped_like_the_kernel_does() -> None:
    assert escaped("a b\\c\nd\te#f\udcff") == b"a\\040b\\134c\\012d\\011e\\043f\xff"


@pytest.mark.parametrize(
    ("path", "fs_type"),
    [("/", "ext4"), ("/home", "ext4"), ("/srv", "overlay"), ("/srv/x", "overlay"), ("/srvx", "ext4")],
)
def test_file_system_of_a_path(path: str, fs_type: str) -> None:
    assert file_system_of(TABLE, path) == fs_type
