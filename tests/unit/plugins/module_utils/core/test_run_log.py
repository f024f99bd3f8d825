# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module writes to the system's log of how it was called."""

from __future__ import annotations

from ansible_collections.daemonless.containers.plugins.module_utils._core.run import without_secrets


def test_of_environment_variables_only_names_are_logged() -> None:
    hidden = "NOT_LOGGING_PARAMETER"
    asked = {"name": "web", "env": {"A": "x"}, "containers": [{"env": {"B": "y"}, "mtu": 1400}, {"env": None}]}
    assert without_secrets(asked) == {
        "name": "web",
        "env": {"A": hidden},
        "containers": [{"env": {"B": hidden}, "mtu": 1400}, {"env": None}],
    }
    assert without_secrets({"env": "A=x"}) == {"env": hidden}
