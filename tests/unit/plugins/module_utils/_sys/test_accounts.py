# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ids that are somebody's: of users, of groups, set aside; looked for once, where that is asked for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys import accounts
from ansible_collections.daemonless.containers.plugins.module_utils._sys.accounts import Accounts


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> List[SimpleNamespace]:
    """The host's users, with one group, and a file of ids set aside."""
    found = [SimpleNamespace(pw_uid=7)]
    monkeypatch.setattr(accounts.pwd, "getpwall", lambda: found)
    monkeypatch.setattr(accounts.grp, "getgrall", lambda: [SimpleNamespace(gr_gid=3)])
    file = tmp_path / "subuid"
    file.write_text("web:100000:65536\n# no:such\nweb:x:1\n", encoding="utf-8")
    monkeypatch.setattr(accounts, "SUBORDINATE", (str(file), str(tmp_path / "none")))
    return found


def test_users_groups_and_what_is_set_aside(users: List[SimpleNamespace]) -> None:
    assert Accounts().taken_ids() == [(3, 1), (7, 1), (100000, 65536)]


def test_once_seen_they_stay_as_they_were(users: List[SimpleNamespace]) -> None:
    host = Accounts()
    with host.seen_once():
        users.append(SimpleNamespace(pw_uid=8))
        assert host.taken_ids() == [(3, 1), (7, 1), (100000, 65536)]
    assert host.taken_ids() == [(3, 1), (7, 1), (8, 1), (100000, 65536)]
