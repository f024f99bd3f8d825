# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Break a run at every point it passes, run again, and compare the host with one where nothing broke.

A case is the work of one room or of several, one after the other, and the work that leads to where it starts from.
What broke runs are left with is not looked into here: what counts is that the next run puts all of it right.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, ContextManager, Dict, List, Mapping, Protocol, Sequence, Tuple

from fuse import Fuse
from snapshots import differences, snapshot

from ansible_collections.daemonless.containers.plugins.module_utils._container.record import living_pid
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import Room, run_room
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

STRIDE = int(os.environ.get("DAEMONLESS_FAULT_STRIDE", "97"))
"""Of the calls within ops, each of which is a point too, every how many-th is tried."""
PATIENCE = 5.0
FOLDERS = ("/var/lib/daemonless", "/run", "/etc/sysctl.d")
_CACHE = "/run/daemonless/filters"
"""Compiled system call filters, kept until the next boot."""
_LIVE = "/run/daemonless/containers"
_SHOWN = 4
_TOLD = 2
"""How a run ends that failed and said why."""
_OUTCOME = "look at the outcome"
"""What a run that did everything says where it can't see what came of it."""
_KEPT = "(kept)"
Laid = Callable[[Fuse], ContextManager[Any]]
"""Where a fuse is laid: ``ops_on`` or ``calls_on``."""
State = Dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One run of a room with options that are complete."""

    room: Room[Any, Any]
    options: Mapping[str, Any]

    def go(self, host: Any, check_mode: bool = False) -> Dict[str, Any]:
        return run_room(self.room, self.options, host, check_mode)


class Goes(Protocol):
    """What leads to where a case starts from: runs, and what befalls a host."""

    def go(self, host: Any) -> Dict[str, Any]: ...


class Runs(Protocol):
    """What is broken: a run of a room, or of something that works with several."""

    def go(self, host: Any, check_mode: bool = False) -> Dict[str, Any]: ...


@dataclass(frozen=True)
class Case:
    """What is broken, from which state on. Without ``all_or_nothing`` a run that fails keeps what it could do."""

    name: str
    runs: Sequence[Runs]
    start: Sequence[Goes]
    all_or_nothing: bool = True

    def begin(self) -> None:
        go(self.start)


@dataclass
class Tally:
    """How many points were tried, for the summary; and those that went wrong."""

    points: int = 0
    wrong: List[str] = field(default_factory=list)


def go(runs: Sequence[Goes]) -> None:
    for run in runs:
        run.go(Host())


def kills(case: Case, laid: Laid, stride: int = 1) -> Tally:
    """Kill the run at every point (at each ``stride``-th of them); the next has to converge."""
    _before, after = states(case)
    tally = Tally()
    for point in range(1, 1 << 16, stride):
        case.begin()
        ended, where = _broken(case, laid, point, lambda _where: os.kill(_leader, signal.SIGKILL))
        if ended != -signal.SIGKILL:
            assert ended == 0, f"{case.name}: {where}"
            break
        tally.points += 1
        _converge(case, f"killed {where}", after, tally)
    _report(case, tally)
    return tally


def interruptions(case: Case, laid: Laid, number: signal.Signals, stride: int = 1) -> Tally:
    """Interrupt the run at every point: it has to take back what it did, unless it is to take down; then converge."""
    before, after = states(case)
    tally = Tally()
    for point in range(1, 1 << 16, stride):
        case.begin()
        ended, where = _broken(case, laid, point, lambda _where: os.kill(os.getpid(), number), heed_signals)
        if not where:
            break
        tally.points += 1
        what = f"interrupted {where}"
        if ended == 0 or _OUTCOME in where:
            _compare(case, what, "is done", after, tally)
        elif case.all_or_nothing:
            _compare(case, what, "is undone", before, tally)
        _converge(case, what, after, tally)
    _report(case, tally)
    return tally


def failures(case: Case, laid: Laid, numbers: Sequence[int], stride: int = 1) -> Tally:
    """Let the kernel refuse at every point, with one of the numbers after the other.

    The run fails and says so, and takes back what it did; or it does without what was refused. The next converges.
    """
    before, after = states(case)
    tally = Tally()
    for point in range(1, 1 << 16, stride):
        number = numbers[point // stride % len(numbers)]
        case.begin()
        ended, where = _broken(case, laid, point, partial(_refuse, number))
        if not where:
            break
        tally.points += 1
        if ended == 0:
            _compare(case, f"refused {where}", "does without", after, tally)
        elif ended != _TOLD or os.strerror(number) not in where:
            tally.wrong.append(f"refused {where}: ends with {ended}, and doesn't tell {os.strerror(number)}")
        elif case.all_or_nothing and _OUTCOME not in where and _KEPT not in where:
            _compare(case, f"refused {where}", "is undone", before, tally)
        _converge(case, f"refused {where}", after, tally)
    _report(case, tally)
    return tally


def _refuse(number: int, where: str) -> None:
    raise OSError(number, os.strerror(number), f"<{where}>")


def states(case: Case) -> Tuple[State, State]:
    """The host before and after a run that nothing disturbs; that it leads to both again is part of it."""
    case.begin()
    before = settled()
    go(case.runs)
    after = settled()
    left = still_to_do(case)
    assert not left, f"{case.name}: a run leaves to do: {left}"
    case.begin()
    wrong = differences(before, unlike(before))
    assert not wrong, f"{case.name}: where it starts from is another place the second time: {wrong}"
    return before, after


def still_to_do(case: Case) -> List[str]:
    """What another run would do."""
    return [op for run in case.runs for op in run.go(Host(), check_mode=True)["ops"]]


def settled() -> State:
    """The host once what ends or is written by itself has come to rest."""
    state = look()
    for _attempt in range(200):
        time.sleep(0.01)
        again = look()
        if again == state and not any(".unsettled" in path for path in again["files"]["/var/lib/daemonless"]):
            return again
        state = again
    raise AssertionError("the host doesn't come to rest")


def look() -> State:
    """The host, but for records of inits that have ended, which nobody takes for anything, and a cache.

    In which order links came is left to chance where several processes make them.
    """
    state = snapshot(FOLDERS)
    state.update({part: sorted(state[part], key=str) for part in ("links", "routes")})
    files = state["files"]["/run"]
    host = Host()
    for path in [path for path in files if path.startswith(_LIVE) and path.endswith(".json")]:
        if living_pid(host, Store(), os.path.basename(path)[: -len(".json")]) is None:
            del files[path]
    for path in [path for path in files if path.startswith(_CACHE)]:
        del files[path]
    if not any(path.startswith(f"{_LIVE}/") for path in files):
        files.pop(_LIVE, None)
    return state


_leader = 0


def _broken(
    case: Case, laid: Laid, point: int, act: Callable[[str], None], first: Callable[[], None] = lambda: None
) -> Tuple[int, str]:
    """Run the case in a process of its own, with a fuse at that point: how it ended, and where or of what."""
    reading, writing = os.pipe()

    def act_and_tell(where: str) -> None:
        os.write(writing, f"at point {point}, {where}. ".encode())
        act(where)

    pid = os.fork()
    if pid == 0:
        _child(case, laid, Fuse(point, act_and_tell), first, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as words:
        _pid, status = os.waitpid(pid, 0)
        os.set_blocking(reading, False)
        said = words.read() or b""
    return os.waitstatus_to_exitcode(status), said.decode()


def _child(case: Case, laid: Laid, fuse: Fuse, first: Callable[[], None], writing: int) -> None:
    global _leader
    _leader = os.getpid()
    status = 1
    try:
        first()
        with laid(fuse) as host:
            for run in case.runs:
                run.go(host)
        status = 0
    except (ContainersError, OSError) as error:
        kept = _KEPT if getattr(error, "kept", ()) else ""
        os.write(writing, f"{error} {kept}".encode())
        status = _TOLD
    except BaseException:
        os.write(writing, traceback.format_exc().encode())
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _converge(case: Case, what: str, after: State, tally: Tally) -> None:
    """Run again, as a user would; then the host is as after a run that nothing disturbed, and nothing is to do."""
    try:
        go(case.runs)
    except (ContainersError, OSError) as error:
        tally.wrong.append(f"{what}: the next run fails: {error}")
        return
    _compare(case, what, "converges", after, tally)
    again = still_to_do(case)
    if again:
        tally.wrong.append(f"{what}: after the next run there is still to do: {again}")


def _compare(case: Case, what: str, how: str, wanted: State, tally: Tally) -> None:
    wrong = differences(wanted, unlike(wanted))
    if wrong:
        tally.wrong.append(f"{what}: not so that it {how}: {wrong[:_SHOWN]} and {len(wrong[_SHOWN:])} more")


def unlike(wanted: State) -> State:
    """The host, as soon as it is as wanted; as it is after a while if it isn't."""
    deadline = time.monotonic() + PATIENCE
    found = look()
    while found != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
        found = look()
    return found


def _report(case: Case, tally: Tally) -> None:
    assert tally.points, f"{case.name}: no point was passed"
    assert not tally.wrong, f"{case.name}: {len(tally.wrong)} of {tally.points} points:\n" + "\n".join(tally.wrong[:20])
