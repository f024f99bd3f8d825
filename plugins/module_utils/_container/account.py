# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out whom a container's command runs as, from option ``user`` and the rootfs's own files.

Strict: what isn't a name of the rootfs or a number in range is an error, never root.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterator, List, Optional, Tuple

from .._core.errors import ContainersError
from .settings import Account

ID_MAX = 2**31 - 1
ACCOUNTS_MAX = 4 * 1024 * 1024
"""How much of a list of users or groups is read."""
_PASSWD_FIELDS = 7
_GROUP_FIELDS = 4


def find_account(user: str, passwd: bytes, group: bytes) -> Account:
    """``user`` is name or uid, and after a colon group or gid; empty means root."""
    who, colon, whose = user.partition(":")
    if colon and not whose:
        raise ContainersError(f"user {user!r} has no group behind the colon")
    asked = f"user {user!r}"
    uid, gid, name, home = _user(who or "0", passwd, asked)
    if whose:
        gid = _group(whose, group, asked)
        return Account(uid, gid, (gid,), home)
    others = {number for number, members in _groups(group) if name is not None and name in members}
    return Account(uid, gid, (gid, *sorted(others - {gid})), home)


def user_id(owner: str, passwd: bytes) -> int:
    """The uid of a name, or of a number, as the container counts."""
    return _user(owner, passwd, f"owner {owner!r}")[0]


def group_id(group: str, file: bytes) -> int:
    """The gid of a name, or of a number, as the container counts."""
    return _group(group, file, f"group {group!r}")


def is_mapped(id_map: str, number: int) -> bool:
    """Whether an id of the host is one of the container's, by the lines of /proc/<pid>/uid_map."""
    lines = (tuple(map(int, line.split())) for line in id_map.splitlines())
    return any(begin <= number < begin + length for _inside, begin, length in lines)


def without_unmapped(account: Account, gid_map: str) -> Account:
    """Without the groups that the rootfs would have it be in besides, but that its map leaves out."""
    besides = tuple(group for group in account.groups[1:] if outside(gid_map, group) is not None)
    return replace(account, groups=(account.gid, *besides))


def refuse_unmapped(account: Account, uid_map: str, gid_map: str, rootfs: str) -> None:
    """Raises ContainersError where the user or group, or root, isn't one of the container's ids."""
    for kind, id_map, number in (
        ("user", uid_map, 0),
        ("group", gid_map, 0),
        ("user", uid_map, account.uid),
        ("group", gid_map, account.gid),
    ):
        if outside(id_map, number) is None:
            raise ContainersError(
                f"{kind} id {number} isn't among the ids that rootfs {rootfs} maps",
                "See its options uidmap and gidmap",
            )


def outside(id_map: str, number: int) -> Optional[int]:
    """The id on the host of a container's id, by the lines of a uid_map; None if it isn't mapped."""
    if not id_map:
        return number
    for line in id_map.splitlines():
        inside, first, length = (int(field) for field in line.split())
        if inside <= number < inside + length:
            return first + number - inside
    return None


def _user(who: str, passwd: bytes, asked: str) -> Tuple[int, int, Optional[str], str]:
    found: Dict[str, Tuple[int, int, Optional[str], str]] = {}
    for fields in _lines(passwd, _PASSWD_FIELDS):
        uid, gid = _number(fields[2]), _number(fields[3])
        if uid is not None and gid is not None:
            found.setdefault(fields[0], (uid, gid, fields[0], fields[5] or "/"))
    if who in found:
        return found[who]
    number = _number(who)
    if number is None:
        raise _unknown("user", who, asked, "/etc/passwd")
    named = [entry for entry in found.values() if entry[0] == number]
    return named[0] if named else (number, 0, None, "/")


def _group(whose: str, group: bytes, asked: str) -> int:
    for fields in _lines(group, _GROUP_FIELDS):
        gid = _number(fields[2])
        if fields[0] == whose and gid is not None:
            return gid
    number = _number(whose)
    if number is None:
        raise _unknown("group", whose, asked, "/etc/group")
    return number


def _groups(group: bytes) -> Iterator[Tuple[int, List[str]]]:
    for fields in _lines(group, _GROUP_FIELDS):
        gid = _number(fields[2])
        if gid is not None:
            yield gid, fields[3].split(",")


def _lines(data: bytes, count: int) -> Iterator[List[str]]:
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        fields = line.split(":")
        if len(fields) == count and fields[0] and line[0] not in "#+-":
            yield fields


def _number(text: str) -> Optional[int]:
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(ID_MAX)):
        return None
    return int(text) if int(text) <= ID_MAX else None


def _unknown(kind: str, name: str, asked: str, file: str) -> ContainersError:
    if name.isdecimal():
        return ContainersError(f"{asked}: {kind} id {name} is out of range 0-{ID_MAX}")
    return ContainersError(f"{asked}: no {kind} {name!r} in {file} of the rootfs")
