# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two commands a new user types, on a bare host: run and down, tried first, and each of them twice."""

from __future__ import annotations

import sys
from typing import Any, Dict

import pytest
from containers import inside
from internet import HOST, ROUTER, WEB, WEB_NAME, outside, run
from plays import Play
from site_play import pid_of, play_site
from snapshots import snapshot

BUILT = ["image_pack", "image_unpack", "overlay_rootfs", "ns_container", "veth_pair", "nat_rule"]
PAGE = "Served from a container that no daemon runs."
GET = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=5).read().decode())"


@pytest.fixture(scope="module")
def bare(_internet: None) -> Dict[str, Any]:
    """The host before anything of ours was on it. Has to be asked for before ``site``."""
    return snapshot()


def test_check_mode_on_a_bare_host_tells_the_whole_chain_and_changes_nothing(bare: Dict[str, Any]) -> None:
    tried = play_site("--check", "--diff").succeeded()
    assert [module for module in tried.changed if module in BUILT] == BUILT
    assert snapshot() == bare


def test_a_run_builds_everything_and_shows_it(bare: Dict[str, Any], site: Play) -> None:
    assert [module for module in site.changed if module in BUILT] == BUILT
    for words in (
        "container  my-docker, running",
        "hostname   my-docker",
        "address    100.100.1.2/24",
        "--all /bin/sh",
    ):
        assert words in site.output
    assert f"pid        {pid_of(site)}" in site.output
    assert "64 bytes from 100.100.1.1" in site.output


def test_a_second_run_changes_nothing(site: Play) -> None:
    again = play_site().succeeded()
    assert again.changed == []
    assert again.ops == []
    assert pid_of(again) == pid_of(site)


def test_check_mode_on_what_runs_tells_no_change(site: Play) -> None:
    before = snapshot()
    assert play_site("--check").succeeded().changed == []
    assert snapshot() == before


def test_it_is_what_it_says_it_is_inside(site: Play) -> None:
    assert inside(pid_of(site), "hostname") == "my-docker"
    assert inside(pid_of(site), "cat", "/proc/1/comm") == "sh"
    assert "100.100.1.2/24" in inside(pid_of(site), "ip", "address", "show", "eth0")


def test_an_address_outside_answers_a_ping_from_inside(site: Play) -> None:
    inside(pid_of(site), "ping", "-c", "1", "-W", "5", WEB)


def test_a_name_is_resolved_and_answers_a_ping_from_inside(site: Play) -> None:
    assert WEB in inside(pid_of(site), "ping", "-c", "1", "-W", "5", WEB_NAME)


def test_the_internet_sees_the_address_of_the_host(site: Play) -> None:
    assert inside(pid_of(site), "wget", "-q", "-O", "-", f"http://{WEB_NAME}/") == HOST


def test_a_published_port_is_reached_from_outside(site: Play) -> None:
    assert PAGE in outside(sys.executable, "-c", GET, f"http://{HOST}:8080/")


@pytest.mark.parametrize("address", [HOST, "127.0.0.1", "localhost"])
def test_a_published_port_is_reached_from_the_host(site: Play, address: str) -> None:
    assert PAGE in run(sys.executable, "-c", GET, f"http://{address}:8080/")


def test_the_container_itself_is_not_reached_from_outside(site: Play) -> None:
    outside("ip", "route", "add", "100.100.1.0/24", "via", HOST)
    try:
        assert "timed out" in outside(sys.executable, "-c", GET, "http://100.100.1.2/", check=False)
    finally:
        outside("ip", "route", "delete", "100.100.1.0/24")


def test_stopped_keeps_its_files_and_started_finds_them_again(site: Play) -> None:
    inside(pid_of(site), "touch", "/root/kept")
    stopped = play_site(container_state="stopped").succeeded()
    assert stopped.changed == ["nat_rule", "veth_pair", "ns_container", "overlay_rootfs"]
    assert play_site(container_state="stopped").succeeded().changed == []
    started = play_site().succeeded()
    assert started.changed == ["overlay_rootfs", "ns_container", "veth_pair", "nat_rule"]
    assert inside(pid_of(started), "ls", "/root/kept") == "/root/kept"


def test_down_leaves_the_host_as_it_was_and_twice_is_no_change(bare: Dict[str, Any], site: Play) -> None:
    down = play_site(container_state="absent").succeeded()
    assert down.changed[:5] == ["nat_rule", "veth_pair", "ns_container", "overlay_rootfs", "image_unpack"]
    assert snapshot() == bare
    assert play_site(container_state="absent").succeeded().changed == []
    assert snapshot() == bare


def test_a_host_without_a_default_route_gets_a_container_too(bare: Dict[str, Any]) -> None:
    run("ip", "route", "delete", "default")
    try:
        up = play_site(container_published_ports=[]).succeeded()
        assert [module for module in up.changed if module in BUILT] == BUILT[:-1]
        play_site(container_state="absent").succeeded()
    finally:
        run("ip", "route", "add", "default", "via", ROUTER)
    assert snapshot() == bare
