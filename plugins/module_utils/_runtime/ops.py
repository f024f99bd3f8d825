# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes to the runtime: a version made and taken into use, versions removed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Mapping, Tuple

from .._core.store import CURRENT, Store

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class InstallVersion:
    """Make the folder beside, and give it its name when it is whole. A damaged one of that name goes first."""

    store: Store
    version: str
    files: Mapping[str, bytes] = field(repr=False)

    def describe(self) -> str:
        return f"install version {self.version} of the runtime"

    def apply(self, host: Host) -> None:
        partial, whole = f"{self.store.runtime}/.{self.version}", f"{self.store.runtime}/{self.version}"
        host.files.make_dir(self.store.runtime, 0o755)
        host.files.remove_tree(partial)
        try:
            host.sources.write_tree(partial, dict(self.files))
            host.files.remove_tree(whole)
            host.files.rename(partial, whole)
            host.files.sync_dir(self.store.runtime)
        except BaseException:
            host.files.remove_tree(partial)
            raise

    def undo(self, host: Host) -> None:
        host.files.remove_tree(f"{self.store.runtime}/{self.version}")
        host.files.remove_empty([self.store.runtime])


@dataclass(frozen=True)
class UseVersion:
    """Have the units run it from now on."""

    store: Store
    version: str
    before: str

    def describe(self) -> str:
        return f"use version {self.version} of the runtime"

    def apply(self, host: Host) -> None:
        host.sources.link(self.version, f"{self.store.runtime}/{CURRENT}")

    def undo(self, host: Host) -> None:
        if self.before:
            host.sources.link(self.before, f"{self.store.runtime}/{CURRENT}")
        else:
            host.files.remove(f"{self.store.runtime}/{CURRENT}")


@dataclass(frozen=True)
class RemoveVersions:
    """Versions that nothing uses."""

    store: Store
    versions: Tuple[str, ...]

    def describe(self) -> str:
        return f"remove version {', '.join(self.versions)} of the runtime"

    def apply(self, host: Host) -> None:
        for version in self.versions:
            host.files.remove_tree(f"{self.store.runtime}/{version}")

    def undo(self, host: Host) -> None:
        """The last op; and nothing needs them."""


@dataclass(frozen=True)
class RemoveRuntime:
    """What else lies in its folder is somebody else's."""

    store: Store
    versions: Tuple[str, ...]

    def describe(self) -> str:
        return "remove the runtime"

    def apply(self, host: Host) -> None:
        runtime = self.store.runtime
        for link in (CURRENT, f"{CURRENT}.new"):
            host.files.remove(f"{runtime}/{link}")
        for version in self.versions:
            host.files.remove_tree(f"{runtime}/{version}")
        host.files.remove_empty([runtime])

    def undo(self, host: Host) -> None:
        """Part of a teardown, which isn't undone."""
