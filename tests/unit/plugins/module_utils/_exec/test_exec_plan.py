# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command in a container as options, plan and result; nothing is run."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._exec.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._exec.plan import plan, result
from ansible_collections.daemonless.containers.plugins.module_utils._exec.result import outcome
from ansible_collections.daemonless.containers.plugins.module_utils._exec.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.modules.container_exec import ARGUMENT_SPEC


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"name": "web", **options}))


@pytest.mark.parametrize(
    ("options", "argv"),
    [
        ({"command": "ls -l 'a b'"}, ("ls", "-l", "a b")),
        ({"argv": ["ls", "a b", 7]}, ("ls", "a b", "7")),
        ({"shell": "echo $HOME > x"}, ("/bin/sh", "-c", "echo $HOME > x")),
    ],
)
def test_what_is_run(options: Dict[str, Any], argv: Any) -> None:
    assert wanted(**options).command.argv == argv


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({}, None),
        ({"stdin": ""}, b"\n"),
        ({"stdin": "\u00e4"}, b"\xc3\xa4\n"),
        ({"stdin": "a", "stdin_add_newline": False}, b"a"),
    ],
)
def test_what_it_reads(options: Dict[str, Any], given: Optional[bytes]) -> None:
    assert wanted(command="cat", **options).given == given


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"command": ""}, "command is empty"),
        ({"argv": []}, "argv is empty"),
        ({"argv": [""]}, "argv: an empty program name"),
        ({"command": "a 'b"}, "command: No closing quotation"),
        ({"command": "a", "name": "../x"}, "name '../x' is not valid"),
        ({"command": "a", "user": ""}, "user '' is not valid"),
        ({"command": "a", "chdir": "x"}, "chdir 'x' isn't an absolute path"),
        ({"command": "a", "chdir": "/a/../b"}, "chdir '/a/../b' is not allowed"),
        ({"command": "a", "chdir": "/proc/self/fd/7"}, "is not allowed"),
        ({"command": "a", "env": {"A=B": "c"}}, "isn't the name of a variable"),
        ({"command": "a", "creates": ""}, "creates '' is not valid"),
        ({"command": "a", "timeout": 0}, "timeout 0 isn't above 0"),
        ({"command": "a", "timeout": float("nan")}, "timeout nan isn't above 0"),
        ({"command": "a", "detach": True, "timeout": 5}, "timeout and detach exclude one another"),
        ({"command": "a", "detach": True, "stdin": ""}, "stdin and detach exclude one another"),
    ],
)
def test_what_can_not_be_meant(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        wanted(**options)


def test_plan_names_the_program_only() -> None:
    made = plan(wanted(argv=["psql", "--password=hush"], env={"KEY": "hush"}, stdin="hush"), Found(running=True))
    assert made.describe() == ("run psql in container web",)
    assert (made.before, made.after) == ({}, {"run": "psql", "container": "web"})
    assert "hush" not in f"{made.describe()} {made.after}"
    assert made.unmet == ()


def test_a_container_that_does_not_run_is_unmet() -> None:
    made = plan(wanted(command="true"), Found(running=False))
    assert [unmet.what for unmet in made.unmet] == ["container web doesn't run"]


@pytest.mark.parametrize(
    ("options", "predicted"),
    [({}, (True, False)), ({"creates": "/x"}, (None, None)), ({"removes": "/x"}, (None, None))],
)
def test_prediction(options: Dict[str, Any], predicted: Any) -> None:
    told = plan(wanted(command="true", **options), Found(running=True)).predicted
    assert (told.get("skipped"), told.get("changed")) == predicted


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Found(True, created=True), "'/c' exists"),
        (Found(True, removed=True), "'/r' does not exist"),
        (Found(True, created=True, removed=True), "'/c' exists"),
    ],
)
def test_what_needs_not_run(found: Found, why: str) -> None:
    asked = wanted(command="true", creates="/c", removes="/r")
    assert not plan(asked, found).changes
    told = result(asked, found)
    assert (told["rc"], told["stdout"]) == (0, f"skipped, since {why}")
    assert told["msg"] == f"Did not run command since {why}"


def test_outcome() -> None:
    command = wanted(command="a").command
    fine = outcome(command, 0, b"a\r\n\n", b"\xff\n", strip=True)
    assert (fine["stdout"], fine["stderr"], fine.get("failed")) == ("a", "\ufffd", None)
    bad = outcome(command, 3, b"a\n", b"", strip=False)
    assert (bad["stdout"], bad["failed"], bad["msg"]) == ("a\n", True, "non-zero return code")
