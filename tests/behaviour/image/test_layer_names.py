# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that try to lead out of a layer: every one of them ends inside or is refused."""

from __future__ import annotations

import os

import pytest
from layers import Workshop, snapshot
from tarbuild import archive, file, folder, hardlink, header, symlink


@pytest.mark.parametrize(
    "name", ["../x", "../../../x", "/x", "//x", "./x", "/./.././../x", "a/../x", "x/", "a/../../b/../x"]
)
def test_dots_and_slashes_lead_to_the_layers_root(workshop: Workshop, name: str) -> None:
    layer = workshop.unpack(archive(file(name, b"data")))
    assert (layer / "x").read_bytes() == b"data"


@pytest.mark.parametrize("name", ["./", "/", "."])
def test_the_root_entry_sets_the_roots_own_attributes(workshop: Workshop, name: str) -> None:
    layer = workshop.unpack(archive(folder(name, mode=0o1750, uid=12, gid=34, mtime=99), file("f", b"1")))
    found = layer.stat()
    assert (found.st_mode & 0o7777, found.st_uid, found.st_gid, found.st_mtime) == (0o1750, 12, 34, 99)


def test_a_root_without_an_entry_is_ordinary_and_always_the_same(workshop: Workshop) -> None:
    found = workshop.unpack(archive(file("f"))).stat()
    assert (found.st_mode & 0o7777, found.st_uid, found.st_gid, found.st_mtime_ns) == (0o755, 0, 0, 0)


@pytest.mark.parametrize("target", ["/", "..", "../../..", "{victim}"])
def test_a_file_through_a_link_stays_inside(workshop: Workshop, target: str) -> None:
    target = target.format(victim=workshop.victim)
    layer = workshop.unpack(archive(symlink("link", target), file("link/secret", b"new")))
    assert os.readlink(layer / "link") == target
    inside = layer / str(workshop.victim).lstrip("/") if target.startswith("/") and target != "/" else layer
    assert (inside / "secret").read_bytes() == b"new"


def test_a_file_through_a_link_lands_where_a_chroot_would_put_it(workshop: Workshop) -> None:
    data = archive(folder("usr/"), folder("usr/lib/", mode=0o700), symlink("lib", "usr/lib"), file("lib/so", b"x"))
    layer = workshop.unpack(data)
    assert (layer / "usr/lib/so").read_bytes() == b"x"
    assert (layer / "usr/lib").stat().st_mode & 0o777 == 0o700


def test_a_dangling_link_to_a_folder_gets_its_folder_inside(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(symlink("a/lib", "../usr/./lib"), file("a/lib/x/so", b"x")))
    assert (layer / "usr/lib/x/so").read_bytes() == b"x"


def test_a_path_longer_than_the_kernel_takes_is_refused(workshop: Workshop) -> None:
    assert "4096 bytes, at most 4095" in workshop.refusal(archive(file("d/" * 2047 + "ff", b"")))


def test_links_that_add_up_to_more_than_path_max_stay_inside(workshop: Workshop) -> None:
    long = "/".join(["d" * 200] * 15)
    steps = [symlink("/".join(["l"] * depth + ["l"]), long) for depth in range(3)]
    data = archive(
        folder(long), *steps, symlink("l/l/l/up", "../" * 64 + str(workshop.victim)[1:]), file("l/l/l/up/secret")
    )
    assert "File name too long" in workshop.refusal(data)


def test_a_deep_tree_is_unpacked_and_can_be_removed(workshop: Workshop) -> None:
    refusal = workshop.refusal(archive(file("d/" * 2000 + "f", b""), hardlink("x", "missing")))
    assert "missing" in refusal


@pytest.mark.parametrize("links", [[("a", "b"), ("b", "a")], [("a", "a")], [("a", "/a/x")]])
def test_a_cycle_of_links_ends_in_an_error(workshop: Workshop, links: list[tuple[str, str]]) -> None:
    members = [symlink(name, target) for name, target in links]
    assert "Too many levels of symbolic links" in workshop.refusal(archive(*members, file("a/f", b"")))


@pytest.mark.parametrize("name", ["/.", "..", "", "./", "a/.."])
def test_a_link_in_place_of_the_root_is_refused(workshop: Workshop, name: str) -> None:
    assert "can only be a folder" in workshop.refusal(archive(symlink(name, "/etc")))


@pytest.mark.parametrize("target", ["../../secret", "/etc/shadow", "no/such", ".", "//x//"])
def test_a_links_target_is_kept_as_it_stands(workshop: Workshop, target: str) -> None:
    assert os.readlink(workshop.unpack(archive(symlink("l", target))) / "l") == target


def test_a_link_without_target_is_refused(workshop: Workshop) -> None:
    assert "without a target" in workshop.refusal(archive(symlink("l", "")))


def test_a_folder_takes_the_place_of_a_link(workshop: Workshop) -> None:
    layer = workshop.unpack(
        archive(symlink("d", str(workshop.victim)), folder("d/", mode=0o700, uid=7), file("d/secret"))
    )
    assert not (layer / "d").is_symlink()
    assert (layer / "d").stat().st_uid == 7


def test_a_layer_doesnt_see_the_links_of_another(workshop: Workshop) -> None:
    workshop.unpack(archive(symlink("etc", str(workshop.victim))))
    layer = workshop.unpack(archive(file("etc/secret", b"mine")))
    assert (layer / "etc").is_dir()
    assert not (layer / "etc").is_symlink()


@pytest.mark.parametrize("target", ["/etc/shadow", "../../../etc/shadow", "{victim}/secret", "missing"])
def test_a_hard_link_to_what_the_layer_hasnt_is_refused(workshop: Workshop, target: str) -> None:
    message = workshop.refusal(archive(file("f"), hardlink("l", target.format(victim=workshop.victim))))
    assert 'entry "l": a hard link to "' in message
    assert "isn't in this layer" in message


def test_a_hard_link_through_a_link_stays_inside(workshop: Workshop) -> None:
    assert "isn't in this layer" in workshop.refusal(
        archive(symlink("v", str(workshop.victim)), hardlink("l", "v/secret"))
    )


def test_a_hard_link_to_a_link_links_the_link(workshop: Workshop) -> None:
    secret = str(workshop.victim / "secret")
    layer = workshop.unpack(archive(symlink("s", secret), hardlink("h", "s", mode=0o777), file("h2", b"")))
    assert os.readlink(layer / "h") == secret
    assert (layer / "h").lstat().st_ino == (layer / "s").lstat().st_ino


def test_a_hard_link_to_a_deeper_link_keeps_its_target(workshop: Workshop) -> None:
    data = archive(symlink("a/b/c/s", "../../../x"), hardlink("s", "a/b/c/s"), file("s/f", b"1"), file("x/g", b"2"))
    layer = workshop.unpack(data)
    assert os.readlink(layer / "s") == "../../../x"
    assert sorted(os.listdir(layer / "x")) == ["f", "g"]


@pytest.mark.parametrize("target", ["d", "d/", "/", "."])
def test_a_hard_link_to_a_folder_is_refused(workshop: Workshop, target: str) -> None:
    assert "which is a folder" in workshop.refusal(archive(folder("d/"), hardlink("l", target)))


def test_many_hard_links_are_one_file(workshop: Workshop) -> None:
    data = archive(file("f", b"x" * 100), *(hardlink(f"d/{number}", "./f") for number in range(400)))
    layer = workshop.unpack(data)
    assert (layer / "f").stat().st_nlink == 401


def test_a_hard_link_to_itself_changes_nothing(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("f", b"x"), hardlink("f", "f"), hardlink("./f", "/f")))
    assert (layer / "f").read_bytes() == b"x"


def test_the_last_of_equal_names_wins(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("f", b"first", uid=5), file("g"), hardlink("g", "f"), file("./f", b"last")))
    assert (layer / "f").read_bytes() == b"last"
    assert (layer / "f").stat().st_uid == 0
    assert (layer / "g").read_bytes() == b"first"


def test_a_file_takes_the_place_of_a_full_folder(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("d/e/f", b"1"), file("d", b"2"), file("o", b"3")))
    assert (layer / "d").read_bytes() == b"2"


def test_a_folder_takes_the_place_of_a_file(workshop: Workshop) -> None:
    layer = workshop.unpack(archive(file("d", b"2"), file("d/e/f", b"1")))
    assert (layer / "d/e/f").read_bytes() == b"1"


def test_a_folder_named_twice_has_the_last_attributes_and_all_its_files(workshop: Workshop) -> None:
    members = folder("d/", mode=0o700, uid=3), file("d/f"), folder("d", mode=0o2711, mtime=5)
    layer = workshop.unpack(archive(*members))
    found = (layer / "d").stat()
    assert (found.st_mode & 0o7777, found.st_uid, found.st_mtime) == (0o2711, 0, 5)
    assert (layer / "d/f").stat().st_gid == 0


def test_a_folder_that_became_a_link_doesnt_pass_on_its_attributes(workshop: Workshop) -> None:
    data = archive(folder("d/", mode=0o777, uid=5), folder("e/", mode=0o700), symlink("d", "e"))
    layer = workshop.unpack(data)
    assert (layer / "e").stat().st_mode & 0o777 == 0o700
    assert (layer / "e").stat().st_uid == 0


@pytest.mark.parametrize("name", [b"caf\xe9", b"\xff\xfe", "ü".encode(), rb"back\slash", b"C:", b"new\nline", b" "])
def test_names_are_kept_byte_for_byte(workshop: Workshop, name: bytes) -> None:
    layer = workshop.unpack(archive(file(name, b""), symlink(b"l" + name, name)))
    assert sorted(os.listdir(bytes(layer))) == sorted([name, b"l" + name])
    assert os.readlink(bytes(layer) + b"/l" + name) == name


def test_a_component_that_is_too_long_is_an_error_that_names_it(workshop: Workshop) -> None:
    assert "File name too long" in workshop.refusal(archive(file("n" * 256)))


def test_two_runs_make_the_same_layer(workshop: Workshop) -> None:
    data = archive(file("a/b/c", b"1"), folder("x/", mtime=7), file("x/.wh.y"), symlink("l", "a"))
    layer = workshop.unpack(data)
    first = snapshot(layer)
    workshop.unpack(header("pad", b"5") + data)  # another layer in between
    os.rename(layer, workshop.folder / "aside")
    assert snapshot(workshop.unpack(data)) == first
