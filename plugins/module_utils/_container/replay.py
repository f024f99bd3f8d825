# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the runtime makes of a container's network when it starts the container: options of veth_pair and nat_rule.

They lie in the container's folder, one file for each link and one for the rules. Only a container with a unit has any.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence

from .._core.store import Store, read_record, write_record
from .record import unit_of

if TYPE_CHECKING:
    from .._sys.host import Host

Options = Mapping[str, Any]

RULES = "rules"
_FOLDER = "network"
_LINK = "link-"
_ENDING = ".json"


@dataclass(frozen=True)
class Memory:
    """What is remembered of one link or of the rules, and whether anything is to be."""

    kept: bool = False
    options: Optional[Options] = None


@dataclass(frozen=True)
class Remember:
    """``after`` is None for what is to be forgotten."""

    store: Store
    name: str
    what: str
    after: Optional[Options]
    before: Optional[Options]

    def describe(self) -> str:
        words = "rules" if self.what == RULES else self.what.replace("-", " ", 1)
        if self.after is None:
            return f"forget the {words} of container {self.name}"
        return f"remember the {words} of container {self.name} for when it is started again"

    def apply(self, host: Host) -> None:
        save(host, self.store, self.name, self.what, self.after)

    def undo(self, host: Host) -> None:
        save(host, self.store, self.name, self.what, self.before)


def folder(store: Store, name: str) -> str:
    return f"{store.container(name)}/{_FOLDER}"


def link(interface: str) -> str:
    """What the link with that name inside is remembered as."""
    return f"{_LINK}{interface}"


def look(host: Host, store: Store, name: str, what: str) -> Memory:
    """Only a container with a unit has its network remembered."""
    return Memory(unit_of(host, store, name) is not None, load(host, store, name, what))


def changes(memory: Memory, store: Store, name: str, what: str, wanted: Optional[Options]) -> List[Remember]:
    """The op that leads to what is wanted, if it takes one. None is wanted of what is to go."""
    aim = wanted if memory.kept else None
    return [] if aim == memory.options else [Remember(store, name, what, aim, memory.options)]


def shown(todo: Sequence[Remember], side: str) -> Dict[str, Any]:
    """As --diff shows it, ``before`` or ``after``."""
    return {op.what: getattr(op, side) for op in todo}


def load(host: Host, store: Store, name: str, what: str) -> Optional[Options]:
    """The options of ``RULES`` or of a ``link``; None where nothing is remembered."""
    return read_record(host.files, _path(store, name, what), lambda record: record)


def load_links(host: Host, store: Store, name: str) -> List[Options]:
    """The options of every link, by the name it has inside."""
    files = [file for file in host.files.list(folder(store, name)) if file.startswith(_LINK) and file.endswith(_ENDING)]
    found = [load(host, store, name, file[: -len(_ENDING)]) for file in files]
    return [options for options in found if options is not None]


def save(host: Host, store: Store, name: str, what: str, options: Optional[Options]) -> None:
    """Remember the options; None: forget them."""
    path = _path(store, name, what)
    if options is None:
        host.files.remove(path)
        host.files.remove_empty([folder(store, name)])
        return
    host.files.make_dir(os.path.dirname(path), 0o700)
    record: Dict[str, Any] = dict(options)
    write_record(host.files, path, record)


def _path(store: Store, name: str, what: str) -> str:
    return f"{folder(store, name)}/{what}{_ENDING}"
