# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systemd unit of a container: when it has one, its name, its whole text. Pure.

Nothing that a user wrote is in it but names and paths: command and environment stay in the container's record, which
the runtime reads. A setting of the container that systemd has to see to becomes a line of ``unit_text``.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import List, Optional

from .._core.errors import ContainersError
from .._core.store import Store
from .limits import Limits, unit_properties
from .settings import Settings
from .unit_name import escaped, mark, unit_name

NO = "no"
ALWAYS = "always"
UNLESS_STOPPED = "unless-stopped"
ON_FAILURE = "on-failure"
JOURNALD = "journald"

_AT_BOOT = (ALWAYS, UNLESS_STOPPED)
_AFTER = (
    "network-online.target",
    "nss-lookup.target",
    "nftables.service",
    "netfilter-persistent.service",
    "iptables.service",
    "ip6tables.service",
    "firewalld.service",
    "ufw.service",
    "docker.service",
)
_CLEAN_SIGNALS = "SIGHUP SIGINT SIGTERM SIGPIPE"
"""systemd takes an end by one of them for success."""
_NAMED_SIGNALS = 31


@dataclass(frozen=True)
class Unit:
    """A unit file, and whether it is started at boot."""

    name: str
    text: str
    enabled: bool


def what_needs_unit(settings: Settings) -> Optional[str]:
    """The option because of which the container needs a unit of its own; None if it needs none."""
    if settings.restart_policy != NO:
        return f"restart_policy: {settings.restart_policy}"
    if settings.log_driver == JOURNALD:
        return f"log_driver: {JOURNALD}"
    return "a limit of memory, cpus or pids" if settings.limits != Limits() else None


def unit_of(store: Store, name: str, settings: Settings, python: str) -> Unit:
    """The unit of a container with these settings, which is started at boot where the policy says so."""
    text = unit_text(store, name, settings, python)
    return Unit(unit_name(store, name), text, settings.restart_policy in _AT_BOOT)


def unit_text(store: Store, name: str, settings: Settings, python: str) -> str:
    """The whole file."""
    runtime = f"{_quoted(python)} -I {_quoted(store.runtime_entry)}"
    arguments = f"{_quoted(store.root)} {_quoted(name)}"
    lines = [
        mark(store, name),
        "# It is written anew when the container's options change; what you want otherwise goes into systemctl edit.",
        "",
        "[Unit]",
        f"Description=Container {name}",
        "Wants=network-online.target",
        f"After={' '.join(_AFTER)}",
        f"RequiresMountsFor={_quoted(store.root, commands=False)}",
        *_starts_allowed(settings.restart_policy),
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={runtime} start {arguments}",
        f"ExecStopPost={runtime} stopped {arguments}",
        "TimeoutStartSec=15min",
        *_stopping(settings),
        *_restarting(settings.restart_policy),
        *(f"{key}={value}" for key, value in unit_properties(settings.limits)),
        "OOMPolicy=continue",
        f"SyslogIdentifier=daemonless-{name}",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ]
    return "\n".join(lines) + "\n"


def restart_policy(text: str) -> str:
    """The policy in one form. Raises ContainersError. YAML reads an unquoted ``no`` as a boolean."""
    kind, colon, number = text.strip().partition(":")
    if kind in ("False", "false", ""):
        kind = NO
    counted = number.isascii() and number.isdecimal() and int(number) > 0
    if kind == ON_FAILURE and (not colon or counted):
        return f"{ON_FAILURE}:{int(number)}" if colon else ON_FAILURE
    if kind in (NO, ALWAYS, UNLESS_STOPPED) and not colon:
        return kind
    raise ContainersError(
        f"restart_policy {text!r} is not one",
        "There are no, always, unless-stopped, on-failure and on-failure:3, with any number from 1 on",
    )


def _starts_allowed(policy: str) -> List[str]:
    """The first start and so many more; else as many as it takes."""
    number = policy.partition(":")[2]
    if number:
        return ["StartLimitIntervalSec=infinity", f"StartLimitBurst={int(number) + 1}"]
    return ["StartLimitIntervalSec=0"]


def _restarting(policy: str) -> List[str]:
    kind = policy.partition(":")[0]
    if kind == NO:
        return ["Restart=no"]
    if kind == ON_FAILURE:
        return ["Restart=on-failure", f"RestartForceExitStatus={_CLEAN_SIGNALS}", "RestartSec=1s"]
    return ["Restart=always", "RestartSec=1s"]


def _stopping(settings: Settings) -> List[str]:
    number = settings.stop_signal
    name = signal.Signals(number).name if number <= _NAMED_SIGNALS else str(number)
    seconds = f"{settings.stop_timeout}s" if settings.stop_timeout else "1ms"  # to systemd, 0 means endless patience
    return ["KillMode=mixed", f"KillSignal={name}", f"TimeoutStopSec={seconds}"]


def _quoted(text: str, commands: bool = True) -> str:
    """One word of a unit file, whatever is in it. In commands a dollar sign begins a variable."""
    text = escaped(text).replace("%", "%%")
    return '"{}"'.format(text.replace("$", "$$") if commands else text)
