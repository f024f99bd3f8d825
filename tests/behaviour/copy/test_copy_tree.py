# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder with all in it, and that nothing of it comes where not all can."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List

import pytest
from container_runs import FOREVER, container
from copy_runs import MERGED, attributes, copy_path
from exec_runs import output_of

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import placing

THERE = ["./conf.d", "./conf.d/a.conf", "./conf.d/deep", "./conf.d/deep/b.conf", "./empty", "./top"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "conf.d/deep").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "conf.d/a.conf").write_text("a", encoding="ascii")
    (folder / "conf.d/deep/b.conf").write_text("b", encoding="ascii")
    (folder / "top").symlink_to("conf.d/a.conf")
    return folder


@pytest.fixture(autouse=True)
def _running(merged: Path) -> None:
    container(command=FOREVER, tmpfs=["/mnt:size=64k,mode=755"], stop_timeout=0)


def below(path: str) -> List[str]:
    return sorted(output_of(f"cd {path} && busybox find . -mindepth 1").split())


@pytest.mark.parametrize(
    ("inner", "dest", "place"),
    [
        (True, "/srv/new/site", "/srv/new/site"),
        (True, "/srv", "/srv"),
        (False, "/srv", "/srv/site"),
        (False, "/srv/new/", "/srv/new/site"),
    ],
)
def test_with_and_without_a_slash(site: Path, inner: bool, dest: str, place: str) -> None:
    options: Dict[str, Any] = {"inner": inner, "dest": dest, "owner": "web"}
    predicted = copy_path(site, True, **options)
    made = copy_path(site, **options)
    assert (made["changed"], made["ops"], made["diff"]) == (True, predicted["ops"], predicted["diff"])
    assert (made["dest"], made["state"], made["checksum"]) == (place, "directory", None)
    assert below(place) == THERE
    assert output_of(f"cat {place}/top {place}/conf.d/deep/b.conf") == "ab"
    assert attributes(f"{place}/conf.d") == "755 33:0"
    assert attributes(f"{place}/top") == "644 33:0"
    again = copy_path(site, **options)
    assert (again["changed"], again["ops"]) == (False, [])


def test_only_what_differs_is_written(site: Path) -> None:
    copy_path(site, inner=True, dest="/srv")
    (site / "conf.d/a.conf").write_text("c", encoding="ascii")
    output_of("chmod 600 /srv/conf.d/deep/b.conf; chmod 700 /srv/conf.d; echo mine > /srv/conf.d/other")
    made = copy_path(site, inner=True, dest="/srv", mode="0644")
    assert made["ops"] == [
        "write /srv/conf.d/a.conf, /srv/top; set owner and mode of /srv/conf.d/deep/b.conf in container web"
    ]
    assert attributes("/srv/conf.d") == "700 0:0"
    assert output_of("cat /srv/conf.d/other") == "mine"


def test_modes_of_folders(site: Path) -> None:
    (site / "conf.d").chmod(0o711)
    copy_path(site, inner=True, dest="/srv/one", directory_mode="2750")
    assert attributes("/srv/one/conf.d") == attributes("/srv/one") == "2750 0:0"
    copy_path(site, inner=True, dest="/srv/two", mode="preserve")
    assert attributes("/srv/two/conf.d") == "711 0:0"


def test_many(tmp_path: Path) -> None:
    """More folders than a process may have open files by default."""
    for number in range(1100):
        (tmp_path / f"many/{number}").mkdir(parents=True)
        (tmp_path / f"many/{number}/file").write_text(str(number), encoding="ascii")
    made = copy_path(tmp_path / "many", dest="/srv")
    assert made["ops"][0].startswith("make 1101 folders, /srv/many to /srv/many/")
    assert "write 1100 files" in made["ops"][0]
    assert output_of("cat /srv/many/1099/file") == "1099"
    assert not copy_path(tmp_path / "many", dest="/srv")["changed"]


def test_links_of_the_folder_that_go_round(site: Path) -> None:
    (site / "conf.d/round").symlink_to("..")
    with pytest.raises(ContainersError, match=r"conf\.d/round: a link in it leads back to a folder that it is in"):
        copy_path(site, dest="/srv")


@pytest.mark.parametrize("what", ["fifo", "dangling"])
def test_what_is_no_file(site: Path, what: str) -> None:
    if what == "fifo":
        os.mkfifo(site / what)
    else:
        (site / what).symlink_to("nothing")
    with pytest.raises(ContainersError, match=rf"read src: .*/{what}: (.* is neither a file nor a folder|.*: No such)"):
        copy_path(site, dest="/srv")


def test_nothing_of_it_where_one_file_has_no_room(site: Path) -> None:
    """/mnt of the container is small; what had its place elsewhere already is taken back."""
    output_of("mkdir /mnt/conf.d; echo old > /mnt/conf.d/a.conf; busybox ln -s /tmp /mnt/conf.d/deep")
    (site / "large").write_bytes(bytes(1 << 20))
    with pytest.raises(ContainersError, match=r"/mnt/large: No space left on device"):
        copy_path(site, inner=True, dest="/mnt")
    assert below("/mnt") == ["./conf.d", "./conf.d/a.conf", "./conf.d/deep"]
    assert output_of("cat /mnt/conf.d/a.conf; ls -A /tmp") == "old"


def test_nothing_of_it_where_the_last_can_not_take_its_place(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The former files are back, with owner and mode, though others had replaced them already."""
    copy_path(site, inner=True, dest="/srv", mode="0600")
    (site / "conf.d/a.conf").write_text("new", encoding="ascii")
    (site / "zz").write_text("z", encoding="ascii")
    rename = placing._rename

    def failing(folder: int, one: str, other: str, flags: int) -> None:
        if other == "zz":
            raise OSError(5, "Input/output error", other)
        rename(folder, one, other, flags)

    monkeypatch.setattr(placing, "_rename", failing)
    with pytest.raises(ContainersError, match=r"/srv/zz: zz: Input/output error"):
        copy_path(site, inner=True, dest="/srv", mode="0644")
    assert below("/srv") == THERE
    assert output_of("cat /srv/conf.d/a.conf /srv/top") == "aa"
    assert attributes("/srv/conf.d/deep/b.conf") == "600 0:0"
    monkeypatch.undo()
    assert copy_path(site, inner=True, dest="/srv", mode="0644")["changed"]
    assert (MERGED / "srv/zz").exists()
