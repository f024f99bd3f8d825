# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of containers: their text, when a container has one, and what leads there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List

import pytest
from container_data import bare, running, settings, wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._container.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit import (
    restart_policy,
    unit_of,
    unit_text,
    what_needs_unit,
)
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_found import UnitFound
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_name import (
    container_of,
    is_ours,
    unit_name,
)
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store

STORE = Store("/store")
UNIT = unit_name(STORE, "web")
HOST = {"systemd": True, "runtime": True, "python": "/usr/bin/python3"}


def lines_of(**options: Any) -> List[str]:
    return unit_text(STORE, "web", settings(**options), "/usr/bin/python3").splitlines()


def in_unit(**options: Any) -> Found:
    """A host where the container runs with these options in its unit."""
    kept = settings(**options)
    unit = unit_of(STORE, "web", kept, "/usr/bin/python3")
    return running(kept, unit=UnitFound(text=unit.text, enabled=unit.enabled, holds_init=True), **HOST)


def test_names_are_unlike() -> None:
    names = [unit_name(Store(), "a"), unit_name(Store("/b"), "a"), unit_name(Store("/c"), "a"), unit_name(Store(), "b")]
    assert names[0] == "daemonless-a.service"
    assert len(set(names)) == 4
    assert unit_name(Store(), "a+b") == r"daemonless-a\x2bb.service"


def test_a_unit_says_whose_it_is() -> None:
    text = unit_text(Store("/st ore"), "web", settings(), "/usr/bin/python3")
    assert is_ours(text, Store("/st ore"), "web")
    assert not is_ours(text, Store("/st ore"), "we")
    assert not is_ours(text, Store("/st"), "web")
    assert container_of(text, Store("/st ore")) == "web"
    assert container_of(text, Store("/other")) is None
    assert container_of("[Unit]\n", Store()) is None


def test_nothing_of_a_path_is_read_otherwise() -> None:
    text = unit_text(Store('/a "%h" $x\n\\'), "web", settings(), "/usr/bin/python3")
    start = next(line for line in text.splitlines() if line.startswith("ExecStart="))
    assert r'start "/a \x22%%h\x22 $$x\x0a\x5c" "web"' in start
    assert r'RequiresMountsFor="/a \x22%%h\x22 $x\x0a\x5c"' in text


def test_nothing_of_command_and_environment_is_in_it() -> None:
    text = unit_text(STORE, "web", settings(command=["hush"], env={"SECRET": "hush"}), "/usr/bin/python3")
    assert "hush" not in text
    assert "SECRET" not in text


@pytest.mark.parametrize(
    ("policy", "present", "absent"),
    [
        ("always", ["Restart=always", "StartLimitIntervalSec=0"], "StartLimitBurst"),
        ("unless-stopped", ["Restart=always", "StartLimitIntervalSec=0"], "StartLimitBurst"),
        ("on-failure", ["Restart=on-failure", "StartLimitIntervalSec=0"], "StartLimitBurst"),
        ("on-failure:3", ["Restart=on-failure", "StartLimitIntervalSec=infinity", "StartLimitBurst=4"], "=always"),
        ("no", ["Restart=no"], "RestartSec"),
    ],
)
def test_restarts(policy: str, present: List[str], absent: str) -> None:
    lines = lines_of(restart_policy=policy)
    assert set(present) <= set(lines)
    assert not any(absent in line for line in lines)


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({"stop_signal": "QUIT", "stop_timeout": 7}, ["KillSignal=SIGQUIT", "TimeoutStopSec=7s"]),
        ({"stop_signal": "RTMIN+3", "stop_timeout": 0}, ["KillSignal=37", "TimeoutStopSec=1ms"]),
    ],
)
def test_stopping(options: Dict[str, Any], lines: List[str]) -> None:
    assert set(lines) <= set(lines_of(**options))


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("no", "no"),
        ("False", "no"),
        ("always", "always"),
        ("unless-stopped", "unless-stopped"),
        ("on-failure", "on-failure"),
        ("on-failure:03", "on-failure:3"),
    ],
)
def test_policies(text: str, policy: str) -> None:
    assert restart_policy(text) == policy


@pytest.mark.parametrize(
    "text", ["sometimes", "always:3", "on-failure:", "on-failure:0", "on-failure:x", "no:1", "True"]
)
def test_what_is_no_policy(text: str) -> None:
    with pytest.raises(ContainersError, match=r"restart_policy .* is not one"):
        restart_policy(text)


def test_what_needs_a_unit() -> None:
    assert what_needs_unit(settings()) is None
    assert what_needs_unit(settings(restart_policy="always")) == "restart_policy: always"
    assert what_needs_unit(settings(log_driver="journald")) == "log_driver: journald"


def test_first_start_in_a_unit() -> None:
    made = plan(wanted(restart_policy="always"), bare(**HOST))
    assert made.describe() == (f"write unit {UNIT}", f"enable unit {UNIT}", "start container web")
    assert made.predicted["container"]["unit"] == UNIT
    assert made.predicted["container"]["restart_policy"] == "always"
    assert made.after["starts at boot"] is True
    assert "ExecStart" in made.after["unit"]


def test_systemd_reads_its_units_once() -> None:
    """Enabling has it read them."""
    enabled = plan(wanted(restart_policy="always"), bare(**HOST))
    assert [getattr(op, "reload", None) for op in enabled.ops] == [False, None, None]
    written = plan(wanted(restart_policy="on-failure"), bare(**HOST))
    assert [getattr(op, "reload", None) for op in written.ops] == [True, None]


def test_on_failure_is_not_started_at_boot() -> None:
    made = plan(wanted(restart_policy="on-failure"), bare(**HOST))
    assert made.describe() == (f"write unit {UNIT}", "start container web")


def test_twin_in_a_unit() -> None:
    made = plan(wanted(restart_policy="always"), in_unit(restart_policy="always"))
    assert made.ops == ()
    assert made.before == made.after


def test_another_policy_is_set_live() -> None:
    made = plan(wanted(restart_policy="on-failure:2"), in_unit(restart_policy="always"))
    assert made.describe() == (
        f"change unit {UNIT}",
        f"disable unit {UNIT}",
        "record restart_policy of container web",
    )
    assert made.before["starts at boot"]
    assert not made.after["starts at boot"]


def test_the_policy_no_is_set_live_too() -> None:
    made = plan(wanted(), in_unit(restart_policy="always"))
    assert made.describe() == (
        f"change unit {UNIT}",
        f"disable unit {UNIT}",
        "record restart_policy of container web",
    )


def test_a_restart_without_a_policy_leaves_the_unit() -> None:
    made = plan(wanted(restart=True), in_unit(restart_policy="always"))
    assert made.describe() == ("restart container web: restart was asked for", f"remove unit {UNIT}")


def test_a_first_policy_needs_a_restart() -> None:
    made = plan(wanted(restart_policy="always"), running(settings(), **HOST))
    assert made.describe() == (
        f"write unit {UNIT}",
        f"enable unit {UNIT}",
        "restart container web: restart_policy: always needs a systemd unit",
    )


@pytest.mark.parametrize(
    ("drift", "ops"),
    [
        ({"text": "edited"}, (f"change unit {UNIT}",)),
        ({"text": None}, (f"write unit {UNIT}",)),
        ({"enabled": False}, (f"enable unit {UNIT}",)),
    ],
)
def test_drift_is_repaired_and_only_that(drift: Dict[str, Any], ops: List[str]) -> None:
    found = in_unit(restart_policy="always")
    assert plan(wanted(restart_policy="always"), replace(found, unit=replace(found.unit, **drift))).describe() == ops


def test_one_that_is_about_to_be_started_again() -> None:
    found = in_unit(restart_policy="always")
    found = replace(found, pid=None, unit=replace(found.unit, holds_init=False, restarting=True))
    assert plan(wanted(state="stopped"), found).describe() == ("stop container web",)
    assert plan(wanted(state="absent"), found).describe() == (
        "stop container web",
        f"remove unit {UNIT}",
        "remove container web",
    )


@pytest.mark.parametrize(("policy", "disabled"), [("always", False), ("unless-stopped", True), ("on-failure", False)])
def test_stopped_on_purpose(policy: str, disabled: bool) -> None:
    made = plan(wanted(state="stopped"), in_unit(restart_policy=policy))
    assert made.describe() == ("stop container web", *([f"disable unit {UNIT}"] if disabled else []))


def test_a_unit_of_no_more_use_goes_with_the_process() -> None:
    found = in_unit()
    assert plan(wanted(), found).ops == ()
    made = plan(wanted(state="stopped"), found)
    assert made.describe() == ("stop container web", f"remove unit {UNIT}")
    assert "unit" not in made.after


def test_removed_with_its_unit() -> None:
    made = plan(wanted(state="absent"), in_unit(restart_policy="always"))
    assert made.describe() == ("stop container web", f"remove unit {UNIT}", "remove container web")
    assert made.teardown


def test_a_unit_that_is_somebody_elses() -> None:
    found = bare(**HOST, unit=UnitFound(foreign=True))
    with pytest.raises(ContainersError, match="is there and isn't this container's"):
        plan(wanted(restart_policy="always"), found)
    assert plan(wanted(), found).describe() == ("start container web",)
    assert plan(wanted(state="absent"), found).ops == ()


def test_a_host_without_systemd() -> None:
    with pytest.raises(ContainersError, match="restart_policy: always needs systemd, which doesn't run this host"):
        plan(wanted(restart_policy="always"), bare())


def test_a_host_without_the_runtime() -> None:
    made = plan(wanted(restart_policy="always"), bare(**{**HOST, "runtime": False}))
    assert [unmet.hint for unmet in made.unmet] == [
        "Module daemonless.containers.runtime puts it there, as role container does where it is needed"
    ]
