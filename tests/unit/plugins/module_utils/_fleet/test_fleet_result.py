# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a fleet where something failed."""

from __future__ import annotations

from ansible_collections.daemonless.containers.plugins.module_utils._fleet.outcome import Outcome
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.result import told

GOOD, BAD = Outcome("a"), Outcome("b", error="no image")
RULES = Outcome("web", error="no bridge")


def test_members_are_counted_and_what_they_share_is_not() -> None:
    result = told([GOOD, BAD], [RULES])
    assert result["msg"] == "1 of 2 failed: b: no image; web: no bridge"
    assert result["failures"] == {"b": "no image", "web": "no bridge"}


def test_where_only_what_they_share_failed_no_member_is_said_to_have() -> None:
    assert told([GOOD], [RULES])["msg"] == "web: no bridge"


def test_five_are_told_and_the_others_counted() -> None:
    result = told([Outcome(f"c{number}", error="no") for number in range(7)], [])
    assert result["msg"] == "7 of 7 failed: c0: no; c1: no; c2: no; c3: no; c4: no; and 2 more, see failures"


def test_no_message_where_nothing_failed() -> None:
    assert "msg" not in told([GOOD], [])
