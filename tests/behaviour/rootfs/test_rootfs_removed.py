# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""reset, unmounted, absent, check mode and diff: what goes, what stays, and that the prediction is right."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
from rootfs_runs import STORE, inside, merged, mounts_at, rootfs, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.mounts import Mounts
from ansible_collections.daemonless.containers.plugins.module_utils._sys.trees import remove_tree

FOLDER = Path(STORE.container("web"))


def change() -> None:
    uid = os.stat(merged()).st_uid
    inside(merged(), uid, uid, lambda: Path("/new").write_text("", encoding="utf-8"))


def test_reset_discards_the_changes(layers: List[str]) -> None:
    rootfs(layers=layers)
    change()
    result = rootfs(layers=layers, reset=True)
    assert "discard the changes made in rootfs web" in result["ops"]
    assert not (merged() / "new").exists()
    assert sorted(os.listdir(FOLDER)) == ["diff", "merged", "rootfs.json", "work"]
    change()


def test_reset_without_changes_does_nothing(layers: List[str]) -> None:
    rootfs(layers=layers)
    assert rootfs(layers=layers, reset=True)["ops"] == []


def test_reset_that_fails_leaves_all_as_it_was(layers: List[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rootfs(layers=layers)
    change()
    before = mounts_at(merged())
    really = Mounts.mount_overlay
    monkeypatch.setattr(Mounts, "mount_overlay", fails_once(really))
    with pytest.raises(ContainersError, match=r"^mount rootfs web on .*: No space left on device$"):
        rootfs(layers=layers[:2], reset=True)
    assert (merged() / "new").exists()
    assert mounts_at(merged()) == before
    assert not rootfs(layers=layers)["changed"]


def fails_once(act: Callable[..., None]) -> Callable[..., None]:
    failed = False

    def wrapped(*arguments: object) -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        act(*arguments)

    return wrapped


def test_changes_half_discarded_by_a_killed_run_go(layers: List[str]) -> None:
    rootfs(layers=layers)
    (FOLDER / "diff.discarded").mkdir()
    (FOLDER / "diff.discarded" / "left").write_text("", encoding="utf-8")
    assert rootfs(layers=layers)["ops"] == ["remove the discarded changes of rootfs web"]
    assert not (FOLDER / "diff.discarded").exists()


def test_unmounted_keeps_changes_and_ids(layers: List[str]) -> None:
    first = rootfs(layers=layers)
    change()
    result = rootfs(state="unmounted")
    assert result["ops"] == [f"unmount rootfs web from {merged()}"]
    assert result["rootfs"] == first["rootfs"]
    assert mounts_at(merged()) == []
    assert rootfs(state="unmounted")["ops"] == []
    rootfs(layers=layers, name="other")
    assert rootfs(layers=layers)["rootfs"] == first["rootfs"]
    assert (merged() / "new").exists()


def test_unmounted_and_reset(layers: List[str]) -> None:
    rootfs(layers=layers)
    change()
    rootfs(state="unmounted", reset=True)
    assert rootfs(state="unmounted", reset=True)["ops"] == []
    rootfs(layers=layers)
    assert not (merged() / "new").exists()


def test_absent_leaves_nothing_and_is_absent_twice(layers: List[str]) -> None:
    before = state_of_host()
    rootfs(layers=layers)
    change()
    result = rootfs(state="absent")
    assert (result["ops"], result["rootfs"]) == (["remove rootfs web"], None)
    after = state_of_host()
    assert after == before
    again = rootfs(state="absent")
    assert (again["changed"], again["ops"], again["rootfs"]) == (False, [], None)
    assert rootfs(state="unmounted")["ops"] == []


def test_absent_keeps_what_belongs_to_others(layers: List[str], tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    rootfs(layers=layers, path=str(place))
    rootfs(layers=layers, name="other")
    (FOLDER / "container.json").write_text("{}", encoding="utf-8")
    rootfs(state="absent")
    assert place.is_dir()
    assert os.listdir(FOLDER) == ["container.json"]
    assert (merged("other") / "top").exists()


def test_absent_removes_the_deepest_tree(layers: List[str]) -> None:
    rootfs(layers=layers, userns="none")
    os.chdir(merged())
    for _number in range(3000):
        os.mkdir("d")
        os.chdir("d")
    Path("file").write_text("", encoding="utf-8")
    os.chdir("/")
    rootfs(state="absent")
    assert not FOLDER.exists()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"read_only": True},
        {"userns": "none"},
        {"uidmap": ["0 100000 10"]},
        {"reset": True},
        {"state": "unmounted"},
        {"state": "absent"},
    ],
)
@pytest.mark.parametrize("there", [False, True])
def test_check_mode_predicts_and_changes_nothing(layers: List[str], there: bool, options: Dict[str, Any]) -> None:
    if there:
        rootfs(layers=layers)
        change()
    wanted = options if "state" in options else {"layers": layers, **options}
    before = state_of_host()
    predicted = rootfs(check_mode=True, **wanted)
    assert state_of_host() == before
    assert rootfs(**wanted) == predicted
    assert predicted["changed"] == (predicted["diff"]["before"] != predicted["diff"]["after"])


def test_check_mode_without_the_image(layers: List[str]) -> None:
    before = state_of_host()
    result = rootfs(check_mode=True, image="busybox", layers=None)
    assert result["changed"]
    assert result["rootfs"]["merged"] == str(merged())
    assert result["warnings"] == (
        "image busybox isn't in the store /var/lib/daemonless; an earlier task has to make it",
    )
    assert state_of_host() == before


@pytest.mark.parametrize("below", ["", "mine", "folder/mine"])
def test_what_is_mounted_in_a_tree_is_never_emptied(tmp_path: Path, below: str) -> None:
    """Whoever mounted it there has it elsewhere too."""
    somebodys, tree = tmp_path / "somebodys", tmp_path / "tree"
    (somebodys / "folder").mkdir(parents=True)
    (somebodys / "file").write_text("precious", encoding="utf-8")
    (tree / below).mkdir(parents=True)
    subprocess.run(["mount", "--bind", somebodys, tree / below], check=True)
    try:
        with pytest.raises(OSError, match="busy"):
            remove_tree(str(tree))
    finally:
        place = subprocess.check_output(["findmnt", "-rn", "-o", "TARGET"], text=True).split()[-1]
        subprocess.run(["umount", place], check=True)
    assert sorted(os.listdir(somebodys)) == ["file", "folder"]
