# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be run in a container: the module's options, checked as far as that needs no host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .._container import words
from .._container.entrance import Command
from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store

_SHELL = ("/bin/sh", "-c")
_TIMEOUT_MAX = 30 * 86_400


@dataclass(frozen=True)
class Wanted:
    """See the module's options."""

    store: Store
    name: str
    command: Command
    given: Optional[bytes]
    """The command's standard input."""
    creates: Optional[str]
    removes: Optional[str]
    timeout: Optional[float]
    detach: bool
    strip: bool


def spec(options: Mapping[str, Any]) -> Wanted:
    """The options' exact meaning. Raises ContainersError for the first that is wrong."""
    if options["detach"]:
        _refuse_with_detach(options)
    return Wanted(
        store=Store(options["store"]),
        name=checked_name(options["name"]),
        command=Command(
            argv=_argv(options),
            env=words.environment(options["env"] or {}),
            user=words.plain(options["user"], "user"),
            working_dir=words.working_dir(options["chdir"], "chdir"),
        ),
        given=_given(options),
        creates=words.plain(options["creates"], "creates"),
        removes=words.plain(options["removes"], "removes"),
        timeout=_timeout(options["timeout"]),
        detach=options["detach"],
        strip=options["strip_empty_ends"],
    )


def _argv(options: Mapping[str, Any]) -> Tuple[str, ...]:
    if options["shell"] is not None:
        return (*_SHELL, options["shell"])
    option = "command" if options["argv"] is None else "argv"
    found = words.arguments(options[option], option)
    if not found:
        raise ContainersError(f"{option} is empty")
    return found


def _given(options: Mapping[str, Any]) -> Optional[bytes]:
    text = options["stdin"]
    if text is None:
        return None
    ending = "\n" if options["stdin_add_newline"] else ""
    return f"{text}{ending}".encode("utf-8", "surrogateescape")


def _timeout(seconds: Optional[float]) -> Optional[float]:
    if seconds is not None and not 0 < seconds <= _TIMEOUT_MAX:
        raise ContainersError(f"timeout {seconds} isn't above 0 and at most {_TIMEOUT_MAX}")
    return seconds


def _refuse_with_detach(options: Mapping[str, Any]) -> None:
    for option in ("stdin", "timeout"):
        if options[option] is not None:
            raise ContainersError(f"{option} and detach exclude one another", "Nobody stays with a detached command")
