# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role used several times in one play: three containers on one bridge, with IPv4 and IPv6."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping

import pytest
from containers import inside
from internet import HOST, HOST6, WEB, WEB6, outside, run
from plays import Play, play

MANY = Path(__file__).with_name("many.yml")
NAMES = ["one", "two", "three"]
GET = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())"


def _play_many(**variables: Any) -> Play:
    return play(MANY, variables)


def _pids(played: Play) -> Dict[str, int]:
    found: List[Mapping[str, Any]] = [
        task.result["container"] for task in played.tasks if task.module == "ns_container" and task.status == "ok"
    ]
    return {container["name"]: container["pid"] for container in found}


@pytest.fixture(scope="module")
def many(archive: None) -> Iterator[Dict[str, int]]:
    """The pids of the three."""
    yield _pids(_play_many().succeeded())
    _play_many(state="absent").succeeded()


def test_three_run_and_a_second_play_changes_nothing(many: Dict[str, int]) -> None:
    again = _play_many().succeeded()
    assert again.changed == []
    assert _pids(again) == many
    assert sorted(many) == sorted(NAMES)
    assert len(set(many.values())) == len(NAMES)


@pytest.mark.parametrize("address", ["100.100.1.12", "2001:db8:0:2::12"])
def test_one_reaches_another_over_the_bridge(many: Dict[str, int], address: str) -> None:
    inside(many["one"], "ping", "-c", "1", "-W", "5", address)


@pytest.mark.parametrize(("web", "host"), [(WEB, HOST), (f"[{WEB6}]", HOST6)])
def test_the_internet_sees_the_address_of_the_host_in_both_families(many: Dict[str, int], web: str, host: str) -> None:
    for pid in many.values():
        assert inside(pid, "wget", "-q", "-O", "-", f"http://{web}/") == host


@pytest.mark.parametrize("host", [HOST, f"[{HOST6}]"])
@pytest.mark.parametrize("port", [8081, 8082])
def test_each_is_reached_at_its_published_port(many: Dict[str, int], host: str, port: int) -> None:
    assert "container" in outside(sys.executable, "-c", GET, f"http://{host}:{port}/")


def test_each_has_user_ids_of_its_own(many: Dict[str, int]) -> None:
    maps = {Path(f"/proc/{pid}/uid_map").read_text() for pid in many.values()}
    assert len(maps) == len(NAMES)


def test_one_taken_down_spares_the_others(many: Dict[str, int]) -> None:
    _play_many(state="absent", only=["two"]).succeeded()
    inside(many["one"], "ping", "-c", "1", "-W", "5", "100.100.1.13")
    assert "container" in outside(sys.executable, "-c", GET, f"http://{HOST}:8081/")
    assert "refused" in outside(sys.executable, "-c", GET, f"http://{HOST}:8082/", check=False)
    back = _play_many().succeeded()
    assert {task.result["container"]["name"] for task in back.tasks if task.module == "ns_container" and task.changed}
    assert _pids(back)["one"] == many["one"]
    many.update(_pids(back))


def test_the_bridge_goes_with_the_last(many: Dict[str, int]) -> None:
    assert "br-flow" in run("ip", "-br", "link")
    _play_many(state="absent").succeeded()
    assert "br-flow" not in run("ip", "-br", "link")
    assert _play_many(state="absent").succeeded().changed == []
