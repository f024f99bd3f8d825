# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs of the whole chain at once: one after the other where they must, and what they leave is whole."""

from __future__ import annotations

import os
import select
from typing import Any, Iterator, List, Sequence

import pytest
from children import started
from crashes import Run, differences, go, settled
from fault_cases import Ground, clear, container, image, nat, prepare, rootfs, veth
from foreign import sh

from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

PATIENCE = 120_000


@pytest.fixture
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A host with an image and no container."""
    made = prepare(tmp_path_factory.mktemp("archives"))
    go([image(src=made.first)])
    yield made
    for number in range(8):
        go(gone(number))
    clear()


def chain(number: int, **options: Any) -> List[Run]:
    net = f"100.100.{number + 1}"
    name = f"web{number}"
    link = {"container": name, "address": [f"{net}.2/24"], "host_address": [f"{net}.1/24"], "gateway": [f"{net}.1"]}
    rules = {
        "name": name,
        "source": [f"{net}.0/24"],
        "address": [f"{net}.2"],
        "published_ports": [f"{8000 + number}:80"],
    }
    runs = [rootfs(name=name, **options), container(name=name, **options), veth(**link, **options)]
    return [*runs, nat(**rules, **options)]


def gone(number: int) -> List[Run]:
    return chain(number, state="absent")[::-1]


def at_once(work: Sequence[List[Run]]) -> List[bool]:
    """Each in a process of its own: which of them ended well. None waits for another for ever."""
    pids = [started(go, runs=runs) for runs in work]
    for pid in pids:
        pidfd = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        assert poll.poll(PATIENCE), f"{pid} waits for ever"
        os.close(pidfd)
    return [os.waitpid(pid, 0)[1] == 0 for pid in pids]


def still_to_do(runs: Sequence[Run]) -> List[str]:
    return [op for run in runs for op in run.go(Host(), check_mode=True)["ops"]]


@pytest.mark.parametrize("count", [2, 8])
def test_different_names_are_made_and_removed(bare: Ground, count: int) -> None:
    before = settled()
    assert at_once([chain(number) for number in range(count)]) == [True] * count
    assert still_to_do([run for number in range(count) for run in chain(number)]) == []
    assert at_once([gone(number) for number in range(count)]) == [True] * count
    assert differences(before, settled()) == []


@pytest.mark.parametrize("count", [2, 8])
def test_the_same_name_is_made_once_and_removed_once(bare: Ground, count: int) -> None:
    before = settled()
    go(chain(0))
    alone = settled()
    go(gone(0))
    assert at_once([chain(0)] * count) == [True] * count
    assert differences(alone, settled()) == []
    assert at_once([gone(0)] * count) == [True] * count
    assert differences(before, settled()) == []


@pytest.mark.parametrize("count", [2, 8])
def test_making_and_removing_the_same_name_ends_in_something_whole(bare: Ground, count: int) -> None:
    """Some of them fail, as what they build on goes; what they leave can be made whole and removed."""
    before = settled()
    at_once([chain(0) if number % 2 else gone(0) for number in range(count)])
    go(chain(0))
    assert still_to_do(chain(0)) == []
    at_once([gone(0) if number % 2 else chain(0) for number in range(count)])
    go(gone(0))
    assert differences(before, settled()) == []


def test_names_that_come_go_and_change_beside_one_another(bare: Ground) -> None:
    before = settled()
    go([run for number in (0, 1) for run in chain(number)])
    other = container(name="web1", command=["sleep", "2000"])
    assert at_once([gone(0), [other], chain(2), chain(3), gone(4), chain(1)])[:5] == [True] * 5
    go([other])
    assert still_to_do([*gone(0), other, *chain(2), *chain(3)]) == []
    assert at_once([gone(number) for number in (1, 2, 3)]) == [True] * 3
    assert differences(before, settled()) == []


def test_one_start_of_many_wins_and_the_others_find_it_done(bare: Ground) -> None:
    go([rootfs(name="web0")])
    reading, writing = os.pipe()

    def start() -> None:
        os.write(writing, b"1" if container(name="web0").go(Host())["changed"] else b"0")

    pids = [started(start) for _number in range(8)]
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 8
    assert sorted(os.read(reading, 100)) == sorted(b"10000000")
    os.close(reading)
    os.close(writing)


def test_rules_of_two_stores_are_changed_one_after_the_other(bare: Ground) -> None:
    """The tables are the host's, whichever store a container lies in."""
    stores = ["/var/lib/daemonless", "/var/lib/daemonless/other"]
    for _round in range(3):
        work = []
        for number in range(8):
            options = {"name": f"web{number}", "in_interface": "outer1", "store": stores[number % 2]}
            work.append([nat(source=[f"100.100.{number + 1}.0/24"], address=None, published_ports=None, **options)])
        assert at_once(work) == [True] * 8
        assert still_to_do([run for runs in work for run in runs]) == []
        absent = [[nat(name=f"web{number}", state="absent", store=stores[number % 2])] for number in range(8)]
        assert at_once(absent) == [True] * 8
        assert still_to_do([run for runs in absent for run in runs]) == []


@pytest.mark.parametrize("backend", ["nftables", "iptables"])
def test_rules_come_and_go_at_once_and_each_owner_has_its_own(bare: Ground, backend: str) -> None:
    """No run takes or doubles a rule of another's, ours or not: the tables are as if each had been alone."""

    def rules(number: int, **options: Any) -> Run:
        own = {"source": [f"100.100.{number}.0/24"], "address": None, "published_ports": None}
        return nat(name=f"web{number}", backend=backend, out_interface="outer0", **{**own, **options})

    theirs = "iptables-legacy -A FORWARD -s 198.51.100.7 -j ACCEPT"
    sh(f"nft add table ip theirs; nft add chain ip theirs mine; nft add rule ip theirs mine accept; {theirs}")
    go([rules(number) for number in (4, 5, 6, 7, 8)])
    wanted = settled()["rules"]
    go([*(rules(number, state="absent") for number in (4, 5, 6, 7)), *(rules(number) for number in range(4))])
    coming = [[rules(number)] for number in (4, 5, 6, 7, 8)]
    going = [[rules(number, state="absent")] for number in range(4)]
    assert at_once([run for pair in zip(coming, going) for run in pair] + coming[4:]) == [True] * 9
    assert sorted(settled()["rules"]) == sorted(wanted)
    assert still_to_do([run for runs in (*coming, *going) for run in runs]) == []
    go([rules(number, state="absent") for number in range(9)])
    sh(f"nft delete table ip theirs; {theirs.replace('-A', '-D')}")
