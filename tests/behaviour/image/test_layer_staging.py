# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers come into sight whole or not at all, whatever ends a run, and a later run puts things right."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, List

import pytest
from layers import Workshop, digest
from tarbuild import archive, file, folder
from victim import snapshot

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image.layer import FolderLayer, layer_of
from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import Limits
from ansible_collections.daemonless.containers.plugins.module_utils._image.unpack import LayerSource, unpack_layers
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

SUPPORT = str(Path(__file__).parents[2] / "support")
SMALL = archive(folder("etc/"), file("etc/f", b"x"))
RUN = """
import sys; sys.path.insert(0, {support!r})
from pathlib import Path
from layers import *
from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals
heed_signals()
path, diff_id, root = sys.argv[1:]
with open(path, "rb") as file:
    source = LayerSource(file.fileno(), 0, Path(path).stat().st_size, diff_id, None, "layer.tar")
    unpack_layers(Store(root), [source], Limits(ratio=10**9))
import resource
highest = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(max(int(highest), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""


def start(path: Path, data: bytes, root: str) -> subprocess.Popen[bytes]:
    """Unpack in a process of its own."""
    path.write_bytes(data)
    code = RUN.format(support=SUPPORT)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), digest(data), root], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )


def wait_for(what: str, seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def partials(store: Store) -> List[str]:
    return [name for name in Files().list(store.layers) if name.startswith(".partial-")]


def unsettled(store: Store) -> List[str]:
    return [name for name in Files().list(store.layers) if name.endswith(".unsettled")]


def test_a_kill_leaves_nothing_in_sight_and_the_next_run_sweeps(workshop: Workshop) -> None:
    data = archive(*(file(f"d{number % 50}/f{number}", b"x" * 3000) for number in range(4_000)))
    process = start(workshop.folder / "big.tar", data, workshop.store.root)
    store = workshop.store
    wait_for("its folder", lambda: any(Path(store.layers, name, "root", "d9").exists() for name in partials(store)))
    process.kill()
    process.wait()
    assert sorted(set(workshop.leftovers()) - set(workshop.known)) == partials(store)
    wait_for("the workers' end", lambda: all(is_free(Path(store.layers, name)) for name in partials(store)))
    workshop.unpack(SMALL)
    assert partials(store) == []
    layer = workshop.unpack(data)
    assert len(os.listdir(layer)) == 50


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_lost_connection_leaves_nothing_at_all(workshop: Workshop, number: signal.Signals) -> None:
    data = archive(*(file(f"d{number % 50}/f{number}", b"x" * 3000) for number in range(4_000)))
    process = start(workshop.folder / "big.tar", data, workshop.store.root)
    store = workshop.store
    wait_for("its folder", lambda: any(Path(store.layers, name, "root", "d9").exists() for name in partials(store)))
    process.send_signal(number)
    assert process.wait() == 1
    assert workshop.leftovers() == workshop.known


def test_an_archive_that_cant_be_read_is_an_error(workshop: Workshop) -> None:
    with Path("/proc/self/mem").open("rb") as opened, pytest.raises(ContainersError, match="Input/output error"):
        unpack_layers(workshop.store, [LayerSource(opened.fileno(), 0, 4096, digest(b""), None, "l")], Limits())
    assert workshop.leftovers() == workshop.known


def is_free(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def test_the_folder_of_a_run_at_work_is_left_alone(workshop: Workshop) -> None:
    workshop.unpack(archive(file("other")))
    busy = Path(workshop.store.layers, ".partial-" + "0" * 64)
    (busy / "root").mkdir(parents=True)
    descriptor = os.open(busy, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    workshop.unpack(SMALL)
    assert (busy / "root").exists()
    os.close(descriptor)
    workshop.unpack(archive(file("third")))
    assert not busy.exists()


def test_of_two_layers_none_is_published_if_one_is_wrong(workshop: Workshop) -> None:
    path = workshop.folder / "two.tar"
    good, bad = archive(file("good")), archive(file("bad"))
    path.write_bytes(good + bad)
    with path.open("rb") as opened:
        sources = [
            LayerSource(opened.fileno(), 0, len(good), digest(good), None, "first"),
            LayerSource(opened.fileno(), len(good), len(bad), digest(b"wrong"), None, "second"),
        ]
        with pytest.raises(ContainersError, match="second"):
            unpack_layers(workshop.store, sources, Limits())
    assert workshop.leftovers() == workshop.known
    assert [name for name in unsettled(workshop.store) if digest(good)[7:] in name] == []


def test_a_layer_named_twice_is_unpacked_once(workshop: Workshop) -> None:
    path = workshop.folder / "twice.tar"
    path.write_bytes(SMALL)
    with path.open("rb") as opened:
        source = LayerSource(opened.fileno(), 0, len(SMALL), digest(SMALL), None, "l")
        unpack_layers(workshop.store, [source, source], Limits())
    assert set(workshop.leftovers()) - set(workshop.known) == {digest(SMALL)[7:]}


def test_a_layer_that_is_there_isnt_read(workshop: Workshop) -> None:
    layer = workshop.unpack(SMALL)
    before = snapshot(layer)
    unpack_layers(workshop.store, [LayerSource(-1, 0, 10**9, digest(SMALL), None, "l")], Limits())
    assert snapshot(layer) == before


def test_the_mark_goes_when_the_disk_has_everything(workshop: Workshop) -> None:
    workshop.unpack(SMALL)
    wait_for("the mark's end", lambda: unsettled(workshop.store) == [])
    assert layer_of(workshop.store, digest(SMALL)).exists(Files())


@pytest.mark.parametrize("mark", [b"another boot\n", b""])
def test_a_layer_that_a_power_cut_may_have_caught_is_done_again(workshop: Workshop, mark: bytes) -> None:
    layer = workshop.unpack(SMALL)
    wait_for("the mark's end", lambda: unsettled(workshop.store) == [])
    known: FolderLayer = layer_of(workshop.store, digest(SMALL))
    Path(known.unsettled_path).write_bytes(mark)
    (layer / "etc/f").write_bytes(b"")
    assert not known.exists(Files())
    workshop.unpack(SMALL)
    assert (layer / "etc/f").read_bytes() == b"x"
    assert known.exists(Files())


def test_a_mark_of_this_boot_is_no_reason_to_doubt(workshop: Workshop) -> None:
    workshop.unpack(SMALL)
    known = layer_of(workshop.store, digest(SMALL))
    Path(known.unsettled_path).write_bytes(Path("/proc/sys/kernel/random/boot_id").read_bytes())
    assert known.exists(Files())
    known.remove(Files())
    assert [name for name in os.listdir(workshop.store.layers) if digest(SMALL)[7:] in name] == []


@pytest.mark.parametrize("options", ["size=1m", "nr_inodes=60"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, options: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(tmp_path)], check=True)
    try:
        shop = Workshop(tmp_path)
        outside = Path("/var/lib/daemonless/full.tar")
        data = archive(*(file(f"f{number}", bytes(20_000)) for number in range(100)))
        outside.write_bytes(data)
        with outside.open("rb") as opened, pytest.raises(ContainersError, match=r'entry "f.*No space left on device'):
            unpack_layers(shop.store, [LayerSource(opened.fileno(), 0, len(data), digest(data), None, "l")], Limits())
        assert os.listdir(shop.store.layers) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_read_only_store_is_an_error(tmp_path: Path) -> None:
    shop = Workshop(tmp_path)
    shop.fill()
    subprocess.run(["mount", "--bind", str(tmp_path / "store"), str(tmp_path / "store")], check=True)
    read_only = ["mount", "-o", "remount,bind,ro", str(tmp_path / "store")]
    try:  # what waits for the disk removes its marks meanwhile, and then it is busy
        wait_for("the mount to be read-only", lambda: subprocess.run(read_only, check=False).returncode == 0)
        with pytest.raises((ContainersError, OSError), match="Read-only file system"):
            shop.unpack(SMALL)
    finally:
        subprocess.run(["umount", "-l", str(tmp_path / "store")], check=True)


@pytest.mark.parametrize(
    ("what", "member", "count"),
    [("bytes", file("f", bytes(20 << 20)), 7), ("entries", folder("d" * 200), 40_000)],
    ids=["bytes", "entries"],
)
def test_memory_is_flat(what: str, member: bytes, count: int) -> None:
    data = archive(*[member] * count)
    place = Path("/var/lib/daemonless", what)
    place.mkdir()
    process = start(place / "l.tar", data, str(place / "store"))
    out, _err = process.communicate()
    assert process.returncode == 0
    assert int(out) < 32_000
