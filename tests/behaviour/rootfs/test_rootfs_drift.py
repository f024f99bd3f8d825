# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else, a reboot or a killed run changed is put right, and nothing besides."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Callable, List

import pytest
from children import started
from rootfs_runs import STORE, enter_namespace, inside, merged, mounts_at, rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._rootfs import id_ops, mount_ops, ops
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

FOLDER = Path(STORE.container("web"))


def only(text: str, result: dict[str, object]) -> None:
    """The run did one thing, and its words begin so."""
    ops_done = result["ops"]
    assert isinstance(ops_done, list)
    assert len(ops_done) == 1
    assert str(ops_done[0]).startswith(text), ops_done


def umount(path: Path) -> None:
    subprocess.run(["umount", path], check=True)


def change(text: str = "changed") -> None:
    uid = os.stat(merged()).st_uid
    inside(merged(), uid, uid, lambda: Path("/same").write_text(text, encoding="utf-8"))


def test_mount_gone_is_mounted_again_with_its_changes(layers: List[str]) -> None:
    rootfs(layers=layers)
    change()
    umount(merged())
    only("mount rootfs web", rootfs(layers=layers))
    assert (merged() / "same").read_text(encoding="utf-8") == "changed"


def test_mount_made_read_only_by_hand(layers: List[str]) -> None:
    rootfs(layers=layers)
    subprocess.run(["mount", "-o", "remount,ro,bind", merged()], check=True)
    assert rootfs(layers=layers)["ops"] == [f"unmount rootfs web from {merged()}", f"mount rootfs web on {merged()}"]
    change()


def test_mount_with_devices_allowed_by_hand(layers: List[str]) -> None:
    rootfs(layers=layers)
    subprocess.run(["mount", "-o", "remount,dev,bind", merged()], check=True)
    assert rootfs(layers=layers)["changed"]
    assert not rootfs(layers=layers)["changed"]


def test_second_mount_of_ours_on_top_goes(layers: List[str]) -> None:
    rootfs(layers=layers)
    source = mounts_at(merged())
    subprocess.run(["mount", "--bind", merged(), merged()], check=True)
    subprocess.run(["mount", "--bind", merged(), merged()], check=True)
    only("unmount rootfs web", rootfs(layers=layers))
    assert mounts_at(merged()) == source


def test_other_layers_keep_the_changes_and_a_warning_says_so(layers: List[str]) -> None:
    rootfs(layers=layers[:2])
    change()
    result = rootfs(layers=layers)
    assert (merged() / "top").exists()
    assert (merged() / "same").read_text(encoding="utf-8") == "changed"
    assert "reset: true" in result["warnings"][0]
    assert not rootfs(layers=layers)["warnings"]
    assert len(mounts_at(merged())) == 1


def test_other_map_same_disk(layers: List[str]) -> None:
    rootfs(layers=layers)
    change()
    rootfs(layers=layers, uidmap=["0 100000 65536"])
    assert os.stat(merged() / "same").st_uid == 100000
    assert (merged() / "same").read_text(encoding="utf-8") == "changed"
    rootfs(layers=layers, userns="none")
    assert os.stat(merged() / "same").st_uid == 0
    assert not os.path.exists(f"{STORE.root}/id-ranges.json")


def test_other_place(layers: List[str], tmp_path: Path) -> None:
    rootfs(layers=layers)
    change()
    place = tmp_path / "elsewhere"
    rootfs(layers=layers, path=str(place))
    assert not merged().exists()
    assert (place / "same").read_text(encoding="utf-8") == "changed"
    assert len(mounts_at(place)) == 1


def test_lost_ids_are_claimed_again_as_they_were(layers: List[str]) -> None:
    rootfs(layers=layers)
    rootfs(layers=layers, name="other")
    before = json.loads(Path(STORE.root, "id-ranges.json").read_text(encoding="utf-8"))
    os.unlink(f"{STORE.root}/id-ranges.json")
    only("claim 65536 ids for rootfs other", rootfs(layers=layers, name="other"))
    only("claim 65536 ids for rootfs web", rootfs(layers=layers))
    assert json.loads(Path(STORE.root, "id-ranges.json").read_text(encoding="utf-8")) == before


def test_upper_and_work_gone(layers: List[str]) -> None:
    rootfs(layers=layers)
    umount(merged())
    subprocess.run(["rm", "-r", FOLDER / "diff", FOLDER / "work"], check=True)
    assert rootfs(layers=layers)["ops"] == ["make the upper layer of rootfs web", f"mount rootfs web on {merged()}"]


def test_mount_that_a_process_still_has_is_brought_back(
    layers: List[str], process: Callable[..., subprocess.Popen[bytes]]
) -> None:
    rootfs(layers=layers)
    device = os.stat(merged()).st_dev
    user = process("", preexec_fn=enter_namespace)
    umount(merged())
    result = rootfs(layers=layers)
    only(f"mount rootfs web on {merged()}, as process {user.pid}", result)
    assert os.stat(merged()).st_dev == device
    assert not rootfs(layers=layers)["changed"]


@pytest.mark.parametrize("killed_before", range(5))
def test_killed_between_ops(layers: List[str], killed_before: int) -> None:
    """The run dies before its n-th op (0 is the first); the next one ends where an undisturbed one does."""
    done = 0

    def dying(apply: Callable[[object, Host], None]) -> Callable[[object, Host], None]:
        def wrapped(op: object, host: Host) -> None:
            nonlocal done
            if done == killed_before:
                os._exit(9)
            done += 1
            apply(op, host)

        return wrapped

    def run() -> None:
        for op in (ops.MakeUpper, id_ops.ClaimIds, ops.SaveRecord, ops.MakePlace, mount_ops.MountRootfs):
            op.apply = dying(op.apply)
        rootfs(layers=layers)

    assert os.WEXITSTATUS(os.waitpid(started(run), 0)[1]) == 9
    assert mounts_at(merged()) == []
    assert rootfs(layers=layers)["changed"]
    assert not rootfs(layers=layers)["changed"]
    assert len(mounts_at(merged())) == 1
    rootfs(state="absent")
    assert os.listdir(STORE.root) == []


def test_a_lost_record_is_written_again_and_nothing_is_left_in_the_end(layers: List[str]) -> None:
    rootfs(layers=layers)
    (FOLDER / "rootfs.json").unlink()
    assert rootfs(layers=layers)["ops"] == ["record rootfs web"]
    rootfs(state="absent")
    assert not FOLDER.exists()
