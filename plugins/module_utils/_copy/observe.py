# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be copied, and what is at each of the paths that it would come to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Iterator, List, Optional, Sequence, Tuple

from .._container.files import Surface, owner_ids, surface
from .._core.errors import ContainersError, step
from .._sys.bundles import Bundle, Piece
from .._sys.looking import ABSENT, FILE, FOLDER, TEXT_MAX, Ask, Seen
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

TEXTS = 50
"""Of how many files at most the texts are compared, for the user to see."""
_NEW_FOLDER = Piece("", True, 0o755)


@dataclass(frozen=True)
class Target:
    """One path of the container: what is to be there, and what is."""

    path: str
    piece: Piece
    seen: Seen
    text: Optional[str] = field(default=None, repr=False)
    """Of a file that is to be written, where it is a short text."""


@dataclass(frozen=True)
class Found:
    """``surface`` is None where the container can't be reached; then nothing is known of what it has."""

    surface: Optional[Surface]
    bundle: Bundle
    dest: str
    """Where that which is copied itself comes to be."""
    targets: Tuple[Target, ...]
    """Folders come before what is in them, and those that dest is in before all."""
    above: int
    """How many of them dest is in."""
    uid: Optional[int] = None
    gid: Optional[int] = None


def observe(host: Host, wanted: Wanted) -> Found:
    bundle = _bundle(host, wanted)
    reached = surface(host, wanted.store, wanted.name)
    uid, gid = (None, None) if reached is None else owner_ids(host, reached, wanted.owner, wanted.group)
    dest = _dest(host, wanted, reached, bundle)
    folders = tuple(_above(dest)) if wanted.into or bundle.pieces[0].folder else ()
    pieces = [(path, _NEW_FOLDER) for path in folders]
    pieces += [(posixpath.join(dest, piece.path) if piece.path else dest, piece) for piece in bundle.pieces]
    seen = _look(host, wanted, reached, [_ask(wanted, path, piece, len(bundle.pieces)) for path, piece in pieces])
    targets = tuple(_target(host, bundle, *entry) for entry in zip(pieces, seen))
    return Found(reached, bundle, dest, targets, len(folders), uid, gid)


def _bundle(host: Host, wanted: Wanted) -> Bundle:
    if wanted.archive is not None:
        with step("read what the controller has sent"):
            return host.bundles.of_archive(wanted.archive)
    if wanted.content is not None:
        return host.bundles.of_bytes(wanted.content)
    if not wanted.remote_src:
        raise ContainersError(
            "what is to be copied didn't come from the controller",
            "The action plugin of container_copy sends it; with remote_src src is a path of the target",
        )
    with step("read src"):
        return host.bundles.of_path(wanted.src or "", partial(host.blobs.nameless, wanted.store.root))


def _dest(host: Host, wanted: Wanted, reached: Optional[Surface], bundle: Bundle) -> str:
    """As ansible.builtin.copy has it: a folder goes into dest whole, or with a slash behind it what is in it does."""
    src = wanted.src
    base = posixpath.basename(src.rstrip("/")) if src is not None else None
    if bundle.pieces[0].folder:
        return wanted.dest if src is None or src.endswith("/") else posixpath.join(wanted.dest, base or "")
    into = wanted.into or wanted.dest == "/"
    if not into and reached is not None:
        into = _look(host, wanted, reached, [Ask(wanted.dest, FOLDER)])[0].kind == FOLDER
    if not into:
        return wanted.dest
    if base is None:
        raise ContainersError(f"dest {wanted.dest} is a folder", "With content it is the path of a file")
    return posixpath.join(wanted.dest, base)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")[1:-1]
    return ("/" + "/".join(parts[: number + 1]) for number in range(len(parts)))


def _ask(wanted: Wanted, path: str, piece: Piece, count: int) -> Ask:
    if piece.folder:
        return Ask(path, FOLDER)
    return Ask(path, FILE, piece.size, piece.checksum, wanted.follow, count <= TEXTS)


def _look(host: Host, wanted: Wanted, reached: Optional[Surface], asks: Sequence[Ask]) -> List[Seen]:
    if reached is None:
        return [Seen(ABSENT, place=ask.path) for ask in asks]
    with step(f"look into container {wanted.name}"):
        return host.insides.look(reached.reach, asks)


def _target(host: Host, bundle: Bundle, entry: Tuple[str, Piece], seen: Seen) -> Target:
    path, piece = entry
    shown = not piece.folder and piece.size <= TEXT_MAX and len(bundle.pieces) <= TEXTS
    differs = seen.checksum != piece.checksum
    return Target(path, piece, seen, host.bundles.text(bundle, piece) if shown and differs else None)
