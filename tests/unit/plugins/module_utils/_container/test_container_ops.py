# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ops of containers against a recording double of the host."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Callable, List

import pytest
from container_data import settings

from ansible_collections.daemonless.containers.plugins.module_utils._container import ops, record
from ansible_collections.daemonless.containers.plugins.module_utils._container import settings as records
from ansible_collections.daemonless.containers.plugins.module_utils._container.record import LiveRecord
from ansible_collections.daemonless.containers.plugins.module_utils._container.running import launch_of
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.launch import Launch

ETC = {"hosts": b"new\n"}


class FakeHost:
    """Real files below a folder; processes that exist in a list only."""

    def __init__(self) -> None:
        self.files = Files()
        self.done: List[str] = []
        self.alive: List[int] = []
        self.fails: List[str] = []
        self.processes = self.launcher = self.container_files = self.namespaces = self.systemd = self.filters = self
        self.machine, self.kernel = "x86_64", "6.1.0"

    def read(self, unit: str) -> None:
        """No container here has a unit; those are in test_container_units."""

    def start(self, launch: Launch, ready: Callable[[int], None]) -> None:
        self.done.append(f"start {' '.join(launch.argv)}")
        if launch.argv[-1] in self.fails:
            raise ContainersError("refused")
        self.alive.append(len(self.done))
        ready(len(self.done))

    def compiled(self, wanted: object, kept_in: str) -> bytes:
        return b""

    def end(self, pid: int, start_time: int, number: int, seconds: float) -> bool:
        self.done.append(f"end {number} {seconds}")
        self.alive = [living for living in self.alive if living != pid]
        return "end" not in self.fails

    def boot_id(self) -> str:
        return "boot"

    def start_time(self, pid: int) -> Any:
        return pid * 10 if pid in self.alive else None

    def overwrite(self, path: str, data: bytes, owner: object) -> None:
        Path(path).write_bytes(data)

    def set_hostname(self, pid: int, name: str) -> None:
        self.done.append(f"hostname {name}")


@pytest.fixture
def host() -> Any:
    return FakeHost()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "run", property(lambda self: f"{self.root}/run"))
    return Store(str(tmp_path / "store"))


def tree(store: Store) -> List[str]:
    root = Path(store.root)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def started(host: Any, store: Store, command: str = "old") -> records.Settings:
    kept = settings(entrypoint=[command])
    ops.StartContainer(store, "web", kept, {"hosts": b"old\n"}, "", None, {}).apply(host)
    return kept


def test_start_and_undo(host: Any, store: Store) -> None:
    start = ops.StartContainer(store, "web", settings(entrypoint=["x"]), ETC, "", None, {})
    start.apply(host)
    assert tree(store) == ["containers/web/container.json", "containers/web/etc/hosts", "run/containers/web.json"]
    assert record.load(host.files, store, "web") == LiveRecord("web", "boot", 1, 10)
    assert Path(store.container("web"), "container.json").stat().st_mode & 0o777 == 0o600
    start.undo(host)
    assert tree(store) == []
    assert host.alive == []


def test_failed_start_leaves_nothing(host: Any, store: Store) -> None:
    host.fails = ["x"]
    with pytest.raises(ContainersError, match="refused"):
        ops.StartContainer(store, "web", settings(entrypoint=["x"]), ETC, "", None, {}).apply(host)
    assert tree(store) == []


def test_failed_start_puts_the_former_record_back(host: Any, store: Store) -> None:
    kept = started(host, store)
    account = Path(store.container("web"), "acct")
    account.write_bytes(b"former")
    before = {name: Path(store.root, name).read_bytes() for name in tree(store) if "run/" not in name}
    host.fails = ["x"]
    with pytest.raises(ContainersError, match="refused"):
        ops.StartContainer(store, "web", settings(entrypoint=["x"]), ETC, "", kept, {"hosts": b"old\n"}).apply(host)
    assert {name: Path(store.root, name).read_bytes() for name in tree(store)} == before


def restart(store: Store, before: records.Settings, command: str, afresh: bool = False) -> ops.RestartContainer:
    return ops.RestartContainer(
        store, "web", settings(entrypoint=[command]), ETC, "why", before, {"hosts": b"old\n"}, afresh
    )


def test_restart_stops_as_the_former_was_told_to(host: Any, store: Store) -> None:
    kept = started(host, store)
    restart(store, kept, "new").apply(host)
    assert host.done == ["start old", "end 3 10", "start new"]
    assert len(host.alive) == 1


def test_failed_restart_starts_the_former_again(host: Any, store: Store) -> None:
    kept = started(host, store)
    host.fails = ["new"]
    with pytest.raises(ContainersError, match=r"^refused; it was started again as it was$"):
        restart(store, kept, "new").apply(host)
    assert host.done == ["start old", "end 3 10", "start new", "start old"]
    assert records.load(host.files, store, "web") == kept
    assert Path(store.container("web"), "etc/hosts").read_bytes() == b"old\n"


def test_failed_restart_and_the_former_fails_too(host: Any, store: Store) -> None:
    kept = started(host, store)
    host.fails = ["new", "old"]
    with pytest.raises(ContainersError, match="refused; it is stopped, as starting it again as it was failed too"):
        restart(store, kept, "new").apply(host)
    assert host.alive == []


def test_undone_restart(host: Any, store: Store) -> None:
    op = restart(store, started(host, store), "new")
    op.apply(host)
    op.undo(host)
    assert host.done[-2:] == ["end 9 0", "start old"]


@pytest.mark.parametrize("afresh", [False, True])
def test_recreated_with_an_empty_log(host: Any, store: Store, afresh: bool) -> None:
    kept = started(host, store)
    log = Path(store.container("web"), "log")
    log.write_text("old")
    restart(store, kept, "new", afresh).apply(host)
    assert log.exists() != afresh


def test_stop_of_one_that_never_ends(host: Any, store: Store) -> None:
    kept = started(host, store)
    host.fails = ["end"]
    with pytest.raises(ContainersError, match="doesn't end after SIGKILL"):
        ops.StopContainer(store, "web", 15, 10, kept, ETC).apply(host)
    assert "run/containers/web.json" in tree(store)


def test_stop_and_undo(host: Any, store: Store) -> None:
    stop = ops.StopContainer(store, "web", 15, 10, started(host, store), ETC)
    stop.apply(host)
    assert "run/containers/web.json" not in tree(store)
    stop.apply(host)
    stop.undo(host)
    assert host.done == ["start old", "end 15 10", "start old"]


def test_host_name_of_one_that_has_ended(host: Any, store: Store) -> None:
    started(host, store)
    ops.SetHostname(store, "web", "new", "old").apply(host)
    host.alive = []
    with pytest.raises(ContainersError, match="has ended meanwhile"):
        ops.SetHostname(store, "web", "new", "old").apply(host)
    assert host.done[1:] == ["hostname new"]


def test_etc_file_and_settings_and_undo(host: Any, store: Store) -> None:
    kept = started(host, store)
    write = ops.WriteEtc(store, "web", kept, "hosts", b"new\n", b"old\n")
    write.apply(host)
    assert Path(store.container("web"), "etc/hosts").read_bytes() == b"new\n"
    write.undo(host)
    assert Path(store.container("web"), "etc/hosts").read_bytes() == b"old\n"
    other = settings(entrypoint=["old"], stop_timeout=1)
    keep = ops.KeepSettings(store, "web", other, kept, ("stop_timeout",))
    keep.apply(host)
    assert records.load(host.files, store, "web") == other
    keep.undo(host)
    assert records.load(host.files, store, "web") == kept


def test_remove_leaves_what_is_not_its_own(host: Any, store: Store) -> None:
    started(host, store)
    rootfs = Path(store.container("web"), "rootfs.json")
    rootfs.write_text("{}")
    with pytest.raises(ContainersError, match="it still runs"):
        ops.RemoveContainer(store, "web").apply(host)
    host.alive.clear()
    for _time in range(2):
        ops.RemoveContainer(store, "web").apply(host)
        assert tree(store) == ["containers/web/rootfs.json"]
    rootfs.unlink()
    ops.RemoveContainer(store, "web").apply(host)
    assert not os.path.exists(store.container("web"))


def test_a_start_that_fails_after_its_init_was_let_go_ends_it(host: Any, store: Store) -> None:
    def fails(path: str) -> None:
        if path.endswith(".former") and host.alive:
            raise OSError(5, "Input/output error", path)
        Files().remove(path)

    host.files.remove = fails
    with pytest.raises(OSError, match="former"):
        started(host, store)
    assert host.alive == []


def test_record_comes_back_as_it_was(host: Any, store: Store) -> None:
    kept = settings(
        volumes=["/a:/b:ro"], tmpfs=["/t:size=1k"], ulimits=["core:0"], env={"A": "1"}, dns_servers=["198.51.100.1"]
    )
    records.save(host.files, store, "web", kept)
    assert records.load(host.files, store, "web") == kept
    data = json.loads(Path(store.container("web"), "container.json").read_text())
    assert data["version"] == 1


def test_no_value_of_the_environment_in_words(host: Any, store: Store) -> None:
    kept = settings(env={"A": "hush"})
    for op in (
        ops.StartContainer(store, "web", kept, ETC, "", None, {}),
        restart(store, kept, "x"),
        ops.StopContainer(store, "web", 15, 1, kept, ETC),
    ):
        assert "hush" not in op.describe()


def test_launch_has_everything(store: Store) -> None:
    kept = settings(volumes=["/a:/etc/hosts:ro,noidmap"], tmpfs=["/t:size=1k,exec"], env={"HOME": "/x"}, user="web")
    launch = launch_of(kept, {"etc": "/e", "log": "/l", "accounting": "/c"})
    assert dict(launch.env) == {"A": "image", "HOME": "/x", "HOSTNAME": "web", "PATH": "/bin"}
    assert (launch.log_owner, launch.tty_group) == ((100033, 100034), 5)
    assert [(bind.source, bind.target) for bind in launch.mounts] == [
        ("/a", "/etc/hosts"),
        ("/e/hostname", "/etc/hostname"),
        ("/e/resolv.conf", "/etc/resolv.conf"),
    ]
    assert launch.mounts[0].attributes == 0x07
    assert not launch.mounts[0].id_mapped
    assert launch.scratch[0].options == (("size", "1k"),)
    assert launch.scratch[0].attributes == 0x06
