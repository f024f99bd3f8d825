# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks whose modules are called from the cache end as they always do: check mode, diff, other users, async."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, List

import pytest
import yaml
from plays import Play, Task, play

NAME = "cached0"
INFO = {"daemonless.containers.container_info": {}}
PAIR = {"daemonless.containers.veth_pair": {"host_interface": NAME, "netns": "1", "state": "absent"}}
NOT_CACHED = "isn't run from the module cache"


def files(cache: Path) -> List[str]:
    return sorted(path.name for path in cache.iterdir()) if cache.is_dir() else []


def run(tmp_path: Path, *tasks: Dict[str, Any], arguments: Any = (), pipelining: bool = False, **keywords: Any) -> Play:
    book = tmp_path / "play.yml"
    named = [{"name": f"Task {number}", **task} for number, task in enumerate(tasks)]
    book.write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, **keywords, "tasks": named}]))
    return play(book, {"ansible_pipelining": pipelining}, *arguments)


def told(task: Task) -> Dict[str, Any]:
    """What it returned, but for the name of Ansible's temporary folder."""
    returned = {key: value for key, value in task.result.items() if not key.startswith("_ansible")}
    found: Dict[str, Any] = json.loads(re.sub(r"/tmp/\w+/remote", "REMOTE", json.dumps(returned)))
    return found


@pytest.mark.parametrize("pipelining", [False, True])
def test_the_first_task_brings_what_the_others_use(cache: Path, tmp_path: Path, pipelining: bool) -> None:
    how: Dict[str, Any] = {"arguments": ["-vvv"], "pipelining": pipelining}
    played = run(tmp_path, INFO, {"daemonless.containers.host_info": {}}, INFO, **how).succeeded()
    assert played.output.count(NOT_CACHED) == 1
    assert len(files(cache)) == 1
    again = run(tmp_path, INFO, **how).succeeded()
    assert NOT_CACHED not in again.output
    assert len(files(cache)) == 1


def test_check_mode_puts_nothing_there_and_tells_the_same(cache: Path, tmp_path: Path) -> None:
    checked = run(tmp_path, INFO, arguments=["--check"]).succeeded()
    assert not cache.exists()
    real = run(tmp_path, INFO).succeeded()
    assert len(files(cache)) == 1
    from_cache = run(tmp_path, INFO, arguments=["--check", "-vvv"]).succeeded()
    assert NOT_CACHED not in from_cache.output
    assert told(checked.tasks[0]) == told(real.tasks[0]) == told(from_cache.tasks[0])


@pytest.mark.parametrize(
    "keywords",
    [
        {"vars": {"ansible_daemonless_module_cache": False}},
        {"async": 60, "poll": 1},
    ],
    ids=["switched off", "async"],
)
def test_the_ordinary_way_uses_no_cache(cache: Path, tmp_path: Path, keywords: Dict[str, Any]) -> None:
    played = run(tmp_path, {**INFO, **keywords}).succeeded()
    assert played.last("container_info")["containers"] == []
    assert not cache.exists()


def test_a_failure_is_the_same_either_way(cache: Path, tmp_path: Path) -> None:
    """A task without rights, with a wrong option, with module_defaults of the group, and with no_log."""
    wrong = {"daemonless.containers.container_info": {"nonsense": 1}}
    tasks = [
        {**PAIR, "become": True, "become_user": "nobody"},
        wrong,
        {"daemonless.containers.container_info": {"name": "s3cr3t"}, "no_log": True},
        {"daemonless.containers.container_info": {}},
    ]
    tasks = [{**task, "ignore_errors": True} for task in tasks]
    keywords = {"module_defaults": {"group/daemonless.containers.containers": {"store": "/var/lib/elsewhere"}}}
    ordinary = run(
        tmp_path,
        *tasks,
        arguments=["-v", "--extra-vars", json.dumps({"ansible_daemonless_module_cache": False})],
        **keywords,
    )
    assert not cache.exists()
    run(tmp_path, INFO).succeeded()
    cached = run(tmp_path, *tasks, arguments=["-v"], **keywords)
    assert [told(task) for task in cached.tasks] == [told(task) for task in ordinary.tasks]
    assert [task.status for task in cached.tasks] == [task.status for task in ordinary.tasks]
    assert cached.tasks[1].status == "failed"
    assert "nonsense" in cached.tasks[1].result["msg"]
    assert cached.tasks[3].result["invocation"]["module_args"]["store"] == "/var/lib/elsewhere"
    assert "s3cr3t" not in cached.output


def test_a_change_its_diff_and_its_twin(cache: Path, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    mount = {"daemonless.containers.overlay_rootfs": {"name": NAME, "layers": [str(layer)]}}
    unmount = {"daemonless.containers.overlay_rootfs": {"name": NAME, "state": "absent"}}
    played = run(tmp_path, mount, mount, unmount, arguments=["--diff"]).succeeded()
    assert [task.changed for task in played.tasks] == [True, False, True]
    assert played.tasks[0].result["diff"]["after"]
    assert len(files(cache)) == 1


def test_a_read_only_host_is_none_to_complain_of(cache: Path, tmp_path: Path) -> None:
    cache.parent.joinpath(cache.name).write_text("in the way of the folder", encoding="ascii")
    try:
        played = run(tmp_path, INFO).succeeded()
    finally:
        cache.unlink()
    assert played.last("container_info")["containers"] == []
    assert "WARNING" not in played.output
    assert NOT_CACHED not in played.output
