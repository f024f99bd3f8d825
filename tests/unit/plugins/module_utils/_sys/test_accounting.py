# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of process accounting, as the kernel writes them."""

from __future__ import annotations

import struct
from pathlib import Path

from ansible_collections.daemonless.containers.plugins.module_utils._sys.accounting import Accounting


def accounted(pid: int, status: int, version: int = 3) -> bytes:
    return struct.pack("=BBHIIIII40x", 0, version, 0, status, 0, 0, pid, 0)


def test_last_record_of_the_init(tmp_path: Path) -> None:
    account = tmp_path / "acct"
    account.write_bytes(accounted(7, 0) + accounted(1, 42 << 8) + accounted(8, 9))
    assert Accounting().exit_status(str(account)) == 42 << 8
    account.write_bytes(accounted(1, 42 << 8) + accounted(1, 9, version=0x83) + accounted(1, 5, version=2))
    assert Accounting().exit_status(str(account)) == 9


def test_init_that_lives_and_no_account(tmp_path: Path) -> None:
    account = tmp_path / "acct"
    assert Accounting().exit_status(str(account)) is None
    account.write_bytes(accounted(7, 0))
    assert Accounting().exit_status(str(account)) is None
    Accounting().trim(str(tmp_path / "none"))


def test_found_behind_many_others(tmp_path: Path) -> None:
    account = tmp_path / "acct"
    account.write_bytes(accounted(1, 3) + accounted(9, 0) * 10_000 + b"half a record")
    assert Accounting().exit_status(str(account)) == 3
