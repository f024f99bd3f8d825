# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file into a container that runs, is stopped, or has never been started; and what the second run finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from container_runs import FOREVER, container, mount_rootfs, state_of_host
from copy_runs import MERGED, attributes, copy, copy_path
from exec_runs import output_of

STATES = ("running", "stopped", "never started")


def bring_to(state: str) -> None:
    if state != "never started":
        container(command=FOREVER, stop_timeout=0)
    if state == "stopped":
        container(state="stopped")


def see(state: str) -> None:
    """Have it run, so that its own programs can look."""
    if state != "running":
        container(command=FOREVER, stop_timeout=0)


@pytest.mark.parametrize("userns", ["auto", "none"])
@pytest.mark.parametrize("state", STATES)
def test_a_file_comes_to_its_place(tree: Path, state: str, userns: str) -> None:
    mount_rootfs(tree, userns=userns)
    bring_to(state)
    options = {"content": "hello\n", "dest": "/srv/greeting", "owner": "web", "group": "log", "mode": "0640"}
    predicted = copy(True, **options)
    assert not (MERGED / "srv/greeting").exists()
    made = copy(**options)
    assert made == predicted
    assert (made["changed"], made["ops"]) == (True, ["write /srv/greeting in container web"])
    assert (made["dest"], made["state"], made["mode"], made["uid"], made["gid"]) == (
        *("/srv/greeting", "file", "0640"),
        *(33, 40),
    )
    before = state_of_host()
    again = copy(**options)
    assert (again["changed"], again["ops"], again["diff"]) == (False, [], {"before": {}, "after": {}})
    assert copy(True, **options) == again
    assert state_of_host() == before
    see(state)
    assert output_of("cat /srv/greeting; ls -A /srv") == "hello\ngreeting"
    assert attributes("/srv/greeting") == "640 33:40"


def test_what_is_not_said_is_as_it_was(merged: Path) -> None:
    bring_to("running")
    copy(content="new", dest="/srv/file")
    assert attributes("/srv/file") == "644 0:0"
    output_of("busybox chown 33:40 /srv/file; chmod 4751 /srv/file")
    copy(content="newer", dest="/srv/file")
    assert (output_of("cat /srv/file"), attributes("/srv/file")) == ("newer", "4751 33:40")
    assert not copy(content="newer", dest="/srv/file")["changed"]


def test_owner_and_mode_alone(merged: Path) -> None:
    """The file stays the very one that it was."""
    bring_to("running")
    copy(content="same", dest="/srv/file")
    inode = (MERGED / "srv/file").stat().st_ino
    options = {"content": "same", "dest": "/srv/file", "owner": "7", "mode": "4711"}
    made = copy(**options)
    assert made["ops"] == ["set owner and mode of /srv/file in container web"]
    assert (attributes("/srv/file"), (MERGED / "srv/file").stat().st_ino) == ("4711 7:0", inode)
    assert made["diff"]["before"]["/srv/file"]["mode"] == "0644"
    assert "content" not in made["diff"]["before"]["/srv/file"]
    assert not copy(**options)["changed"]


@pytest.mark.parametrize(
    ("dest", "place"),
    [("/srv", "/srv/a.txt"), ("/srv/", "/srv/a.txt"), ("/", "/a.txt"), ("/new/er/", "/new/er/a.txt"), ("/x", "/x")],
)
def test_dest_that_is_a_folder(merged: Path, tmp_path: Path, dest: str, place: str) -> None:
    bring_to("running")
    (tmp_path / "a.txt").write_text("a", encoding="ascii")
    assert copy_path(tmp_path / "a.txt", dest=dest)["dest"] == place
    assert output_of(f"cat {place}") == "a"
    again = copy_path(tmp_path / "a.txt", dest=dest)
    assert (again["changed"], again["dest"]) == (False, place)


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
def test_every_byte_arrives(merged: Path, tmp_path: Path, size: int) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    (tmp_path / "data").write_bytes(data[:size])
    (tmp_path / "data").chmod(0o604)
    copy_path(tmp_path / "data", dest="/srv/data", mode="preserve")
    assert (MERGED / "srv/data").read_bytes() == data[:size]
    assert (MERGED / "srv/data").stat().st_mode & 0o7777 == 0o604
    assert not copy_path(tmp_path / "data", dest="/srv/data", mode="preserve")["changed"]


def test_force(merged: Path) -> None:
    copy(content="first", dest="/srv/file", force=False)
    kept = copy(content="another", dest="/srv/file", force=False, mode="0600")
    assert (kept["changed"], kept["checksum"], kept["size"], kept["mode"]) == (False, None, 5, "0644")
    assert (MERGED / "srv/file").read_text(encoding="ascii") == "first"


@pytest.mark.parametrize("follow", [True, False])
def test_a_link_at_dest(merged: Path, follow: bool) -> None:
    bring_to("running")
    output_of("echo -n old > /srv/real; busybox ln -s ../srv/real /tmp/link; busybox ln -s /tmp/link /tmp/chain")
    made = copy(content="new", dest="/tmp/chain", follow=follow)
    assert made["changed"]
    assert output_of("cat /tmp/chain; cat /srv/real") == ("newnew" if follow else "newold")
    assert output_of("test -L /tmp/chain && echo link || echo file") == ("link" if follow else "file")
    assert not copy(content="new", dest="/tmp/chain", follow=follow)["changed"]
    assert output_of("ls -A /tmp; ls -A /srv").split() == ["chain", "link", "real"]


def test_a_link_that_leads_to_nothing_yet(merged: Path) -> None:
    bring_to("running")
    output_of("busybox ln -s /srv/later /tmp/link")
    copy(content="new", dest="/tmp/link", follow=True)
    assert output_of("cat /srv/later; test -L /tmp/link && echo link") == "newlink"


def test_the_diff_shows_short_texts(merged: Path, tmp_path: Path) -> None:
    copy(content="a\nb\n", dest="/srv/file")
    diff = copy(True, content="a\nc\n", dest="/srv/file")["diff"]
    assert diff["before"]["/srv/file"]["content"] == ["a", "b"]
    assert diff["after"]["/srv/file"]["content"] == ["a", "c"]
    assert copy(True, content="", dest="/srv/new")["diff"]["before"] == {"/srv/new": {"state": "absent"}}
    for content in ("\0binary", "x" * 200_000):
        (tmp_path / "src").write_text(content, encoding="ascii")
        diff = copy_path(tmp_path / "src", True, dest="/srv/file")["diff"]
        assert "content" not in diff["after"]["/srv/file"]
        assert len(diff["after"]["/srv/file"]["checksum"]) == 40
