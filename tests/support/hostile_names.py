# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 1 to 16: names and links that try to lead out of a layer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, List

from hostile import Case, Made, refused, unpacked
from tarbuild import archive, file, folder, hardlink, symlink


def holds(**files: bytes) -> Callable[[Made], None]:
    """These files, underscores for slashes, and of all files no others."""

    def check(made: Made) -> None:
        layer = made.layer
        plain = [path for path in layer.rglob("*") if path.is_file() and not path.is_symlink()]
        assert {str(path.relative_to(layer)).replace("/", "_"): path.read_bytes() for path in plain} == files

    return check


def inside(made: Made) -> Path:
    """Where the victim's path leads within the layer."""
    return made.layer / made.victim.lstrip("/")


def root_is(mode: int, uid: int, mtime: int) -> Callable[[Made], None]:
    def check(made: Made) -> None:
        found = made.layer.lstat()
        assert (found.st_mode, found.st_uid, found.st_mtime) == (0o040000 | mode, uid, mtime)
        assert os.listdir(made.layer) == ["f"]

    return check


def at_the_victims_path(made: Made) -> None:
    assert (inside(made) / "secret").read_bytes() == b"new"
    assert os.readlink(made.layer / "link") == made.victim


def verbatim(made: Made) -> None:
    targets = {os.readlink(made.layer / name) for name in os.listdir(made.layer)}
    assert targets == {"../../secret", "/etc/shadow", "no/such", ".", "//x//"}


def replaced(made: Made) -> None:
    found = (made.layer / "d").lstat()
    assert (found.st_mode, found.st_uid) == (0o040700, 7)
    assert os.listdir(made.layer / "d") == ["secret"]


def own_folder(made: Made) -> None:
    assert os.readlink(made.layers[0] / "etc") == made.victim
    assert (made.layers[1] / "etc").lstat().st_mode == 0o040755
    assert (made.layers[1] / "etc/secret").read_bytes() == b"mine"


def linked_itself(made: Made) -> None:
    link, other = (made.layer / name for name in ("s", "h"))
    assert os.readlink(other) == f"{made.victim}/secret"
    assert other.lstat().st_ino == link.lstat().st_ino


def same_target(made: Made) -> None:
    assert os.readlink(made.layer / "s") == "../../../x"
    assert sorted(os.listdir(made.layer / "x")) == ["f", "g"]


def one_inode(made: Made) -> None:
    assert (made.layer / "f").stat().st_nlink == 401


LONG = "/".join(["d" * 200] * 15)


def trampoline(victim: str) -> bytes:
    steps = [symlink("/".join(["l"] * depth + ["l"]), LONG) for depth in range(3)]
    return archive(folder(LONG), *steps, symlink("l/l/l/up", "../" * 64 + victim[1:]), file("l/l/l/up/secret"))


def chain(length: int) -> List[bytes]:
    return [symlink(f"l{number}", f"l{number + 1}") for number in range(length)]


CASES: List[Case] = [
    unpacked(
        1,
        "parent-escape",
        archive(file("../a", b"1"), file("../../../b", b"2"), file("x/../../c", b"3"), file("x/../../y/../d", b"4")),
        holds(a=b"1", b=b"2", c=b"3", d=b"4"),
    ),
    unpacked(
        1,
        "parent-escape-to-victim",
        lambda victim: archive(file("../../../../victim/secret", b"new"), file(f"../../{victim}/secret", b"new")),
        lambda made: holds(victim_secret=b"new", **{f"{made.victim[1:]}_secret".replace("/", "_"): b"new"})(made),
    ),
    unpacked(2, "absolute-name", archive(file("/x", b"1"), file("//y", b"2")), holds(x=b"1", y=b"2")),
    *(
        unpacked(
            2,
            f"root-entry-{word}",
            archive(folder(name, mode=0o1750, uid=12, mtime=99), file("f")),
            root_is(0o1750, 12, 99),
        )
        for word, name in (("slash", "/"), ("dot", "."), ("dot-slash", "./"))
    ),
    unpacked(2, "no-root-entry", archive(file("f")), root_is(0o755, 0, 0)),
    unpacked(3, "dots-and-slashes", archive(file("/./.././../x", b"1"), file("./y", b"2")), holds(x=b"1", y=b"2")),
    unpacked(4, "through-link-to-root", archive(symlink("link", "/"), file("link/f", b"1")), holds(f=b"1")),
    unpacked(4, "through-link-to-parent", archive(symlink("l", "../../.."), file("l/f", b"1")), holds(f=b"1")),
    unpacked(
        4,
        "through-link-to-victim",
        lambda victim: archive(symlink("link", victim), file("link/secret", b"new")),
        at_the_victims_path,
    ),
    unpacked(
        4,
        "through-dangling-link",
        archive(symlink("a/lib", "../usr/./lib"), file("a/lib/x/so", b"1")),
        holds(usr_lib_x_so=b"1"),
    ),
    refused(5, "path-max-trampoline", trampoline, "File name too long"),
    refused(5, "path-max-name", archive(file("d/" * 2047 + "ff")), "4096 bytes, at most 4095 are allowed"),
    *(
        refused(6, f"link-cycle-{word}", archive(*links, file("a/f")), "Too many levels of symbolic links")
        for word, links in (
            ("of-two", [symlink("a", "b"), symlink("b", "a")]),
            ("of-one", [symlink("a", "a")]),
            ("deeper", [symlink("a", "/a/x")]),
        )
    ),
    refused(6, "link-chain", archive(*chain(60), file("l0/f")), "Too many levels of symbolic links"),
    unpacked(6, "link-chain-bearable", archive(*chain(30), file("l0/f", b"1")), holds(l30_f=b"1")),
    *(
        refused(7, f"link-as-root-{word}", archive(symlink(name, "/etc")), "can only be a folder")
        for word, name in (("slash-dot", "/."), ("dots", ".."), ("empty", ""), ("dot-slash", "./"), ("folded", "a/.."))
    ),
    unpacked(
        8,
        "link-target-verbatim",
        archive(
            *(
                symlink(f"l{number}", target)
                for number, target in enumerate(["../../secret", "/etc/shadow", "no/such", ".", "//x//"])
            )
        ),
        verbatim,
    ),
    refused(8, "link-without-target", archive(symlink("l", "")), "without a target"),
    unpacked(
        9,
        "folder-over-link",
        lambda victim: archive(symlink("d", victim), folder("d/", mode=0o700, uid=7), file("d/secret")),
        replaced,
    ),
    unpacked(
        10,
        "link-of-lower-layer",
        [lambda victim: archive(symlink("etc", victim)), archive(file("etc/secret", b"mine"))],
        own_folder,
    ),
    *(
        refused(
            11,
            f"hardlink-outside-{word}",
            lambda victim, target=target: archive(file("f"), hardlink("l", target.format(victim))),  # type: ignore[misc]
            "a hard link to .*, which isn't in this layer",
        )
        for word, target in (("absolute", "/etc/shadow"), ("parent", "../../../etc/shadow"), ("victim", "{}/secret"))
    ),
    refused(
        11,
        "hardlink-through-link",
        lambda victim: archive(symlink("v", victim), hardlink("l", "v/secret")),
        "which isn't in this layer",
    ),
    unpacked(
        12,
        "hardlink-to-link",
        lambda victim: archive(
            symlink("s", f"{victim}/secret"),
            hardlink("h", "s", mode=0o4777, uid=7, mtime=5),
            symlink("s", f"{victim}/secret", uid=8),
            hardlink("h", "s", mode=0o777),
        ),
        linked_itself,
    ),
    unpacked(
        13,
        "hardlink-to-deeper-link",
        archive(symlink("a/b/c/s", "../../../x"), hardlink("s", "a/b/c/s"), file("s/f", b"1"), file("x/g", b"2")),
        same_target,
    ),
    refused(14, "hardlink-to-missing", archive(hardlink("l", "missing")), '"l": a hard link to "missing", which isn'),
    refused(
        14,
        "hardlink-to-lower-layer",
        [archive(file("low")), archive(hardlink("l", "low"))],
        'entry "l": a hard link to "low", which isn\'t in this layer',
    ),
    *(
        refused(15, f"hardlink-to-folder-{word}", archive(folder("d/"), hardlink("l", name)), "which is a folder")
        for word, name in (("plain", "d"), ("slash", "d/"), ("root", "/"), ("dot", "."))
    ),
    unpacked(
        16,
        "many-hardlinks",
        archive(file("f", b"x" * 100), *(hardlink(f"d/{number}", "./f") for number in range(400))),
        one_inode,
    ),
]
