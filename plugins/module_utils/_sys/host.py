# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host: the machine as rooms see it, and the one seam between them and the kernel.

``observe`` and ops get a Host and touch the machine through its parts only; tests hand them a
double. Each part is imported when it is first used, so that a module pays only for what it needs.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from .files import Files
from .locks import Locks

if TYPE_CHECKING:
    from .accounting import Accounting
    from .accounts import Accounts
    from .blobs import Blobs
    from .bundles import Bundles
    from .cgroups import Cgroups
    from .conntrack import Conntrack
    from .containerfiles import ContainerFiles
    from .crew import Crew
    from .diskusage import DiskUsage
    from .entering import Entering
    from .folders import Folders
    from .insides import Insides
    from .interfaces import Interfaces
    from .iptables_nft import IptablesNft
    from .journal import Journal
    from .launcher import Launcher
    from .module_cache import ModuleCache
    from .mounts import Mounts
    from .namespaces import Namespaces
    from .networks import Networks
    from .nft import Nft
    from .offload import Offload
    from .processes import Processes
    from .routes import Routes
    from .skopeo import Skopeo
    from .sockets import Sockets
    from .sources import Sources
    from .syscall_filter import Filters
    from .sysctl import Sysctl
    from .systemd import Systemd
    from .usage import Usages
    from .xtables import Xtables


class Host:
    """The local machine. Its parts keep no state but open sockets."""

    @cached_property
    def accounting(self) -> Accounting:
        from .accounting import Accounting

        return Accounting()

    @cached_property
    def container_files(self) -> ContainerFiles:
        from .containerfiles import ContainerFiles

        return ContainerFiles()

    @cached_property
    def crew(self) -> Crew:
        from .crew import Crew

        return Crew()

    @cached_property
    def filters(self) -> Filters:
        from .syscall_filter import Filters

        return Filters(self.files, self.machine)

    @cached_property
    def disk_usage(self) -> DiskUsage:
        from .diskusage import DiskUsage

        return DiskUsage()

    @cached_property
    def entering(self) -> Entering:
        from .entering import Entering

        return Entering(self.processes, self.namespaces, self.cgroups)

    @cached_property
    def launcher(self) -> Launcher:
        from .launcher import Launcher

        return Launcher(self.processes, self.accounting, self.cgroups)

    @cached_property
    def namespaces(self) -> Namespaces:
        from .namespaces import Namespaces

        return Namespaces()

    @cached_property
    def files(self) -> Files:
        return Files()

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.files)

    @cached_property
    def machine(self) -> str:
        """The processor as uname(2) names it: ``x86_64``."""
        return os.uname().machine

    @cached_property
    def kernel(self) -> str:
        """The kernel's release as uname(2) tells it."""
        return os.uname().release

    @cached_property
    def python(self) -> str:
        """The version of the Python that runs us: ``3.11.2``."""
        return ".".join(map(str, sys.version_info[:3]))

    @cached_property
    def interpreter(self) -> str:
        """The Python that runs us, for what is to be run by it later."""
        return sys.executable or "/usr/bin/python3"

    @cached_property
    def accounts(self) -> Accounts:
        from .accounts import Accounts

        return Accounts()

    @cached_property
    def blobs(self) -> Blobs:
        from .blobs import Blobs

        return Blobs()

    @cached_property
    def bundles(self) -> Bundles:
        from .bundles import Bundles

        return Bundles()

    @cached_property
    def cgroups(self) -> Cgroups:
        from .cgroups import Cgroups

        return Cgroups()

    @cached_property
    def module_cache(self) -> ModuleCache:
        from .module_cache import ModuleCache

        return ModuleCache(self.files)

    @cached_property
    def insides(self) -> Insides:
        from .insides import Insides

        return Insides(self.processes, self.crew)

    @cached_property
    def mounts(self) -> Mounts:
        from .mounts import Mounts

        return Mounts()

    @cached_property
    def processes(self) -> Processes:
        from .processes import Processes

        return Processes()

    @cached_property
    def sources(self) -> Sources:
        from .sources import Sources

        return Sources()

    @cached_property
    def sysctl(self) -> Sysctl:
        from .sysctl import Sysctl

        return Sysctl()

    @cached_property
    def systemd(self) -> Systemd:
        from .systemd import Systemd

        return Systemd()

    @cached_property
    def networks(self) -> Networks:
        from .networks import Networks

        return Networks()

    @cached_property
    def offload(self) -> Offload:
        from .offload import Offload

        return Offload()

    @cached_property
    def conntrack(self) -> Conntrack:
        from .conntrack import Conntrack

        return Conntrack()

    @cached_property
    def interfaces(self) -> Interfaces:
        from .interfaces import Interfaces

        return Interfaces()

    @cached_property
    def iptables_nft(self) -> IptablesNft:
        from .iptables_nft import IptablesNft

        return IptablesNft()

    @cached_property
    def journal(self) -> Journal:
        from .journal import Journal

        return Journal()

    @cached_property
    def nft(self) -> Nft:
        from .nft import Nft

        return Nft()

    @cached_property
    def routes(self) -> Routes:
        from .routes import Routes

        return Routes()

    @cached_property
    def skopeo(self) -> Skopeo:
        from .skopeo import Skopeo

        return Skopeo()

    @cached_property
    def sockets(self) -> Sockets:
        from .sockets import Sockets

        return Sockets()

    @cached_property
    def usages(self) -> Usages:
        from .usage import Usages

        return Usages()

    @cached_property
    def xtables(self) -> Xtables:
        from .xtables import Xtables

        return Xtables()

    @cached_property
    def folders(self) -> Folders:
        from .folders import Folders

        return Folders()
