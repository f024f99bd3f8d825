# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party Python packages, imported only when used, and missed in words a user can act on."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Dict, Optional

from .errors import ContainersError

PACKAGES: Dict[str, str] = {
    "pyroute2": "python3-pyroute2",
    "nftables": "python3-nftables",
    "iptc": "python3-iptables",
    "seccomp": "python3-seccomp",
}
"""Import name -> the distribution package that brings it (Debian's names)."""


_DISTRIBUTIONS = {"iptc": "python-iptables"}
"""Import name -> the name that the package's own metadata has, where that is another."""


def version_of(name: str) -> Optional[str]:
    """The version of the package; empty where it doesn't tell, None where it isn't there. It isn't imported."""
    from importlib import metadata

    if importlib.util.find_spec(name) is None:
        return None
    try:
        return metadata.version(_DISTRIBUTIONS.get(name, name))
    except metadata.PackageNotFoundError:
        return ""


def load(name: str) -> ModuleType:
    """Import the package, or a module of it. Raises ContainersError naming what to install for which Python."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise missing(name) from error


def missing(name: str) -> ContainersError:
    """What to tell whoever needs the package and lacks it."""
    library = name.partition(".")[0]
    return ContainersError(
        f"Python library {library} is missing for {sys.executable} on {os.uname().nodename}",
        f"Role daemonless.containers.host installs it (package {PACKAGES.get(library, library)})",
    )


def file_of(name: str) -> Optional[str]:
    """The file that importing it would load, told without doing so; None where it is missing."""
    found = importlib.util.find_spec(name)
    return None if found is None else found.origin
