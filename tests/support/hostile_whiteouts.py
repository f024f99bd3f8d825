# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines 17 to 31: whiteouts, and what would be one to overlayfs."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Callable, List

from hostile import Case, Made, refused, unpacked
from hostile_names import inside
from tarbuild import archive, device, file, folder, hardlink, symlink

NO_NAME = "a whiteout of no name"


def is_whiteout(path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == 0


def is_opaque(path: Path) -> bool:
    return path.is_dir() and os.listxattr(path) == ["trusted.overlay.opaque"]


def tree(*wanted: str) -> Callable[[Made], None]:
    """All that there is: ``-`` before a whiteout, ``!`` before an opaque folder."""

    def check(made: Made) -> None:
        found = []
        for path in made.layer.rglob("*"):
            mark = "-" if is_whiteout(path) else "!" if is_opaque(path) else ""
            found.append(mark + str(path.relative_to(made.layer)))
        assert sorted(found) == sorted(wanted)

    return check


def root_is_opaque(made: Made) -> None:
    assert is_opaque(made.layer)
    assert os.listdir(made.layer) == ["f"]


def linked_to_aufs(made: Made) -> None:
    tree("a", "b")(made)
    first, second = ((made.layer / name).stat() for name in "ab")
    assert (first.st_ino, first.st_uid, first.st_nlink) == (second.st_ino, 9, 2)
    assert (made.layer / "a").read_bytes() == b"linked"


def stays(made: Made) -> None:
    tree("f")(made)
    assert (made.layer / "f").read_bytes() == b"stays"


def parents_own(made: Made) -> None:
    tree("d", "-d/x")(made)
    found = (made.layer / "d").stat()
    assert (found.st_mode & 0o777, found.st_uid, found.st_mtime) == (0o710, 4, 8)


def inside_victims_path(made: Made) -> None:
    assert is_whiteout(inside(made) / "secret")


def five_hundred(made: Made) -> None:
    assert is_opaque(made.layer / "d")
    assert len(os.listdir(made.layer / "d")) == 500
    assert made.seconds < 4  # each mark with a look at each file would be ten million looks


MARK = ".wh..wh..opq"
AUFS = [file(".wh..wh.aufs"), folder(".wh..wh.orph/"), file(".wh..wh.orph/x", b"1"), file("f")]
PLINKS = [
    folder(".wh..wh.plnk/", mode=0o700),
    file(".wh..wh.plnk/12.34", b"linked", mode=0o640, uid=9),
    folder(".wh..wh.plnk/d/"),
    symlink(".wh..wh.plnk/l", "/etc"),
    hardlink("a", ".wh..wh.plnk/12.34"),
    hardlink("b", ".wh..wh.plnk/12.34"),
]


def both_ways(
    line: int, name: str, first: bytes, second: bytes, *rest: bytes, check: Callable[[Made], None]
) -> List[Case]:
    """In this order and the other: it must not matter."""
    return [
        unpacked(line, name, archive(first, second, *rest), check),
        unpacked(line, f"{name}-reversed", archive(second, first, *rest), check),
    ]


CASES: List[Case] = [
    refused(17, "whiteout-of-nothing", archive(file(".wh.")), NO_NAME),
    refused(17, "whiteout-of-nothing-below", archive(folder("d/"), file("d/.wh.")), NO_NAME),
    refused(18, "whiteout-of-dot", archive(file(".wh..")), NO_NAME),
    refused(18, "whiteout-of-dots", archive(file(".wh...")), NO_NAME),
    refused(18, "whiteout-of-dots-below", archive(folder("d/"), file("d/.wh...")), NO_NAME),
    *both_ways(19, "opaque", file(f"d/{MARK}"), file("d/f", b"1"), folder("d/"), check=tree("!d", "d/f")),
    unpacked(19, "opaque-makes-its-folder", archive(file(f"a/b/{MARK}")), tree("a", "!a/b")),
    unpacked(19, "opaque-root", archive(file(MARK), file("f")), root_is_opaque),
    unpacked(20, "bookkeeping-of-aufs", archive(*AUFS), tree("f")),
    unpacked(20, "links-to-aufs", archive(*PLINKS), linked_to_aufs),
    *both_ways(21, "file-and-its-whiteout", file("f", b"stays"), file(".wh.f"), check=stays),
    *both_ways(22, "folder-and-its-whiteout", folder("d/"), file(".wh.d"), file("d/f"), check=tree("!d", "d/f")),
    unpacked(
        23, "whiteout-before-parent", archive(file("d/.wh.x"), folder("d/", mode=0o710, uid=4, mtime=8)), parents_own
    ),
    unpacked(24, "whiteout-without-parent", archive(file("a/b/.wh.x")), tree("a", "a/b", "-a/b/x")),
    *both_ways(
        25,
        "whiteouts-below-opaque",
        file(f"d/{MARK}"),
        file("d/s/.wh.y"),
        folder("d/s/"),
        file("d/.wh.x"),
        file("d-e/.wh.z"),
        check=tree("!d", "d/s", "d-e", "-d-e/z"),
    ),
    unpacked(25, "whiteouts-below-whiteout", archive(file("d/.wh.x"), file(".wh.d")), tree("-d")),
    *both_ways(25, "opaque-below-whiteout", file(".wh.d"), file(f"d/e/{MARK}"), check=tree("!d", "!d/e")),
    unpacked(
        26,
        "whiteout-of-link",
        archive(folder("real/"), file("real/f"), file(".wh.link")),
        tree("real", "real/f", "-link"),
    ),
    unpacked(
        26,
        "whiteout-beside-link",
        lambda victim: archive(symlink("link", victim), file(".wh.link")),
        tree("link"),
    ),
    unpacked(
        27,
        "whiteout-through-link",
        lambda victim: archive(symlink("link", victim), file("link/.wh.secret")),
        inside_victims_path,
    ),
    unpacked(
        27,
        "opaque-through-link",
        lambda victim: archive(symlink("link", victim), file(f"link/{MARK}")),
        lambda made: tree("link", *_parents(made))(made),
    ),
    unpacked(
        28,
        "name-passing-a-whiteout",
        archive(folder("etc/"), file("etc/x"), file(".wh.etc/f", b"1")),
        tree("etc", "etc/x", ".wh.etc", ".wh.etc/f"),
    ),
    unpacked(
        29,
        "repeated-opaque",
        archive(folder("d/"), *(file(f"d/{number}") for number in range(500)), *[file(f"d/{MARK}")] * 20_000),
        five_hundred,
    ),
    refused(30, "forged-whiteout", archive(device("passwd", 0, 0)), "character device 0:0, which is a whiteout"),
    *(
        refused(31, f"{word}-on-{name}", archive(kind("x", xattrs={key: b"y"})), f'entry "x": .*{key} is reserved')
        for word, key in (
            ("opaque", "trusted.overlay.opaque"),
            ("redirect", "trusted.overlay.redirect"),
            ("trusted", "trusted.x"),
            ("user-opaque", "user.overlay.opaque"),
        )
        for name, kind in (("file", file), ("folder", folder))
    ),
]


def _parents(made: Made) -> List[str]:
    parts = made.victim.strip("/").split("/")
    paths = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    return [*paths[:-1], f"!{paths[-1]}"]
